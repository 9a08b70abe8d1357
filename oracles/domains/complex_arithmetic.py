"""Arithmetic on complex numbers: products, quotients, powers, roots and moduli."""

from __future__ import annotations

import math

import sympy

from gradlaw.oracles.domains.complex_parts import Complex, Parts, step
from gradlaw.oracles.domains.protocol import Scalar
from gradlaw.oracles.elementary import X, Y, Z
from gradlaw.oracles.rounding.complex_rules import ONE_FACTOR, complex_rule

_QUOTIENT = step(X / Y, 2)
_COMBINED = step(X + Y * Z, 3)
_OPPOSED = step(X - Y * Z, 3)
_MODULUS = step(sympy.sqrt(X**2 + Y**2), 2)
_ROOT_RIGHT = step(sympy.sqrt((sympy.sqrt(X**2 + Y**2) + X) / 2), 2)
_ROOT_LEFT = step(sympy.sqrt((sympy.sqrt(X**2 + Y**2) - X) / 2), 2)
_ROOT_AT_ZERO = step(sympy.sqrt(X), 1)
_HALF_QUOTIENT = step(X / (2 * Y), 2)


def add(parts: Parts, a: Complex, b: Complex) -> Complex:
    """A + b."""
    return Complex(parts.plus(a.real, b.real), parts.plus(a.imag, b.imag))


def subtract(parts: Parts, a: Complex, b: Complex) -> Complex:
    """A - b."""
    return Complex(parts.less(a.real, b.real), parts.less(a.imag, b.imag))


def negative(parts: Parts, z: Complex) -> Complex:
    """-z."""
    return Complex(parts.minus(z.real), parts.minus(z.imag))


def conjugate(parts: Parts, z: Complex) -> Complex:
    """The conjugate."""
    return Complex(z.real, parts.minus(z.imag))


def multiply(parts: Parts, a: Complex, b: Complex) -> Complex:
    """Four products and two sums, with or without contraction to fused operations."""
    return Complex(
        parts.less(parts.times(a.real, b.real), parts.times(a.imag, b.imag)),
        parts.plus(parts.times(a.real, b.imag), parts.times(a.imag, b.real)),
    )


def square(parts: Parts, z: Complex) -> Complex:
    """z·z."""
    return multiply(parts, z, z)


def one_less_square(parts: Parts, z: Complex) -> Complex:
    """1 - z², whether by (1 - z)(1 + z) or by the square's difference from 1."""
    less = Complex(parts.less(parts.one, z.real), parts.minus(z.imag))
    more = Complex(parts.plus(parts.one, z.real), z.imag)
    size = parts.norm(z)
    return parts.bounded(
        multiply(parts, less, more),
        magnitude=1 + size * size,
        roundings=ONE_FACTOR + 1,
        underflows=4.0,
    )


def quotient(parts: Parts, a: Complex, b: Complex) -> Complex:
    """A / b by Smith's formula, in which no square overflows; not widened.

    Source: R. L. Smith, Algorithm 116: Complex division, Comm. ACM 5(8), 1962.
    """
    if abs(parts.decide(b.real)) >= abs(parts.decide(b.imag)):
        ratio = parts.apply(_QUOTIENT, b.imag, b.real)
        denominator = parts.apply(_COMBINED, b.real, b.imag, ratio)
        real = parts.apply(_COMBINED, a.real, a.imag, ratio)
        imag = parts.apply(_OPPOSED, a.imag, a.real, ratio)
    else:
        ratio = parts.apply(_QUOTIENT, b.real, b.imag)
        denominator = parts.apply(_COMBINED, b.imag, b.real, ratio)
        real = parts.apply(_COMBINED, a.imag, a.real, ratio)
        imag = parts.minus(parts.apply(_OPPOSED, a.real, a.imag, ratio))
    return Complex(
        parts.apply(_QUOTIENT, real, denominator), parts.apply(_QUOTIENT, imag, denominator)
    )


