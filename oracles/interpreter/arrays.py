"""Object arrays of a domain's scalars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from math import prod
from typing import Any

import numpy as np

from gradlaw.oracles.patience import patient

Array = np.ndarray[Any, Any]
"""Scalars of a domain (dtype object) where JAX has inexact numbers; integers and booleans else."""

SHARING = 256
"""Larger arrays are evaluated once for each distinct combination of scalar objects."""


def object_array(scalars: Iterable[Any], shape: tuple[int, ...]) -> Array:
    """Scalars in row-major order as an array of ``shape``."""
    return np.fromiter(patient(scalars), dtype=object, count=prod(shape)).reshape(shape)


def in_shapes(scalars: Sequence[Any], shapes: Iterable[tuple[int, ...]]) -> list[Array]:
    """Scalars in order as arrays of those shapes, one after the other."""
    arrays, start = [], 0
    for shape in shapes:
        arrays.append(object_array(scalars[start : start + prod(shape)], shape))
        start += prod(shape)
    return arrays


def alone(element: Any, dtype: Any) -> Array:
    """One element as an array of rank 0, whatever it is."""
    array = np.empty((), dtype=dtype)
    array[()] = element
    return array


def mapped(function: Callable[..., Any], *arrays: Array) -> Array:
    """``function`` of corresponding elements; rank-0 arrays go with every element.

    A batch often repeats its rows: where the very same objects meet again, the result is shared.
    """
    shapes = {array.shape for array in arrays}
    shape = arrays[0].shape if len(shapes) == 1 else np.broadcast_shapes(*shapes)
    size = prod(shape)
    if size <= SHARING:
        return object_array(map(function, *(_column(array, shape) for array in arrays)), shape)
    columns = [np.broadcast_to(array, shape).reshape(-1) for array in arrays]
    key = np.zeros(size, dtype=np.int64)
    for array, column in zip(arrays, columns, strict=True):
        if array.size > 1:
            distinct, inverse = np.unique(_identities(column), return_inverse=True)
            if len(distinct) * (int(key.max()) + 1) > size:  # nothing is shared
                return object_array(map(function, *columns), shape)
            key = key * len(distinct) + inverse.reshape(-1)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    results = object_array(map(function, *(column[first] for column in columns)), first.shape)
    _tell_elements(results, np.bincount(inverse.reshape(-1)))
    shared: Array = results[inverse.reshape(-1)].reshape(shape)
    return shared


def _identities(column: Array) -> Array:
    """What tells elements apart: of scalars which object they are, of numbers what they are."""
    if column.dtype != object:
        return column  # each access makes another object
    objects = np.ascontiguousarray(column)
    return np.ndarray(objects.shape, dtype=np.intp, buffer=objects.data)  # where each one lies


def _column(array: Array, shape: tuple[int, ...]) -> Iterable[Any]:
    """The elements of an array as of one of ``shape``, in row-major order."""
    if array.shape == shape:
        return array.reshape(-1)
    if array.ndim == 0:
        return repeat(array[()])
    return np.broadcast_to(array, shape).reshape(-1)


def rows_by_last_axis(array: Array, function: Callable[[list[Any]], Any]) -> Array:
    """``function`` of every row along the last axis, as an array without that axis.

    Rows of the very same objects share one result where there are many.
    """
    shape, length = array.shape[:-1], array.shape[-1]
    rows = array.reshape((int(np.prod(shape)), length))
    if len(rows) <= SHARING or not length:
        return object_array((function(list(row)) for row in rows), shape)
    keys = [row.tobytes() for row in _identities(rows.reshape(-1)).reshape(rows.shape)]
    results: dict[bytes, Any] = {}
    for key, row in zip(keys, rows, strict=True):
        if key not in results:
            results[key] = function(list(row))
    counts = Counter(keys)
    _tell_elements(list(results.values()), [counts[key] for key in results])
    return object_array((results[key] for key in keys), shape)


def _tell_elements(scalars: Iterable[Any], counts: Iterable[Any]) -> None:
    """Tell scalars that keep count how many elements each stands for."""
    for scalar, count in zip(scalars, counts, strict=True):
        if hasattr(scalar, "elements"):
            scalar.elements = int(count)
