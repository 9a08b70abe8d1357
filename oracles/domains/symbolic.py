"""The symbolic reading: SymPy expressions, each with the concrete value that branches go by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy
from flint import arb

from gradlaw.oracles.domains.exact import Exact, balls_overlap, solve_balls
from gradlaw.oracles.domains.jumps import jumps
from gradlaw.oracles.domains.protocol import Scalar
from gradlaw.oracles.elementary import Elementary, X, Y, Z
from gradlaw.oracles.linear_algebra.factorisation import Factorisation

LARGEST = 300
"""Operations in a formula, repeated ones counted again. Differentiating and compiling it costs 0.5
to 1 ms an operation for the first time, and the chain rule 0.01 ms."""

_CRAMER = 3
"""Larger systems have no formula worth reading."""


class TooLarge(Exception):  # noqa: N818 (the answer is another way, not an error)
    """A program's formula would be too large to differentiate and compile."""


@dataclass(frozen=True, eq=False, slots=True)
class Formula:
    """A scalar that varies.

    Attributes:
        expression: in the domain's symbols.
        ball: its value.
        size: operations, those of repeated parts counted again.
    """

    expression: Any
    ball: arb
    size: int


class Symbolic(Exact):
    """Formulas over symbols; what does not vary and has no symbol is a formula too.

    A number is the exact rational that it is. A literal that may be the rounding of another
    number is a symbol bound to the ball of those numbers, so that the function's own constant
    lies inside; so is a stopped scalar, by which nothing is differentiated.

    Attributes:
        bound: those symbols and their balls.

    Source: SymPy documentation, "Assumptions" (all symbols are real).
    """

    joins = False

    def __init__(self) -> None:
        super().__init__()
        self.bound: dict[Any, arb] = {}

    def variable(self, name: str, value: arb) -> Formula:
        """A symbol to differentiate by."""
        return Formula(sympy.Symbol(name, real=True), value, 1)

    def _fresh(self, kind: str, ball: arb) -> Formula:
        symbol = sympy.Dummy(f"{kind}_{len(self.bound)}", real=True)
        self.bound[symbol] = ball
        return Formula(symbol, ball, 1)

    def _formula(self, expression: Any, ball: arb, parts: Sequence[Formula]) -> Formula:
        size = 1 + sum(part.size for part in parts)
        if size > LARGEST:
            message = f"a formula of more than {LARGEST} operations"
            raise TooLarge(message)
        return Formula(expression, ball, size)

    def constant(self, value: float, dtype: str, *, literal: bool) -> Scalar:
        """The number as a rational, or a symbol for all that a literal stands for."""
        ball = super().constant(value, dtype, literal=literal)
        if ball.is_exact() and math.isfinite(value):
            return Formula(sympy.Rational(*value.as_integer_ratio()), ball, 1)
        return self._fresh("literal", ball)

    def apply(self, function: Elementary, dtype: str, *scalars: Scalar) -> Scalar:
        """The function's expression with the scalars' in its variables' places."""
        balls = [scalar.ball for scalar in scalars]
        ball = super().apply(function, dtype, *balls)
        if any(map(self._varies, scalars)) and jumps(function, *balls):
            self.undecided.add(function.name)
        places = zip((X, Y, Z), (scalar.expression for scalar in scalars), strict=False)
        return self._formula(function.expression.xreplace(dict(places)), ball, scalars)

    def sum(self, scalars: Sequence[Scalar], dtype: str, terms: float | None = None) -> Scalar:  # noqa: ARG002
        """The sum."""
        total = sympy.Add(*(scalar.expression for scalar in scalars))
        return self._formula(total, sum((s.ball for s in scalars), arb(0)), scalars)

    def product(self, scalars: Sequence[Scalar], dtype: str) -> Scalar:
        """The product."""
        ball = super().product([scalar.ball for scalar in scalars], dtype)
        return self._formula(sympy.Mul(*(s.expression for s in scalars)), ball, scalars)

    def inner(self, left: Sequence[Scalar], right: Sequence[Scalar], dtype: str) -> Scalar:
        """The inner product."""
        ball = super().inner([a.ball for a in left], [b.ball for b in right], dtype)
        terms = (a.expression * b.expression for a, b in zip(left, right, strict=True))
        return self._formula(sympy.Add(*terms), ball, [*left, *right])

    def magnitude(self, scalar: Scalar) -> arb:
        """The largest absolute value in the ball."""
        return scalar.ball.abs_upper()

    def solve(
        self,
        matrix: Sequence[Sequence[Scalar]],
        right: Sequence[Scalar],
        dtype: str,  # noqa: ARG002
    ) -> list[Scalar]:
        """The solution by Cramer's rule, of at most three unknowns.

        Raises:
            TooLarge: for more.
        """
        if len(right) > _CRAMER:
            message = f"a linear system of {len(right)} unknowns"
            raise TooLarge(message)
        balls = solve_balls([[e.ball for e in row] for row in matrix], [e.ball for e in right])
        coefficients = sympy.Matrix([[entry.expression for entry in row] for row in matrix])
        parts = [*(entry for row in matrix for entry in row), *right]
        determinant = coefficients.det(method="berkowitz") if right else None
        solution = []
        for column, ball in enumerate(balls):
            replaced = coefficients.copy()
            replaced[:, column] = sympy.Matrix([entry.expression for entry in right])
            quotient = replaced.det(method="berkowitz") / determinant
            solution.append(self._formula(quotient, ball, parts))
        return solution

    def factor(
        self,
        factorisation: Factorisation,
        scalars: Sequence[Scalar],
        dtype: str,  # noqa: ARG002
    ) -> list[Scalar]:
        """Not a formula worth reading.

        Raises:
            TooLarge: always.
        """
        message = f"{factorisation.name} of {len(scalars)} entries"
        raise TooLarge(message)

    def estimate(self, primitive: str, value: float, spread: float, dtype: str) -> Scalar:
        """A symbol bound to the estimate: it has no derivative here."""
        return self._fresh("estimate", super().estimate(primitive, value, spread, dtype))

    def extremum(self, scalars: Sequence[Scalar], dtype: str, *, larger: bool) -> Scalar:  # noqa: ARG002
        """The first extreme formula by value; where another touches it, the choice is noted."""
        numbers = [self.decide(scalar) for scalar in scalars]
        undefined = (place for place, number in enumerate(numbers) if math.isnan(number))
        best = (max if larger else min)(range(len(numbers)), key=numbers.__getitem__)
        chosen = scalars[next(undefined, best)]
        if any(self.overlap(scalar, chosen) for scalar in scalars):
            self.undecided.add("max" if larger else "min")
        return chosen

    def stopped(self, scalar: Scalar) -> Scalar:
        """A symbol bound to the value."""
        return self._fresh("stopped", scalar.ball)

    def decide(self, scalar: Scalar) -> float:
        """The ball's midpoint."""
        return float(scalar.ball.mid())

    def overlap(self, left: Scalar, right: Scalar) -> bool:
        """Whether the values touch and the formulas differ in more than constants."""
        if left is right or left.expression == right.expression:
            return False
        if self._varies(left) or self._varies(right):
            return bool(left.ball.overlaps(right.ball)) or balls_overlap(left.ball, right.ball)
        return super().overlap(left.ball, right.ball)

    def _varies(self, scalar: Scalar) -> bool:
        return bool(scalar.expression.free_symbols - self.bound.keys())
