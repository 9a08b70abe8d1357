"""Reductions over windows, and the selections that differentiate pooling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array, alone, object_array
from gradlaw.oracles.interpreter.integers import decided
from gradlaw.oracles.interpreter.monoids import (
    INTEGER,
    NEUTRAL,
    combined,
    folded,
    known_monoid,
    neutral,
)
from gradlaw.oracles.interpreter.reading import Reader, Unsupported, handles, inexact

OUTSIDE = -1
"""The place of what is padding."""


def window_places(
    shape: Sequence[int],
    window: Sequence[int],
    *,
    strides: Sequence[int],
    padding: Sequence[tuple[int, int]],
    base_dilation: Sequence[int],
    window_dilation: Sequence[int],
) -> Array:
    """The flat places that each window covers, of shape (*windows, elements of a window).

    Args:
        shape: of the array that the windows lie in.
        window: its size in every axis.
        strides: from one window to the next.
        padding: before and after, in dilated elements; negative cuts off.
        base_dilation: one more than the holes between elements of the array.
        window_dilation: one more than the holes between elements of the window.

    Source: XLA operation semantics, ``ReduceWindow`` and ``ConvWithGeneralPadding``.
    """
    rank = len(shape)
    counts, columns = [], []
    for axis, size in enumerate(shape):
        dilated = (size - 1) * base_dilation[axis] + 1 if size else 0
        total = dilated + sum(padding[axis])
        reach = (window[axis] - 1) * window_dilation[axis] + 1 if window[axis] else 0
        count = (total - reach) // strides[axis] + 1 if total >= reach else 0
        starts = np.arange(count) * strides[axis] - padding[axis][0]
        place = starts[:, None] + np.arange(window[axis]) * window_dilation[axis]
        element, hole = np.divmod(place, base_dilation[axis])
        inside = (hole == 0) & (element >= 0) & (element < size)
        counts.append(count)
        columns.append(np.where(inside, element, OUTSIDE))
    places = np.zeros((*counts, *window), dtype=np.int64)
    outside = np.zeros(places.shape, dtype=bool)
    for axis, column in enumerate(columns):
        spread = [1] * (2 * rank)
        spread[axis], spread[rank + axis] = column.shape
        elements = column.reshape(spread)
        outside |= elements == OUTSIDE
        places += elements * int(np.prod(shape[axis + 1 :], dtype=np.int64))
    places[outside] = OUTSIDE
    return places.reshape((*counts, int(np.prod(window, dtype=np.int64))))


def _places(equation: Any, shape: tuple[int, ...]) -> Array:
    params, ones = equation.params, (1,) * len(shape)
    return window_places(
        shape,
        params["window_dimensions"],
        strides=params["window_strides"],
        padding=params["padding"],
        base_dilation=params.get("base_dilation", ones),
        window_dilation=params.get("window_dilation", ones),
    )


def _covered(operand: Array, places: Array) -> list[list[Any]]:
    """The elements in each window, in order, without the padding."""
    flat = operand.reshape(-1)
    rows = places.reshape((int(np.prod(places.shape[:-1])), places.shape[-1]))
    return [list(flat[row[row != OUTSIDE]]) for row in rows]


_KINDS = {"reduce_window_sum": "add", "reduce_window_max": "max", "reduce_window_min": "min"}


@handles("reduce_window_sum", "reduce_window_max", "reduce_window_min")
def _reduce_window_by_name(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    kind = _KINDS[equation.primitive.name]
    return [_reduced(reader, equation, operands[0], kind)]


def _reduced(reader: Reader, equation: Any, operand: Array, kind: str) -> Array:
    dtype, places = equation.outvars[0].aval.dtype, _places(equation, operand.shape)
    if not inexact(dtype):
        return _integer(operand, places, kind, dtype)
    rows, name = _covered(operand, places), dtype.name
    return object_array((combined(reader, kind, r, name) for r in rows), places.shape[:-1])


def _integer(operand: Array, places: Array, kind: str, dtype: Any) -> Array:
    padded = np.append(operand.reshape(-1), np.asarray(neutral(kind, dtype), dtype=dtype))
    reduced = INTEGER[kind](padded[places], axis=-1, dtype=dtype)
    return np.asarray(reduced, dtype=dtype)


@handles("reduce_window")
def _reduce_window(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Windows reduced by a program, beginning with the initial value.

    Padding adds nothing, as on CPU; the specification says that it holds the initial value, which
    is the same where that is neutral.
    """
    count = len(operands) // 2
    arrays, initial = operands[:count], [operand[()] for operand in operands[count:]]
    places = _places(equation, arrays[0].shape)
    columns = [_covered(array, places) for array in arrays]
    results, kind = _by_program(reader, equation, columns, (arrays, initial), places.shape[:-1])
    if (places == OUTSIDE).any() and kind is not None:
        exact = decided(reader, alone(initial[0], arrays[0].dtype))
        if exact != (
            NEUTRAL.get(kind) if arrays[0].dtype == object else neutral(kind, exact.dtype)
        ):
            reader.domain.undecided.add("reduce_window")
    return results


