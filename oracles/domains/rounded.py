"""The rounded reading: a ball that holds every result a correct backend may return."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import prod

from flint import arb

from gradlaw.oracles.domains.exact import (
    Exact,
    ball_bounds,
    balls_overlap,
    extreme_ball,
    hull_ball,
    literal_ball,
    solve_balls,
)
from gradlaw.oracles.domains.known_numbers import ROUNDLESS, KnownNumbers
from gradlaw.oracles.elementary import Elementary
from gradlaw.oracles.linear_algebra.factorisation import Factorisation, rounded_values
from gradlaw.oracles.rounding.arithmetic import Arithmetic, arithmetic
from gradlaw.oracles.rounding.rules import EXACT, Rule, power, product_error, rule
from gradlaw.oracles.special.powers import natural_power

INFINITY = arb("inf")
"""An exact infinity is one that the program holds, or the limit of a function at one."""

ANYTHING = arb("nan")
"""What may come out once an intermediate may overflow: any number, an infinity or NaN."""


class _Steps:
    """An arithmetic's constants as balls, so that no step builds them anew."""

    def __init__(self, numbers: Arithmetic) -> None:
        self.unit = arb(numbers.unit_roundoff)
        self.largest = arb(numbers.largest)
        self.tiny = arb(numbers.tiny)
        self.underflow = arb(0, numbers.underflow)
        self.flushes = numbers.flushes
        self.relative: dict[float, arb] = {}

    def factor(self, roundoffs: float) -> arb:
        """The ball 1 ± roundoffs · u."""
        if roundoffs not in self.relative:
            self.relative[roundoffs] = arb(1, self.unit * arb(roundoffs))
        return self.relative[roundoffs]

    def widen(self, ball: arb, roundoffs: float) -> arb:
        """``ball`` after a step of that relative error: underflow and overflow included.

        Source: the standard model with underflow, N. J. Higham, Accuracy and Stability of
        Numerical Algorithms, equation (2.8).
        """
        if ball.is_zero():
            return ball
        if roundoffs:
            ball = ball * self.factor(roundoffs)
        if ball.abs_lower() < self.tiny:
            ball = ball + self.underflow
        if ball.abs_upper() <= self.largest or abs(ball) == INFINITY:
            return ball
        return ANYTHING


