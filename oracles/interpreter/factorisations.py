"""Matrix factorisations, batch by batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array, in_shapes, mapped, object_array
from gradlaw.oracles.interpreter.estimation import estimated_results
from gradlaw.oracles.interpreter.evaluation import evaluated
from gradlaw.oracles.interpreter.reading import Reader, handles, is_complex
from gradlaw.oracles.linear_algebra.eigenvalues import General
from gradlaw.oracles.linear_algebra.elimination import Cholesky, Elimination
from gradlaw.oracles.linear_algebra.matrices import Matrices
from gradlaw.oracles.linear_algebra.reflections import Reflections
from gradlaw.oracles.linear_algebra.singular import Singular
from gradlaw.oracles.linear_algebra.spectra import Symmetric
from gradlaw.oracles.linear_algebra.systems import Solution
from gradlaw.oracles.linear_algebra.triangular import TriangularSolution


def _stacked(
    batch: tuple[int, ...], function: Callable[[tuple[int, ...]], list[Array]], kinds: list[Any]
) -> list[Array]:
    """The results of ``function`` at every position of a batch; ``kinds`` are their avals."""
    results = [
        np.empty(kind.shape, dtype=kind.dtype if np.issubdtype(kind.dtype, np.integer) else object)
        for kind in kinds
    ]
    for position in np.ndindex(*batch):
        for result, part in zip(results, function(position), strict=True):
            result[position] = part
    return results


def _avals(equation: Any) -> list[Any]:
    return [variable.aval for variable in equation.outvars]


def _found(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """What JAX itself returns at the operands' concrete values."""
    concrete = [
        mapped(reader.domain.decide, operand).astype(variable.aval.dtype)
        for operand, variable in zip(operands, equation.invars, strict=True)
    ]
    return evaluated(equation, concrete)


def _hermitian(reader: Reader, matrix: Array, dtype: str, *, lower: bool) -> Array:
    """One triangle of a matrix, mirrored: the other is not read, nor is the diagonal's phase."""
    matrices = Matrices(reader.domain, dtype)
    whole = matrix.copy()
    for i, j in zip(*np.tril_indices(len(matrix)), strict=True):
        source, target = ((i, j), (j, i)) if lower else ((j, i), (i, j))
        mirror = matrices.real if i == j else matrices.conjugate
        whole[target] = mirror(whole[source])
    return whole


def _numbers(reader: Reader, matrix: Array) -> Array:
    """Concrete values as NumPy's floats or complex numbers."""
    return np.asarray(mapped(reader.domain.decide, matrix).tolist(), dtype=None)


def _as_results(results: list[Array], avals: list[Any]) -> list[Array]:
    """Real parts where a result is real."""
    return [
        mapped(lambda scalar: getattr(scalar, "real", scalar), result)
        if aval.dtype.kind == "f" and result.dtype == object
        else result
        for result, aval in zip(results, avals, strict=True)
    ]


