"""Reductions over axes, and inner products."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.algorithms import narrowed
from gradlaw.oracles.interpreter.arrays import Array, rows_by_last_axis
from gradlaw.oracles.interpreter.monoids import INTEGER, combined, neutral
from gradlaw.oracles.interpreter.reading import Reader, handles, inexact


def _rows(operand: Array, axes: tuple[int, ...]) -> Array:
    """The reduced axes flattened into one last axis."""
    kept = [axis for axis in range(operand.ndim) if axis not in axes]
    shape = tuple(operand.shape[axis] for axis in kept)
    size = int(np.prod([operand.shape[axis] for axis in axes]))
    return operand.transpose([*kept, *axes]).reshape((*shape, size))


_KINDS = {"reduce_sum": "add", "reduce_prod": "mul", "reduce_max": "max", "reduce_min": "min"}


@handles("reduce_sum", "reduce_prod", "reduce_max", "reduce_min")
def _reduce(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    axes = tuple(int(axis) for axis in equation.params["axes"])
    kind, dtype = _KINDS[equation.primitive.name], equation.outvars[0].aval.dtype
    return [reduced(reader, operands[0], axes, kind=kind, dtype=dtype)]


def reduced(
    reader: Reader, operand: Array, axes: tuple[int, ...], *, kind: str, dtype: Any
) -> Array:
    """An array reduced over ``axes`` by a named operation, in any order."""
    rows = _rows(operand, axes)
    if not inexact(dtype):
        initial = neutral(kind, dtype)
        return np.asarray(INTEGER[kind](rows, axis=-1, dtype=dtype, initial=initial), dtype=dtype)
    name = dtype.name
    return rows_by_last_axis(rows, lambda row: combined(reader, kind, row, name))


@handles("reduce_and", "reduce_or", "reduce_xor")
def _reduce_logic(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    """Bit by bit, where the operand is not boolean."""
    axes, dtype = tuple(equation.params["axes"]), operands[0].dtype
    reduce = INTEGER[equation.primitive.name[len("reduce_") :]]
    return [np.asarray(reduce(_rows(operands[0], axes), axis=-1), dtype=dtype)]


@handles("dot_general")
def _dot_general(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    (left_by, right_by), (left_batch, right_batch) = equation.params["dimension_numbers"]
    left = _matrices(operands[0], left_batch, left_by)
    right = _matrices(operands[1], right_batch, right_by)
    return [inner_products(reader, equation, left, right).reshape(equation.outvars[0].aval.shape)]


def inner_products(reader: Reader, equation: Any, left: Array, right: Array) -> Array:
    """All inner products of rows of (B, F, C) with rows of (B, G, C), as (B, F, G).

    Operands of another dtype than the result's are converted to it, as JAX does.
    """
    dtype = equation.outvars[0].aval.dtype
    if inexact(dtype):
        if (taken := narrowed(reader, equation, (left, right))) is None:
            reader.domain.estimated.add(f"{equation.primitive.name} by another algorithm")
        else:
            left, right = taken
    shape = (left.shape[0], left.shape[1], right.shape[1], left.shape[2])
    pairs = [
        np.broadcast_to(left[:, :, None, :], shape),
        np.broadcast_to(right[:, None, :, :], shape),
    ]
    if not inexact(dtype):
        wide = [pair.astype(dtype) for pair in pairs]
        if np.dtype(dtype) == bool:
            return np.asarray(np.logical_or.reduce(np.logical_and(*wide), axis=-1))
        return np.asarray(np.sum(wide[0] * wide[1], axis=-1, dtype=dtype))
    pairs = [p if p.dtype == object else reader.lift(p.astype(dtype)) for p in pairs]
    name = dtype.name

    def inner(pair: list[Any]) -> Any:
        half = len(pair) // 2
        return reader.domain.inner(pair[:half], pair[half:], name)

    return rows_by_last_axis(np.concatenate(pairs, axis=-1), inner)


def _matrices(operand: Array, batch: tuple[int, ...], contracted: tuple[int, ...]) -> Array:
    """Axes in the order batch, free, contracted, each group flattened: (B, F, C)."""
    free = [axis for axis in range(operand.ndim) if axis not in (*batch, *contracted)]
    groups = [list(batch), free, list(contracted)]
    shape = [int(np.prod([operand.shape[axis] for axis in group])) for group in groups]
    return operand.transpose([axis for group in groups for axis in group]).reshape(shape)
