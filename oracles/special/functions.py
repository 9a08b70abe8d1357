"""Functions that SymPy lacks, or whose derivative it lacks."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.core.function import ArgumentIndexError

_Function: Any = sympy.Function
"""SymPy makes the classes of functions at run time: their types say less than nothing."""


class CubeRoot(_Function):  # type: ignore[misc]
    """The real cube root."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:  # noqa: ARG002 (SymPy's)
        """1 / (3 ∛x²)."""
        return 1 / (3 * CubeRoot(self.args[0]) ** 2)


class PowerByBase(_Function):  # type: ignore[misc]
    """The n-th derivative of xʸ by x: y (y − 1) … (y − n + 1) xʸ⁻ⁿ, and where x is 0, too.

    A power with an exponent that is a natural number is a polynomial: that of 0 is 1 everywhere.
    """

    nargs = 3

    def fdiff(self, argindex: int = 2) -> Any:
        """By x the next one; by y that of the product."""
        order, x, y = self.args
        if argindex == 2:
            return PowerByBase(order + 1, x, y)
        if argindex != 3:
            raise ArgumentIndexError(self, argindex)
        factors = sympy.prod(y - place for place in range(int(order)))
        return x ** (y - order) * (sympy.diff(factors, y) + factors * sympy.log(x))


class ScaledBesselI(_Function):  # type: ignore[misc]
    """exp(−|x|) Iₙ(x).

    Source: NIST DLMF 10.29.1.
    """

    nargs = 2

    def fdiff(self, argindex: int = 2) -> Any:
        """The mean of the neighbouring orders, less the scaling's share."""
        order, x = self.args
        if argindex != 2:
            raise ArgumentIndexError(self, argindex)
        below, above = ScaledBesselI(abs(order - 1), x), ScaledBesselI(order + 1, x)
        return (below + above) / 2 - Sign(x) * self


class Hurwitz(_Function):  # type: ignore[misc]
    """The n-th derivative by s of ζ(s, q) = Σ (q + k)⁻ˢ.

    Source: NIST DLMF 25.11.17.
    """

    nargs = 3

    def fdiff(self, argindex: int = 2) -> Any:
        """By s the next one; by q, −s ζ(s + 1, q) and its derivatives by s."""
        order, s, q = self.args
        if argindex == 2:
            return Hurwitz(order + 1, s, q)
        if argindex != 3:
            raise ArgumentIndexError(self, argindex)
        lower = order * Hurwitz(order - 1, s + 1, q) if order else 0
        return -s * Hurwitz(order, s + 1, q) - lower


class LowerGamma(_Function):  # type: ignore[misc]
    """The n-th derivative by a of P(a, x) = γ(a, x) / Γ(a).

    Source: NIST DLMF 8.8.13.
    """

    nargs = 3

    def fdiff(self, argindex: int = 2) -> Any:
        """By a the next one; by x the gamma density and its derivatives by a."""
        order, a, x = self.args
        if argindex == 2:
            return LowerGamma(order + 1, a, x)
        if argindex != 3:
            raise ArgumentIndexError(self, argindex)
        return _derivative(lambda s: x ** (s - 1) * sympy.exp(-x) / sympy.gamma(s), a, order)


class UpperGamma(_Function):  # type: ignore[misc]
    """Q(a, x) = Γ(a, x) / Γ(a) = 1 − P(a, x)."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> Any:
        """Less P's."""
        return -LowerGamma(0, *self.args).fdiff(argindex + 1)


class IncompleteBeta(_Function):  # type: ignore[misc]
    """The n-th derivative by a of I(x; a, b).

    Source: NIST DLMF 8.17.4 and 8.17.1.
    """

    nargs = 4

    def fdiff(self, argindex: int = 2) -> Any:
        """By a the next one; by b through I(x; a, b) = 1 − I(1 − x; b, a); by x the density."""
        order, a, b, x = self.args
        if argindex == 2:
            return IncompleteBeta(order + 1, a, b, x)
        if argindex == 3 and order == 0:
            return -IncompleteBeta(1, b, a, 1 - x)
        if argindex != 4:
            raise ArgumentIndexError(self, argindex)

        def density(s: Any) -> Any:
            scale = sympy.gamma(s + b) / (sympy.gamma(s) * sympy.gamma(b))
            return x ** (s - 1) * (1 - x) ** (b - 1) * scale

        return _derivative(density, a, order)


