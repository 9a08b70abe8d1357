"""The exponentially scaled modified Bessel functions."""

from __future__ import annotations

from typing import Any

from flint import arb

from gradlaw.oracles.special.enclosures import INFINITY, NAN


def scaled_bessel_i(order: Any, x: Any) -> arb:
    """exp(−|x|) Iₙ(x) for an integer n ≥ 0; even or odd as n is.

    Arb's enclosure over a wide ball is that of a product of exp(−x) and I(x); the mean value form
    is tighter there: no scaled function's derivative is larger than 1 in magnitude, as Iₙ₋₁ and
    Iₙ₊₁ lie between 0 and I₀ ≤ exp(x) for x ≥ 0.
    """
    n, x = int(order), arb(x)
    if abs(x) == INFINITY:
        return arb(0)
    if n % 2 and x < 0:
        return -scaled_bessel_i(n, -x)
    argument = abs(x) if n % 2 == 0 else x
    straddles = not argument >= 0
    value = NAN if straddles else argument.bessel_i(arb(n), scaled=True)
    if argument.is_exact():
        return value
    centre = scaled_bessel_i(n, argument.mid()) + arb(0, argument.rad())
    return value.intersection(centre) if value.is_finite() else centre
