"""The gamma function's family: log-gamma, polygamma, Hurwitz zeta, incomplete gamma."""

from __future__ import annotations

from typing import Any

from flint import acb, arb

from gradlaw.oracles.special.enclosures import INFINITY, NAN, accurate, hull, monotone, real
from gradlaw.oracles.special.parameters import parameter_derivative

_ARGUMENTS = arb(200_000)
"""Incomplete functions of larger parameters take seconds: no claim is made about them."""


def log_gamma(x: Any) -> arb:
    """Logarithm of |Γ(x)|, by reflection for negative x.

    Source: NIST DLMF 5.5.3.
    """
    x = arb(x)
    if x.is_zero() or abs(x) == INFINITY:
        return INFINITY
    if x > 0:
        return x.lgamma()
    sine = abs((x.sin_pi()) / arb.pi())
    return -sine.log() - (1 - x).lgamma()


def polygamma(order: Any, x: Any) -> arb:
    """ψ⁽ⁿ⁾(x) for an integer n ≥ 0.

    Between poles it is monotone for even n; for odd n, for positive x.
    """
    order, x = arb(order), arb(x)
    number = order.unique_fmpz() if order.is_exact() else None
    if number is None or number < 0:
        return NAN
    n = int(number)
    if x == INFINITY:
        return INFINITY if n == 0 else arb(0)

    def at(point: arb) -> arb:
        return accurate(lambda: point.digamma() if n == 0 else real(acb(point).polygamma(n)), point)

    if x > 0 or (n % 2 == 0 and not x.contains_integer()):
        return monotone(at, x)
    return at(x)


def hurwitz(order: Any, s: Any, q: Any) -> arb:
    """The derivative by s, of the given order, of Σ (q + k)⁻ˢ, for s > 1 or q > 0.

    The function itself decreases in q for q > 0 and s > 1; for other q and integer s its value is
    that of the polygamma function.
    """
    order, s, q = int(order), arb(s), arb(q)
    if not q > 0 and not (s.is_exact() and s.is_integer()):
        return NAN
    if order:
        radius = (abs(s - 1).lower() / 2).min(arb(1)).lower()
        if not radius > 0:
            return NAN
        return accurate(
            lambda: parameter_derivative(lambda z: z.zeta(acb(q)), s, order, radius), s, q
        )

    def at(point: arb) -> arb:
        return accurate(lambda: real(acb(s).zeta(acb(point))), s, point)

    return monotone(at, q) if q > 0 and s > 1 else at(q)


def lower_gamma(a: Any, x: Any) -> arb:
    """P(a, x) = γ(a, x) / Γ(a): increasing in x, decreasing in a."""
    return _incomplete(arb(a), arb(x), lower=True)


def upper_gamma(a: Any, x: Any) -> arb:
    """Q(a, x) = Γ(a, x) / Γ(a): decreasing in x, increasing in a."""
    return _incomplete(arb(a), arb(x), lower=False)


def _incomplete(a: arb, x: arb, *, lower: bool) -> arb:
    if not (a > 0 and x >= 0):
        return NAN
    if x.is_zero() or x == INFINITY:
        return arb(int(x.is_zero() != lower))

    def at(order: arb, point: arb) -> arb:
        if point.is_zero() or point == INFINITY:
            return arb(int(point.is_zero() != lower))
        if not (order <= _ARGUMENTS):
            return NAN
        found = accurate(lambda: _regularized(point, order, lower=lower))
        return found.intersection(_UNIT) if found.overlaps(_UNIT) else NAN

    if a.is_exact() and x.is_exact():
        return at(a, x)
    return hull(at(a.upper(), x.lower()), at(a.lower(), x.upper()))


def _regularized(x: Any, a: Any, *, lower: bool) -> Any:
    """P or Q; as 1 less the other where Arb has no enclosure of the one."""
    value = (x.gamma_lower if lower else x.gamma_upper)(a, regularized=1)
    if value.is_finite():
        return value
    return 1 - (x.gamma_upper if lower else x.gamma_lower)(a, regularized=1)


_UNIT = arb(0.5, 0.5)
_RADIUS = arb(1) / 2


def lower_gamma_by_order(order: Any, a: Any, x: Any) -> arb:
    """The derivative of P(a, x) by a, of the given order; P is entire in a.

    For wide balls the mean value form, with the derivative by x from the density.
    """
    order, a, x = int(order), arb(a), arb(x)
    if not (a > 0 and a <= _ARGUMENTS and x >= 0):
        return NAN
    if x.is_zero() or x == INFINITY:
        return arb(0)

    def at(parameter: arb, point: arb, n: int) -> arb:
        def function(z: acb) -> acb:
            return _regularized(acb(point), z, lower=True)

        return accurate(
            lambda: parameter_derivative(function, parameter, n, _RADIUS), parameter, point
        )

    centre = at(a.mid(), x.mid(), order)
    if a.is_exact() and x.is_exact():
        return centre
    reach = arb(0)
    if not a.is_exact():
        reach += abs(at(a, x, order + 1)) * a.rad()
    if not x.is_exact():
        reach += abs(density_by_order(order, a, x)) * x.rad()
    return centre + arb(0, reach.abs_upper()) if reach.is_finite() else NAN


def density_by_order(order: int, a: arb, x: arb) -> arb:
    """The derivative by a of xᵃ⁻¹ e⁻ˣ / Γ(a), of the given order."""

    def density(z: acb) -> acb:
        return ((z - 1) * acb(x).log() - acb(x)).exp() * z.rgamma()

    if order == 0:
        return density(acb(a)).real
    return accurate(lambda: parameter_derivative(density, a, order, _RADIUS), a, x)
