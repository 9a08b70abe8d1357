"""Gathers and scatters, read exactly, move and combine integers as JAX does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st
from jax import lax
from structural.checking import read_as_jax_computes, wrong_handlers_found
from structural.drawing import Array, Call, agrees, numbers

MODES = ["clip", "fill"]


class Layout:
    """Drawn dimension numbers that a gather and a scatter share.

    The operand's axes are windowed, collapsed or batching; the result's are a drawn shuffle of the
    window's and of the starts'.
    """

    def __init__(self, draw: Any) -> None:
        rank = draw(st.integers(1, 4))
        kinds = [draw(st.sampled_from(["window", "collapsed", "batching"])) for _ in range(rank)]
        self.batching = tuple(axis for axis in range(rank) if kinds[axis] == "batching")[:2]
        self.collapsed = tuple(axis for axis in range(rank) if kinds[axis] == "collapsed")
        windowed = [a for a in range(rank) if a not in (*self.batching, *self.collapsed)]
        self.shape = tuple(draw(st.integers(1, 3)) for _ in range(rank))
        listed = draw(st.permutations([a for a in range(rank) if a not in self.batching]))
        self.listed = tuple(listed[: draw(st.integers(0, len(listed)))])
        # A collapsed axis that no start lists stands at 0.
        self.windows = tuple(
            draw(st.integers(1, self.shape[axis])) if axis in windowed else 1
            for axis in range(rank)
        )
        free = draw(st.lists(st.integers(0, 3), max_size=2))
        of_starts = [(None, size) for size in free] + [(a, self.shape[a]) for a in self.batching]
        of_starts = draw(st.permutations(of_starts))
        self.batch = tuple(size for _, size in of_starts)
        places = [axis for axis, _ in of_starts]
        self.batched_starts = tuple(places.index(axis) for axis in self.batching)
        total = len(windowed) + len(of_starts)
        self.offsets = tuple(sorted(draw(st.permutations(range(total)))[: len(windowed)]))
        window_sizes = iter(self.windows[axis] for axis in windowed)
        batch_sizes = iter(self.batch)
        self.result = tuple(
            next(window_sizes) if axis in self.offsets else next(batch_sizes)
            for axis in range(total)
        )
        generator = np.random.default_rng(draw(st.integers(0, 99)))
        starts = (*self.batch, len(self.listed))
        self.starts: Array = generator.integers(-2, 4, starts).astype(np.int32)


def gather(draw: Any) -> Call:
    layout, mode = Layout(draw), draw(st.sampled_from(MODES))
    filler = draw(st.sampled_from([None, 77]))
    dimensions = lax.GatherDimensionNumbers(
        offset_dims=layout.offsets,
        collapsed_slice_dims=layout.collapsed,
        start_index_map=layout.listed,
        operand_batching_dims=layout.batching,
        start_indices_batching_dims=layout.batched_starts,
    )

    def function(x: Any, whole: Any, starts: Any) -> Any:
        return [
            lax.gather(a, starts, dimensions, layout.windows, mode=mode, fill_value=filler)
            for a in (x, whole, x > 2)
        ]

    operand = numbers(draw, layout.shape)
    return function, (operand, operand.astype(np.int32), layout.starts)


def scatter(*functions: Any) -> Callable[[Any], Call]:
    def build(draw: Any) -> Call:
        layout, mode = Layout(draw), draw(st.sampled_from(MODES))
        dimensions = lax.ScatterDimensionNumbers(
            update_window_dims=layout.offsets,
            inserted_window_dims=layout.collapsed,
            scatter_dims_to_operand_dims=layout.listed,
            operand_batching_dims=layout.batching,
            scatter_indices_batching_dims=layout.batched_starts,
        )

        def function(*arrays: Any) -> Any:
            starts = arrays[-1]
            pairs = zip(arrays[:-1:2], arrays[1:-1:2], strict=True)
            return [f(x, starts, y, dimensions, mode=mode) for x, y in pairs for f in functions]

        operand = numbers(draw, layout.shape)
        updates = np.sign(numbers(draw, layout.result) - 2) * 3
        if functions == (lax.scatter,):
            updates = numbers(draw, layout.result) + 100
        whole = operand.astype(np.int32), updates.astype(np.int32)
        return function, (operand, updates, *whole, layout.starts)

    return build


def promised(draw: Any) -> Call:
    """What ``jnp`` makes of an index, in bounds and out of them."""
    shape = draw(st.lists(st.integers(1, 3), min_size=2, max_size=3).map(tuple))
    places = np.array(draw(st.lists(st.integers(-4, 4), max_size=4)), dtype=np.int32)
    inside = np.mod(places, shape[0])

    def function(x: Any, places: Any, inside: Any) -> Any:
        return (
            x[places],
            x[..., places, None],
            x.at[inside].get(mode="promise_in_bounds"),
            jnp.take(x, places, axis=-1, mode="wrap"),
            jnp.take_along_axis(x, jnp.argsort(x, axis=1), axis=1),
            x.at[places].add(2.0),
            x.at[places].multiply(2.0),
            x.at[places].set(9.0, mode="drop"),
            x.at[:, 0].set(jnp.sum(x)),
            x.at[places, 0].apply(lambda y: 2 * y - 1),
            jax.grad(lambda x: jnp.sum(x[places] ** 2))(x),
            jax.vmap(lambda row, place: row[place], (0, None))(x, places),
        )

    return function, (numbers(draw, shape), places, inside)


CALLS: dict[str, Callable[[Any], Call]] = {
    "gather": gather,
    "scatter": scatter(lax.scatter),
    "scatter-add": scatter(lax.scatter_add, lax.scatter_min, lax.scatter_max, lax.scatter_mul),
    "scatter-sub": scatter(lax.scatter_sub),
    "indexing by jnp": promised,
}
"""By the primitive that the call is about."""

_PLACES = np.array([2, 0, 0], dtype=np.int32)

ONE_OF_EACH: dict[str, Call] = {
    "gather": (lambda x: x[_PLACES], (np.arange(4.0),)),
    "scatter": (lambda x: x.at[_PLACES[:2]].set(9.0), (np.arange(4.0),)),
    "scatter-add": (lambda x: x.at[_PLACES].add(9.0), (np.arange(4.0),)),
    "scatter-mul": (lambda x: x.at[_PLACES].multiply(9.0), (np.arange(1.0, 4.0),)),
    "scatter-min": (lambda x: x.at[_PLACES].min(-9.0), (np.arange(4.0),)),
    "scatter-max": (lambda x: x.at[_PLACES].max(9.0), (np.arange(4.0),)),
}


test_primitive_is_read_as_jax_computes_it = read_as_jax_computes(CALLS)


def test_a_single_element_is_gathered_as_an_array() -> None:
    dimensions = lax.GatherDimensionNumbers(
        offset_dims=(), collapsed_slice_dims=(0,), start_index_map=(0,)
    )
    start = np.array([1], dtype=np.int32)
    for mode in MODES:
        assert agrees(
            lambda x: lax.gather(x, start, dimensions, (1,), mode=mode),  # noqa: B023
            (np.arange(3.0),),
        )


test_a_wrong_handler_is_found = wrong_handlers_found(ONE_OF_EACH)
