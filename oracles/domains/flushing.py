"""The exact reading of a program whose dtype has an end: what it cannot hold may be zero."""

from __future__ import annotations

from flint import arb

from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.elementary import Elementary
from gradlaw.oracles.rounding.arithmetic import arithmetic


class Flushing(Exact):
    """True values, but for results that a dtype has no number for: each is any from 0 to its own.

    A rule may end where nothing is left of it, as ``exp(-x**2)`` does from 28 on in float64; read
    exactly, and times a large number, that end would count.
    """

    def __init__(self, dtype: str, *, short: bool = True) -> None:
        """Read for a real dtype, below whose smallest number a result may be zero."""
        super().__init__(short=short)
        self.smallest = arithmetic(dtype).smallest

    def apply(self, function: Elementary, dtype: str, *scalars: arb) -> arb:
        """The function's exact value, or any from 0 to it."""
        value = super().apply(function, dtype, *scalars)
        return value.union(arb(0)) if value.abs_upper() < self.smallest else value
