"""Reductions, windows and products, read exactly, compute integers as JAX does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb
from hypothesis import strategies as st
from jax import lax
from structural.checking import read_as_jax_computes, wrong_handlers_found
from structural.drawing import (
    Call,
    axis_subsets,
    numbers,
    readings,
    shapes,
)


def dot_general(draw: Any) -> Call:
    batch, free, other, by = (draw(st.lists(st.integers(0, 3), max_size=2)) for _ in range(4))
    sizes = {"b": batch, "c": by, "l": free, "r": other}
    left, right = (
        draw(st.permutations([(kind, k) for kind in kinds for k in range(len(sizes[kind]))]))
        for kinds in ("bcl", "bcr")
    )

    def places(order: Any, kind: str) -> tuple[int, ...]:
        return tuple(order.index((kind, k)) for k in range(len(sizes[kind])))

    dimensions = (
        (places(left, "c"), places(right, "c")),
        (places(left, "b"), places(right, "b")),
    )
    arrays = [numbers(draw, tuple(sizes[kind][k] for kind, k in order)) for order in (left, right)]
    return lambda x, y: lax.dot_general(x, y, dimensions), tuple(arrays)


def reduction(reduce: Any) -> Callable[[Any], Call]:
    def build(draw: Any) -> Call:
        shape = draw(shapes())
        axes = axis_subsets(draw, len(shape))
        return lambda x: reduce(x, axis=axes), (numbers(draw, shape),)

    return build


def reduce_max(draw: Any) -> Call:
    shape = draw(shapes())
    axes = axis_subsets(draw, len(shape))
    return lambda x: jnp.max(x, axis=axes, initial=-9.0), (numbers(draw, shape),)


def reduce_min(draw: Any) -> Call:
    shape = draw(shapes())
    axes = axis_subsets(draw, len(shape))
    return lambda x: jnp.min(x, axis=axes, initial=9.0), (numbers(draw, shape),)


def reduce_window(draw: Any) -> Call:
    # A window of rank 0 has no initial value in XLA.
    shape = draw(shapes(min_rank=1, max_rank=3))
    window = [draw(st.integers(1, 3)) for _ in shape]
    strides = [draw(st.integers(1, 2)) for _ in shape]
    padding = [(draw(st.integers(0, 2)), draw(st.integers(0, 2))) for _ in shape]
    base = [draw(st.integers(1, 2)) for _ in shape]
    dilation = [draw(st.integers(1, 2)) for _ in shape]
    operation, initial = draw(
        st.sampled_from(
            [(lax.add, 0.0), (lax.max, -np.inf), (lax.min, np.inf), (lax.mul, 1.0), (lax.add, 3.0)]
        )
    )

    def function(x: Any, i: Any) -> Any:
        windows = lax.reduce_window(x, initial, operation, window, strides, padding, base, dilation)
        counts = lax.reduce_window(i, 0, lax.add, window, strides, padding, base, dilation)
        return windows, counts

    operand = numbers(draw, shape)
    return function, (operand, operand.astype(np.int64))


def pooling(draw: Any) -> Call:
    """The derivatives of pooling: selections."""
    shape = draw(shapes(min_rank=1, max_rank=3, min_size=1))
    window = [draw(st.integers(1, 3)) for _ in shape]
    strides = [draw(st.integers(1, 2)) for _ in shape]
    padding = [(draw(st.integers(0, 1)), draw(st.integers(0, 1))) for _ in shape]
    operation, initial = draw(st.sampled_from([(lax.max, -np.inf), (lax.min, np.inf)]))

    def pool(x: Any) -> Any:
        return lax.reduce_window(x, initial, operation, window, strides, padding)

    def function(x: Any, y: Any) -> Any:
        pooled, pullback = jax.vjp(pool, x)
        return pullback(jnp.arange(pooled.size, dtype=x.dtype).reshape(pooled.shape)), jax.jvp(
            pool, (x,), (y,)
        )

    return function, (numbers(draw, shape), numbers(draw, shape) + 50)


def convolution(draw: Any) -> Call:
    space = draw(st.integers(0, 2))
    groups, batch_groups = draw(st.sampled_from([(1, 1), (2, 1), (1, 2), (3, 1)]))
    features, batch = draw(st.integers(0, 2)), draw(st.integers(0, 2)) * batch_groups
    outputs = draw(st.integers(1, 2)) * groups * batch_groups
    image = [batch, features * groups, *(draw(st.integers(1, 4)) for _ in range(space))]
    kernel = [outputs, features, *(draw(st.integers(1, 3)) for _ in range(space))]
    orders = [tuple(draw(st.permutations(range(space + 2)))) for _ in range(3)]
    left, right = (
        numbers(draw, tuple(sizes[order.index(axis)] for axis in range(space + 2)))
        for sizes, order in ((image, orders[0]), (kernel, orders[1]))
    )
    some = [[draw(st.integers(1, 2)) for _ in range(space)] for _ in range(3)]
    padding = [(draw(st.integers(-1, 2)), draw(st.integers(0, 2))) for _ in range(space)]
    dimensions = lax.ConvDimensionNumbers(*orders)

    def function(x: Any, y: Any) -> Any:
        return lax.conv_general_dilated(
            x,
            y,
            some[0],
            padding,
            lhs_dilation=some[1],
            rhs_dilation=some[2],
            dimension_numbers=dimensions,
            feature_group_count=groups,
            batch_group_count=batch_groups,
        )

    return function, (left, right)


def reduce_prod(draw: Any) -> Call:
    shape = draw(shapes(max_rank=3))
    axes = axis_subsets(draw, len(shape))
    return lambda x: jnp.prod(x, axis=axes), (np.sign(numbers(draw, shape)) + 2,)


def cumulative(draw: Any) -> Call:
    shape = draw(shapes(min_rank=1))
    axis, backwards = draw(st.integers(0, len(shape) - 1)), draw(st.booleans())

    def function(x: Any) -> Any:
        found = [f(x, axis, backwards) for f in (lax.cumsum, lax.cummax, lax.cummin)]
        return *found, lax.cumprod(jnp.sign(x) + 2, axis, backwards)

    return function, (numbers(draw, shape),)


def integer_products(draw: Any) -> Call:
    shape = draw(shapes(min_rank=2, max_rank=2))

    def function(x: Any, b: Any) -> Any:
        whole = x.astype(np.int8)
        return (
            lax.dot_general(
                whole, whole, (((1,), (1,)), ((), ())), preferred_element_type=np.int32
            ),
            lax.dot_general(b, b, (((1,), (1,)), ((), ()))),
            jnp.max(x.astype(np.int32), axis=0, initial=-9),
            jnp.any(b, axis=0),
            jnp.all(b, axis=1),
        )

    operand = numbers(draw, shape)
    return function, (operand, operand > 0)


def reduce(draw: Any) -> Call:
    """A reduction by a program of its own, of several operands: the last of the largest."""
    shape = draw(shapes(min_rank=1, max_rank=3, min_size=1))
    axes = axis_subsets(draw, len(shape))

    def function(x: Any, i: Any) -> Any:
        def larger(left: Any, right: Any) -> Any:
            first = left[1] > right[1]
            return jnp.where(first, left[0], right[0]), jnp.where(first, left[1], right[1])

        return lax.reduce((x.astype(np.int32), i), (np.int32(-9), np.int32(-9)), larger, axes)

    operand = numbers(draw, shape)
    return function, (operand, operand.astype(np.int32)[..., ::-1])


CALLS: dict[str, Callable[[Any], Call]] = {
    "dot_general": dot_general,
    "dot_general of integers": integer_products,
    "reduce_sum": reduction(jnp.sum),
    "reduce_max": reduce_max,
    "reduce_min": reduce_min,
    "reduce_prod": reduce_prod,
    "reduce": reduce,
    "cumsum": cumulative,
    "reduce_window": reduce_window,
    "select_and_scatter_add": pooling,
    "conv_general_dilated": convolution,
}
"""By the primitive that the call is about."""


def in_pairs(operation: Any, initial: float) -> Callable[..., Any]:
    return lambda x: lax.reduce_window(x, initial, operation, (2,), (1,), "VALID")


ONE_OF_EACH: dict[str, Call] = {
    "reduce_sum": (lambda x: jnp.sum(x, axis=0), (np.arange(6.0).reshape(2, 3),)),
    "dot_general": (lambda x, y: x @ y, (np.arange(6.0).reshape(2, 3), np.arange(3.0))),
    "reduce_prod": (lambda x: jnp.prod(x, axis=0), (np.arange(6.0).reshape(2, 3),)),
    "cumsum": (lax.cumsum, (np.arange(4.0),)),
    "cumprod": (lax.cumprod, (np.arange(1.0, 4.0),)),
    "cummax": (lax.cummax, (np.arange(4.0),)),
    "reduce_window_sum": (in_pairs(lax.add, 0.0), (np.arange(4.0),)),
    "reduce_window_max": (in_pairs(lax.max, -np.inf), (np.arange(4.0),)),
    "reduce_window": (in_pairs(lax.mul, 1.0), (np.arange(4.0),)),
    "select_and_scatter_add": (
        jax.grad(lambda x: jnp.sum(in_pairs(lax.max, -np.inf)(x) ** 2)),
        (np.arange(4.0),),
    ),
    "conv_general_dilated": (
        lambda x: lax.conv(x, x, (1,), "SAME"),
        (np.arange(4.0).reshape(1, 1, 4),),
    ),
}


test_primitive_is_read_as_jax_computes_it = read_as_jax_computes(CALLS)


test_a_wrong_handler_is_found = wrong_handlers_found(ONE_OF_EACH)


def test_an_empty_extremum_is_infinite() -> None:
    for reduce, initial, infinite in ((jnp.max, -np.inf, "-inf"), (jnp.min, np.inf, "inf")):
        operand = np.zeros((0, 2))
        (result,), _ = readings(lambda x: reduce(x, axis=0, initial=initial), operand)  # noqa: B023
        assert [ball == arb(infinite) for ball in result] == [True, True]


@pytest.mark.parametrize("reduce", [jnp.max, jnp.min])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_extremum_with_nan_is_nan(reduce: Any, place: int) -> None:
    operand = np.array([1.0, 2.0, 3.0])
    operand[place] = np.nan
    (result,), _ = readings(reduce, operand)
    assert result.item().is_nan()


@pytest.mark.parametrize("shift", [-2000.0, 0.0, 2000.0])
def test_a_cumulative_log_sum_exp_is_that_of_each_prefix(shift: float) -> None:
    (sums,), domain = readings(lax.cumlogsumexp, np.array([0.0, 1.0, -15.0]) + shift)
    expected = [arb(0), arb(1).exp() + 1, arb(1).exp() + 1 + arb(-15).exp()]
    assert all(s.overlaps(e.log() + shift) for s, e in zip(sums, expected, strict=True))
    assert not sums[1].overlaps(sums[2])
    assert not domain.estimated
