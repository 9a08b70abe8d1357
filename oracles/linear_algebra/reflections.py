"""Householder's QR factorisation, with LAPACK's signs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb

from gradlaw.oracles.domains.complex_parts import Complex
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
class Reflections:
    """A = QR with Q from Householder's reflections; outputs are Q, then R.

    Attributes:
        rows: of the matrix.
        columns: of the matrix.
        full: whether Q is square.
    """

    rows: int
    columns: int
    full: bool
    name: str = "qr"

    @property
    def _width(self) -> int:
        """Columns of Q."""
        return self.rows if self.full else min(self.rows, self.columns)

    def values(self, domain: Domain, dtype: str, inputs: Sequence[Scalar]) -> list[Scalar]:
        """Each reflection sends a column to −sign(Re α)·norm; a column that is one already stays.

        Source: LAPACK documentation, ``dgeqr2``, ``dlarfg`` and ``zlarfg``.
        """
        matrices, m = Matrices(domain, dtype), self.rows
        triangle = matrix_of(inputs, m, self.columns)
        adjoint = matrices.identity(m)
        for k in range(min(m, self.columns)):
            column = [row[k] for row in triangle[k:]]
            if all(_is_zero(entry) for entry in [matrices.imaginary(column[0]), *column[1:]]):
                continue
            first = self._first(matrices, column)
            vector = [matrices.minus(column[0], first), *column[1:]]
            # Hᴴ = I − wwᴴ / (β (β − α)) with w the column less β in its first place.
            opposite = matrices.minus(first, column[0])
            scale = matrices.over(matrices.one, matrices.times(first, opposite))
            _reflect(matrices, vector, scale, triangle, k)
            for i, row in enumerate(triangle[k:]):
                row[k] = matrices.zero if i else first
            _reflect(matrices, vector, scale, adjoint, k)
        orthogonal = matrices.adjoint(adjoint)
        return flattened([row[: self._width] for row in orthogonal], triangle[: self._width])

    def _first(self, matrices: Matrices, column: list[Scalar]) -> Scalar:
        """β, what a column becomes: its norm with the sign opposite to its first entry's."""
        domain = matrices.domain
        squares = matrices.inner(column, [matrices.conjugate(entry) for entry in column])
        norm = matrices.root(squares)
        real, zero = matrices.real(column[0]), matrices.zero
        below = [matrices.imaginary(column[0]), *column[1:]]
        # What may be zero or not below the diagonal decides whether there is a reflection at all.
        stays = all(_is_zero(entry) or _overlaps_zero(matrices, entry) for entry in below)
        if stays or domain.overlap(real, zero):
            return domain.constant(math.nan, matrices.dtype, literal=False)  # either sign
        return norm if complex(domain.decide(real)).real < 0 else matrices.negative(norm)

    def linearised(
        self,
        domain: Domain,
        dtype: str,
        inputs: Sequence[Scalar],  # noqa: ARG002
        outputs: Sequence[Scalar],
    ) -> Linear:
        """With C = Qᵀ dA R⁻¹ and Ω = QᵀdQ skew, Ω is C below the diagonal, and dR = QᵀdA − ΩR.

        What completes Q by more than one column depends on the reflections: it is not a number.

        Source: S. F. Walter and L. Lehmann, Algorithmic differentiation of linear algebra
        functions with application in optimum experimental design (2010), section 3.3.
        """
        matrices, m, n = Matrices(domain, dtype), self.rows, self.columns
        least, width = min(m, n), self._width
        orthogonal = matrix_of(outputs[: m * width], m, width)
        triangle = matrix_of(outputs[m * width :], width, n)
        inverse = matrices.upper_inverse([row[:least] for row in triangle[:least]])
        adjoint = matrices.adjoint(orthogonal)
        outside: Matrix | None = None
        if width < m:
            projector = matrices.product(orthogonal, adjoint)
            outside = matrices.difference(matrices.identity(m), projector)
        unknown = domain.constant(float("nan"), dtype, literal=False)

        def derive(tangents: Sequence[Scalar]) -> list[Scalar]:
            change = matrix_of(tangents, m, n)
            leading = [row[:least] for row in change]
            turned = matrices.product(adjoint, change)
            inside = matrices.product([row[:least] for row in turned], inverse)
            spin = [[matrices.zero] * width for _ in range(width)]
            for i in range(width):
                for j in range(width):
                    if i > j and j < least:
                        spin[i][j] = inside[i][j]
                        spin[j][i] = matrices.negative(matrices.conjugate(inside[i][j]))
                    elif i == j and j < least:
                        spin[i][j] = matrices.imaginary(inside[i][j])
                    elif min(i, j) >= least and (i != j or matrices.is_complex):
                        spin[i][j] = unknown
            first = matrices.product(orthogonal, spin)
            if outside is not None:
                rest = matrices.product(matrices.product(outside, leading), inverse)
                first = [
                    [matrices.plus(a, b) for a, b in zip(*rows, strict=True)]
                    for rows in zip(first, rest, strict=True)
                ]
            mixed = [row[:least] for row in spin[:least]]
            second = [[matrices.zero] * n for _ in range(width)]
            turning = matrices.product(mixed, triangle[:least])
            for i in range(least):
                for j in range(i, n):
                    second[i][j] = matrices.minus(turned[i][j], turning[i][j])
            return flattened(first, second)

        return derive

    def backward_error(
        self,
        inputs: Sequence[Ball],
        outputs: Sequence[Ball],  # noqa: ARG002
        numbers: Arithmetic,
    ) -> list[arb]:
        """Relative to each column's norm."""
        relative = gamma(rule(self.name, self.rows), numbers)
        lost = arb(2 * self.rows * numbers.underflow)
        columns = transposed(matrix_of(inputs, self.rows, self.columns))
        norms = [
            sum((abs(entry).upper() ** 2 for entry in column), arb(0)).sqrt() for column in columns
        ]
        return [norm * relative + lost for _ in range(self.rows) for norm in norms]

    def forward_error(self, outputs: Sequence[Ball], numbers: Arithmetic) -> list[arb]:
        """Q's departure from an orthogonal matrix; none of R beyond the backward error."""
        size = self.rows * self._width
        departure = gamma(rule(self.name, self.rows), numbers)
        return [departure] * size + [arb(0)] * (len(outputs) - size)


def _reflect(
    matrices: Matrices, vector: list[Scalar], scale: Scalar, rows: Matrix, start: int
) -> None:
    """Subtract scale·wwᴴ times the rows from ``start`` on, in place."""
    adjoint = [matrices.conjugate(entry) for entry in vector]
    for j in range(len(rows[0])):
        share = matrices.inner(adjoint, [row[j] for row in rows[start:]])
        share = matrices.times(scale, share)
        for entry, row in zip(vector, rows[start:], strict=True):
            row[j] = matrices.minus(row[j], matrices.times(entry, share))


def _overlaps_zero(matrices: Matrices, entry: Scalar) -> bool:
    parts = (matrices.real(entry), matrices.imaginary(entry))
    return all(_is_zero(p) or matrices.domain.overlap(p, matrices.zero) for p in parts)


def _is_zero(scalar: Scalar) -> bool:
    if isinstance(scalar, Complex):
        return _is_zero(scalar.real) and _is_zero(scalar.imag)
    return isinstance(scalar, arb) and bool(scalar.is_zero())
