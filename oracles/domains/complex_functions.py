"""Elementary functions of complex numbers, by real formulas for their two parts."""

from __future__ import annotations

from collections.abc import Callable

import sympy
from flint import arb

from gradlaw.oracles.domains.complex_arithmetic import multiply, reciprocal, root
from gradlaw.oracles.domains.complex_inverses import INVERSES, angle, rotated, rotated_back
from gradlaw.oracles.domains.complex_parts import Complex, Parts, step
from gradlaw.oracles.elementary import Elementary, X, Y, named
from gradlaw.oracles.rounding.complex_rules import complex_rule

Formula = Callable[..., Complex]

_LOG_MODULUS = step(sympy.log(X**2 + Y**2) / 2, 2)


def logarithm(parts: Parts, z: Complex) -> Complex:
    """The principal logarithm."""
    return Complex(parts.apply(_LOG_MODULUS, z.real, z.imag), angle(parts, z.imag, z.real, "log"))


_BITS = step(X / sympy.log(2), 1)


def binary_logarithm(parts: Parts, z: Complex) -> Complex:
    """The principal logarithm to base 2."""
    log = logarithm(parts, z)
    return Complex(parts.apply(_BITS, log.real), parts.apply(_BITS, log.imag))


_ABOVE_ONE = step(X * (2 + X) + Y**2, 2)
_ONE_MORE = step(1 + X, 1)
_HALF = step(X / 2, 1)
_LOG1P = Elementary("part log1p", named("log1p").expression, 1)


def logarithm_of_one_more(parts: Parts, z: Complex) -> Complex:
    """log(1 + z), accurate for small z."""
    square = parts.apply(_ABOVE_ONE, z.real, z.imag)
    real = parts.apply(_HALF, parts.apply(_LOG1P, square))
    return Complex(real, angle(parts, z.imag, parts.apply(_ONE_MORE, z.real), "log1p"))


def _pair(real: sympy.Expr, imag: sympy.Expr) -> Formula:
    """A function by formulas for its parts in X + iY."""
    steps = step(real, 2), step(imag, 2)

    def formula(parts: Parts, z: Complex) -> Complex:
        return Complex(*(parts.apply(part, z.real, z.imag) for part in steps))

    return formula


_cosine = sympy.cos(X) * sympy.cosh(Y), -sympy.sin(X) * sympy.sinh(Y)
_E = {sign: sympy.exp(-2 * sign * X) for sign in (-1, 1)}
_NEAR = sympy.cosh(2 * X) + sympy.cos(2 * Y)
_FAR = {sign: 1 + 2 * e * sympy.cos(2 * Y) + e**2 for sign, e in _E.items()}
_TANH_NEAR = _pair(sympy.sinh(2 * X) / _NEAR, sympy.sin(2 * Y) / _NEAR)
_TANH_FAR = {
    sign: _pair(sign * (1 - e**2) / _FAR[sign], 2 * e * sympy.sin(2 * Y) / _FAR[sign])
    for sign, e in _E.items()
}


def hyperbolic_tangent(parts: Parts, z: Complex) -> Complex:
    """Tanh z; far from the imaginary axis by exponentials that tend to 0."""
    x = parts.decide(z.real)
    if abs(x) < 1:
        return _TANH_NEAR(parts, z)
    return _TANH_FAR[-1 if x < 0 else 1](parts, z)


_RIGHT, _LEFT = sympy.exp(-X), sympy.exp(X)
_RIGHT_SIZE = 1 + 2 * _RIGHT * sympy.cos(Y) + _RIGHT**2
_LEFT_SIZE = 1 + 2 * _LEFT * sympy.cos(Y) + _LEFT**2
_LOGISTIC_RIGHT = _pair(
    (1 + _RIGHT * sympy.cos(Y)) / _RIGHT_SIZE, _RIGHT * sympy.sin(Y) / _RIGHT_SIZE
)
_LOGISTIC_LEFT = _pair(
    _LEFT * (sympy.cos(Y) + _LEFT) / _LEFT_SIZE, _LEFT * sympy.sin(Y) / _LEFT_SIZE
)


def logistic(parts: Parts, z: Complex) -> Complex:
    """1 / (1 + exp(-z)), by the exponential that does not overflow."""
    return (_LOGISTIC_RIGHT if parts.decide(z.real) >= 0 else _LOGISTIC_LEFT)(parts, z)


