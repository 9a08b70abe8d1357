"""Complex numbers as pairs of the scalars of a real domain."""

from __future__ import annotations

import cmath
from collections.abc import Callable, Sequence
from typing import Any

import sympy
from flint import arb

from gradlaw.oracles.domains.complex_arithmetic import (
    add,
    divide,
    integer_power,
    modulus,
    multiply,
    negative,
    one_less_square,
    sign,
    square,
    square_root,
    subtract,
)
from gradlaw.oracles.domains.complex_functions import FUNCTIONS
from gradlaw.oracles.domains.complex_parts import Complex, Parts
from gradlaw.oracles.domains.protocol import Domain, Scalar
from gradlaw.oracles.elementary import Elementary, X
from gradlaw.oracles.linear_algebra.factorisation import Factorisation
from gradlaw.oracles.linear_algebra.parts import InParts, joined, split
from gradlaw.oracles.rounding.complex_rules import ONE_FACTOR
from gradlaw.oracles.rounding.rules import power

REAL_OF = {"complex64": "float32", "complex128": "float64"}
"""The dtype of a complex dtype's parts."""

MODULUS, SIGN = Elementary("abs", sympy.Abs(X), 1), Elementary("sign", sympy.sign(X), 1)
"""What an application to a complex number names by these."""

_ARITHMETIC: dict[str, Callable[..., Complex]] = {
    "add": add,
    "add_any": add,
    "sub": subtract,
    "mul": multiply,
    "div": divide,
    "neg": negative,
    "one_minus_square": one_less_square,
    "square": square,
    "sqrt": square_root,
    "sign": sign,
}
_FORMULAS = {**_ARITHMETIC, **FUNCTIONS}


def has_complex_formula(function: Elementary) -> bool:
    """Whether an elementary function is read at complex numbers."""
    known = function.name == "abs" or function.name in _FORMULAS
    return known or power(function.name) is not None


