"""Cholesky's and Gauss's factorisations."""

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
class Cholesky:
    """The lower triangular L with LLᴴ = A, zero above; the input is the whole of A.

    Attributes:
        size: of the matrix.
    """

    size: int
    name: str = "cholesky"

    def values(self, domain: Domain, dtype: str, inputs: Sequence[Scalar]) -> list[Scalar]:
        """The factor, row by row.

        Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, algorithm 10.2.
        """
        matrices, n = Matrices(domain, dtype), self.size
        matrix = matrix_of(inputs, n, n)
        rows: Matrix = []
        for i in range(n):
            row: list[Scalar] = []
            for j in range(i + 1):
                other = row if i == j else rows[j]
                known = [matrices.conjugate(entry) for entry in other[:j]]
                rest = matrix[i][j]
                if j:
                    rest = matrices.minus(rest, matrices.inner(row[:j], known))
                row.append(matrices.root(rest) if i == j else matrices.over(rest, rows[j][j]))
            rows.append(row + [matrices.zero] * (n - i - 1))
        return flattened(rows)

    def linearised(
        self,
        domain: Domain,
        dtype: str,
        inputs: Sequence[Scalar],  # noqa: ARG002
        outputs: Sequence[Scalar],
    ) -> Linear:
        """The differential dL = L Φ(L⁻¹ dA L⁻ᴴ), Φ the lower half with half the diagonal.

        Source: I. Murray, Differentiation of the Cholesky decomposition (2016), section 3.1.
        """
        matrices, n = Matrices(domain, dtype), self.size
        factor = matrix_of(outputs, n, n)
        inverse = matrices.lower_inverse(factor)
        inverse_adjoint = matrices.adjoint(inverse)
        half = domain.constant(0.5, dtype, literal=False)

        def derive(tangents: Sequence[Scalar]) -> list[Scalar]:
            change = matrices.mean_with_adjoint(matrix_of(tangents, n, n))
            inside = matrices.product(matrices.product(inverse, change), inverse_adjoint)
            for i in range(n):
                inside[i][i] = matrices.times(half, inside[i][i])
                inside[i][i + 1 :] = [matrices.zero] * (n - i - 1)
            return flattened(matrices.product(factor, inside))

        return derive

    def backward_error(
        self,
        inputs: Sequence[Ball],
        outputs: Sequence[Ball],  # noqa: ARG002
        numbers: Arithmetic,
    ) -> list[arb]:
        """As far as γ √(aᵢᵢ aⱼⱼ), and what underflows in each inner product.

        Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, theorem 10.3 and
        inequality (10.7).
        """
        n = self.size
        relative = gamma(rule(self.name, n), numbers)
        relative = relative / (1 - relative)
        lost = arb(2 * n * numbers.underflow)
        roots = [abs(inputs[i * n + i]).upper().sqrt() for i in range(n)]
        return [relative * a * b + lost for a in roots for b in roots]

    def forward_error(self, outputs: Sequence[Ball], numbers: Arithmetic) -> list[arb]:
        """Nothing beyond the backward error."""
        del numbers
        return [arb(0)] * len(outputs)


@dataclass(frozen=True, kw_only=True)
class Elimination:
    """L below the diagonal and U above it, of a matrix whose rows are in the pivots' order.

    Attributes:
        rows: of the matrix.
        columns: of the matrix.
    """

    rows: int
    columns: int
    name: str = "lu"

    def values(self, domain: Domain, dtype: str, inputs: Sequence[Scalar]) -> list[Scalar]:
        """Both factors in one matrix, by Doolittle's form.

        Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, algorithm 9.2.
        """
        matrices = Matrices(domain, dtype)
        packed = matrix_of(inputs, self.rows, self.columns)
        for i in range(self.rows):
            for j in range(self.columns):
                known = min(i, j)
                if known:
                    above = [packed[k][j] for k in range(known)]
                    inner = matrices.inner(packed[i][:known], above)
                    packed[i][j] = matrices.minus(packed[i][j], inner)
                if i > j:
                    packed[i][j] = matrices.over(packed[i][j], packed[j][j])
        return flattened(packed)

    def _factors(self, matrices: Matrices, outputs: Sequence[Scalar]) -> tuple[Matrix, Matrix]:
        """L and U, each completed to a square matrix by columns and rows of the unit matrix."""
        packed = matrix_of(outputs, self.rows, self.columns)
        lower, upper = matrices.identity(self.rows), matrices.identity(self.columns)
        for i in range(self.rows):
            for j in range(self.columns):
                (lower if i > j else upper)[i][j] = packed[i][j]
        return lower, upper

    def linearised(
        self,
        domain: Domain,
        dtype: str,
        inputs: Sequence[Scalar],  # noqa: ARG002
        outputs: Sequence[Scalar],
    ) -> Linear:
        """With X = L⁻¹ dA U⁻¹, dL = L·(X below the diagonal) and dU = (the rest of X)·U.

        Source: F. de Hoog, R. Anderssen and M. Lukas, Differentiation of matrix functionals using
        triangular factorization, Mathematics of Computation 80 (2011).
        """
        matrices = Matrices(domain, dtype)
        lower, upper = self._factors(matrices, outputs)
        lower_inverse = matrices.lower_inverse(lower)
        upper_inverse = matrices.upper_inverse(upper)
        zero, least = matrices.zero, min(self.rows, self.columns)

        def derive(tangents: Sequence[Scalar]) -> list[Scalar]:
            change = matrix_of(tangents, self.rows, self.columns)
            inside = matrices.product(matrices.product(lower_inverse, change), upper_inverse)
            below = [
                [inside[i][j] if i > j and j < least else zero for j in range(least)]
                + [zero] * (self.rows - least)
                for i in range(self.rows)
            ]
            above = [
                [inside[i][j] if i <= j and i < least else zero for j in range(self.columns)]
                for i in range(self.rows)
            ]
            lower_change = matrices.product(lower, below)
            upper_change = matrices.product(above, upper)
            return [
                (lower_change if i > j else upper_change)[i][j]
                for i in range(self.rows)
                for j in range(self.columns)
            ]

        return derive

    def backward_error(
        self,
        inputs: Sequence[Ball],
        outputs: Sequence[Ball],
        numbers: Arithmetic,
    ) -> list[arb]:
        """As far as γ |L||U|, and what underflows in each inner product.

        Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, theorem 9.3.
        """
        del inputs
        least = min(self.rows, self.columns)
        relative = gamma(rule(self.name, least), numbers)
        lost = arb(2 * least * numbers.underflow)
        packed = matrix_of([abs(entry).upper() for entry in outputs], self.rows, self.columns)
        by_column = transposed(packed)
        errors = []
        for i, row in enumerate(packed):
            for j, column in enumerate(by_column):
                known = min(i, j) + 1 if i > j else i
                terms = [row[k] * column[k] for k in range(min(known, least))]
                total = sum(terms, arb(0)) + (column[i] if i <= j else arb(0))
                errors.append(total * relative + lost)
        return errors

    def forward_error(self, outputs: Sequence[Ball], numbers: Arithmetic) -> list[arb]:
        """Nothing beyond the backward error."""
        del numbers
        return [arb(0)] * len(outputs)
