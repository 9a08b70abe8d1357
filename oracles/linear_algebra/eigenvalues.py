"""Eigenvalues and right eigenvectors of general matrices of balls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from flint import acb, acb_mat, arb

from gradlaw.oracles.domains.complex_parts import Complex
from gradlaw.oracles.domains.protocol import Domain, Scalar
from gradlaw.oracles.linear_algebra.factorisation import Ball, Linear, gamma, largest
from gradlaw.oracles.linear_algebra.matrices import Matrices, flattened, matrix_of
from gradlaw.oracles.linear_algebra.systems import Solution
from gradlaw.oracles.rounding.arithmetic import Arithmetic
from gradlaw.oracles.rounding.backward import rule


@dataclass(frozen=True, kw_only=True)
class General:
    """Eigenvalues, then unit right eigenvectors as columns, each with its largest entry real.

    Attributes:
        size: of the matrix.
        start: approximate eigenvalues, in the order wanted.
        vectors: approximate eigenvectors as columns; the largest entry's sign is kept.
        real_inputs: whether the matrix is a real one.
    """

    size: int
    start: Sequence[complex] = field(repr=False)
    vectors: Sequence[Sequence[complex]] = field(repr=False)
    real_inputs: bool = False
    name: str = "eig"

    @property
    def _largest(self) -> list[int]:
        """For each vector the place of the entry that is real."""
        vectors = np.asarray(self.vectors)
        moduli = np.where(np.imag(vectors) == 0, np.abs(vectors), 0)
        return [int(place) for place in np.argmax(moduli, axis=0)]

    def values(self, domain: Domain, dtype: str, inputs: Sequence[Scalar]) -> list[Scalar]:
        """The decomposition nearest to the start; NaN where eigenvalues are not told apart.

        With V the centre's eigenvectors and F = V⁻¹EV, E what the balls hold beside the centre,
        eigenvalues move by φ = ‖F‖ in the maximum norm at most, and vᵢ by vⱼ times φ / (g − φ) at
        most, g > 2φ the gap between λᵢ and λⱼ: Brouwer's theorem on the eigenvectors' equations.

        Source: python-flint documentation, ``acb_mat.eig``: certified and isolated.
        """
        del domain, dtype
        n = self.size
        entries = [acb(entry.real, entry.imag) for entry in inputs]
        unknown = [Complex(arb("nan"), arb("nan"))] * (n + n * n)
        if not np.isfinite(np.asarray(self.start)).all():
            return unknown
        try:
            found, right = acb_mat(n, n, [entry.mid() for entry in entries]).eig(right=True)
            rest = acb_mat(n, n, [entry - entry.mid() for entry in entries])
            moved = right.inv() * rest * right
        except (ValueError, ZeroDivisionError):
            return unknown
        places = self._matched(found)
        if len(set(places)) < n:
            return unknown
        rows = [sum((abs(moved[i, j]).upper() for j in range(n)), arb(0)) for i in range(n)]
        reach = largest(rows)
        values: list[Any] = []
        columns: list[list[Any]] = []
        for column, place in enumerate(places):
            mixed = [right[i, place] for i in range(n)]
            for other in range(n):
                if other != place:
                    gap = abs(found[place] - found[other]).lower()
                    share = reach / (gap - reach) if gap > 2 * reach else arb("nan")
                    ball = acb(arb(0, 1), arb(0, 1)) * share
                    mixed = [entry + right[i, other] * ball for i, entry in enumerate(mixed)]
            value = found[place] + acb(arb(0, 1), arb(0, 1)) * reach
            vector = self._normalised(mixed, column)
            if self._is_real(found[place]):
                value, vector = acb(value.real), [acb(entry.real) for entry in vector]
            values.append(value)
            columns.append(vector)
        numbers = values + [columns[j][i] for i in range(n) for j in range(n)]
        return [Complex(number.real, number.imag) for number in numbers]

    def _is_real(self, value: Any) -> bool:
        """An isolated eigenvalue of a real matrix is its own conjugate, or apart from it."""
        return self.real_inputs and bool(value.imag.contains(0))

    def _matched(self, found: Sequence[Any]) -> list[int]:
        """For each wanted eigenvalue the place of the nearest that was found."""
        numbers = np.array([complex(value.mid()) for value in found])
        return [int(np.argmin(np.abs(numbers - wanted))) for wanted in self.start]

    def _normalised(self, column: list[Any], place: int) -> list[Any]:
        norm = sum((abs(entry) ** 2 for entry in column), arb(0)).sqrt()
        real_at = self._largest[place]
        pivot = column[real_at]
        sign = -1 if np.real(self.vectors[real_at][place]) < 0 else 1
        turn = pivot.conjugate() / abs(pivot) * sign / norm
        result = [entry * turn for entry in column]
        result[real_at] = acb(result[real_at].real)
        return result

    def linearised(
        self, domain: Domain, dtype: str, inputs: Sequence[Scalar], outputs: Sequence[Scalar]
    ) -> Linear:
        """With C = V⁻¹ dA V, dλᵢ = Cᵢᵢ and dvᵢ = Σⱼ vⱼ Cⱼᵢ / (λᵢ − λⱼ) + cᵢ vᵢ.

        Of cᵢ, the real part keeps the norm and the imaginary part the largest entry real.

        Source: J. R. Magnus, On differentiating eigenvalues and eigenvectors, Econometric Theory 1
        (1985), theorem 2.
        """
        del inputs
        matrices, n, places = Matrices(domain, dtype), self.size, self._largest
        values, vectors = list(outputs[:n]), matrix_of(outputs[n:], n, n)
        system, whole = Solution(size=n), flattened(vectors)
        columns = [domain.factor(system, [*whole, *unit], dtype) for unit in matrices.identity(n)]
        inverse = [list(row) for row in zip(*columns, strict=True)]
        adjoint = matrices.adjoint(vectors)

        def derive(tangents: Sequence[Scalar]) -> list[Scalar]:
            change = matrix_of(tangents, n, n)
            inside = matrices.product(matrices.product(inverse, change), vectors)
            mixing = [
                [
                    matrices.zero
                    if i == j
                    else matrices.over(inside[j][i], matrices.minus(values[i], values[j]))
                    for i in range(n)
                ]
                for j in range(n)
            ]
            moved = matrices.product(vectors, mixing)
            for i in range(n):
                column = [row[i] for row in moved]
                real = matrices.real(matrices.inner(adjoint[i], column))
                turn = matrices.over(matrices.imaginary(column[places[i]]), vectors[places[i]][i])
                share = matrices.plus(real, turn)
                for row, moved_row in zip(vectors, moved, strict=True):
                    moved_row[i] = matrices.minus(moved_row[i], matrices.times(share, row[i]))
            return [*(inside[i][i] for i in range(n)), *flattened(moved)]

        return derive

    def backward_error(
        self, inputs: Sequence[Ball], outputs: Sequence[Ball], numbers: Arithmetic
    ) -> list[arb]:
        """Relative to the norm."""
        del outputs
        norm = sum((abs(entry).upper() ** 2 for entry in inputs), arb(0)).sqrt()
        lost = arb(4 * self.size * numbers.underflow)
        return [norm * gamma(rule(self.name, self.size), numbers) + lost] * len(inputs)

    def forward_error(self, outputs: Sequence[Ball], numbers: Arithmetic) -> list[arb]:
        """The rounding of the vectors' normalisation."""
        departure = gamma(rule(self.name, self.size), numbers)
        return [arb(0)] * self.size + [departure] * (len(outputs) - self.size)
