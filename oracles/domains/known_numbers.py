"""Short numbers, whose sums and products no rounding touches in whatever order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from math import prod
from typing import Any

import ml_dtypes  # noqa: F401 - NumPy knows bfloat16 by it
import numpy as np
from flint import arb

from gradlaw.oracles.elementary import Elementary
from gradlaw.oracles.rounding.arithmetic import arithmetic
from gradlaw.oracles.rounding.rules import EXACT, power

ROUNDLESS = frozenset({"add", "add_any", "sub", "mul", "square", "neg", "div", *EXACT})
"""Functions that are exact where their arguments and their result are short."""


_MOST = 1 << 16
"""Balls that are remembered."""


class KnownNumbers:
    """Which balls of a rounded reading stand for one number that every correct backend returns.

    A number is short that is a multiple of 2**-k not above 2**k, with k a third of the dtype's
    significand bits: 2, 0.5, 100. Sums, differences and products of such numbers that are short
    again are exact, in any order and with any contraction. Their balls stay as wide as rounding
    makes them, because a compiler may reassociate what they are multiplied by next; but
    comparisons, steps and indices go by the number.

    A quotient may be a product with a reciprocal, which arithmetic that is contracted takes without
    its rounding: 6.09375 - 30.46875/5 is -9.1e-8 in one instruction. Comparisons and steps alone
    go by it.

    Args:
        backend: the platform; one whose division is not that of IEEE 754 has no exact quotients.
    """

    def __init__(self, backend: str = "cpu") -> None:
        self._divides = backend == "cpu"
        self._numbers: dict[int, tuple[arb, arb]] = {}
        self._quotients: dict[int, tuple[arb, arb]] = {}

    def of(self, ball: arb) -> arb:
        """The number that a ball stands for, exact; the ball itself where it is not known."""
        noted = self._numbers.get(id(ball))
        return ball if noted is None else noted[1]

    def compared(self, ball: arb) -> arb:
        """The number that comparisons and steps go by; the ball where it is not known."""
        noted = self._numbers.get(id(ball)) or self._quotients.get(id(ball))
        return ball if noted is None else noted[1]

    def noted(self, ball: arb, number: arb, *, quotient: bool = False) -> arb:
        """The ball, of which the number is known from now on; a quotient is compared alone."""
        if not ball.is_finite():
            ball = arb(ball)  # its own: all steps without a bound return one and the same ball
        if not ball.is_exact():
            numbers = self._quotients if quotient else self._numbers
            if len(numbers) >= _MOST:
                numbers.clear()  # what is not known is undecided, at worst
            numbers[id(ball)] = ball, number
        return ball

    def converted(self, ball: arb, result: arb, dtype: str) -> arb:
        """The result of a conversion, which leaves a short number as it is."""
        quotient, number = id(ball) in self._quotients, self.compared(ball)
        if not (number.is_exact() and short(number, dtype)):
            return result
        return self.noted(result, number, quotient=quotient)

    def summed(self, balls: Sequence[arb], total: arb, dtype: str) -> arb:
        """A sum of so few short numbers that no partial sum of them is rounded."""
        numbers = [self.of(ball) for ball in balls]
        few = 2.0 ** (arithmetic(dtype).precision // 3)
        if len(numbers) > few or not all(n.is_exact() and short(n, dtype) for n in numbers):
            return total
        number = sum(numbers, arb(0))
        return self.noted(total, number) if short(number, dtype) else total

    def multiplied(self, balls: Sequence[arb], product: arb, dtype: str) -> arb:
        """A product of short numbers, of which every partial product divides the whole."""
        numbers = [self.of(ball) for ball in balls]
        if not all(n.is_exact() and short(n, dtype) for n in numbers):
            return product
        number = prod(numbers, start=arb(1))
        return self.noted(product, number) if short(number, dtype) else product

    def computed(self, function: Elementary, balls: Sequence[arb], dtype: str) -> arb | None:
        """The result of a function that every backend computes without an error, if it does."""
        name = function.name
        if name not in ROUNDLESS and (power(name) or -1) < 0:
            return None
        numbers = [(self.compared if name in EXACT else self.of)(ball) for ball in balls]
        if not all(number.is_exact() and short(number, dtype) for number in numbers):
            return None
        if name == "div" and not self._divides_exactly(*numbers, dtype=dtype):
            return None
        result = arb(function.evaluate(*numbers))
        return result if result.is_exact() and short(result, dtype) else None

    def _divides_exactly(self, dividend: arb, divisor: arb, *, dtype: str) -> bool:
        """Whether a quotient that is short comes out, by a reciprocal that is rounded as well.

        Compilers divide by a constant through its reciprocal; half precisions do so in float32.
        """
        number, by = float(dividend.mid()), float(divisor.mid())
        if _is_power_of_two(divisor):
            return True
        if not (self._divides and by):
            return False
        kinds: set[Any] = {np.dtype(dtype).type, np.float32 if dtype != "float64" else np.float64}
        return all(float(kind(number) * (kind(1) / kind(by))) == number / by for kind in kinds)

    def may_be_contracted(self, name: str, balls: Sequence[arb]) -> bool:
        """Whether a function of balls is a product with a reciprocal that is rounded."""
        return name == "div" and not _is_power_of_two(self.of(balls[1]))


def _is_power_of_two(number: arb) -> bool:
    return math.frexp(abs(float(number.mid())))[0] == 0.5


def short(number: arb, dtype: str) -> bool:
    """Whether an exact number is a multiple of 2**-k not above 2**k."""
    bits = arithmetic(dtype).precision // 3
    value = float(number.mid())
    return abs(value) <= 2.0**bits and math.ldexp(value, bits).is_integer()