class Rounded:
    """Every result of a correct backend, whatever it fuses, contracts or keeps in excess precision.

    A ball is widened after each operation by that operation's error: a fused operation omits
    roundings, and so stays inside.

    Args:
        backend: the platform, as JAX names it.
        solve_backward_error: the norm-wise backward error that a ``custom_linear_solve``'s own
            solver stops at, in units of (n + 1)·u for n unknowns; None where nobody states it.
    """

    joins = True

    def __init__(self, backend: str = "cpu", solve_backward_error: float | None = None) -> None:
        self.backend = backend
        self.solve_backward_error = solve_backward_error
        self.estimated: set[str] = set()
        self.undecided: set[str] = set()
        self._steps = cache(lambda dtype: _Steps(arithmetic(dtype, backend)))
        self._known = KnownNumbers(backend)

    def constant(self, value: float, dtype: str, *, literal: bool) -> arb:
        """The number as the backend may see it: a subnormal one may read as zero."""
        ball = literal_ball(value, dtype) if literal else arb(value)
        steps = self._steps(dtype)
        if steps.flushes and not ball.is_zero() and ball.abs_upper() < steps.tiny:
            return ball.union(arb(0))
        return ball

    def apply(self, function: Elementary, dtype: str, *scalars: arb) -> arb:
        """The function over the balls, widened by its rounding rule."""
        if (number := self._known.computed(function, scalars, dtype)) is not None:
            if function.name in EXACT:
                return number
            contracted = self._known.may_be_contracted(function.name, scalars)
            ball = self._widened(function, dtype, *scalars)
            return self._known.noted(ball, number, quotient=contracted)
        if function.name not in ROUNDLESS:  # through any other, nothing is reassociated
            scalars = tuple(self._known.of(scalar) for scalar in scalars)
        return self._widened(function, dtype, *scalars)

    def _widened(self, function: Elementary, dtype: str, *scalars: arb) -> arb:
        if (exponent := power(function.name)) is not None:
            return self._power(scalars[0], exponent, dtype)
        found = rule(function.name, self.backend, dtype)
        if found is None:
            self.estimated.add(function.name)
        steps, ball = self._steps(dtype), arb(function.evaluate(*scalars))
        if _changes_no_digit(function.name, scalars):
            return steps.widen(ball, 0)
        if found is not None and (found.absolute or found.argument or found.underflows):
            absolute = arb(found.absolute_at(*scalars))
            error = steps.unit * (absolute + _moved(found, function, scalars))
            ball = ball + arb(0, error) + steps.underflow * arb(found.underflows)
        return steps.widen(ball, 8.0 if found is None else found.roundoffs)

    def _power(self, base: arb, exponent: int, dtype: str) -> arb:
        """Products of |y| factors in any order, and the reciprocal of that for y < 0.

        An early product that underflows errs in each of its copies. A product that overflows has
        the reciprocal 0; one that may be 0 has any.

        Source: JAX, ``lax.integer_pow``, whose program this is.
        """
        steps, factors = self._steps(dtype), abs(exponent)
        product = natural_power(base, factors)
        if factors > 1 and not product.is_zero():
            product = product * steps.factor(factors - 1)
            if product.abs_lower() < steps.tiny:
                product = product + steps.underflow * (factors - 1)
        overflows = not product.abs_upper() <= steps.largest
        if exponent >= 0:
            return ANYTHING if overflows else product
        division = rule("div", self.backend)
        assert division is not None
        reciprocal = steps.widen(1 / product, division.roundoffs)
        return reciprocal.union(arb(0)) if overflows else reciprocal

    def convert(self, scalar: arb, source: str, target: str) -> arb:
        """One rounding where the target is narrower; none where it is wider, or has the number.

        XLA rounds float64 to float32 on the way to the half precisions: 1 + 2**-11 + 2**-40 becomes
        1 in float16.
        """
        numbers, wider = arithmetic(source, self.backend), arithmetic(target, self.backend)
        if _holds(wider, scalar):
            return scalar
        exact = numbers.precision <= wider.precision and numbers.largest <= wider.largest
        between = arithmetic("float32", self.backend).unit_roundoff
        twice = numbers.unit_roundoff < between < wider.unit_roundoff
        roundoffs = 1 + between / wider.unit_roundoff if twice else 1
        converted = self._steps(target).widen(scalar, 0 if exact else roundoffs)
        return self._known.converted(scalar, converted, target)

    def sum(self, scalars: Sequence[arb], dtype: str, terms: float | None = None) -> arb:
        """Error (n - 1) u Σ|x|, in any order and for any n.

        Source: C.-P. Jeannerod and S. M. Rump, Improved error bounds for inner products in
        floating-point arithmetic, SIAM J. Matrix Anal. Appl. 34(2), 2013. Adding an exact zero
        rounds nothing; a flushed partial sum loses up to the smallest normal number. Two terms are
        one addition, whose error is relative to the sum.
        """
        nonzero = [scalar for scalar in scalars if not scalar.is_zero()]
        if len(nonzero) == 2 and terms is None:
            total = self._steps(dtype).widen(nonzero[0] + nonzero[1], 1)
            return self._known.summed(nonzero, total, dtype)
        roundings = len(nonzero) - 1 if terms is None else terms - 1
        total = self._accumulated(nonzero, roundings, roundings, 0.0, dtype)
        return self._known.summed(nonzero, total, dtype) if terms is None else total

    def product(self, scalars: Sequence[arb], dtype: str) -> arb:
        """Error (n - 1) u |Πx|, in any order; unbounded where some order may overflow.

        A partial product that underflows errs by what the other factors make of it.

        Source: S. M. Rump, F. Bünger and C.-P. Jeannerod, Improved error bounds for floating-point
        products and Horner's scheme, BIT 56 (2016), theorem 1.1.
        """
        if len(scalars) < 2 or any(scalar.is_zero() for scalar in scalars):
            whole = prod(scalars, start=arb(1))
            return whole if all(scalar.is_finite() for scalar in scalars) else ANYTHING
        steps = self._steps(dtype)
        magnitudes = [scalar.abs_upper() for scalar in scalars]
        largest = prod((m for m in magnitudes if m > 1), start=arb(1)).upper()
        smallest = prod((s.abs_lower() for s in scalars if s.abs_lower() < 1), start=arb(1)).lower()
        relative = steps.factor(len(scalars) - 1)
        whole = prod(scalars, start=arb(1)) * relative
        if smallest < steps.tiny:
            whole = whole + steps.underflow * (largest * (len(scalars) - 1)) * relative
        if not largest * relative <= steps.largest:
            return ANYTHING
        return self._known.multiplied(scalars, whole, dtype)

    def inner(self, left: Sequence[arb], right: Sequence[arb], dtype: str) -> arb:
        """Error n u Σ|x||y|, accumulated in any order; of (n - 1) u where no product rounds.

        Source: C.-P. Jeannerod and S. M. Rump (2013), theorem 3.1.
        """
        pairs = list(zip(left, right, strict=True))
        products = [a * b for a, b in pairs]
        nonzero = [product for product in products if not product.is_zero()]
        narrowed = product_error(dtype, self.backend)
        if not narrowed and all(map(_has_power_of_two, pairs)):
            # The products may still underflow.
            scaled = [self._steps(dtype).widen(product, 0) for product in nonzero]
            return self.sum(scaled, dtype)
        # Each product may underflow, and each partial sum may be flushed.
        underflows = 2 * len(nonzero) - 1
        return self._accumulated(nonzero, len(nonzero), underflows, narrowed, dtype)

    def _accumulated(
        self,
        terms: Sequence[arb],
        roundings: float,
        underflows: float,
        narrowed: float,
        dtype: str,
    ) -> arb:
        total = sum(terms, arb(0))
        if roundings <= 0 or not terms:
            return total
        steps = self._steps(dtype)
        magnitude = sum((term.abs_upper() for term in terms), arb(0))
        error = magnitude * (steps.unit * arb(roundings) + arb(narrowed))
        if not magnitude + error <= steps.largest:
            return ANYTHING
        return total + arb(0, error + steps.underflow.rad() * arb(underflows))

    def magnitude(self, scalar: arb) -> arb:
        """The largest absolute value in the ball."""
        return scalar.abs_upper()

    def widened(
        self, scalar: arb, dtype: str, *, magnitude: arb, roundings: float, underflows: float
    ) -> arb:
        """The standard model with underflow for each number; unbounded where a sum may overflow."""
        if magnitude.is_zero():
            return scalar
        steps = self._steps(dtype)
        error = magnitude * steps.unit * arb(roundings) + steps.underflow.rad() * arb(underflows)
        if not magnitude + error <= steps.largest:
            return ANYTHING
        return scalar + arb(0, error.upper())

    def solve(self, matrix: Sequence[Sequence[arb]], right: Sequence[arb], dtype: str) -> list[arb]:
        """The solutions of all systems within the solver's stated backward error.

        For ‖b − Mx̂‖ ≤ ηu(‖M‖‖x̂‖ + ‖b‖) in the maximum norm, |x̂ − x| ≤ |M⁻¹|·1·ω with
        ω = ηu(‖M‖‖x‖ + ‖b‖) / (1 − ηu‖M‖‖M⁻¹‖). Unbounded where ‖M‖‖x‖ + ‖b‖ may overflow, as a sum
        of an elimination may then.

        Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, section 7.1.
        """
        size = len(right)
        solution = solve_balls(matrix, right)
        if size == 0:
            return solution
        backward_error = self.solve_backward_error
        if backward_error is None:
            self.estimated.add("custom_linear_solve")
            backward_error = 8.0
        identity = [[arb(int(row == column)) for row in range(size)] for column in range(size)]
        columns = [solve_balls(matrix, unit) for unit in identity]
        row_sums = [sum((abs(column[row]) for column in columns), arb(0)) for row in range(size)]
        steps = self._steps(dtype)
        eta = arb(backward_error) * (size + 1) * steps.unit
        norm = _largest([sum((abs(entry) for entry in row), arb(0)) for row in matrix])
        slack = 1 - eta * norm * _largest(row_sums)
        sums = norm * _largest(solution) + _largest(right)
        if not (slack > 0 and sums <= steps.largest):
            return [ANYTHING] * size
        # Each inner product, of the residual or of an elimination, may underflow in every term.
        lost = steps.underflow.rad() * arb(4 * size)
        residual = (eta * sums + lost) / slack
        widened = [
            entry + arb(0, (reach * residual).abs_upper())
            for entry, reach in zip(solution, row_sums, strict=True)
        ]
        return [steps.widen(entry, 1) for entry in widened]

    def factor(self, factorisation: Factorisation, scalars: Sequence[arb], dtype: str) -> list[arb]:
        """The factors of every matrix within the backward error, and their forward error.

        Unbounded where a sum of products of inputs and factors may overflow: an algorithm is free
        to make one.
        """
        numbers = arithmetic(dtype, self.backend)
        values = rounded_values(factorisation, Exact(), scalars, numbers)
        size = _largest([*scalars, *values])
        if not size * size * len(scalars) <= numbers.largest:
            return [ANYTHING] * len(values)
        return [self._steps(dtype).widen(value, 0) for value in values]

    def estimate(self, primitive: str, value: float, spread: float, dtype: str) -> arb:
        """A ball as wide as the perturbation showed, and eight roundoffs more."""
        self.estimated.add(primitive)
        return self._steps(dtype).widen(arb(value, spread), 8.0)

    def decide(self, scalar: arb) -> float:
        """The midpoint: the exact value, but for what rounding moved it."""
        return float(self._known.compared(scalar).mid())

    def overlap(self, left: arb, right: arb) -> bool:
        """Whether the balls overlap without being one and the same number.

        What has no bound may be NaN, which is no number, nor the same as itself.
        """
        if left is right:
            return left is ANYTHING
        return balls_overlap(self._known.compared(left), self._known.compared(right))

    def extremum(self, scalars: Sequence[arb], dtype: str, *, larger: bool) -> arb:  # noqa: ARG002
        """The extremum as a ball: choosing rounds nothing."""
        return extreme_ball([self._known.compared(scalar) for scalar in scalars], larger=larger)

    def hull(self, scalars: Sequence[arb]) -> arb:
        """The ball of every number in any of the balls."""
        return hull_ball(scalars)

    def bounds(self, scalar: arb) -> tuple[float, float]:
        """Numbers between which the scalar lies; NaN where there are none."""
        return ball_bounds(self._known.compared(scalar))

    def stopped(self, scalar: arb) -> arb:
        """The scalar itself: nothing is differentiated here."""
        return scalar


