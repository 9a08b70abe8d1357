"""Sums and inner products."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array, rows_by_last_axis
from gradlaw.oracles.interpreter.reading import Reader, handles, inexact


def _rows(operand: Array, axes: tuple[int, ...]) -> Array:
    """The reduced axes flattened into one last axis."""
    kept = [axis for axis in range(operand.ndim) if axis not in axes]
    shape = tuple(operand.shape[axis] for axis in kept)
    size = int(np.prod([operand.shape[axis] for axis in axes]))
    return operand.transpose([*kept, *axes]).reshape((*shape, size))


@handles("reduce_sum")
def _reduce_sum(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    result = equation.outvars[0].aval
    axes = tuple(int(axis) for axis in equation.params["axes"])
    if not inexact(result.dtype):
        return [np.sum(operands[0], axis=axes, dtype=result.dtype)]
    dtype, rows = result.dtype.name, _rows(operands[0], axes)
    return [rows_by_last_axis(rows, lambda row: reader.domain.sum(row, dtype))]


@handles("reduce_max", "reduce_min")
def _reduce_extremum(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    axes = tuple(int(axis) for axis in equation.params["axes"])
    larger = equation.primitive.name == "reduce_max"
    result = equation.outvars[0].aval
    if not inexact(result.dtype):
        reduce = np.max if larger else np.min
        return [np.asarray(reduce(operands[0], axis=axes))]

    def pick(row: list[Any]) -> Any:
        if row:
            return reader.domain.extremum(row, result.dtype.name, larger=larger)
        unit = -math.inf if larger else math.inf
        return reader.domain.constant(unit, result.dtype.name, literal=False)

    return [rows_by_last_axis(_rows(operands[0], axes), pick)]


@handles("reduce_and", "reduce_or")
def _reduce_logic(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    reduce = np.all if equation.primitive.name == "reduce_and" else np.any
    return [np.asarray(reduce(operands[0], axis=tuple(equation.params["axes"])))]


@handles("dot_general")
def _dot_general(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    (left_by, right_by), (left_batch, right_batch) = equation.params["dimension_numbers"]
    result = equation.outvars[0].aval
    left = _matrices(operands[0], left_batch, left_by)
    right = _matrices(operands[1], right_batch, right_by)
    dtype = result.dtype.name

    def inner(pair: list[Any]) -> Any:
        half = len(pair) // 2
        return reader.domain.inner(pair[:half], pair[half:], dtype)

    shape = (left.shape[0], left.shape[1], right.shape[1], left.shape[2])
    pairs = [
        np.broadcast_to(left[:, :, None, :], shape),
        np.broadcast_to(right[:, None, :, :], shape),
    ]
    return [rows_by_last_axis(np.concatenate(pairs, axis=-1), inner).reshape(result.shape)]


def _matrices(operand: Array, batch: tuple[int, ...], contracted: tuple[int, ...]) -> Array:
    """Axes in the order batch, free, contracted, each group flattened: (B, F, C)."""
    free = [axis for axis in range(operand.ndim) if axis not in (*batch, *contracted)]
    groups = [list(batch), free, list(contracted)]
    shape = [int(np.prod([operand.shape[axis] for axis in group])) for group in groups]
    return operand.transpose([axis for group in groups for axis in group]).reshape(shape)
