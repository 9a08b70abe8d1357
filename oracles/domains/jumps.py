"""Where piecewise constant functions jump."""

from __future__ import annotations

from flint import arb

from gradlaw.oracles.elementary import Elementary

_NEARBY = arb(0, arb(2) ** -200)
"""Closer than any two numbers of a float dtype whose sign, floor or rounding may differ."""


def jumps(function: Elementary, *balls: arb) -> bool:
    """Whether such a function has another value just beside these numbers."""
    if not function.constant_between_jumps:
        return False
    return not arb(function.evaluate(balls[0] + _NEARBY)).is_exact()
