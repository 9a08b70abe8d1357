"""Gather: which element of the operand each element of the result is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array
from gradlaw.oracles.interpreter.reading import Reader, handles


def along(values: Array, axes: Sequence[int], rank: int) -> Array:
    """An array whose axes, in order, become ``axes`` of an array of ``rank``; size 1 elsewhere."""
    shape = [1] * rank
    for axis, size in zip(axes, values.shape, strict=True):
        shape[axis] = size
    return values.reshape(shape)


def flat_places(
    shape: tuple[int, ...],
    windows: tuple[int, ...],
    axes: Sequence[Sequence[int]],
    starts: Array,
    *,
    mode: str,
    result: tuple[int, ...],
) -> tuple[Array, Array]:
    """For each element of ``result`` its place in a flattened array of ``shape``, and if it is one.

    Args:
        shape: of the indexed array.
        windows: the sizes of the window at each start.
        axes: in the order in which they are used here: the axes of the result that run through
            the windows; the axes of the array that those stand for; the result's other axes; the
            axes of the array that the starts' last axis lists; the batching axes of the array; and
            those of the starts.
        starts: integers of shape (*other axes of the result, number of listed axes).
        mode: the name of a ``jax.lax.GatherScatterMode``.
        result: the result's shape.

    Returns:
        Places, and booleans: False where the whole window is dropped or filled.

    Source: StableHLO specification, ``gather`` and ``scatter``; JAX documentation,
        ``jax.lax.GatherScatterMode``.
    """
    in_window, windowed, others, listed, batching, batched_starts = axes
    rank = len(result)
    place = np.zeros(result, dtype=np.int64)
    valid = np.ones(result, dtype=bool)
    strides = [int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))]
    for position, axis in enumerate(listed):
        start = _wide(starts[..., position])
        last = shape[axis] - windows[axis]
        if mode == "FILL_OR_DROP":
            valid &= along((start >= 0) & (start <= last), others, rank)
        place += along(np.clip(start, 0, max(last, 0)), others, rank) * strides[axis]
    for axis, own in zip(windowed, in_window, strict=True):
        place += along(np.arange(result[own]), [own], rank) * strides[axis]
    for axis, of_starts in zip(batching, batched_starts, strict=True):
        own = others[of_starts]
        place += along(np.arange(result[own]), [own], rank) * strides[axis]
    return place, valid


def _wide(indices: Array) -> Array:
    """Indices as int64; an unsigned one beyond it is out of bounds whatever its value."""
    if indices.dtype == np.uint64:
        indices = np.minimum(indices, np.uint64(np.iinfo(np.int64).max))
    return indices.astype(np.int64)


def mode_name(equation: Any) -> str:
    """The name of the equation's mode; out of bounds is not promised to be anything."""
    mode = equation.params["mode"]
    return str(getattr(mode, "name", mode)).upper()


@handles("gather")
def _gather(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    operand, starts = operands
    numbers, result = equation.params["dimension_numbers"], equation.outvars[0].aval
    batching = tuple(numbers.operand_batching_dims)
    unwindowed = {*numbers.collapsed_slice_dims, *batching}
    place, valid = flat_places(
        operand.shape,
        tuple(equation.params["slice_sizes"]),
        [
            numbers.offset_dims,
            [axis for axis in range(operand.ndim) if axis not in unwindowed],
            [axis for axis in range(len(result.shape)) if axis not in numbers.offset_dims],
            numbers.start_index_map,
            batching,
            numbers.start_indices_batching_dims,
        ],
        starts,
        mode=mode_name(equation),
        result=result.shape,
    )
    if valid.all():
        return [operand.reshape(-1)[place.reshape(-1)].reshape(result.shape)]
    gathered = np.empty(result.shape, dtype=operand.dtype)
    gathered[valid] = operand.reshape(-1)[place[valid]]
    gathered[~valid] = _filler(reader, equation.params["fill_value"], result.dtype)
    return [gathered]


def _filler(reader: Reader, value: Any, dtype: Any) -> Array:
    """What stands for an element out of bounds.

    Source: JAX documentation, ``jax.lax.gather``: NaN, the smallest signed or the largest unsigned
        integer, or True, where no value is given.
    """
    if value is None:
        if np.dtype(dtype) == bool:
            value = True
        elif np.issubdtype(dtype, np.integer):
            limits = np.iinfo(dtype)
            value = limits.min if limits.min < 0 else limits.max
        else:
            value = np.nan
    return reader.lift(np.asarray(value, dtype=dtype))