_EXP_PRODUCT, _EXP_OPPOSITE = step(sympy.exp(X * Y), 2), step(sympy.exp(-X * Y), 2)
_POWER_LOGARITHM = 3.0
"""Roundoffs of the logarithm within a power, which is not the primitive's own."""


def power_of(parts: Parts, z: Complex, exponent: Complex) -> Complex:
    """exp(w log z); 0 to a power with a positive real part is 0, and 0 to the 0 is 1."""
    if parts.decide(z.real) == 0 == parts.decide(z.imag):
        if parts.real.overlap(z.real, parts.zero) or parts.real.overlap(z.imag, parts.zero):
            parts.real.undecided.add("pow")
        power = parts.decide(exponent.real), parts.decide(exponent.imag)
        if power == (0, 0):
            return Complex(parts.one, parts.zero)
        if power[0] > 0:
            return Complex(parts.zero, parts.zero)
    log = parts.turned(logarithm(parts, z), _POWER_LOGARITHM)
    # They take the power of a modulus that has been rounded, which near 1 says little.
    log = parts.bounded(log, magnitude=arb(1), roundings=_POWER_LOGARITHM, underflows=0)
    result = _EXP(parts, multiply(parts, exponent, log))
    # Backends multiply |z|ᵃ by exp(-b arg z) for the exponent a + ib.
    factors = (
        parts.real.magnitude(parts.apply(_EXP_PRODUCT, exponent.real, log.real)),
        parts.real.magnitude(parts.apply(_EXP_OPPOSITE, exponent.imag, log.imag)),
    )
    largest = factors[0].max(factors[1])
    return parts.bounded(result, magnitude=largest, underflows=8.0 * (1.0 + float(largest.mid())))


def _tangent(parts: Parts, z: Complex) -> Complex:
    return rotated_back(parts, hyperbolic_tangent(parts, rotated(parts, z)))


def _reciprocal_root(parts: Parts, z: Complex) -> Complex:
    return reciprocal(parts, root(parts, z, "rsqrt"))


_EXP = _pair(sympy.exp(X) * sympy.cos(Y), sympy.exp(X) * sympy.sin(Y))
_EXPM1 = _pair(sympy.exp(X) * sympy.cos(Y) - 1, sympy.exp(X) * sympy.sin(Y))
_EXP2 = _pair(
    sympy.exp(X * sympy.log(2)) * sympy.cos(Y * sympy.log(2)),
    sympy.exp(X * sympy.log(2)) * sympy.sin(Y * sympy.log(2)),
)

_UNWIDENED: dict[str, Formula] = {
    "exp": _EXP,
    "exp2": _EXP2,
    "expm1": _EXPM1,
    "log": logarithm,
    "log1p": logarithm_of_one_more,
    "log2": binary_logarithm,
    "sin": _pair(sympy.sin(X) * sympy.cosh(Y), sympy.cos(X) * sympy.sinh(Y)),
    "cos": _pair(*_cosine),
    "tan": _tangent,
    "sinh": _pair(sympy.sinh(X) * sympy.cos(Y), sympy.cosh(X) * sympy.sin(Y)),
    "cosh": _pair(sympy.cosh(X) * sympy.cos(Y), sympy.sinh(X) * sympy.sin(Y)),
    "tanh": hyperbolic_tangent,
    "logistic": logistic,
    "rsqrt": _reciprocal_root,
    "pow": power_of,
}


def _widened(name: str, formula: Formula) -> Formula:
    def widened(parts: Parts, *numbers: Complex) -> Complex:
        found = complex_rule(name, parts.dtype)
        if found.argument:
            numbers = tuple(parts.turned(number, found.argument) for number in numbers)
        result = parts.turned(formula(parts, *numbers), found.roundoffs)
        result = parts.flushed(result, numbers)
        if not found.absolute:
            return result
        return parts.bounded(result, magnitude=arb(1), roundings=found.absolute, underflows=0)

    return widened


FUNCTIONS: dict[str, Formula] = {
    name: _widened(name, formula) for name, formula in {**_UNWIDENED, **INVERSES}.items()
}
"""Every elementary function of complex numbers, by JAX's name."""
