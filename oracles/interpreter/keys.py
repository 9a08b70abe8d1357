"""Keys of random numbers: opaque elements of NumPy arrays, which structure moves like others."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array

_IMPLEMENTATIONS = {"fry": "threefry2x32", "rbg": "rbg", "urbg": "unsafe_rbg"}
"""Names of implementations, by the tag in a key dtype's name."""


def is_key(dtype: Any) -> bool:
    """Whether a dtype is one of JAX's keys."""
    return str(dtype).startswith("key<")


def opaque(keys: Any) -> Array:
    """A JAX array of keys as an array of the same shape, each element the bytes of one key."""
    import jax

    data = np.ascontiguousarray(jax.random.key_data(keys))
    return data.view(np.dtype((np.void, data.shape[-1] * data.dtype.itemsize)))[..., 0]


def as_keys(array: Array, dtype: Any) -> Any:
    """The JAX array of keys of ``dtype`` that :func:`opaque` was made of."""
    import jax

    tag = str(dtype)[len("key<") : -1]
    words = array.dtype.itemsize // np.dtype(np.uint32).itemsize
    data: Any = np.ascontiguousarray(array).reshape(-1).view(np.uint32)
    data = data.reshape((*array.shape, words))
    return jax.random.wrap_key_data(data, impl=_IMPLEMENTATIONS.get(tag, tag))
