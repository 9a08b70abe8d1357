"""What a scalar depends on: a set of inputs, as the bits of an integer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from flint import arb

from gradlaw.oracles.elementary import Elementary
from gradlaw.oracles.linear_algebra.factorisation import Factorisation
from gradlaw.oracles.patience import Unsupported


class Reach:
    """Sets of inputs for numbers: of whatever is computed, the union of its operands' sets.

    No number is known, so that a program that chooses by one is not read.
    """

    def __init__(self) -> None:
        self.estimated: set[str] = set()
        self.undecided: set[str] = set()

    def constant(self, value: float, dtype: str, *, literal: bool) -> int:  # noqa: ARG002
        """Nothing is reached by a constant."""
        return 0

    def apply(self, function: Elementary, dtype: str, *scalars: int) -> int:  # noqa: ARG002
        """What any operand depends on; a root of unity has none."""
        return reduce(or_, scalars, 0)

    def convert(self, scalar: int, source: str, target: str) -> int:  # noqa: ARG002
        """The same."""
        return scalar

    def sum(self, scalars: Sequence[int], dtype: str, terms: float | None = None) -> int:  # noqa: ARG002
        """What any term depends on."""
        return reduce(or_, scalars, 0)

    def product(self, scalars: Sequence[int], dtype: str) -> int:  # noqa: ARG002
        """What any factor depends on."""
        return reduce(or_, scalars, 0)

    def inner(self, left: Sequence[int], right: Sequence[int], dtype: str) -> int:  # noqa: ARG002
        """What any factor depends on."""
        return reduce(or_, [*left, *right], 0)

    def magnitude(self, scalar: int) -> arb:  # noqa: ARG002
        """Nothing is known of it."""
        return arb(0)

    def widened(
        self,
        scalar: int,
        dtype: str,  # noqa: ARG002
        *,
        magnitude: arb,  # noqa: ARG002
        roundings: float,  # noqa: ARG002
        underflows: float,  # noqa: ARG002
    ) -> int:
        """The same: rounding brings nothing in."""
        return scalar

    def solve(self, matrix: Sequence[Sequence[int]], right: Sequence[int], dtype: str) -> list[int]:  # noqa: ARG002
        """Each unknown depends on all there is."""
        return [reduce(or_, [*right, *(entry for row in matrix for entry in row)], 0)] * len(right)

    def factor(
        self,
        factorisation: Factorisation,  # noqa: ARG002
        scalars: Sequence[int],  # noqa: ARG002
        dtype: str,  # noqa: ARG002
    ) -> list[int]:
        """How many outputs there are, only numbers tell."""
        message = "what a factorisation depends on is not asked"
        raise Unsupported(message)

    def estimate(self, primitive: str, value: float, spread: float, dtype: str) -> int:  # noqa: ARG002
        """What is evaluated by numbers has none here."""
        message = f"what {primitive} depends on is not known"
        raise Unsupported(message)

    def extremum(self, scalars: Sequence[int], dtype: str, *, larger: bool) -> int:  # noqa: ARG002
        """What any of them depends on."""
        return reduce(or_, scalars, 0)

    def stopped(self, scalar: int) -> int:
        """The same: its value depends on it."""
        return scalar

    def decide(self, scalar: int) -> float:
        """No number is known to choose by."""
        message = f"a choice by a number that depends on {scalar:b}"
        raise Unsupported(message)

    def overlap(self, left: int, right: int) -> bool:  # noqa: ARG002
        """Whether there are numbers that compare otherwise: nobody knows."""
        message = "a comparison of numbers that are not known"
        raise Unsupported(message)