class Cartesian:
    """Arithmetic on complex numbers, over a domain of real ones.

    A complex function is its two real formulas in the domain below, and its result is widened by
    its norm: backends bound the error of a complex division, square root or logarithm relatively
    to the number and not to each of its parts. Real scalars are the lower domain's own.

    Args:
        real: the domain of the parts.

    Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, section 3.6.
    """

    def __init__(self, real: Domain) -> None:
        self.real = real
        self.estimated = real.estimated
        self.undecided = real.undecided
        self.joins = getattr(real, "joins", False)
        self._parts = {name: Parts(real, dtype) for name, dtype in REAL_OF.items()}
        self._parts.update({dtype: Parts(real, dtype) for dtype in REAL_OF.values()})

    def parts(self, dtype: str) -> Parts:
        """Arithmetic on the parts of a complex dtype, or in the real one itself."""
        return self._parts[dtype]

    def complex_of(self, scalar: Scalar, dtype: str) -> Complex:
        """A scalar as a complex number of ``dtype``; a real one gets the imaginary part 0."""
        if isinstance(scalar, Complex):
            return scalar
        return Complex(scalar, self._parts[dtype].zero)

    def constant(self, value: complex, dtype: str, *, literal: bool) -> Scalar:
        """A real or complex number."""
        if dtype not in REAL_OF:
            return self.real.constant(value.real, dtype, literal=literal)
        below = REAL_OF[dtype]
        return Complex(
            self.real.constant(float(value.real), below, literal=literal),
            self.real.constant(float(value.imag), below, literal=literal),
        )

    def apply(self, function: Elementary, dtype: str, *scalars: Scalar) -> Scalar:
        """An elementary function of real or of complex numbers.

        Raises:
            KeyError: for a function that is not defined for complex numbers.
        """
        if dtype not in REAL_OF and Complex not in map(type, scalars):
            return self.real.apply(function, dtype, *scalars)
        parts, name = self._parts[dtype], function.name
        numbers = [self.complex_of(scalar, dtype) for scalar in scalars]
        if name == "abs":
            return modulus(parts, numbers[0])
        if (exponent := power(name)) is not None:
            return integer_power(parts, numbers[0], exponent)
        return _FORMULAS[name](parts, *numbers)

    def convert(self, scalar: Scalar, source: str, target: str) -> Scalar:
        """A conversion part by part; to a real dtype, the real part's."""
        if isinstance(scalar, Complex):
            below = REAL_OF[source]
            if target not in REAL_OF:
                return self._converted(scalar.real, below, target)
            parts = (scalar.real, scalar.imag)
            return Complex(*(self._converted(part, below, REAL_OF[target]) for part in parts))
        if target in REAL_OF:
            return self.complex_of(self._converted(scalar, source, REAL_OF[target]), target)
        return self.real.convert(scalar, source, target)

    def _converted(self, part: Scalar, source: str, target: str) -> Scalar:
        return part if source == target else self.real.convert(part, source, target)

    def sum(self, scalars: Sequence[Scalar], dtype: str, terms: float | None = None) -> Scalar:
        """A sum, of the real and of the imaginary parts."""
        if dtype not in REAL_OF:
            return self.real.sum(scalars, dtype, terms)
        numbers, below = [self.complex_of(s, dtype) for s in scalars], REAL_OF[dtype]
        return Complex(
            self.real.sum([number.real for number in numbers], below, terms),
            self.real.sum([number.imag for number in numbers], below, terms),
        )

    def product(self, scalars: Sequence[Scalar], dtype: str) -> Scalar:
        """A product: √5·u for each multiplication, in any order, relatively to the norm.

        Source: R. P. Brent, C. Percival and P. Zimmermann, Error bounds on complex floating-point
        multiplication, Math. Comp. 76 (2007), theorem 1.
        """
        if dtype not in REAL_OF:
            return self.real.product(scalars, dtype)
        parts, numbers = self._parts[dtype], [self.complex_of(s, dtype) for s in scalars]
        if not numbers:
            return self.constant(1.0, dtype, literal=False)
        total, largest = numbers[0], parts.norm(numbers[0]).max(arb(1))
        for number in numbers[1:]:
            total = multiply(parts, total, number)
            largest = largest * parts.norm(number).max(arb(1))
        factors = len(numbers) - 1
        if not factors:
            return total
        total = parts.turned(total, ONE_FACTOR * factors)
        return parts.bounded(total, magnitude=largest, underflows=4.0 * factors)

    def inner(self, left: Sequence[Scalar], right: Sequence[Scalar], dtype: str) -> Scalar:
        """An inner product: each part is a real one of twice the length."""
        if dtype not in REAL_OF:
            return self.real.inner(left, right, dtype)
        parts = self._parts[dtype]
        lefts = [self.complex_of(scalar, dtype) for scalar in left]
        rights = [self.complex_of(scalar, dtype) for scalar in right]
        reals, imags = [a.real for a in lefts], [a.imag for a in lefts]
        minus = [parts.minus(part) for part in imags]
        real, imag = [b.real for b in rights], [b.imag for b in rights]
        return Complex(
            self.real.inner([*reals, *minus], [*real, *imag], parts.dtype),
            self.real.inner([*reals, *imags], [*imag, *real], parts.dtype),
        )

    def magnitude(self, scalar: Scalar) -> arb:
        """An upper bound on the modulus."""
        if not isinstance(scalar, Complex):
            return self.real.magnitude(scalar)
        real, imag = self.real.magnitude(scalar.real), self.real.magnitude(scalar.imag)
        return (real * real + imag * imag).sqrt().abs_upper()

    def widened(
        self, scalar: Scalar, dtype: str, *, magnitude: arb, roundings: float, underflows: float
    ) -> Scalar:
        """Each part widened by as much."""

        def wide(part: Scalar) -> Scalar:
            return self.real.widened(
                part,
                REAL_OF.get(dtype, dtype),
                magnitude=magnitude,
                roundings=roundings,
                underflows=underflows,
            )

        if isinstance(scalar, Complex):
            return Complex(wide(scalar.real), wide(scalar.imag))
        return wide(scalar)

    def solve(
        self, matrix: Sequence[Sequence[Scalar]], right: Sequence[Scalar], dtype: str
    ) -> list[Scalar]:
        """A complex system A + iB as the real one [[A, −B], [B, A]].

        Source: R. A. Horn and C. R. Johnson, Matrix Analysis (2013), section 1.3, problem 20.
        """
        if dtype not in REAL_OF:
            return self.real.solve(matrix, right, dtype)
        parts = self._parts[dtype]
        rows = [[self.complex_of(entry, dtype) for entry in row] for row in matrix]
        sides = [self.complex_of(entry, dtype) for entry in right]
        upper = [[*(e.real for e in row), *(parts.minus(e.imag) for e in row)] for row in rows]
        lower = [[*(e.imag for e in row), *(e.real for e in row)] for row in rows]
        stacked = [*(e.real for e in sides), *(e.imag for e in sides)]
        solution = self.real.solve([*upper, *lower], stacked, parts.dtype)
        size = len(sides)
        return [Complex(solution[i], solution[size + i]) for i in range(size)]

    def factor(
        self, factorisation: Factorisation, scalars: Sequence[Scalar], dtype: str
    ) -> list[Scalar]:
        """A factorisation of complex numbers as one of their parts."""
        if dtype not in REAL_OF:
            return self.real.factor(factorisation, scalars, dtype)
        below = REAL_OF[dtype]
        inputs = split([self.complex_of(scalar, dtype) for scalar in scalars], None)
        return joined(self.real.factor(InParts(whole=factorisation), inputs, below))

    def estimate(self, primitive: str, value: complex, spread: float, dtype: str) -> Scalar:
        """An estimate of each part, both as wide."""
        if dtype not in REAL_OF:
            return self.real.estimate(primitive, value.real, spread, dtype)
        below = REAL_OF[dtype]
        return Complex(
            self.real.estimate(primitive, value.real, spread, below),
            self.real.estimate(primitive, value.imag, spread, below),
        )

    def extremum(self, scalars: Sequence[Scalar], dtype: str, *, larger: bool) -> Scalar:
        """The first extreme number in lexicographic order, in which XLA compares complex ones."""
        if dtype not in REAL_OF:
            return self.real.extremum(scalars, dtype, larger=larger)
        numbers = [self.decide(scalar) for scalar in scalars]
        order = [(number.real, number.imag) for number in numbers]
        undefined = (place for place, number in enumerate(numbers) if cmath.isnan(number))
        best = (max if larger else min)(range(len(order)), key=order.__getitem__)
        chosen = scalars[next(undefined, best)]
        if any(self.overlap(scalar, chosen) for scalar in scalars if scalar is not chosen):
            self.undecided.add("max" if larger else "min")
        return chosen

    def hull(self, scalars: Sequence[Scalar]) -> Scalar:
        """The hull part by part."""
        real: Any = self.real
        if not any(isinstance(scalar, Complex) for scalar in scalars):
            return real.hull(scalars)
        numbers = [self.complex_of(scalar, "complex128") for scalar in scalars]
        return Complex(
            real.hull([number.real for number in numbers]),
            real.hull([number.imag for number in numbers]),
        )

    def bounds(self, scalar: Scalar) -> tuple[float, float]:
        """Numbers between which a real scalar lies."""
        real: Any = self.real
        found: tuple[float, float] = real.bounds(scalar)
        return found

    def entered(self, scalar: Scalar, dtype: str) -> Scalar:
        """Both parts as arguments of a function with a derivative rule of its own."""
        enter = getattr(self.real, "entered", None)
        if enter is None:
            return scalar
        below = REAL_OF.get(dtype, dtype)
        if isinstance(scalar, Complex):
            return Complex(enter(scalar.real, below), enter(scalar.imag, below))
        return enter(scalar, below)

    def stopped(self, scalar: Scalar) -> Scalar:
        """Both parts stopped."""
        if isinstance(scalar, Complex):
            return Complex(self.real.stopped(scalar.real), self.real.stopped(scalar.imag))
        return self.real.stopped(scalar)

    def decide(self, scalar: Scalar) -> Any:
        """The concrete value, a Python complex for a complex number."""
        if isinstance(scalar, Complex):
            return complex(self.real.decide(scalar.real), self.real.decide(scalar.imag))
        return self.real.decide(scalar)

    def overlap(self, left: Scalar, right: Scalar) -> bool:
        """Whether the lexicographic comparison of two numbers might turn out otherwise."""
        if not isinstance(left, Complex) and not isinstance(right, Complex):
            return self.real.overlap(left, right)
        a, b = self.complex_of(left, "complex128"), self.complex_of(right, "complex128")
        if self.real.overlap(a.real, b.real):
            return True
        same = self.real.decide(a.real) == self.real.decide(b.real)
        return same and self.real.overlap(a.imag, b.imag)
