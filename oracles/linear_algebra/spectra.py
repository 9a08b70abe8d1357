"""Eigenvalues and eigenvectors of symmetric matrices of balls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from flint import acb, acb_mat, arb, arb_mat

from gradlaw.oracles.domains.complex_parts import Complex
from gradlaw.oracles.domains.protocol import Domain, Scalar
from gradlaw.oracles.linear_algebra.factorisation import Ball, Linear, gamma, largest
from gradlaw.oracles.linear_algebra.matrices import Matrices, Matrix, flattened, matrix_of
from gradlaw.oracles.rounding.arithmetic import Arithmetic
from gradlaw.oracles.rounding.backward import rule

_REFINEMENTS = 12
"""Each squares the error; a start in float32 has 2**-20 and is through after four."""


class Spectrum(NamedTuple):
    """A certified eigendecomposition.

    Attributes:
        values: eigenvalues, in the order of the vectors.
        vectors: as columns; NaN where an eigenvalue is not known to be apart from the others.
    """

    values: list[arb]
    vectors: Matrix


@dataclass(frozen=True, kw_only=True)
class Symmetric:
    """Eigenvectors as columns, then eigenvalues; the input is the whole symmetric matrix.

    Attributes:
        size: of the matrix.
        start: approximate orthonormal eigenvectors as columns, of the sign and order wanted.
        ascending: whether the eigenvalues are in ascending order, whatever the start's is: it may
            have come of fewer digits than tell two of them apart.
    """

    size: int
    start: Sequence[Sequence[complex]] = field(repr=False)
    ascending: bool = True
    name: str = "eigh"

    def values(self, domain: Domain, dtype: str, inputs: Sequence[Scalar]) -> list[Scalar]:
        """The decomposition nearest to the start."""
        del domain, dtype
        matrix = matrix_of(inputs, self.size, self.size)
        spectrum = symmetric_spectrum(matrix, self.start)
        if self.ascending:
            spectrum = ordered(spectrum, ascending=True)
        return [*flattened(spectrum.vectors), *spectrum.values]

    def linearised(
        self,
        domain: Domain,
        dtype: str,
        inputs: Sequence[Scalar],  # noqa: ARG002
        outputs: Sequence[Scalar],
    ) -> Linear:
        """With C = Vᵀ dA V, dλᵢ = Cᵢᵢ and dvᵢ = Σⱼ vⱼ Cⱼᵢ / (λᵢ − λⱼ).

        Source: J. R. Magnus, On differentiating eigenvalues and eigenvectors, Econometric Theory 1
        (1985), theorem 1.
        """
        matrices, n = Matrices(domain, dtype), self.size
        vectors = matrix_of(outputs[: n * n], n, n)
        adjoint = matrices.adjoint(vectors)
        values = outputs[n * n :]
        gaps = [
            [None if i == j else matrices.minus(values[i], values[j]) for i in range(n)]
            for j in range(n)
        ]

        def derive(tangents: Sequence[Scalar]) -> list[Scalar]:
            change = matrices.mean_with_adjoint(matrix_of(tangents, n, n))
            inside = matrices.product(matrices.product(adjoint, change), vectors)
            mixing = [
                [
                    matrices.zero if gaps[j][i] is None else matrices.over(entry, gaps[j][i])
                    for i, entry in enumerate(row)
                ]
                for j, row in enumerate(inside)
            ]
            moved = matrices.product(vectors, mixing)
            return [*flattened(moved), *(matrices.real(inside[i][i]) for i in range(n))]

        return derive

    def backward_error(
        self,
        inputs: Sequence[Ball],
        outputs: Sequence[Ball],
        numbers: Arithmetic,
    ) -> list[arb]:
        """Relative to the largest eigenvalue."""
        norm = largest(outputs[self.size**2 :])
        error = norm * gamma(rule(self.name, self.size), numbers) + arb(
            2 * self.size * numbers.underflow
        )
        return [error] * len(inputs)

    def forward_error(self, outputs: Sequence[Ball], numbers: Arithmetic) -> list[arb]:
        """The vectors' departure from orthonormal ones, and the eigenvalues' last rounding."""
        size = self.size**2
        departure = gamma(rule(self.name, self.size), numbers)
        return [departure] * size + [arb(0)] * (len(outputs) - size)


def symmetric_spectrum(matrix: Matrix, start: Sequence[Sequence[complex]]) -> Spectrum:
    """Balls for the eigenvalues and unit eigenvectors of every Hermitian matrix in the balls.

    Approximate vectors X are refined at the centre. With δ = ‖XᴴX − I‖ and X = QH, the centre is
    QΛQᴴ but for ‖XᴴAX − Λ‖ + 6δ‖XᴴAX‖ in norm, for δ ≤ 1/2; and every matrix in the balls but for
    their radii's norm besides. Eigenvalues move by no more than that (Weyl), eigenvectors by √2 of
    it over the gap less it (Davis and Kahan).

    Source: T. Ogita and K. Aishima, Iterative refinement for symmetric eigenvalue decomposition,
    Japan J. Indust. Appl. Math. 35 (2018); G. W. Stewart and J. Sun, Matrix Perturbation Theory
    (1990), corollary IV.4.10 and section V.3.
    """
    n = len(matrix)
    if n == 0:
        return Spectrum([], [])
    unknown = Spectrum([arb("nan")] * n, [[_scalar(matrix, arb("nan"))] * n for _ in range(n)])
    if not np.isfinite(np.asarray(start)).all():
        return unknown
    centre = _flint([[_middle(entry) for entry in row] for row in matrix])
    radius = _norm([_radius(entry) for row in matrix for entry in row])
    numbers = np.asarray(start, dtype=complex if isinstance(matrix[0][0], Complex) else float)
    vectors = _refined(centre, _flint(numbers.tolist()))
    inside = _adjoint(vectors) * centre * vectors
    middle = [_real(inside[i, i]).mid() for i in range(n)]
    departure = _norm((_adjoint(vectors) * vectors - _diagonal([arb(1)] * n)).entries())
    if not departure < 0.5:
        return unknown
    left = _norm((inside - _diagonal(middle)).entries()) + 6 * departure * _norm(inside.entries())
    error = radius + left
    columns: Matrix = []
    for i in range(n):
        gap = min((abs(middle[i] - middle[j]).lower() for j in range(n) if j != i), default=None)
        if gap is None:
            reach = departure
        elif gap > 2 * error:
            reach = arb(2).sqrt() * error / (gap - error) + departure
        else:
            reach = arb("nan")
        columns.append([_widened(matrix, vectors[row, i], arb(0, 1) * reach) for row in range(n)])
    return Spectrum(
        [value + arb(0, 1) * error for value in middle],
        [[columns[i][row] for i in range(n)] for row in range(n)],
    )


def ordered(spectrum: Spectrum, *, ascending: bool) -> Spectrum:
    """The same, sorted by the eigenvalues' middles.

    Weyl's inequality holds of sorted eigenvalues, so each ball has the true one of its place, even
    where balls overlap; there the vectors are NaN.
    """
    values = spectrum.values
    if not all(value.is_finite() for value in values):
        return spectrum
    order = sorted(range(len(values)), key=lambda i: values[i].mid(), reverse=not ascending)
    return Spectrum(
        [values[i] for i in order], [[row[i] for i in order] for row in spectrum.vectors]
    )


def _refined(centre: Any, vectors: Any) -> Any:
    """Vectors that diagonalise the centre as far as the precision goes; no claim is made."""
    n = centre.nrows()
    identity = _diagonal([arb(1)] * n)
    best: arb | None = None
    for _ in range(_REFINEMENTS):
        overlap = (identity - _adjoint(vectors) * vectors).mid()
        inside = (_adjoint(vectors) * centre * vectors).mid()
        values = [(_real(inside[i, i]) / (1 - _real(overlap[i, i]))).mid() for i in range(n)]
        step = []
        for i in range(n):
            for j in range(n):
                gap = values[j] - values[i]
                wanted = inside[i, j] + values[j] * overlap[i, j]
                apart = i != j and bool(abs(wanted) < abs(gap) / 4)
                step.append(wanted / gap if apart else overlap[i, j] / 2)
        size = _norm(step)
        if not size < 1 or (best is not None and not size < best):
            break
        best = size
        vectors = (vectors + vectors * type(vectors)(n, n, step)).mid()
    return vectors


def _flint(rows: Sequence[Sequence[Any]]) -> Any:
    exact: Any = [
        [acb(entry) if isinstance(entry, complex | acb) else arb(entry) for entry in row]
        for row in rows
    ]
    return (acb_mat if isinstance(exact[0][0], acb) else arb_mat)(exact)


def _adjoint(matrix: Any) -> Any:
    return (matrix.conjugate() if isinstance(matrix, acb_mat) else matrix).transpose()


def _real(entry: Any) -> arb:
    return entry.real if isinstance(entry, acb) else entry


def _middle(entry: Any) -> Any:
    if isinstance(entry, Complex):
        return acb(entry.real.mid(), entry.imag.mid())
    return entry.mid()


def _radius(entry: Any) -> arb:
    if isinstance(entry, Complex):
        return _norm([entry.real.rad(), entry.imag.rad()])
    return arb(entry.rad())


def _scalar(matrix: Matrix, value: arb) -> Any:
    return Complex(value, value) if isinstance(matrix[0][0], Complex) else value


def _widened(matrix: Matrix, entry: Any, reach: arb) -> Any:
    if isinstance(matrix[0][0], Complex):
        return Complex(entry.real + reach, entry.imag + reach)
    return entry + reach


def _diagonal(entries: Sequence[arb]) -> arb_mat:
    n = len(entries)
    return arb_mat(n, n, [entries[i] if i == j else arb(0) for i in range(n) for j in range(n)])


def _norm(entries: Sequence[Any]) -> arb:
    """An upper bound on the root of the sum of squares."""
    return sum((abs(entry).upper() ** 2 for entry in entries), arb(0)).sqrt().upper()
