"""Integers, bits, comparisons and orders, read exactly, are JAX's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import strategies as st
from jax import lax
from structural.checking import read_as_jax_computes, wrong_handlers_found
from structural.drawing import (
    Call,
    numbers,
    readings,
    shapes,
)


def elementwise(draw: Any) -> Call:
    shape = draw(shapes())

    def function(x: Any, y: Any) -> Any:
        return (
            lax.max(x, y),
            lax.clamp(-1.0, x, 2.0),
            lax.clamp(x - 1, y, x + 1),
            lax.clamp(np.int32(0), lax.convert_element_type(x, np.int32), np.int32(2)),
            lax.min(x, y),
            lax.abs(x),
            lax.sign(x),
            lax.neg(x),
            x + y,
            x - y,
            x * y,
            lax.square(x),
            lax.integer_pow(x, 3),
            x < y,
            x <= y,
            x > y,
            x >= y,
            x == y,
            x != y,
            (x < y) & (y < 2) | ~(x == y) ^ (x > 1),
            lax.is_finite(x),
            lax.convert_element_type(x, np.int32) * 3 // 2 - 1,
            lax.convert_element_type(x, np.float32),
            lax.convert_element_type(x < y, np.float64),
        )

    return function, (numbers(draw, shape), numbers(draw, shape))


def integers(draw: Any) -> Call:
    """Integers of every width at their edges: they wrap around, and division truncates."""
    dtype = np.dtype(draw(st.sampled_from(["int8", "int16", "int32", "int64", "uint8", "uint32"])))
    limits = np.iinfo(dtype)
    edges = [limits.min, limits.min + 1, -1, 0, 1, 2, 3, 7, 8, limits.max - 1, limits.max]
    within = st.sampled_from([e for e in edges if e >= limits.min])
    pairs = draw(st.lists(st.tuples(within, within), min_size=1, max_size=12))
    left, right = (np.array(column, dtype=dtype) for column in zip(*pairs, strict=True))
    zero = np.zeros((), dtype=dtype)
    ones = ~zero

    def function(x: Any, y: Any) -> Any:
        return (
            x + y,
            x - y,
            x * y,
            lax.div(x, y),
            lax.rem(x, y),
            x & y,
            x | y,
            x ^ y,
            ~x,
            lax.shift_left(x, y),
            lax.shift_right_logical(x, y),
            lax.shift_right_arithmetic(x, y),
            lax.population_count(x),
            lax.clz(x),
            lax.neg(x),
            lax.sign(x),
            x if limits.min == 0 else lax.abs(x),
            lax.max(x, y),
            lax.min(x, y),
            lax.clamp(y, x, y),
            lax.integer_pow(x, 3),
            x < y,
            lax.convert_element_type(x, np.int16),
            lax.reduce(x, zero, lax.bitwise_xor, (0,)),
            lax.reduce(x, ones, lax.bitwise_and, (0,)),
            lax.reduce(x, zero, lax.bitwise_or, (0,)),
            jnp.sum(x, dtype=dtype),
            jnp.prod(x, dtype=dtype),
            lax.cumsum(x),
            lax.cumprod(x),
            lax.dot(x, y),
            lax.bitcast_convert_type(x, f"uint{8 * dtype.itemsize}"),
            lax.bitcast_convert_type(x, np.uint8),
        )

    return function, (left, right)


def bit_patterns(draw: Any) -> Call:
    # Normal numbers: a backend may read a subnormal one as zero.
    words = draw(st.lists(st.integers(2**23, 2**31 - 2**24), min_size=1, max_size=4))

    def function(words: Any, x: Any) -> Any:
        floats = lax.bitcast_convert_type(words, np.float32)
        return floats.astype(np.float64), lax.bitcast_convert_type(x, np.uint32)

    return function, (np.array(words, dtype=np.uint32), np.array([1.5, -2.0, 0.1]))


def argmax(draw: Any) -> Call:
    shape = draw(shapes(min_rank=1, min_size=1))
    axis = draw(st.integers(0, len(shape) - 1))
    find = draw(st.sampled_from([lax.argmax, lax.argmin]))
    return lambda x: find(x, axis, np.int32), (numbers(draw, shape),)


def sort(draw: Any) -> Call:
    """Few distinct keys, NaNs and zeros of both signs, and what moves along with them."""
    shape = draw(shapes(min_rank=1))
    axis = draw(st.integers(0, len(shape) - 1))
    generator = np.random.default_rng(draw(st.integers(0, 99)))
    floats = generator.choice([-1.0, -0.0, 0.0, 2.0, np.nan, np.inf, -np.inf], size=shape)
    whole = generator.integers(-2, 2, shape).astype(np.int32)
    payload = numbers(draw, shape)
    count = draw(st.integers(1, 2))

    def function(x: Any, i: Any, y: Any) -> Any:
        return (
            lax.sort((x, i, y), dimension=axis, num_keys=count)[1:],
            lax.sort((i, x, y), dimension=axis, num_keys=count)[2],
            lax.sort(y, dimension=axis),
            jnp.argsort(y, axis=axis),
            jnp.sort(y, axis=axis, descending=True),
        )

    return function, (floats, whole, payload)


def top_k(draw: Any) -> Call:
    shape = draw(shapes(min_rank=1, min_size=1))
    count = draw(st.integers(0, shape[-1]))
    repeated = np.floor(numbers(draw, shape) / 2)

    def function(x: Any, i: Any) -> Any:
        return lax.top_k(x, count), lax.top_k(i, count), lax.approx_max_k(x, shape[-1])

    return function, (repeated, repeated.astype(np.int32))


CALLS: dict[str, Callable[[Any], Call]] = {
    "mul": elementwise,
    "rem": integers,
    "bitcast_convert_type": bit_patterns,
    "argmax": argmax,
    "sort": sort,
    "top_k": top_k,
}
"""By the primitive that the call is about."""


ONE_OF_EACH: dict[str, Call] = {
    "rem": (lax.rem, (np.array([-7, 7, 5]), np.array([3, -3, 0]))),
    "shift_left": (lax.shift_left, (np.array([-7, 7]), np.array([3, 64]))),
    "shift_right_arithmetic": (lax.shift_right_arithmetic, (np.array([-7, 7]), np.array([1, 64]))),
    "clz": (lax.clz, (np.array([1, 9]),)),
    "population_count": (lax.population_count, (np.array([1, 3]),)),
    "bitcast_convert_type": (
        lambda x: lax.bitcast_convert_type(x, np.int64),
        (np.array([1.5, -2.0]),),
    ),
    "argmax": (lambda x: lax.argmax(x, 0, np.int32), (np.array([[1.0, 3.0], [2.0, 0.0]]),)),
    "sort": (lax.sort, (np.array([3.0, 1.0, 2.0]),)),
    "top_k": (lambda x: lax.top_k(x, 2), (np.array([3.0, 1.0, 2.0]),)),
}


test_primitive_is_read_as_jax_computes_it = read_as_jax_computes(CALLS)


test_a_wrong_handler_is_found = wrong_handlers_found(ONE_OF_EACH)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lax.sort, "sort"),
        (lambda x: lax.top_k(x, 1)[0], "top_k"),
        (lambda x: lax.argmax(x, 0, np.int32), "argmax"),
        (lambda x: lax.bitcast_convert_type(x, np.int64), "bitcast_convert_type"),
        (lambda x: x.at[np.array([1, 1])].set(x), "scatter"),
    ],
)
@pytest.mark.parametrize(("third", "undecided"), [(1 / 3, True), (0.25, False)])
def test_an_order_that_rounding_may_turn_is_noted(
    function: Any, name: str, third: float, undecided: bool
) -> None:
    """1/3 is a ball; 1/4 is a number, and equal numbers have their order."""

    def program(x: Any) -> Any:
        return function(x * third)

    _, domain = readings(program, np.array([1.0, 1.0]))
    assert (name in domain.undecided) == undecided
