"""Powers, roots and angles of signed numbers."""

from __future__ import annotations

from math import factorial, prod
from typing import Any

from flint import arb

from gradlaw.oracles.special.enclosures import NAN, hull, monotone


def natural_power(x: Any, exponent: int) -> Any:
    """x**n for n > 0, of a ball around 0, too, of which Arb makes no number.

    Source: arb.c of FLINT 3, ``arb_pow``, which takes a logarithm where the midpoint is 0.
    """
    if not isinstance(x, arb) or x.is_exact() or not x.mid().is_zero():
        return x**exponent
    largest = x.abs_upper() ** exponent
    return arb(0, largest) if exponent % 2 else hull(arb(0), largest.upper())


def power(x: Any, y: Any) -> arb:
    """x**y: of a negative x where y is an integer; from 0 on where x may be 0 and y > 0."""
    x, y = arb(x), arb(y)
    if y.is_exact() and y.is_integer() and y > 0:
        return natural_power(x, int(y.unique_fmpz()))
    value = x**y
    if value.is_finite() or not (y > 0 and x.contains(arb(0)) and x.lower() >= 0):
        return value
    return hull(arb(0), x.upper() ** y)


def power_by_base(order: Any, x: Any, y: Any) -> arb:
    """The derivative of x**y by x, of a given order; at 0 of natural exponents, that are exact."""
    order, x, y = int(order), arb(x), arb(y)
    if x.is_zero() and y.is_exact() and y.is_integer() and y >= 0:
        return arb(factorial(order)) if y == order else arb(0)
    factors = prod((y - place for place in range(order)), start=arb(1))
    return factors * power(x, y - order)


def cube_root(x: Any) -> arb:
    """The real cube root, odd and increasing."""
    return monotone(_cube_root, arb(x))


def _cube_root(x: arb) -> arb:
    if x.is_zero():
        return x
    return -((-x).root(3)) if x < 0 else x.root(3)


def angle(y: Any, x: Any) -> arb:
    """The argument of x + iy; of exact zeros as if both were positive."""
    y, x = arb(y), arb(x)
    return NAN if y.is_nan() or x.is_nan() else arb.atan2(y, x)