@handles("cholesky")
def _cholesky(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """The lower factor; only the lower triangle is read.

    Source: JAX documentation, ``jax.lax.linalg.cholesky``.
    """
    (operand,), (result,) = operands, _avals(equation)
    size, dtype = operand.shape[-1], result.dtype.name

    def factor(position: tuple[int, ...]) -> list[Array]:
        matrix = _hermitian(reader, operand[position], dtype, lower=True)
        scalars = reader.domain.factor(Cholesky(size=size), list(matrix.reshape(-1)), dtype)
        return in_shapes(scalars, [(size, size)])

    return _stacked(operand.shape[:-2], factor, [result])


@handles("lu")
def _lu(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Both factors, the pivots and their permutation; pivots are chosen by concrete values.

    Source: JAX documentation, ``jax.lax.linalg.lu``.
    """
    (operand,), avals = operands, _avals(equation)
    (rows, columns), dtype = operand.shape[-2:], avals[0].dtype.name
    kind = Elimination(rows=rows, columns=columns)
    domain = reader.domain
    ones = [domain.constant(sign, dtype, literal=False) for sign in (1.0, -1.0)]

    def factor(position: tuple[int, ...]) -> list[Array]:
        matrix = operand[position]
        concrete = _numbers(reader, matrix)
        pivots, order = _pivots(concrete)
        scalars = domain.factor(kind, list(matrix[order].reshape(-1)), dtype)
        (packed,) = in_shapes(scalars, [(rows, columns)])
        multipliers = packed[np.tril_indices(rows, -1, columns)]
        if any(domain.overlap(entry, one) for entry in multipliers for one in ones):
            domain.undecided.add("lu")
        return [packed, pivots, order]

    return _stacked(operand.shape[:-2], factor, avals)


def _pivots(matrix: Array) -> tuple[Array, Array]:
    """Row exchanges of partial pivoting, and the order of rows that they make."""
    work, order = (
        matrix.astype(np.promote_types(matrix.dtype, np.longdouble)),
        np.arange(len(matrix), dtype=np.int32),
    )
    least = min(work.shape)
    pivots = np.empty(least, dtype=np.int32)
    for k in range(least):
        # BLAS compares complex numbers by |Re| + |Im|.
        column = np.abs(np.real(work[k:, k])) + np.abs(np.imag(work[k:, k]))
        pivot = k + int(np.argmax(np.where(np.isnan(column), -1, column)))
        pivots[k] = pivot
        for rows in (work, order):
            rows[[k, pivot]] = rows[[pivot, k]]
        if work[k, k] != 0:
            work[k + 1 :, k] /= work[k, k]
            work[k + 1 :, k + 1 :] -= np.outer(work[k + 1 :, k], work[k, k + 1 :])
    return pivots, order


@handles("lu_pivots_to_permutation")
def _lu_pivots_to_permutation(
    reader: Reader,  # noqa: ARG001
    equation: Any,
    operands: list[Array],
) -> list[Array]:
    (pivots,), (result,) = operands, _avals(equation)

    def permutation(position: tuple[int, ...]) -> list[Array]:
        order = np.arange(result.shape[-1], dtype=result.dtype)
        for k, pivot in enumerate(pivots[position]):
            order[[k, pivot]] = order[[pivot, k]]
        return [order]

    return _stacked(pivots.shape[:-1], permutation, [result])


@handles("triangular_solve")
def _triangular_solve(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Every form is a lower triangular system from the left, turned and reversed as need be.

    Source: JAX documentation, ``jax.lax.linalg.triangular_solve``.
    """
    (matrix, right), (result,) = operands, _avals(equation)
    params, dtype = equation.params, result.dtype.name
    size = matrix.shape[-1]
    kind = TriangularSolution(size=size, unit_diagonal=bool(params["unit_diagonal"]))
    transposed = bool(params["transpose_a"]) == bool(params["left_side"])
    lower = bool(params["lower"]) != transposed
    if transposed:
        matrix = matrix.swapaxes(-1, -2)
    if params["conjugate_a"]:
        matrix = mapped(Matrices(reader.domain, dtype).conjugate, matrix)
    if not lower:
        matrix = matrix[..., ::-1, ::-1]

    def solve(position: tuple[int, ...]) -> list[Array]:
        known = right[position] if params["left_side"] else right[position].T
        known = known if lower else known[::-1]
        entries = list(matrix[position].reshape(-1))
        columns = [
            object_array(reader.domain.factor(kind, [*entries, *column], dtype), (size,))
            for column in known.T
        ]
        solution = np.empty((size, len(columns)), dtype=object)
        for place, column in enumerate(columns):
            solution[:, place] = column if lower else column[::-1]
        return [solution if params["left_side"] else solution.T]

    return _stacked(result.shape[:-2], solve, [result])


@handles("tridiagonal_solve")
def _tridiagonal_solve(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """A dense system with zeros outside the band: elimination fills one diagonal more.

    What is perturbed is a singular system alone, which has no solution here.

    Source: LAPACK documentation, ``dgtsv``.
    """
    lower, diagonal, upper, right = operands
    (result,) = _avals(equation)
    size, dtype = diagonal.shape[-1], result.dtype.name
    zero = reader.domain.constant(0.0, dtype, literal=False)
    kind = Solution(size=size)

    def solve(position: tuple[int, ...]) -> list[Array]:
        matrix = np.full((size, size), zero, dtype=object)
        for i in range(size):
            matrix[i, i] = diagonal[position][i]
            if i:
                matrix[i, i - 1] = lower[position][i]
                matrix[i - 1, i] = upper[position][i - 1]
        entries = list(matrix.reshape(-1))
        columns = [
            object_array(reader.domain.factor(kind, [*entries, *column], dtype), (size,))
            for column in right[position].T
        ]
        return [np.stack(columns, axis=-1)]

    return _stacked(diagonal.shape[:-1], solve, [result])


@handles("qr")
def _qr(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Householder's factors; with pivoting, of the columns in the order that JAX has them in.

    Source: LAPACK documentation, ``dgeqp3``.
    """
    (operand,), avals = operands, _avals(equation)
    (rows, columns), dtype = operand.shape[-2:], avals[0].dtype.name
    kind = Reflections(rows=rows, columns=columns, full=bool(equation.params["full_matrices"]))
    found = _found(reader, equation, operands) if equation.params.get("pivoting") else []

    def factor(position: tuple[int, ...]) -> list[Array]:
        matrix, orders = operand[position], [order[position] for order in found[2:]]
        for order in orders:
            matrix = matrix[:, order]
            if not _is_clearly_ordered(found[1][position]):
                reader.domain.undecided.add("qr")
        scalars = reader.domain.factor(kind, list(matrix.reshape(-1)), dtype)
        return [*in_shapes(scalars, (aval.shape[-2:] for aval in avals[:2])), *orders]

    return _stacked(operand.shape[:-2], factor, avals)


def _is_clearly_ordered(upper: Array) -> bool:
    """Whether each pivot's column is longer than all that are left, by more than its length errs.

    LAPACK updates the square of a length until all but √ε of it has cancelled, and then computes it
    anew: each of at most as many updates as there are columns adds ε to what is left of it.

    Source: Z. Drmač and Z. Bujanović, On the failure of rank revealing QR factorization software: a
    case study, LAPACK Working Note 176 (2006).
    """
    error = upper.shape[1] * np.sqrt(np.finfo(upper.dtype).eps)
    squares = np.abs(upper.astype(complex)) ** 2
    return all(
        (squares[place:, place + 1 :].sum(axis=0) < squares[place, place] * (1 - 2 * error)).all()
        for place in range(min(upper.shape))
    )


@handles("eigh")
def _eigh(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Eigenvectors with the signs of JAX's own result, and eigenvalues, which are sorted.

    Source: JAX documentation, ``jax.lax.linalg.eigh``.
    """
    (operand,), avals = operands, _avals(equation)
    if equation.params.get("subset_by_index") is not None:
        return estimated_results(reader, equation, operands)
    size, dtype = operand.shape[-1], avals[0].dtype.name
    ascending = bool(equation.params.get("sort_eigenvalues", True))
    starts, _ = _found(reader, equation, operands)

    def factor(position: tuple[int, ...]) -> list[Array]:
        lower = bool(equation.params["lower"])
        matrix = _hermitian(reader, operand[position], dtype, lower=lower)
        start = starts[position].tolist()
        kind = Symmetric(size=size, start=start, ascending=ascending)
        scalars = reader.domain.factor(kind, list(matrix.reshape(-1)), dtype)
        return _as_results(in_shapes(scalars, [(size, size), (size,)]), avals)

    return _stacked(operand.shape[:-2], factor, avals)


@handles("svd")
def _svd(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Singular values and vectors, with the signs of JAX's own result.

    Source: JAX documentation, ``jax.lax.linalg.svd``.
    """
    (operand,), avals = operands, _avals(equation)
    params = equation.params
    if params.get("subset_by_index") is not None:
        return estimated_results(reader, equation, operands)
    (rows, columns), dtype = operand.shape[-2:], equation.invars[0].aval.dtype.name
    found = _found(reader, equation, operands) if params["compute_uv"] else None
    full = bool(params["full_matrices"]) and bool(params["compute_uv"])
    least = min(rows, columns)
    widths = (rows, columns) if full else (least, least)

    def factor(position: tuple[int, ...]) -> list[Array]:
        concrete = _numbers(reader, operand[position])
        start = _singular_start(concrete, [part[position] for part in found] if found else None)
        kind = Singular(rows=rows, columns=columns, full=full, left=start[0], right=start[1])
        scalars = reader.domain.factor(kind, list(operand[position].reshape(-1)), dtype)
        shapes = (least,), (rows, widths[0]), (widths[1], columns)
        return _as_results(in_shapes(scalars, shapes)[: len(avals)], avals)

    return _stacked(operand.shape[:-2], factor, avals)


def _singular_start(matrix: Array, found: list[Array] | None) -> tuple[Any, Any]:
    """Square U and V, with the columns that JAX found in place of their own."""
    if not np.isfinite(matrix).all():
        return np.eye(matrix.shape[0]).tolist(), np.eye(matrix.shape[1]).tolist()
    left, _, right = np.linalg.svd(matrix, full_matrices=True)
    right = right.conj().T
    if found is not None:
        _, wanted_left, wanted_right = found
        for own, wanted in ((left, wanted_left), (right, wanted_right.conj().T)):
            own[:, : wanted.shape[1]] = wanted
    return left.tolist(), right.tolist()


@handles("eig")
def _eig(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Eigenvalues and eigenvectors, with the signs and in the order of JAX's own result.

    A left eigenvector of A is a right one of its adjoint.

    Source: JAX documentation, ``jax.lax.linalg.eig``.
    """
    (operand,), avals, params = operands, _avals(equation), equation.params
    size, dtype = operand.shape[-1], avals[0].dtype.name
    found = _found(reader, equation, operands)
    left, right = params["compute_left_eigenvectors"], params["compute_right_eigenvectors"]

    def decomposed(matrix: Array, values: Array, vectors: Array | None) -> list[Array]:
        if vectors is None:
            vectors = _eigenvectors(_numbers(reader, matrix), values)
        kind = General(
            size=size,
            start=values.tolist(),
            vectors=vectors.tolist(),
            real_inputs=not is_complex(equation.invars[0]),
        )
        scalars = reader.domain.factor(kind, list(matrix.reshape(-1)), dtype)
        return in_shapes(scalars, [(size,), (size, size)])

    def factor(position: tuple[int, ...]) -> list[Array]:
        parts = [part[position] for part in found]
        matrix, values = operand[position], parts[0]
        own, vectors = decomposed(matrix, values, parts[-1] if right else None)
        results = [own]
        if left:
            adjoint = mapped(Matrices(reader.domain, dtype).conjugate, matrix.T)
            results.append(decomposed(adjoint, values.conj(), parts[1])[1])
        return [*results, vectors] if right else results

    return _stacked(operand.shape[:-2], factor, avals)


def _eigenvectors(matrix: Array, values: Array) -> Array:
    """Approximate eigenvectors for eigenvalues in a given order."""
    if not np.isfinite(matrix).all():
        return np.eye(len(matrix))
    found, vectors = np.linalg.eig(matrix)
    nearest = [int(np.argmin(np.abs(found - value))) for value in values]
    return np.asarray(vectors[:, nearest])