def divide(parts: Parts, a: Complex, b: Complex) -> Complex:
    """A / b."""
    result = parts.turned(quotient(parts, a, b), complex_rule("div", parts.dtype).roundoffs)
    return parts.flushed(result, (a, b))


def reciprocal(parts: Parts, z: Complex) -> Complex:
    """1 / z; not widened."""
    return quotient(parts, Complex(parts.one, parts.zero), z)


def integer_power(parts: Parts, z: Complex, exponent: int) -> Complex:
    """A product of copies in any order, and its reciprocal where the exponent is negative.

    Source: JAX, ``lax.integer_pow``; the error of a product as in ``Cartesian.product``.
    """
    factors = abs(exponent)
    if not factors:
        return Complex(parts.one, parts.zero)
    total, squared, left = None, z, factors
    while left:
        if left & 1:
            total = squared if total is None else multiply(parts, total, squared)
        left >>= 1
        if left:
            squared = multiply(parts, squared, squared)
    assert total is not None
    if factors > 2:
        total = parts.turned(total, ONE_FACTOR * (factors - 1), underflows=4.0 * factors)
        largest = parts.norm(z).max(1) ** factors
        total = parts.bounded(total, magnitude=largest, underflows=0)
    return total if exponent > 0 else divide(parts, Complex(parts.one, parts.zero), total)


def modulus_of(parts: Parts, z: Complex) -> Scalar:
    """The modulus; not widened."""
    return parts.apply(_MODULUS, z.real, z.imag)


def modulus(parts: Parts, z: Complex) -> Scalar:
    """The modulus, a real number; its derivative, the sign, errs by the norm of that.

    Where the modulus overflows though neither part does, nothing is asked of the derivative.
    """
    value = modulus_of(parts, z)
    ball = parts.spread(complex_rule("abs").roundoffs)
    if ball is None:
        return value
    shares = parts.scaled(ball, z.real), parts.scaled(ball, z.imag)
    result = parts.bounded(
        Complex(parts.total([value, *shares]), parts.zero),
        magnitude=parts.norm(z),
        underflows=4.0,
    ).real
    if parts.real.magnitude(result).is_finite():
        return parts.flushed(Complex(result, parts.zero), (z,)).real
    return parts.scaled(result, parts.real.constant(math.nan, parts.dtype, literal=False))


def sign(parts: Parts, z: Complex) -> Complex:
    """A number by its modulus; 0 at 0, where it is noted that a neighbour decides otherwise."""
    if parts.decide(z.real) == 0 == parts.decide(z.imag):
        if parts.real.overlap(z.real, parts.zero) or parts.real.overlap(z.imag, parts.zero):
            parts.real.undecided.add("sign")
        return Complex(parts.zero, parts.zero)
    size = modulus_of(parts, z)
    result = Complex(parts.apply(_QUOTIENT, z.real, size), parts.apply(_QUOTIENT, z.imag, size))
    return parts.flushed(parts.turned(result, complex_rule("sign").roundoffs), (z,))


def root(parts: Parts, z: Complex, primitive: str = "sqrt") -> Complex:
    """The principal square root, without a cancellation; not widened.

    Source: W. Kahan, Branch cuts for complex elementary functions (1987), CSQRT.
    """
    x, y = parts.decide(z.real), parts.decide(z.imag)
    if x == 0 == y:
        return Complex(parts.apply(_ROOT_AT_ZERO, z.real), parts.apply(_ROOT_AT_ZERO, z.imag))
    if x >= 0:
        real = parts.apply(_ROOT_RIGHT, z.real, z.imag)
        return Complex(real, parts.apply(_HALF_QUOTIENT, z.imag, real))
    parts.crosses(primitive, z.imag)
    imag = parts.apply(_ROOT_LEFT, z.real, z.imag)
    if y < 0:
        imag = parts.minus(imag)
    return Complex(parts.apply(_HALF_QUOTIENT, z.imag, imag), imag)


def square_root(parts: Parts, z: Complex) -> Complex:
    """The principal square root."""
    return parts.flushed(parts.turned(root(parts, z), complex_rule("sqrt").roundoffs), (z,))
