"""Singular values and vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flint import arb

from gradlaw.oracles.domains.protocol import Domain, Scalar
from gradlaw.oracles.linear_algebra.factorisation import Ball, Linear, gamma, largest
from gradlaw.oracles.linear_algebra.matrices import Matrices, Matrix, flattened, matrix_of
from gradlaw.oracles.linear_algebra.spectra import ordered, symmetric_spectrum
from gradlaw.oracles.rounding.arithmetic import Arithmetic
from gradlaw.oracles.rounding.backward import rule

Rows = Sequence[Sequence[complex]]


@dataclass(frozen=True, kw_only=True)
class Singular:
    """A = UΣVᴴ; outputs are the singular values, U, and Vᴴ.

    Attributes:
        rows: of the matrix.
        columns: of the matrix.
        full: whether U and V are square.
        left: an approximate square U, of the signs and order wanted.
        right: an approximate square V.
    """

    rows: int
    columns: int
    full: bool
    left: Rows = field(repr=False)
    right: Rows = field(repr=False)
    name: str = "svd"

    @property
    def _widths(self) -> tuple[int, int]:
        """Columns of U and of V."""
        least = min(self.rows, self.columns)
        return (self.rows, self.columns) if self.full else (least, least)

    def values(self, domain: Domain, dtype: str, inputs: Sequence[Scalar]) -> list[Scalar]:
        """Eigenvectors of [[0, A], [Aᵀ, 0]]: (u, ±v)/√2 with eigenvalue ±σ, and the null ones.

        The start may have come of fewer digits than tell two singular values apart, or one from 0:
        the order is found anew, and with it the sign of v.

        Source: G. W. Stewart and J. Sun, Matrix Perturbation Theory (1990), theorem I.4.2.
        """
        m, n, least = self.rows, self.columns, min(self.rows, self.columns)
        matrix = matrix_of(inputs, m, n)
        matrices = Matrices(domain, dtype)
        zero = matrices.zero
        whole = [[zero] * m + row for row in matrix]
        whole += [row + [zero] * n for row in matrices.adjoint(matrix)]
        half = 0.5**0.5
        start: list[list[complex]] = [[0.0] * (m + n) for _ in range(m + n)]
        for j in range(least):
            for i in range(m):
                start[i][j] = start[i][least + j] = half * self.left[i][j]
            for i in range(n):
                start[m + i][j] = half * self.right[i][j]
                start[m + i][least + j] = -half * self.right[i][j]
        for j in range(least, max(m, n)):
            for i in range(max(m, n)):
                if m > n:
                    start[i][least + j] = self.left[i][j]
                else:
                    start[m + i][least + j] = self.right[i][j]
        spectrum = ordered(symmetric_spectrum(whole, start), ascending=False)
        scale = matrices.root(matrices.plus(matrices.one, matrices.one))
        left, right = self._widths

        def vectors(first: int, count: int, width: int) -> Matrix:
            return [
                [
                    matrices.times(spectrum.vectors[first + i][j], scale)
                    if j < least
                    else spectrum.vectors[first + i][j]
                    for j in range(width)
                ]
                for i in range(count)
            ]

        adjoint = matrices.adjoint(vectors(m, n, right))
        return [*spectrum.values[:least], *flattened(vectors(0, m, left)), *flattened(adjoint)]

    def linearised(
        self,
        domain: Domain,
        dtype: str,
        inputs: Sequence[Scalar],  # noqa: ARG002
        outputs: Sequence[Scalar],
    ) -> Linear:
        """With P = UᵀdAV, dσ = diag P, and UᵀdU and VᵀdV from P's two halves over σⱼ² − σᵢ².

        Where U is not square, (I − UUᵀ) dA V Σ⁻¹ comes to it; so for V.

        Source: J. Townsend, Differentiating the singular value decomposition (2016).
        """
        matrices, m, n = Matrices(domain, dtype), self.rows, self.columns
        least, (wide_left, wide_right) = min(m, n), self._widths
        split = least + m * wide_left
        sigma = list(outputs[:least])
        left = matrix_of(outputs[least:split], m, wide_left)
        left_adjoint = matrices.adjoint(left)
        right_adjoint = matrix_of(outputs[split:], wide_right, n)
        right = matrices.adjoint(right_adjoint)
        padded = sigma + [matrices.zero] * (max(m, n) - least)
        outside = (_outside(matrices, left), _outside(matrices, right))

        def spin(couplings: Matrix, width: int) -> Matrix:
            """Ωᵢⱼ = (σⱼ Pᵢⱼ + σᵢ P̄ⱼᵢ) / (σⱼ² − σᵢ²), split so that σ = 0 loses nothing."""
            return [
                [
                    matrices.zero
                    if i == j
                    else _turn(
                        matrices,
                        couplings[i][j],
                        matrices.conjugate(couplings[j][i]),
                        padded[i],
                        padded[j],
                    )
                    for j in range(width)
                ]
                for i in range(width)
            ]

        def derive(tangents: Sequence[Scalar]) -> list[Scalar]:
            change = matrix_of(tangents, m, n)
            inside = matrices.product(matrices.product(left_adjoint, change), right)
            size = max(wide_left, wide_right)
            couplings = [[matrices.zero] * size for _ in range(size)]
            for i, row in enumerate(inside):
                couplings[i][: len(row)] = row
            opposite = matrices.adjoint(couplings)
            turning = spin(couplings, wide_left)
            for i in range(least if matrices.is_complex else 0):
                # The phases of u and v are free together: JAX turns u alone.
                turning[i][i] = matrices.over(matrices.imaginary(inside[i][i]), sigma[i])
            left_change = matrices.product(left, turning)
            right_change = matrices.product(right, spin(opposite, wide_right))
            left_change = _completed(
                matrices, left_change, outside[0], matrices.product(change, right), sigma
            )
            turned = matrices.product(matrices.adjoint(change), left)
            right_change = _completed(matrices, right_change, outside[1], turned, sigma)
            return [
                *(matrices.real(inside[i][i]) for i in range(least)),
                *flattened(left_change),
                *flattened(matrices.adjoint(right_change)),
            ]

        return derive

    def backward_error(
        self, inputs: Sequence[Ball], outputs: Sequence[Ball], numbers: Arithmetic
    ) -> list[arb]:
        """Relative to the largest singular value."""
        least = min(self.rows, self.columns)
        size = max(self.rows, self.columns)
        relative = gamma(rule(self.name, size), numbers)
        error = largest(outputs[:least]) * relative + arb(2 * size * numbers.underflow)
        return [error] * len(inputs)

    def forward_error(self, outputs: Sequence[Ball], numbers: Arithmetic) -> list[arb]:
        """The vectors' departure from orthonormal ones."""
        least, size = min(self.rows, self.columns), max(self.rows, self.columns)
        departure = gamma(rule(self.name, size), numbers)
        return [arb(0)] * least + [departure] * (len(outputs) - least)


