"""The regularized incomplete beta function."""

from __future__ import annotations

from typing import Any

from flint import acb, arb

from gradlaw.oracles.special.enclosures import NAN, accurate, hull
from gradlaw.oracles.special.parameters import parameter_derivative

_ARGUMENTS = arb(20_000)
"""Larger parameters take seconds: no claim is made about them."""

_UNIT = arb(0.5, 0.5)


def incomplete_beta(a: Any, b: Any, x: Any) -> arb:
    """I(x; a, b): increasing in x and b, decreasing in a."""
    a, b, x = arb(a), arb(b), arb(x)
    if not (a > 0 and b > 0 and x >= 0 and x <= 1):
        return NAN

    def at(first: arb, second: arb, point: arb) -> arb:
        if point.is_zero() or point == 1:
            return point
        if not (first <= _ARGUMENTS and second <= _ARGUMENTS):
            return NAN
        found = accurate(lambda: _value(first, second, point))
        return found.intersection(_UNIT) if found.overlaps(_UNIT) else NAN

    if a.is_exact() and b.is_exact() and x.is_exact():
        return at(a, b, x)
    return hull(at(a.upper(), b.lower(), x.lower()), at(a.lower(), b.upper(), x.upper()))


def _value(a: Any, b: Any, x: Any) -> Any:
    """By the series at the nearer end: I(x; a, b) = 1 - I(1 - x; b, a), NIST DLMF 8.17.4."""
    if x < 0.5:
        return x.beta_lower(a, b, regularized=1)
    return 1 - (1 - x).beta_lower(b, a, regularized=1)


def incomplete_beta_by_first(order: Any, a: Any, b: Any, x: Any) -> arb:
    """The derivative of I(x; a, b) by a, of the given order; analytic for Re a > −b."""
    order, a, b, x = int(order), arb(a), arb(b), arb(x)
    if not (a > 0 and b > 0 and x > 0 and x < 1 and a <= _ARGUMENTS and b <= _ARGUMENTS):
        return arb(0) if x.is_zero() or x == 1 else NAN
    point = acb(x)
    radius = (a.lower() / 2).min(_UNIT.mid()).mid()

    def function(z: acb) -> acb:
        if x < 0.5:
            return point.beta_lower(z, acb(b), regularized=1)
        return -(1 - point).beta_lower(acb(b), z, regularized=1)

    return accurate(lambda: parameter_derivative(function, a, order, radius), a, b, x)
