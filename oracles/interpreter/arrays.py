"""Object arrays of a domain's scalars."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
"""Scalars of a domain (dtype object) where JAX has inexact numbers; integers and booleans else."""

SHARING = 256
"""Larger arrays are evaluated once for each distinct combination of scalar objects."""


def object_array(scalars: Iterable[Any], shape: tuple[int, ...]) -> Array:
    """Scalars in row-major order as an array of ``shape``."""
    array = np.empty(shape, dtype=object)
    flat = array.reshape(-1)
    for position, scalar in enumerate(scalars):
        flat[position] = scalar
    return array


def mapped(function: Callable[..., Any], *arrays: Array) -> Array:
    """``function`` of corresponding elements; rank-0 arrays go with every element.

    A batch often repeats its rows: where the very same objects meet again, the result is shared.
    """
    shape = np.broadcast_shapes(*(array.shape for array in arrays))
    columns = [np.broadcast_to(array, shape).reshape(-1) for array in arrays]
    size = int(np.prod(shape))
    if size <= SHARING:
        return object_array(map(function, *columns), shape)
    identities = np.empty((size, len(columns)), dtype=np.int64)
    for position, column in enumerate(columns):
        identities[:, position] = np.fromiter(map(id, column), dtype=np.int64, count=size)
    _, first, inverse = np.unique(identities, axis=0, return_index=True, return_inverse=True)
    distinct = object_array(map(function, *(column[first] for column in columns)), first.shape)
    shared: Array = distinct[inverse.reshape(-1)].reshape(shape)
    return shared


def rows_by_last_axis(array: Array, function: Callable[[list[Any]], Any]) -> Array:
    """``function`` of every row along the last axis, as an array without that axis."""
    shape = array.shape[:-1]
    rows = array.reshape((int(np.prod(shape)), array.shape[-1]))
    return object_array((function(list(row)) for row in rows), shape)
