"""Triangular systems with one right-hand side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb

from gradlaw.oracles.domains.protocol import Domain, Scalar
from gradlaw.oracles.linear_algebra.factorisation import Ball, Linear, gamma
from gradlaw.oracles.linear_algebra.matrices import Matrices, Matrix, matrix_of
from gradlaw.oracles.rounding.arithmetic import Arithmetic
from gradlaw.oracles.rounding.backward import rule


@dataclass(frozen=True, kw_only=True)
class TriangularSolution:
    """The solution x of Lx = b; inputs are L, its upper triangle unread, and b.

    Attributes:
        size: the number of unknowns.
        unit_diagonal: whether the diagonal is taken as ones.
    """

    size: int
    unit_diagonal: bool = False
    name: str = "triangular_solve"

    def _parts(self, matrices: Matrices, inputs: Sequence[Scalar]) -> tuple[Matrix, list[Scalar]]:
        n, zero, one = self.size, matrices.zero, matrices.one
        matrix = matrix_of(inputs[: n * n], n, n)
        for i in range(n):
            matrix[i][i + 1 :] = [zero] * (n - i - 1)
            if self.unit_diagonal:
                matrix[i][i] = one
        return matrix, list(inputs[n * n :])

    def values(self, domain: Domain, dtype: str, inputs: Sequence[Scalar]) -> list[Scalar]:
        """The solution, by substitution."""
        matrices = Matrices(domain, dtype)
        return matrices.lower_solution(*self._parts(matrices, inputs))

    def linearised(
        self, domain: Domain, dtype: str, inputs: Sequence[Scalar], outputs: Sequence[Scalar]
    ) -> Linear:
        """The differential dx = L⁻¹(db − dL x)."""
        matrices = Matrices(domain, dtype)
        matrix, _ = self._parts(matrices, inputs)
        inverse = matrices.lower_inverse(matrix)

        def derive(tangents: Sequence[Scalar]) -> list[Scalar]:
            change, right = self._parts(matrices, tangents)
            for i in range(self.size if self.unit_diagonal else 0):
                change[i][i] = matrices.zero
            moved = [
                matrices.minus(b, matrices.inner(row, outputs))
                for b, row in zip(right, change, strict=True)
            ]
            return [matrices.inner(row, moved) for row in inverse]

        return derive

    def backward_error(
        self, inputs: Sequence[Ball], outputs: Sequence[Ball], numbers: Arithmetic
    ) -> list[arb]:
        """Relative in each entry of the triangle, b taking what the diagonal's ones would.

        Products that underflow move b, too.
        """
        relative = gamma(rule(self.name, self.size), numbers)
        lost = arb(2 * self.size * numbers.underflow)
        entries = [abs(entry).upper() * relative for entry in inputs[: self.size**2]]
        share = relative if self.unit_diagonal else arb(0)
        return entries + [abs(entry).upper() * share + lost for entry in outputs]

    def forward_error(self, outputs: Sequence[Ball], numbers: Arithmetic) -> list[arb]:
        """Nothing beyond the backward error."""
        del numbers
        return [arb(0)] * len(outputs)
