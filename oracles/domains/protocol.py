"""What a scalar domain must supply; structure is the interpreter's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from flint import arb

from gradlaw.oracles.elementary import Elementary

if TYPE_CHECKING:
    from gradlaw.oracles.linear_algebra.factorisation import Factorisation

Scalar = Any
"""An element: an Arb ball, or a node over Arb balls."""


class Domain(Protocol):
    """Arithmetic on the elements of NumPy object arrays. ``dtype`` is that of the result."""

    estimated: set[str]
    """Names of primitives without a rule that were met, so that the reading is an estimate."""

    undecided: set[str]
    """Names of primitives that chose by a comparison which another rounding might turn round."""

    def constant(self, value: float, dtype: str, *, literal: bool) -> Scalar:
        """The number ``value``; a program's own literal stands for every number it rounds."""

    def apply(self, function: Elementary, dtype: str, *scalars: Scalar) -> Scalar:
        """An elementary function of scalars."""

    def convert(self, scalar: Scalar, source: str, target: str) -> Scalar:
        """The scalar rounded from one float dtype to another."""

    def sum(self, scalars: Sequence[Scalar], dtype: str, terms: float | None = None) -> Scalar:
        """A sum, added in any order; of so many terms, where some scalars stand for several."""

    def product(self, scalars: Sequence[Scalar], dtype: str) -> Scalar:
        """A product, multiplied in any order."""

    def inner(self, left: Sequence[Scalar], right: Sequence[Scalar], dtype: str) -> Scalar:
        """An inner product, accumulated in any order."""

    def magnitude(self, scalar: Scalar) -> arb:
        """An upper bound on the absolute value of every number that the scalar stands for."""

    def widened(
        self, scalar: Scalar, dtype: str, *, magnitude: arb, roundings: float, underflows: float
    ) -> Scalar:
        """A sum of many numbers after so many roundings of each and so many underflows in all.

        Args:
            scalar: the sum.
            dtype: of the numbers.
            magnitude: the sum of their absolute values.
            roundings: what rounding costs each, in units of its roundoff.
            underflows: results below the smallest normal number that may have been rounded.
        """

    def solve(
        self, matrix: Sequence[Sequence[Scalar]], right: Sequence[Scalar], dtype: str
    ) -> list[Scalar]:
        """The solution of a square linear system."""

    def factor(
        self, factorisation: Factorisation, scalars: Sequence[Scalar], dtype: str
    ) -> list[Scalar]:
        """A factorisation's flat outputs at its flat inputs."""

    def estimate(self, primitive: str, value: float, spread: float, dtype: str) -> Scalar:
        """A result that only a numerical evaluation with a perturbation stands behind."""

    def extremum(self, scalars: Sequence[Scalar], dtype: str, *, larger: bool) -> Scalar:
        """The first of the largest (or smallest) scalars; NaN if there is one."""

    def stopped(self, scalar: Scalar) -> Scalar:
        """The scalar as one that nothing is differentiated by."""

    def decide(self, scalar: Scalar) -> float:
        """The concrete value that comparisons and branches go by."""

    def overlap(self, left: Scalar, right: Scalar) -> bool:
        """Whether a comparison of two scalars might turn out otherwise than by ``decide``."""
