"""Structural primitives: elements move, none is computed."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array
from gradlaw.oracles.interpreter.integers import decided
from gradlaw.oracles.interpreter.reading import Reader, handles, inexact


@handles("broadcast_in_dim")
def _broadcast_in_dim(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    shape = equation.outvars[0].aval.shape
    where = tuple(int(axis) for axis in equation.params["broadcast_dimensions"])
    operand = operands[0]
    spread = [1] * len(shape)
    for axis, size in zip(where, operand.shape, strict=True):
        spread[axis] = size
    return [np.broadcast_to(operand.reshape(spread), shape)]


@handles("reshape", "squeeze", "expand_dims")
def _reshape(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    (operand, *_), order = operands, equation.params.get("dimensions")
    if equation.primitive.name == "reshape" and order is not None:
        # Read in this order of the axes: lax.reduce_prod's derivative moves its axis to the front.
        operand = operand.transpose(order)
    return [operand.reshape(equation.outvars[0].aval.shape)]


@handles("transpose")
def _transpose(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    return [operands[0].transpose(equation.params["permutation"])]


@handles(
    "name",
    "sharding_constraint",
    "layout_constraint",
    "with_memory_space_constraint",
    "reshard",
    "relayout",
    "mesh_cast",
    "sharding_cast",
    "tie",
    "pin",
    "unpin",
    "stage",
    "create_linear",
    "dce_sink",
)
def _same(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    """Where an array lies, and what it is called, is not its value."""
    return operands[-len(equation.outvars) :]


@handles("zeros_like")
def _zeros_like(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    result = equation.outvars[0].aval
    return [reader.lift(np.zeros(result.shape, dtype=result.dtype))]


@handles("empty", "empty2")
def _empty(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    """Elements that nothing determines: NaN, which bounds nothing, or any integer.

    Branches of a ``cond`` hand them on in place of what only another branch computes.
    """
    result = equation.outvars[0].aval
    if inexact(result.dtype):
        return [reader.lift(np.full(result.shape, np.nan, dtype=result.dtype))]
    array = np.zeros(result.shape, dtype=result.dtype)
    if array.dtype == np.bool_:
        low, high = array, ~array
    else:
        limits = np.iinfo(array.dtype)
        low, high = np.full_like(array, limits.min), np.full_like(array, limits.max)
    reader.ranges.note(array, low, high, equation.primitive.name)
    return [array]


@handles("split")
def _split(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    ends = np.cumsum(equation.params["sizes"])[:-1]
    return list(np.split(operands[0], ends, axis=equation.params["axis"]))


@handles("stack")
def _stack(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    return [np.stack(operands, axis=equation.params["axis"])]


@handles("unstack")
def _unstack(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    moved = np.moveaxis(operands[0], equation.params["axis"], 0)
    return [moved[place, ...] for place in range(len(moved))]


@handles("tile")
def _tile(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    return [np.tile(operands[0], equation.params["reps"])]


@handles("concatenate")
def _concatenate(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    return [np.concatenate(operands, axis=equation.params["dimension"])]


@handles("slice")
def _slice(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    starts, limits = equation.params["start_indices"], equation.params["limit_indices"]
    strides = equation.params["strides"] or (1,) * len(starts)
    where: Any = (*map(slice, starts, limits, strides), ...)
    return [operands[0][where]]


@handles("rev")
def _rev(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    reversed_axes = equation.params["dimensions"]
    steps = (-1 if axis in reversed_axes else 1 for axis in range(operands[0].ndim))
    # With an ellipsis the result is an array whatever the rank.
    where: Any = (*(slice(None, None, step) for step in steps), ...)
    return [operands[0][where]]


@handles("pad")
def _pad(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    operand, filler = operands
    result = np.array(np.broadcast_to(filler, equation.outvars[0].aval.shape))
    inner, outer = [], []
    for (low, high, interior), size, total in zip(
        equation.params["padding_config"], operand.shape, result.shape, strict=True
    ):
        places = low + np.arange(size) * (interior + 1)
        kept = (places >= 0) & (places < total)
        inner.append(np.flatnonzero(kept))
        outer.append(places[kept])
        del high
    result[np.ix_(*outer)] = operand[np.ix_(*inner)]
    return [result]


@handles("select_n")
def _select_n(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    which, *branches = operands
    shape = equation.outvars[0].aval.shape
    chosen = np.broadcast_to(which.astype(np.int64), shape)
    result = np.array(np.broadcast_to(branches[0], shape))
    for position, branch in enumerate(branches[1:], start=1):
        result[chosen == position] = branch[chosen == position]
    return [result]


def _starts(reader: Reader, indices: list[Array], sizes: Any, shape: tuple[int, ...]) -> list[int]:
    wanted = [int(decided(reader, index)) for index in indices]
    return [
        max(0, min(w, total - size)) for w, size, total in zip(wanted, sizes, shape, strict=True)
    ]


@handles("dynamic_slice")
def _dynamic_slice(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    operand, *indices = operands
    sizes = equation.params["slice_sizes"]
    starts = _starts(reader, indices, sizes, operand.shape)
    where: Any = (*(slice(s, s + size) for s, size in zip(starts, sizes, strict=True)), ...)
    return [operand[where]]


@handles("dynamic_update_slice")
def _dynamic_update_slice(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    operand, update, *indices = operands
    starts = _starts(reader, indices, update.shape, operand.shape)
    result = operand.copy()
    result[tuple(slice(s, s + size) for s, size in zip(starts, update.shape, strict=True))] = update
    return [result]