def _by_program(
    reader: Reader,
    equation: Any,
    columns: list[list[list[Any]]],
    operands: tuple[list[Array], list[Any]],
    shape: tuple[int, ...],
) -> tuple[list[Array], str | None]:
    """Groups of elements combined by the equation's program, and its name if it has one.

    Of a program that is not known the order is taken as it stands: an estimate where steps round,
    and no matter where they do not, since the program must be associative.

    Source: JAX documentation, ``jax.lax.reduce``.
    """
    (arrays, initial), program = operands, equation.params["jaxpr"]
    kind, dtype = known_monoid(program), equation.outvars[0].aval.dtype
    if kind is not None and inexact(dtype) and len(arrays) == 1:
        scalars, name = ([initial[0], *row] for row in columns[0]), dtype.name
        found = object_array((combined(reader, kind, s, name) for s in scalars), shape)
        return [found], kind
    if any(array.dtype == object for array in arrays) and getattr(reader.domain, "rounds", True):
        reader.domain.estimated.add(equation.primitive.name)
    constants = [reader.lift(c, literal=True) for c in equation.params.get("consts", ())]
    dtypes = [array.dtype for array in arrays]
    rows = [
        folded(
            reader,
            program,
            constants,
            [[i, *c[place]] for i, c in zip(initial, columns, strict=True)],
            dtypes,
        )
        for place in range(len(columns[0]))
    ]
    return _transposed(rows, arrays, shape), kind


def _with_padding(array: Array, value: Any) -> Array:
    padding = np.empty(1, dtype=array.dtype)
    padding[0] = value
    return np.concatenate([array.reshape(-1), padding])


def _transposed(rows: list[list[Any]], arrays: list[Array], shape: tuple[int, ...]) -> list[Array]:
    """Results listed for each place as arrays of the operands' dtypes."""
    results = []
    for position, array in enumerate(arrays):
        result = np.empty(len(rows), dtype=array.dtype)
        for place, row in enumerate(rows):
            result[place] = row[position]
        results.append(result.reshape(shape))
    return results


@handles("reduce")
def _reduce(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Axes reduced by a program, beginning with the initial value."""
    count = len(operands) // 2
    arrays, initial = operands[:count], [operand[()] for operand in operands[count:]]
    axes = tuple(equation.params["dimensions"])
    columns = [[list(row) for row in _lines(array, axes)] for array in arrays]
    shape = tuple(size for axis, size in enumerate(arrays[0].shape) if axis not in axes)
    return _by_program(reader, equation, columns, (arrays, initial), shape)[0]


def _lines(array: Array, axes: tuple[int, ...]) -> Array:
    kept = [axis for axis in range(array.ndim) if axis not in axes]
    shape = [int(np.prod([array.shape[a] for a in group])) for group in (kept, axes)]
    return array.transpose([*kept, *axes]).reshape(shape)


def _selected(reader: Reader, name: str, operand: Array, places: Array, select: str) -> Array:
    """The place that each window selects; OUTSIDE for a window of padding alone.

    The first remains where a later one is not larger (``ge``) or smaller (``le``).
    """
    values, scalars = decided(reader, operand).reshape(-1), operand.reshape(-1)
    rows = places.reshape((int(np.prod(places.shape[:-1])), places.shape[-1]))
    keeps = np.greater_equal if select == "ge" else np.less_equal
    chosen = np.full(len(rows), OUTSIDE, dtype=np.int64)
    for position, row in enumerate(rows):
        candidates = row[row != OUTSIDE].tolist()
        if not candidates:
            continue
        best = candidates[0]
        for other in candidates[1:]:
            if not keeps(values[best], values[other]):
                best = other
        chosen[position] = best
        if operand.dtype == object and any(
            reader.domain.overlap(scalars[other], scalars[best])
            for other in candidates
            if other != best
        ):
            reader.domain.undecided.add(name)
    return chosen.reshape(places.shape[:-1])


@handles("select_and_gather_add")
def _select_and_gather_add(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """The tangent at the place that each window selects; 0 in padding."""
    tangents, operand = operands
    name, select = equation.primitive.name, equation.params["select_prim"].name
    chosen = _selected(reader, name, operand, _places(equation, operand.shape), select)
    zero = reader.lift(np.zeros((), dtype=equation.outvars[0].aval.dtype))[()]
    return [_with_padding(tangents, zero)[chosen.reshape(-1)].reshape(chosen.shape)]


@handles("select_and_scatter_add")
def _select_and_scatter_add(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Each window's source added at the place that it selects."""
    source, operand = operands
    zero = reader.lift(np.zeros((), dtype=equation.outvars[0].aval.dtype))
    select = equation.params["select_prim"].name
    return [_scattered(reader, equation, (operand, source, zero), select)]


@handles("select_and_scatter")
def _select_and_scatter(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """The same where ``select`` is a comparison and ``scatter`` an addition, as programs."""
    operand, source, initial = operands
    select, scatter = (equation.params[name] for name in ("select_jaxpr", "scatter_jaxpr"))
    compared = getattr(select, "jaxpr", select)
    known = len(compared.eqns) == 1 and compared.eqns[0].invars == compared.invars
    comparison = compared.eqns[0].primitive.name if known else ""
    if comparison not in {"ge", "le"} or known_monoid(scatter) != "add":
        message = f"select_and_scatter by other than ge or le, and add: {equation}"
        raise Unsupported(message)
    return [_scattered(reader, equation, (operand, source, initial), comparison)]


def _scattered(
    reader: Reader, equation: Any, arrays: tuple[Array, Array, Array], select: str
) -> Array:
    operand, source, initial = arrays
    dtype = equation.outvars[0].aval.dtype
    places = _places(equation, operand.shape)
    chosen = _selected(reader, equation.primitive.name, operand, places, select).reshape(-1)
    sums: list[list[Any]] = [[initial[()]] for _ in range(operand.size)]
    for place, scalar in zip(chosen.tolist(), source.reshape(-1), strict=True):
        if place != OUTSIDE:
            sums[place].append(scalar)
    if not inexact(dtype):
        return np.array([np.sum(s, dtype=dtype) for s in sums], dtype=dtype).reshape(operand.shape)
    name = dtype.name
    totals = (s[0] if len(s) == 1 else reader.domain.sum(s, name) for s in sums)
    return object_array(totals, operand.shape)
