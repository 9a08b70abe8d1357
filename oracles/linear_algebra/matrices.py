"""Matrices of a domain's scalars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradlaw.oracles.domains.complex_parts import Complex
from gradlaw.oracles.domains.protocol import Domain, Scalar
from gradlaw.oracles.elementary import Elementary, named

Matrix = list[list[Any]]
"""Rows of a domain's scalars."""

_MULTIPLY, _DIVIDE, _ADD, _SUBTRACT = (named(name) for name in ("mul", "div", "add", "sub"))
_NEGATE, _ROOT = named("neg"), named("sqrt")


class Matrices:
    """Matrix arithmetic in one domain and dtype.

    Args:
        domain: of the scalars.
        dtype: of every result.
    """

    def __init__(self, domain: Domain, dtype: str) -> None:
        self.domain = domain
        self.dtype = dtype
        self.is_complex = dtype.startswith("complex")
        self.real_dtype = {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
        self.zero = domain.constant(0.0, dtype, literal=False)
        self.one = domain.constant(1.0, dtype, literal=False)

    def _apply(self, function: Elementary, *scalars: Scalar) -> Scalar:
        return self.domain.apply(function, self.dtype, *scalars)

    def times(self, left: Scalar, right: Scalar) -> Scalar:
        """A product of two scalars."""
        return self._apply(_MULTIPLY, left, right)

    def over(self, left: Scalar, right: Scalar) -> Scalar:
        """A quotient."""
        return self._apply(_DIVIDE, left, right)

    def plus(self, left: Scalar, right: Scalar) -> Scalar:
        """A sum of two scalars."""
        return self._apply(_ADD, left, right)

    def minus(self, left: Scalar, right: Scalar) -> Scalar:
        """A difference."""
        return self._apply(_SUBTRACT, left, right)

    def negative(self, scalar: Scalar) -> Scalar:
        """The opposite."""
        return self._apply(_NEGATE, scalar)

    def root(self, scalar: Scalar) -> Scalar:
        """The square root; of a complex number, that of its real part."""
        if isinstance(scalar, Complex):
            root = self.domain.apply(_ROOT, self.real_dtype, scalar.real)
            return Complex(root, self.zero.imag)
        return self._apply(_ROOT, scalar)

    def conjugate(self, scalar: Scalar) -> Scalar:
        """The complex conjugate: of a real scalar, itself."""
        if not isinstance(scalar, Complex):
            return scalar
        opposite = self.domain.apply(_NEGATE, self.real_dtype, scalar.imag)
        return Complex(scalar.real, opposite)

    def real(self, scalar: Scalar) -> Scalar:
        """The real part, as a scalar of the matrices' dtype."""
        return Complex(scalar.real, self.zero.imag) if isinstance(scalar, Complex) else scalar

    def imaginary(self, scalar: Scalar) -> Scalar:
        """The scalar less its real part."""
        return Complex(self.zero.real, scalar.imag) if isinstance(scalar, Complex) else self.zero

    def mean_with_adjoint(self, matrix: Matrix) -> Matrix:
        """The Hermitian part, where the numbers are complex; real ones are symmetric already."""
        if not self.is_complex:
            return matrix
        half = self.domain.constant(0.5, self.dtype, literal=False)
        return [
            [self.times(half, self.plus(a, b)) for a, b in zip(*rows, strict=True)]
            for rows in zip(matrix, self.adjoint(matrix), strict=True)
        ]

    def inner(self, left: Sequence[Scalar], right: Sequence[Scalar]) -> Scalar:
        """An inner product, nothing conjugated."""
        return self.domain.inner(left, right, self.dtype) if left else self.zero

    def product(self, left: Matrix, right: Matrix) -> Matrix:
        """A matrix product; of no inner dimension, the right's width of zeros."""
        columns = transposed(right)
        return [[self.inner(row, column) for column in columns] for row in left]

    def adjoint(self, matrix: Matrix) -> Matrix:
        """The conjugate transpose."""
        return [[self.conjugate(entry) for entry in column] for column in transposed(matrix)]

    def difference(self, left: Matrix, right: Matrix) -> Matrix:
        """A difference of matrices."""
        return [
            [self.minus(a, b) for a, b in zip(*rows, strict=True)]
            for rows in zip(left, right, strict=True)
        ]

    def identity(self, size: int) -> Matrix:
        """The unit matrix."""
        return [[self.one if i == j else self.zero for j in range(size)] for i in range(size)]

    def lower_solution(self, matrix: Matrix, right: Sequence[Scalar]) -> list[Scalar]:
        """The solution of a lower triangular system, by substitution.

        Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, algorithm 8.1.
        """
        solution: list[Scalar] = []
        for i, value in enumerate(right):
            known = self.inner(matrix[i][:i], solution)
            solution.append(self.over(self.minus(value, known) if i else value, matrix[i][i]))
        return solution

    def lower_inverse(self, matrix: Matrix) -> Matrix:
        """The inverse of a lower triangular matrix."""
        columns: Matrix = []
        size = len(matrix)
        for j in range(size):
            block = [row[j:] for row in matrix[j:]]
            unit = [self.one] + [self.zero] * (size - j - 1)
            columns.append([self.zero] * j + self.lower_solution(block, unit))
        return transposed(columns)

    def upper_inverse(self, matrix: Matrix) -> Matrix:
        """The inverse of an upper triangular matrix."""
        return transposed(self.lower_inverse(transposed(matrix)))


def transposed(matrix: Matrix) -> Matrix:
    """The transpose."""
    return [list(column) for column in zip(*matrix, strict=True)]


def matrix_of(scalars: Sequence[Scalar], rows: int, columns: int) -> Matrix:
    """Scalars in row-major order as a matrix."""
    return [list(scalars[row * columns : (row + 1) * columns]) for row in range(rows)]


def flattened(*matrices: Matrix) -> list[Scalar]:
    """All entries in row-major order, one matrix after the other."""
    return [entry for matrix in matrices for row in matrix for entry in row]
