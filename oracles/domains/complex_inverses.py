"""Inverse trigonometric and hyperbolic functions of complex numbers."""

from __future__ import annotations

from collections.abc import Callable

import sympy

from gradlaw.oracles.domains.complex_arithmetic import root
from gradlaw.oracles.domains.complex_parts import Complex, Parts, step
from gradlaw.oracles.domains.protocol import Scalar
from gradlaw.oracles.elementary import Elementary, X, Y, Z, named

_PI = {sign: step(sign * sympy.pi + sympy.atan(X / Y), 2) for sign in (-1, 0, 1)}
_HALF_PI = {sign: step(sign * sympy.pi / 2 - sympy.atan(Y / X), 2) for sign in (-1, 1)}
_DOUBLE = step(2 * X, 1)
_ASINH = step(sympy.asinh(X), 1)
_ONE_MORE = step(1 + X, 1)
_ONE_LESS = step(1 - X, 1)
_LESS_ONE = step(X - 1, 1)
_TIMES = step(X * Y, 2)


def angle(parts: Parts, y: Scalar, x: Scalar, primitive: str) -> Scalar:
    """The argument of x + iy, in (-π, π]."""
    across, up = parts.decide(x), parts.decide(y)
    if abs(across) < abs(up):
        return parts.apply(_HALF_PI[-1 if up < 0 else 1], y, x)
    if across >= 0:
        return parts.apply(_PI[0], y, x)
    parts.crosses(primitive, y)
    return parts.apply(_PI[-1 if up < 0 else 1], y, x)


def rotated(parts: Parts, z: Complex) -> Complex:
    """Iz."""
    return Complex(parts.minus(z.imag), z.real)


def rotated_back(parts: Parts, z: Complex) -> Complex:
    """-iz."""
    return Complex(z.imag, parts.minus(z.real))


_SUM = step(X + Y * Z, 3)
_DIFFERENCE = step(X - Y * Z, 3)


def _cross(parts: Parts, a: Complex, b: Complex, *, real: bool) -> Scalar:
    """The real or the imaginary part of conj(a)·b."""
    if real:
        return parts.apply(_SUM, parts.apply(_TIMES, a.real, b.real), a.imag, b.imag)
    return parts.apply(_DIFFERENCE, parts.apply(_TIMES, a.real, b.imag), a.imag, b.real)


def _roots(parts: Parts, z: Complex, primitive: str) -> tuple[Complex, Complex]:
    """√(1 - z) and √(1 + z)."""
    less = Complex(parts.apply(_ONE_LESS, z.real), parts.minus(z.imag))
    more = Complex(parts.apply(_ONE_MORE, z.real), z.imag)
    return root(parts, less, primitive), root(parts, more, primitive)


def arc_sine(parts: Parts, z: Complex) -> Complex:
    """Asin z.

    Source: W. Kahan, Branch cuts for complex elementary functions (1987), CASIN.
    """
    less, more = _roots(parts, z, "asin")
    product = parts.apply(
        _DIFFERENCE, parts.apply(_TIMES, less.real, more.real), less.imag, more.imag
    )
    imag = parts.apply(_ASINH, _cross(parts, less, more, real=False))
    return Complex(angle(parts, z.real, product, "asin"), imag)


def arc_cosine(parts: Parts, z: Complex) -> Complex:
    """Acos z.

    Source: W. Kahan (1987), CACOS.
    """
    less, more = _roots(parts, z, "acos")
    real = parts.apply(_DOUBLE, angle(parts, less.real, more.real, "acos"))
    return Complex(real, parts.apply(_ASINH, _cross(parts, more, less, real=False)))


def area_cosine(parts: Parts, z: Complex) -> Complex:
    """Acosh z.

    Source: W. Kahan (1987), CACOSH.
    """
    less = root(parts, Complex(parts.apply(_LESS_ONE, z.real), z.imag), "acosh")
    more = root(parts, Complex(parts.apply(_ONE_MORE, z.real), z.imag), "acosh")
    real = parts.apply(_ASINH, _cross(parts, less, more, real=True))
    return Complex(real, parts.apply(_DOUBLE, angle(parts, less.imag, more.real, "acosh")))


_QUARTER = step(X / 4, 1)
_LOG1P = Elementary("part log1p", named("log1p").expression, 1)
_PULL = step(4 * X / ((1 - X) ** 2 + Y**2), 2)
_TURN = 2 * X / ((1 - Y) * (1 + Y) - X**2)
_TURNED = {sign: step(sympy.atan(_TURN) / 2 + sign * sympy.pi / 2, 2) for sign in (-1, 0, 1)}
_ASIDE = {sign: step(sign * sympy.pi / 4 - sympy.atan(1 / _TURN) / 2, 2) for sign in (-1, 1)}


def area_tangent(parts: Parts, z: Complex) -> Complex:
    """Atanh z: log((1 + z)/(1 - z))/2 part by part, from the right half-plane.

    Source: W. Kahan (1987), CATANH.
    """
    if parts.decide(z.real) < 0:
        opposite = area_tangent(parts, Complex(parts.minus(z.real), parts.minus(z.imag)))
        return Complex(parts.minus(opposite.real), parts.minus(opposite.imag))
    pull = parts.apply(_PULL, z.real, z.imag)
    real = parts.apply(_QUARTER, parts.apply(_LOG1P, pull))
    x, y = parts.decide(z.real), parts.decide(z.imag)
    inside, side = (1 - x) * (1 + x) - y * y, -1 if y < 0 else 1
    if abs(2 * y) > abs(inside):
        chosen = _ASIDE[side]
    elif inside > 0:
        chosen = _TURNED[0]
    else:
        parts.crosses("atanh", z.imag)
        chosen = _TURNED[side]
    return Complex(real, parts.apply(chosen, z.imag, z.real))


def area_sine(parts: Parts, z: Complex) -> Complex:
    """Asinh z = -i asin iz."""
    return rotated_back(parts, arc_sine(parts, rotated(parts, z)))


def arc_tangent(parts: Parts, z: Complex) -> Complex:
    """Atan z = -i atanh iz."""
    return rotated_back(parts, area_tangent(parts, rotated(parts, z)))


INVERSES: dict[str, Callable[..., Complex]] = {
    "asin": arc_sine,
    "acos": arc_cosine,
    "atan": arc_tangent,
    "asinh": area_sine,
    "acosh": area_cosine,
    "atanh": area_tangent,
}
"""Formulas that are not widened yet, by JAX's name."""
