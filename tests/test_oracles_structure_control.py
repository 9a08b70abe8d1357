"""Control flow, calls and collectives, read exactly, compute integers as JAX does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st
from jax import lax
from jax.sharding import Mesh
from jax.sharding import PartitionSpec as P
from structural.checking import read_as_jax_computes, wrong_handlers_found
from structural.drawing import (
    Call,
    numbers,
    shapes,
)


def scan(draw: Any) -> Call:
    shape, length = draw(shapes(max_rank=3)), draw(st.integers(0, 3))
    backwards = draw(st.booleans())

    def function(carry: Any, rows: Any, weight: Any) -> Any:
        def body(carry: Any, row: Any) -> Any:
            return 2 * carry + row, (carry - weight, row * carry)

        return lax.scan(body, carry, rows, reverse=backwards)

    return function, (numbers(draw, shape), numbers(draw, (length, *shape)), np.float64(3))


def while_loop(draw: Any) -> Call:
    shape = draw(shapes())

    def function(x: Any, limit: Any) -> Any:
        return lax.while_loop(
            lambda state: state[0] < limit, lambda state: (state[0] + 2, state[1] * 3 - x), (0, x)
        )

    return function, (numbers(draw, shape), np.int64(draw(st.integers(0, 5))))


def cond(draw: Any) -> Call:
    shape = draw(shapes())

    def function(index: Any, x: Any) -> Any:
        branches = [lambda x: x + 1, lambda x: -x, lambda x: x * x]
        return lax.switch(index, branches, x)

    return function, (np.int32(draw(st.integers(-2, 4))), numbers(draw, shape))


def calls(draw: Any) -> Call:
    shape = draw(shapes())

    @jax.custom_jvp
    def with_jvp(x: Any) -> Any:
        return 3 * x

    @jax.custom_vjp
    def with_vjp(x: Any) -> Any:
        return 5 * x

    with_jvp.defjvp(lambda p, t: (with_jvp(*p), 3 * t[0]))
    with_vjp.defvjp(lambda x: (with_vjp(x), None), lambda _, g: (5 * g,))

    def function(x: Any) -> Any:
        size = lax.iota(np.float64, 3) + lax.broadcasted_iota(np.int32, (2, 3), 0)
        inner = jax.jit(with_jvp)(x), with_vjp(x), jax.checkpoint(lambda x: x - 1)(x)
        return size, *inner, lax.stop_gradient(x), lax.expand_dims(x, (0,))

    return function, (numbers(draw, shape),)


def lengthless(draw: Any) -> Call:
    """A scan of no step, whose results are integers and booleans too."""
    shape = draw(shapes(max_rank=2))

    def function(x: Any, rows: Any) -> Any:
        return lax.scan(lambda c, row: (c, (c > 0, row.astype(np.int32), c)), x, rows)

    return function, (numbers(draw, shape), np.zeros((0, 2)))


def on_one_device(function: Any) -> Any:
    mesh = Mesh(np.array(jax.devices()[:1]), ("i",))
    try:
        from jax import shard_map
    except ImportError:
        from jax.experimental.shard_map import shard_map
    return shard_map(function, mesh=mesh, in_specs=P("i"), out_specs=P("i"))


def collectives(draw: Any) -> Call:
    shape = draw(shapes(min_rank=1, max_rank=3, min_size=1))

    def function(x: Any) -> Any:
        every = lax.all_gather(x, "i"), lax.all_gather(x, "i", tiled=True)
        return (
            every,
            lax.psum(x, "i") + x,
            lax.pmax(x, "i") - x,
            lax.pmin(x, "i") * x,
            lax.pmean(x, "i") + 2 * x,
            lax.ppermute(x, "i", [(0, 0)]),
            lax.ppermute(x, "i", []),
            lax.psum_scatter(x, "i", tiled=True),
            lax.all_to_all(x[None], "i", 0, 0),
            lax.axis_index("i") + x,
        )

    return on_one_device(function), (numbers(draw, shape),)


def batched_collectives(draw: Any) -> Call:
    """``vmap`` gives the axis of a collective a position."""
    shape = draw(shapes(min_rank=1, max_rank=3, min_size=1))
    out = draw(st.integers(0, len(shape) - 1))

    def function(x: Any) -> Any:
        return (
            lax.psum(x, "i") + x,
            lax.pmax(x, "i") - x,
            lax.pmin(x.astype(np.int32), "i"),
            lax.psum((x, 3 * x), "i"),
            lax.all_gather(x, "i"),
            lax.axis_index("i") * x,
            jax.grad(lambda y: jnp.sum(lax.psum(y, "i") * y))(x),
        )

    return jax.vmap(function, in_axes=out, axis_name="i"), (numbers(draw, shape),)


CALLS: dict[str, Callable[[Any], Call]] = {
    "scan": scan,
    "while": while_loop,
    "cond": cond,
    "custom_jvp_call": calls,
    "scan of no step": lengthless,
    "shard_map": collectives,
    "psum": batched_collectives,
}
"""By the primitive that the call is about."""


ONE_OF_EACH: dict[str, Call] = {
    "scan": (lambda x: lax.scan(lambda c, r: (c + r, c), 0.0, x), (np.arange(1.0, 4.0),)),
    "while": (
        lambda x: lax.while_loop(lambda s: s[0] < 3, lambda s: (s[0] + 1, s[1] * 2), (0, x)),
        (np.arange(3.0),),
    ),
    "cond": (lambda i, x: lax.switch(i, [jnp.sum, jnp.max], x), (np.int32(1), np.arange(3.0))),
    "psum": (jax.vmap(lambda x: lax.psum(x, "i"), axis_name="i"), (np.arange(3.0),)),
    "shard_map": (on_one_device(lambda x: lax.psum(x, "i") + 1), (np.arange(3.0),)),
}


test_primitive_is_read_as_jax_computes_it = read_as_jax_computes(CALLS)


test_a_wrong_handler_is_found = wrong_handlers_found(ONE_OF_EACH)