def _turn(matrices: Matrices, along: Scalar, across: Scalar, here: Scalar, there: Scalar) -> Scalar:
    """The sum and the difference of the couplings, each over its own gap.

    (σⱼp + σᵢq) / (σⱼ² − σᵢ²) = ½ (p + q) / (σⱼ − σᵢ) + ½ (p − q) / (σⱼ + σᵢ).
    """
    half = matrices.domain.constant(0.5, matrices.dtype, literal=False)
    even = matrices.over(matrices.plus(along, across), matrices.minus(there, here))
    odd = matrices.over(matrices.minus(along, across), matrices.plus(there, here))
    return matrices.times(half, matrices.plus(even, odd))


def _outside(matrices: Matrices, basis: Matrix) -> Matrix | None:
    """I − UUᵀ, where U is not square."""
    if not basis or len(basis) == len(basis[0]):
        return None
    return matrices.difference(
        matrices.identity(len(basis)), matrices.product(basis, matrices.adjoint(basis))
    )


def _completed(
    matrices: Matrices, change: Matrix, outside: Matrix | None, turned: Matrix, sigma: list[Scalar]
) -> Matrix:
    if outside is None:
        return change
    rest = matrices.product(outside, turned)
    return [
        [
            matrices.plus(entry, matrices.over(other, sigma[j]))
            for j, (entry, other) in enumerate(zip(*rows, strict=True))
        ]
        for rows in zip(change, rest, strict=True)
    ]