class Dawson(_Function):  # type: ignore[misc]
    """F(x) = exp(−x²) ∫₀ˣ exp(t²) dt.

    Source: NIST DLMF 7.2.5 and 7.10.2.
    """

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:  # noqa: ARG002 (SymPy's)
        """1 − 2x F(x)."""
        (x,) = self.args
        return 1 - 2 * x * self


class ExponentialIntegral(_Function):  # type: ignore[misc]
    """Eₙ(x) = ∫₁^∞ exp(−xt) t⁻ⁿ dt, for an integer n ≥ 1.

    Source: NIST DLMF 8.19.3 and 8.19.13.
    """

    nargs = 2

    def fdiff(self, argindex: int = 2) -> Any:
        """By x −Eₙ₋₁(x); E₀ is exp(−x)/x."""
        order, x = self.args
        if argindex != 2:
            raise ArgumentIndexError(self, argindex)
        return -sympy.exp(-x) / x if order == 1 else -ExponentialIntegral(order - 1, x)


class NormalQuantile(_Function):  # type: ignore[misc]
    """The number below which a standard normal variate lies with probability p."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:  # noqa: ARG002 (SymPy's)
        """1 over the density there."""
        return sympy.sqrt(2 * sympy.pi) * sympy.exp(self**2 / 2)


class OwenT(_Function):  # type: ignore[misc]
    """T(h, a) = 1/2π ∫₀ᵃ exp(−h²(1 + t²)/2) / (1 + t²) dt.

    Source: D. B. Owen, Tables for computing bivariate normal probabilities, Annals of Mathematical
    Statistics 27 (1956).
    """

    nargs = 2

    def fdiff(self, argindex: int = 1) -> Any:
        """By h minus the density times half of erf(ah/√2); by a the integrand."""
        h, a = self.args
        if argindex == 1:
            density = sympy.exp(-(h**2) / 2) / sympy.sqrt(2 * sympy.pi)
            return -density * sympy.erf(a * h / sympy.sqrt(2)) / 2
        return sympy.exp(-(h**2) * (1 + a**2) / 2) / (2 * sympy.pi * (1 + a**2))


class Kummer(_Function):  # type: ignore[misc]
    """The derivative, once by a, once by b, or neither, of M(a, b, x) = ₁F₁(a; b; x).

    Source: NIST DLMF 13.3.15.
    """

    nargs = 5

    def fdiff(self, argindex: int = 3) -> Any:
        """By x a/b M(a + 1, b + 1, x) and its derivatives by a and b; no second ones by those."""
        by_first, by_second, a, b, x = self.args
        if argindex in (3, 4) and by_first + by_second == 0:
            return Kummer(int(argindex == 3), int(argindex == 4), a, b, x)
        if argindex != 5:
            raise ArgumentIndexError(self, argindex)
        above = Kummer(0, 0, a + 1, b + 1, x)
        whole = a / b * Kummer(by_first, by_second, a + 1, b + 1, x)
        return whole + above * (by_first / b - by_second * a / b**2)


class _Step(_Function):  # type: ignore[misc]
    """A piecewise constant function: its derivative is 0 wherever it has one."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:  # noqa: ARG002 (SymPy's)
        """Zero."""
        return sympy.S.Zero


class Sign(_Step):
    """−1, 0 or 1."""


class Floor(_Step):
    """The largest integer that is not larger."""


class Ceiling(_Step):
    """The smallest integer that is not smaller."""


class RoundHalfAway(_Step):
    """The nearest integer; of two, that farther from zero."""


class RoundHalfEven(_Step):
    """The nearest integer; of two, the even one."""


def _derivative(function: Any, point: Any, order: Any) -> Any:
    variable = sympy.Dummy("s", positive=True)
    return sympy.diff(function(variable), variable, int(order)).subs(variable, point)
