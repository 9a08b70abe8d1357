"""Primitives that move elements, read exactly, move integers as JAX moves them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st
from jax import lax
from jax.ad_checkpoint import checkpoint_name
from structural.checking import read_as_jax_computes, wrong_handlers_found
from structural.drawing import (
    Call,
    axis_subsets,
    numbers,
    shapes,
)


def broadcast_in_dim(draw: Any) -> Call:
    shape = draw(shapes())
    where = axis_subsets(draw, len(shape))
    operand = tuple(1 if draw(st.booleans()) else shape[axis] for axis in where)
    return lambda x: lax.broadcast_in_dim(x, shape, where), (numbers(draw, operand),)


def reshape(draw: Any) -> Call:
    shape = draw(shapes())
    ones = [*shape, 1, 1]
    return lambda x: lax.reshape(x, ones[::-1]), (numbers(draw, shape),)


def squeeze(draw: Any) -> Call:
    shape = draw(shapes())
    ones = tuple(axis for axis in axis_subsets(draw, len(shape)) if shape[axis] == 1)
    return lambda x: lax.squeeze(x, ones), (numbers(draw, shape),)


def transpose(draw: Any) -> Call:
    shape = draw(shapes(min_rank=2))
    order = tuple(draw(st.permutations(range(len(shape)))))
    return lambda x: lax.transpose(x, order), (numbers(draw, shape),)


def concatenate(draw: Any) -> Call:
    shape = draw(shapes(min_rank=1))
    axis = draw(st.integers(0, len(shape) - 1))
    sizes = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))
    parts = [(*shape[:axis], size, *shape[axis + 1 :]) for size in sizes]
    arrays = tuple(numbers(draw, part) for part in parts)
    return lambda *xs: lax.concatenate(xs, axis), arrays


def slice_(draw: Any) -> Call:
    shape = draw(shapes())
    starts = [draw(st.integers(0, size)) for size in shape]
    limits = [draw(st.integers(start, size)) for start, size in zip(starts, shape, strict=True)]
    strides = [draw(st.integers(1, 3)) for _ in shape]
    return lambda x: lax.slice(x, starts, limits, strides), (numbers(draw, shape),)


def rev(draw: Any) -> Call:
    shape = draw(shapes())
    axes = axis_subsets(draw, len(shape))
    return lambda x: lax.rev(x, axes), (numbers(draw, shape),)


def pad(draw: Any) -> Call:
    shape = draw(shapes())
    config = []
    for size in shape:
        interior = draw(st.integers(0, 2))
        total = size + interior * max(size - 1, 0)
        low = draw(st.integers(-total, 2))
        config.append((low, draw(st.integers(-(total + min(low, 0)), 2)), interior))
    return lambda x, y: lax.pad(x, y, config), (numbers(draw, shape), np.float64(99))


def select_n(draw: Any) -> Call:
    shape = draw(shapes())
    count = draw(st.integers(2, 3))
    which = np.random.default_rng(draw(st.integers(0, 99))).integers(0, count, shape)
    which = which[(0,) * which.ndim] if draw(st.booleans()) and which.size else which
    dtype = bool if count == 2 else np.int32
    branches = [numbers(draw, shape) + 100 * place for place in range(count)]
    return lax.select_n, (np.asarray(which, dtype=dtype), *branches)


def dynamic_slice(draw: Any) -> Call:
    shape = draw(shapes(min_rank=1))
    sizes = [draw(st.integers(0, size)) for size in shape]
    starts = [np.int32(draw(st.integers(-4, 4))) for _ in shape]
    return lambda x, *i: lax.dynamic_slice(x, i, sizes), (numbers(draw, shape), *starts)


def dynamic_update_slice(draw: Any) -> Call:
    shape = draw(shapes(min_rank=1))
    sizes = tuple(draw(st.integers(0, size)) for size in shape)
    starts = [np.int32(draw(st.integers(-4, 4))) for _ in shape]
    operands = (numbers(draw, shape), numbers(draw, sizes) + 100, *starts)
    return lambda x, y, *i: lax.dynamic_update_slice(x, y, i), operands


def movement(draw: Any) -> Call:
    """What an equation of each name does, besides those above."""
    shape = draw(shapes(min_rank=1))
    axis = draw(st.integers(0, len(shape) - 1))
    cut = draw(st.integers(0, shape[axis]))

    def function(x: Any) -> Any:
        return (
            lax.split(x, [cut, shape[axis] - cut], axis),
            lax.optimization_barrier(x),
            jnp.copy(x),
            checkpoint_name(x, "x"),
            jax.device_put(x, jax.devices()[0]),
            jnp.stack([x, x + 1], axis),
            jnp.tile(x, 2),
            lax.expand_dims(x, (axis,)),
        )

    return function, (numbers(draw, shape),)


def keys(draw: Any) -> Call:
    """Keys move like other elements."""
    seed = draw(st.integers(0, 99))

    def function(place: Any) -> Any:
        key = jax.random.fold_in(jax.random.key(seed), 3)
        many = jax.random.split(key, (3, 2))
        chosen = many.T.reshape((3, 2))[place, ::-1]
        old = jax.random.split(jax.random.PRNGKey(seed))
        normal = jax.random.normal(chosen[0], (3,), dtype=np.float32)
        del normal
        return (
            jax.random.key_data(jax.random.clone(chosen)),
            jax.random.bits(chosen[1], (5,)),
            jax.random.permutation(old[1], 7),
            jax.random.randint(old[0], (4,), -5, 5),
            lax.rng_bit_generator(jnp.array([1, 2, 3, 4], dtype=np.uint32), (3,)),
            lax.map(jax.random.key_data, many[:, 0]),
        )

    return function, (np.int32(draw(st.integers(0, 2))),)


CALLS: dict[str, Callable[[Any], Call]] = {
    "broadcast_in_dim": broadcast_in_dim,
    "reshape": reshape,
    "squeeze": squeeze,
    "transpose": transpose,
    "concatenate": concatenate,
    "slice": slice_,
    "rev": rev,
    "pad": pad,
    "select_n": select_n,
    "dynamic_slice": dynamic_slice,
    "dynamic_update_slice": dynamic_update_slice,
    "copy": movement,
    "random_bits": keys,
}
"""By the primitive that the call is about."""


ONE_OF_EACH: dict[str, Call] = {
    "transpose": (lambda x: lax.transpose(x, (1, 0)), (np.arange(6.0).reshape(2, 3),)),
    "rev": (lambda x: lax.rev(x, (0,)), (np.arange(3.0),)),
    "pad": (lambda x: lax.pad(x, 0.0, [(-1, 2, 1)]), (np.arange(3.0),)),
    "slice": (lambda x: lax.slice(x, (1,), (4,), (2,)), (np.arange(5.0),)),
    "select_n": (lax.select_n, (np.arange(3) > 1, *np.eye(3)[:2])),
    "split": (lambda x: lax.split(x, [1, 4]), (np.arange(5.0),)),
    "concatenate": (lambda x: lax.concatenate([x, x], 0), (np.arange(3.0),)),
    "broadcast_in_dim": (lambda x: lax.broadcast_in_dim(x, (3, 2), (0,)), (np.arange(3.0),)),
    "dynamic_slice": (lambda x, i: lax.dynamic_slice(x, (i,), (2,)), (np.arange(5.0), np.int32(2))),
    "dynamic_update_slice": (
        lambda x, i: lax.dynamic_update_slice(x, x[:2] + 9, (i,)),
        (np.arange(5.0), np.int32(2)),
    ),
    "random_bits": (lambda _: jax.random.bits(jax.random.key(0), (3,)), (np.arange(5.0),)),
}


test_primitive_is_read_as_jax_computes_it = read_as_jax_computes(CALLS)


test_a_wrong_handler_is_found = wrong_handlers_found(ONE_OF_EACH)
