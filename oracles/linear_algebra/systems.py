"""Square linear systems, solved by elimination with partial pivoting or by Cholesky factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb

from gradlaw.oracles.domains.protocol import Domain, Scalar
from gradlaw.oracles.linear_algebra.factorisation import Ball, Linear, gamma
from gradlaw.oracles.linear_algebra.matrices import (
    Matrices,
    Matrix,
    flattened,
    matrix_of,
    transposed,
)
from gradlaw.oracles.rounding.arithmetic import Arithmetic
from gradlaw.oracles.rounding.backward import rule


@dataclass(frozen=True, kw_only=True)
class Solution:
    """The solution x of Ax = b; inputs are A and b.

    Attributes:
        size: the number of unknowns.
    """

    size: int
    name: str = "solve"

    def values(self, domain: Domain, dtype: str, inputs: Sequence[Scalar]) -> list[Scalar]:
        """The domain's own solution."""
        split = self.size**2
        matrix = matrix_of(inputs[:split], self.size, self.size)
        return domain.solve(matrix, list(inputs[split:]), dtype)

    def linearised(
        self, domain: Domain, dtype: str, inputs: Sequence[Scalar], outputs: Sequence[Scalar]
    ) -> Linear:
        """The differential dx = A⁻¹(db − dA x).

        Source: M. B. Giles, Collected Matrix Derivative Results for Forward and Reverse Mode
        Algorithmic Differentiation (2008), section 2.3.1.
        """
        matrices, n = Matrices(domain, dtype), self.size
        matrix = list(inputs[: n * n])
        columns = [domain.factor(self, [*matrix, *unit], dtype) for unit in matrices.identity(n)]
        inverse = transposed(columns)

        def derive(tangents: Sequence[Scalar]) -> list[Scalar]:
            change = matrix_of(tangents[: n * n], n, n)
            moved = [
                matrices.minus(b, matrices.inner(row, outputs))
                for b, row in zip(tangents[n * n :], change, strict=True)
            ]
            return [matrices.inner(row, moved) for row in inverse]

        return derive

    def backward_error(
        self,
        inputs: Sequence[Ball],
        outputs: Sequence[Ball],  # noqa: ARG002
        numbers: Arithmetic,
    ) -> list[arb]:
        """As far as γ |L||U|, of the matrix or of its transpose: either may have been factored.

        Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, theorem 9.4.
        """
        n = self.size
        relative = gamma(rule(self.name, n), numbers)
        lost = arb(4 * n * numbers.underflow)
        matrix = matrix_of(inputs[: n * n], n, n)
        own, other = _growth(matrix), transposed(_growth(transposed(matrix)))
        pairs = zip(flattened(own), flattened(other), strict=True)
        return [relative * a.max(b).upper() + lost for a, b in pairs] + [lost] * n

    def forward_error(self, outputs: Sequence[Ball], numbers: Arithmetic) -> list[arb]:
        """Nothing beyond the backward error."""
        del numbers
        return [arb(0)] * len(outputs)


@dataclass(frozen=True, kw_only=True)
class DefiniteSolution(Solution):
    """The solution x of Ax = b, for A that is symmetric and positive definite."""

    def backward_error(
        self,
        inputs: Sequence[Ball],
        outputs: Sequence[Ball],  # noqa: ARG002
        numbers: Arithmetic,
    ) -> list[arb]:
        """As far as γ √(aᵢᵢ aⱼⱼ).

        Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, theorem 10.4, whose
        |Rᵀ||R| is at most that by the inequality of Cauchy and Schwarz.
        """
        n = self.size
        relative = gamma(rule(self.name, n), numbers)
        lost = arb(4 * n * numbers.underflow)
        matrix = matrix_of(inputs[: n * n], n, n)
        lengths = [abs(matrix[i][i]).upper().sqrt() for i in range(n)]
        within = [relative * lengths[i] * lengths[j] for i in range(n) for j in range(n)]
        return [bound.upper() + lost for bound in within] + [lost] * n


def _growth(matrix: Matrix) -> Matrix:
    """|L||U| with the rows in the matrix's own order."""
    work = [list(row) for row in matrix]
    n = len(work)
    total = [[arb(0)] * n for _ in range(n)]
    rows = list(range(n))
    for k in range(n):
        pivot = max(rows, key=lambda row: float(abs(work[row][k]).mid()))
        rows.remove(pivot)
        for j in range(k, n):
            total[pivot][j] += abs(work[pivot][j]).upper()
        for row in rows:
            factor = work[row][k] / work[pivot][k]
            for j in range(k, n):
                product = factor * work[pivot][j]
                total[row][j] += abs(product).upper()
                work[row][j] = work[row][j] - product
    return total
