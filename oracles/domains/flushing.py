"""The exact reading of a program whose dtype has an end: what it cannot hold may be zero."""

from __future__ import annotations

from flint import arb

from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.elementary import Elementary
from gradlaw.oracles.rounding.arithmetic import arithmetic

SMALLEST = arithmetic("float64").smallest
"""The smallest number of float64: a result below it comes as zero, or as this."""


class Flushing(Exact):
    """True values, but for results that float64 has no number for: each is any from 0 to its own.

    A rule may end where nothing is left of it, as ``exp(-x**2)`` does from 28 on; read exactly, and
    times a large number, that end would count.
    """

    def apply(self, function: Elementary, dtype: str, *scalars: arb) -> arb:
        """The function's exact value, or any from 0 to it."""
        value = super().apply(function, dtype, *scalars)
        # A ball that holds zero, or that is no number, is none of them.
        return value.union(arb(0)) if value.abs_upper() < SMALLEST and value != 0 else value
