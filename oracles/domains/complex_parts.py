"""The two parts of a complex number, and steps on them in the real domain below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import sympy
from flint import arb

from gradlaw.oracles.domains.protocol import Domain, Scalar
from gradlaw.oracles.elementary import Elementary, X, Y, named


@dataclass(eq=False, slots=True)
class Complex:
    """A complex number: two scalars of the real domain.

    Attributes:
        real: part.
        imag: part.
    """

    real: Scalar
    imag: Scalar

    @property
    def elements(self) -> int:
        """How many elements of an array share this number."""
        return max(getattr(part, "elements", 1) for part in (self.real, self.imag))

    @elements.setter
    def elements(self, count: int) -> None:
        for part in (self.real, self.imag):
            if hasattr(part, "elements"):
                part.elements = count


@cache
def step(expression: sympy.Expr, arity: int) -> Elementary:
    """A real formula for a part, in ``X``, ``Y`` and ``Z``; it rounds nothing by itself.

    The whole number is widened by the norm afterwards, which covers all the formula's steps.
    """
    return Elementary(f"part {expression}", expression, arity)


_ADD, _SUBTRACT, _MULTIPLY, _NEGATE = named("add"), named("sub"), named("mul"), named("neg")
_SCALE = step(X * Y, 2)

_UNDERFLOWS = 2.0
"""Of a derivative's part: as it is found, and as it is multiplied."""


class Parts:
    """Steps on parts of one dtype.

    Args:
        real: the domain.
        dtype: of the parts.
    """

    def __init__(self, real: Domain, dtype: str) -> None:
        self.real = real
        self.dtype = dtype
        self.zero = real.constant(0.0, dtype, literal=False)
        self.one = real.constant(1.0, dtype, literal=False)
        self._spreads: dict[float, Scalar] = {}

    def apply(self, function: Elementary, *scalars: Scalar) -> Scalar:
        """A real function of parts."""
        return self.real.apply(function, self.dtype, *scalars)

    def plus(self, a: Scalar, b: Scalar) -> Scalar:
        """A + b, rounded."""
        return self.real.apply(_ADD, self.dtype, a, b)

    def less(self, a: Scalar, b: Scalar) -> Scalar:
        """A - b, rounded."""
        return self.real.apply(_SUBTRACT, self.dtype, a, b)

    def times(self, a: Scalar, b: Scalar) -> Scalar:
        """a·b, rounded."""
        return self.real.apply(_MULTIPLY, self.dtype, a, b)

    def minus(self, a: Scalar) -> Scalar:
        """-a."""
        return self.real.apply(_NEGATE, self.dtype, a)

    def scaled(self, a: Scalar, b: Scalar) -> Scalar:
        """a·b without a rounding."""
        return self.real.apply(_SCALE, self.dtype, a, b)

    def total(self, scalars: Sequence[Scalar]) -> Scalar:
        """A sum without a rounding."""
        return self.real.sum(scalars, self.dtype, terms=1)

    def decide(self, scalar: Scalar) -> float:
        """The concrete value of a part."""
        return float(self.real.decide(scalar))

    def crosses(self, primitive: str, scalar: Scalar) -> None:
        """Note that a branch cut decided, where the scalar may be on either side of zero.

        A zero counts as well: on a cut its sign decides, which no domain keeps.
        """
        if self.decide(scalar) == 0 or self.real.overlap(scalar, self.zero):
            self.real.undecided.add(primitive)

    def norm(self, number: Complex) -> arb:
        """An upper bound on the modulus."""
        real, imag = self.real.magnitude(number.real), self.real.magnitude(number.imag)
        return (real * real + imag * imag).sqrt().abs_upper()

    def bounded(
        self, number: Complex, *, magnitude: arb, underflows: float, roundings: float = 0.0
    ) -> Complex:
        """A number of whose computation some step is as large, and so many may underflow."""
        real, imag = (
            self.real.widened(
                part, self.dtype, magnitude=magnitude, roundings=roundings, underflows=underflows
            )
            for part in (number.real, number.imag)
        )
        return Complex(real, imag)

    def spread(self, roundoffs: float) -> Scalar | None:
        """The ball ±roundoffs·u; None in a domain that does not round."""
        if roundoffs not in self._spreads:
            self._spreads[roundoffs] = self.real.widened(
                self.zero, self.dtype, magnitude=arb(1), roundings=roundoffs, underflows=0
            )
        ball = self._spreads[roundoffs]
        return None if ball is self.zero else ball

    def flushed(self, number: Complex, arguments: Sequence[Complex]) -> Complex:
        """A function's value, each of whose derivatives' parts may have underflowed by itself.

        A part that is no normal number is lost though the other is not, and though what a cotangent
        makes of both is normal.
        """
        if self.spread(1.0) is None:
            return number
        lost = self.real.widened(
            self.zero, self.dtype, magnitude=arb(1), roundings=0, underflows=_UNDERFLOWS
        )
        moves = [
            self.scaled(lost, self.less(part, still))
            for argument in arguments
            for part in (argument.real, argument.imag)
            if (still := self.real.stopped(part)) is not part
        ]
        if not moves:
            return number
        return Complex(self.total([number.real, *moves]), self.total([number.imag, *moves]))

    def turned(self, number: Complex, roundoffs: float, *, underflows: float = 8.0) -> Complex:
        """A number after a step of an error relative to the norm: w(1 + δ), |δ| ≤ roundoffs·u.

        Each part gets a share of the other, and so do its derivatives.
        """
        ball = self.spread(roundoffs)
        if ball is None:
            return number
        shares = self.scaled(ball, number.real), self.scaled(ball, number.imag)
        turned = Complex(self.total([number.real, *shares]), self.total([number.imag, *shares]))
        return self.bounded(turned, magnitude=self.norm(number), underflows=underflows)