def _changes_no_digit(name: str, scalars: Sequence[arb]) -> bool:
    """Whether a step only scales by a power of two, or adds zero.

    Compilers that regroup factors may move a power of two as well, and round nothing by it.
    """
    if name == "mul":
        return _has_power_of_two(scalars)
    if name == "div":
        return _has_power_of_two(scalars[1:])
    return name in {"add", "add_any", "sub"} and any(scalar.is_zero() for scalar in scalars)


def _has_power_of_two(scalars: Sequence[arb]) -> bool:
    return any(scalar.is_exact() and _is_power_of_two(scalar) for scalar in scalars)


def _holds(numbers: Arithmetic, scalar: arb) -> bool:
    """Whether a scalar is known to be one number, which the dtype has among its normal ones."""
    if not (scalar.is_exact() and scalar.is_finite()):
        return False
    if scalar.is_zero():
        return True
    significand, _ = scalar.man_exp()
    return abs(int(significand)).bit_length() <= numbers.precision and bool(
        numbers.tiny <= abs(scalar) <= numbers.largest
    )


def _is_power_of_two(exact: arb) -> bool:
    if not exact.is_finite():
        return False
    significand, _ = exact.man_exp()
    return abs(int(significand)) == 1


def _moved(found: Rule, function: Elementary, scalars: Sequence[arb]) -> arb:
    """How far the rule's error of the arguments carries the function, in units of roundoff."""
    if not found.argument:
        return arb(0)
    reach = arb(0)
    for position, scalar in enumerate(scalars):
        slope = arb(function.partial(position).evaluate(*scalars))
        reach += (slope * scalar).abs_upper() * arb(found.argument)
    return reach.upper()


def _largest(balls: Sequence[arb]) -> arb:
    largest = arb(0)
    for ball in balls:
        largest = largest.max(ball.abs_upper())
    return largest
