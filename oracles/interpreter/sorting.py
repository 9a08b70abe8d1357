"""Sorting and selection of the largest: the order goes by concrete values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array
from gradlaw.oracles.interpreter.integers import decided, note_undecided
from gradlaw.oracles.interpreter.reading import Reader, handles


@handles("sort")
def _sort(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Operands ordered by the first ``num_keys`` of them; NaNs last, zeros of both signs equal.

    Source: JAX documentation, ``jax.lax.sort``.
    """
    axis, key_count = equation.params["dimension"], equation.params["num_keys"]
    order = _order(reader, operands[:key_count], axis)
    results = [np.take_along_axis(operand, order, axis) for operand in operands]
    stable = equation.params["is_stable"]
    _note_neighbours(reader, "sort", results, axis, keys=key_count, stable=stable)
    return results


def _order(reader: Reader, keys: Sequence[Array], axis: int) -> Array:
    """Positions along ``axis`` in ascending order of the keys, the first key first; stable."""
    columns = [_sortable(decided(reader, key)) for key in reversed(keys)]
    return np.asarray(np.lexsort(columns, axis=axis), dtype=np.int64)


def _sortable(key: Array) -> Array:
    """The key with one zero; NumPy, too, sorts NaNs last."""
    return key + 0.0 if np.issubdtype(key.dtype, np.floating) else key


def _note_neighbours(
    reader: Reader, name: str, results: Sequence[Array], axis: int, *, keys: int, stable: bool
) -> None:
    """Note an order in which neighbours might change places."""
    size = results[0].shape[axis] if results else 0
    neighbours = [
        (np.take(r, range(size - 1), axis), np.take(r, range(1, size), axis)) for r in results
    ]
    for left, right in neighbours[:keys]:
        if size > 1 and left.dtype == object:
            note_undecided(reader, name, left, right)
    if stable or size < 2 or len(results) == keys:
        return
    # The order of the rest between equal keys is the backend's choice.
    same = [decided(reader, left) == decided(reader, right) for left, right in neighbours[:keys]]
    if np.logical_and.reduce(same).any():
        reader.domain.undecided.add(name)


def _note_zeros(reader: Reader, name: str, ordered: Array, axis: int) -> None:
    """Note neighbours that are zeros: -0 comes before 0 here, but no scalar keeps that sign.

    Source: XLA operation semantics, ``TopK``, whose comparison is by total order.
    """
    zero = decided(reader, ordered) == 0
    size = zero.shape[axis]
    pairs = [np.take(zero, places, axis) for places in (range(size - 1), range(1, size))]
    if size > 1 and ordered.dtype == object and np.logical_and(*pairs).any():
        reader.domain.undecided.add(name)


@handles("top_k", "approx_top_k")
def _top_k(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """The k largest and their positions, of equal ones the first; NaN is largest.

    ``approx_top_k`` may miss some: what it returns is the exact answer, as on CPU.

    Source: JAX documentation, ``jax.lax.top_k``, ``jax.lax.approx_max_k``.
    """
    (operand,), params = operands, equation.params
    name, result = equation.primitive.name, equation.outvars[0].aval
    axis = params.get("axis", params.get("reduction_dimension", -1)) % operand.ndim
    count = result.shape[axis]
    # Descending and stable: ascending in the reversed array, read backwards.
    reversed_operand = np.flip(operand, axis)
    if params.get("is_max_k", True):
        order = np.flip(_order(reader, [reversed_operand], axis), axis)
        order = operand.shape[axis] - 1 - order
    else:
        order = _order(reader, [operand], axis)
    ordered = np.take_along_axis(operand, order, axis)
    shown = np.take(ordered, range(min(count + 1, operand.shape[axis])), axis)
    _note_neighbours(reader, name, [shown], axis, keys=1, stable=True)
    _note_zeros(reader, name, shown, axis)
    if name == "approx_top_k" and count < operand.shape[axis]:
        reader.domain.undecided.add(name)
    chosen = np.take(order, range(count), axis)
    indices = chosen.astype(equation.outvars[1].aval.dtype)
    return [np.take(ordered, range(count), axis), indices]
