"""The exact reading: Arb balls without rounding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from math import prod

from flint import arb, arb_mat

from gradlaw.oracles.elementary import Elementary
from gradlaw.oracles.linear_algebra.factorisation import Factorisation
from gradlaw.oracles.rounding.arithmetic import arithmetic

_SHORT_BITS = 8
"""Numbers of so few significand bits are meant as they stand: 2, 0.5, 100. In a dtype that has
hardly more (0.1 is 205/2048 in bfloat16), those of half its bits."""


_ESTIMATE_ROUNDOFFS = 8.0
"""What the evaluation of an unknown primitive in its own dtype may err by, roughly."""


COMPUTED = 1.0
"""ULP of float64 that a long constant may be off by beyond its rounding: JAX computes some of its
constants in float64, such as ``np.sqrt(2 / np.pi)``, where nothing narrower rounds that away."""


def literal_ball(value: float, dtype: str, *, short: bool = True) -> arb:
    """Every number that the literal ``value`` of ``dtype`` may stand for.

    Args:
        value: the literal.
        dtype: that it has.
        short: whether one of few bits is meant as it stands; integers always are.
    """
    if value == 0 or not math.isfinite(value):
        return arb(value)
    numbers = arithmetic(dtype)
    significand, _ = math.frexp(value)
    few = math.ldexp(significand, min(_SHORT_BITS, numbers.precision // 2)).is_integer()
    if (short and few) or (value.is_integer() and abs(value) < 2.0**numbers.precision):
        return arb(value)
    ulps = 1 / 2 + (COMPUTED if dtype == "float64" else 0.0)
    return arb(value, numbers.ulp(abs(value)) * ulps)


class Exact:
    """True values of a program: no step rounds; only long literals are balls from the start."""

    joins = True
    """Whether a scalar may stand for any number between two others: ``hull`` and ``bounds``."""

    rounds = False
    """Whether a step's result depends on the order that a backend takes."""

    def __init__(self, *, short: bool = True) -> None:
        """Read literals of few bits as they stand, or as what the dtype made of longer ones."""
        self.short = short
        self.estimated: set[str] = set()
        self.undecided: set[str] = set()

    def constant(self, value: float, dtype: str, *, literal: bool) -> arb:
        """The number, or the ball of all that a literal stands for."""
        return literal_ball(value, dtype, short=self.short) if literal else arb(value)

    def apply(self, function: Elementary, dtype: str, *scalars: arb) -> arb:  # noqa: ARG002
        """The function's exact value."""
        return arb(function.evaluate(*scalars))

    def convert(self, scalar: arb, source: str, target: str) -> arb:  # noqa: ARG002
        """The scalar itself: nothing rounds here."""
        return scalar

    def sum(self, scalars: Sequence[arb], dtype: str, terms: float | None = None) -> arb:  # noqa: ARG002
        """The exact sum."""
        return sum(scalars, arb(0))

    def product(self, scalars: Sequence[arb], dtype: str) -> arb:  # noqa: ARG002
        """The exact product."""
        return prod(scalars, start=arb(1))

    def inner(self, left: Sequence[arb], right: Sequence[arb], dtype: str) -> arb:  # noqa: ARG002
        """The exact inner product."""
        return sum((a * b for a, b in zip(left, right, strict=True)), arb(0))

    def magnitude(self, scalar: arb) -> arb:
        """The largest absolute value in the ball."""
        return scalar.abs_upper()

    def widened(
        self,
        scalar: arb,
        dtype: str,  # noqa: ARG002
        *,
        magnitude: arb,  # noqa: ARG002
        roundings: float,  # noqa: ARG002
        underflows: float,  # noqa: ARG002
    ) -> arb:
        """The scalar itself: nothing rounds here."""
        return scalar

    def solve(
        self,
        matrix: Sequence[Sequence[arb]],
        right: Sequence[arb],
        dtype: str,  # noqa: ARG002
    ) -> list[arb]:
        """The solution; NaN where the matrix is singular."""
        return solve_balls(matrix, right)

    def factor(self, factorisation: Factorisation, scalars: Sequence[arb], dtype: str) -> list[arb]:
        """The factors' balls; NaN where they cannot be told apart."""
        return factorisation.values(self, dtype, scalars)

    def estimate(self, primitive: str, value: float, spread: float, dtype: str) -> arb:
        """A ball as wide as the evaluation's own uncertainty; any number where it overflows."""
        self.estimated.add(primitive)
        if not math.isfinite(value):
            return arb("nan")
        numbers = arithmetic(dtype)
        rounding = _ESTIMATE_ROUNDOFFS * (numbers.unit_roundoff * abs(value) + numbers.underflow)
        return arb(value, spread + rounding)

    def extremum(self, scalars: Sequence[arb], dtype: str, *, larger: bool) -> arb:  # noqa: ARG002
        """The extremum as a ball."""
        return extreme_ball(scalars, larger=larger)

    def hull(self, scalars: Sequence[arb]) -> arb:
        """The ball of every number in any of the balls."""
        return hull_ball(scalars)

    def bounds(self, scalar: arb) -> tuple[float, float]:
        """Numbers between which the scalar lies; NaN where there are none."""
        return ball_bounds(scalar)

    def stopped(self, scalar: arb) -> arb:
        """The scalar itself: nothing is differentiated here."""
        return scalar

    def decide(self, scalar: arb) -> float:
        """The midpoint."""
        return float(scalar.mid())

    def overlap(self, left: arb, right: arb) -> bool:
        """Whether the balls overlap without being one and the same number."""
        return balls_overlap(left, right)


def balls_overlap(left: arb, right: arb) -> bool:
    """Whether midpoints in float64 may compare otherwise than the numbers in two balls.

    They may where the balls overlap, but for two that are the same exact number, and where the
    midpoints are one number in float64 though the balls lie apart.
    """
    if left is right:
        return False
    if left.overlaps(right):
        return not (left.is_exact() and right.is_exact())
    return float(left.mid()) == float(right.mid())


def extreme_ball(scalars: Sequence[arb], *, larger: bool) -> arb:
    """The ball of the largest (or smallest) of numbers in the balls; NaN if there is one."""
    best = scalars[0]
    for scalar in scalars[1:]:
        if best.is_nan() or scalar.is_nan():
            return arb("nan")
        if scalar is best or (best > scalar if larger else best < scalar):
            continue  # the very ball, so that a comparison with it is known
        if scalar > best if larger else scalar < best:
            best = scalar
        else:
            best = best.max(scalar) if larger else best.min(scalar)
    return best


def hull_ball(scalars: Sequence[arb]) -> arb:
    """The ball of every number in any of the balls; the very ball where they are one."""
    joined = scalars[0]
    for scalar in scalars[1:]:
        if scalar is not joined:
            joined = joined.union(scalar)
    return joined


def ball_bounds(ball: arb) -> tuple[float, float]:
    """Floats between which a ball lies; NaN where it is not bounded."""
    if not ball.is_finite():
        return math.nan, math.nan
    low, high = float(ball.lower()), float(ball.upper())
    return (
        low if arb(low) <= ball else math.nextafter(low, -math.inf),
        high if arb(high) >= ball else math.nextafter(high, math.inf),
    )


def solve_balls(matrix: Sequence[Sequence[arb]], right: Sequence[arb]) -> list[arb]:
    """The solution of a linear system of balls; NaN balls where it cannot be certified."""
    size = len(right)
    if size == 0:
        return []
    try:
        solution = arb_mat([list(row) for row in matrix]).solve(arb_mat(size, 1, list(right)))
    except ZeroDivisionError:
        return [arb("nan")] * size
    return list(solution.entries())
