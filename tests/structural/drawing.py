"""Operands that show where an element went, and the comparison with JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from hypothesis import Phase, settings
from hypothesis import strategies as st

from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.x64 import x64

Array = np.ndarray[Any, Any]
Call = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function of JAX's and the arrays that it is called with."""

drawn = settings(
    max_examples=8, deadline=None, derandomize=True, database=None, phases=[Phase.generate]
)


def numbers(draw: Any, shape: tuple[int, ...]) -> Array:
    """Small integers as floats, all different: where one goes, none other could have gone."""
    seed = draw(st.integers(0, 2**32))
    order = np.random.default_rng(seed).permutation(int(np.prod(shape)))
    return (order.reshape(shape) - 3).astype(np.float64)


def shapes(min_rank: int = 0, max_rank: int = 4, min_size: int = 0) -> Any:
    """Shapes up to rank 4, with empty axes and axes of size 1."""
    return st.lists(st.integers(min_size, 3), min_size=min_rank, max_size=max_rank).map(tuple)


def axis_subsets(draw: Any, rank: int) -> tuple[int, ...]:
    return tuple(axis for axis in range(rank) if draw(st.booleans()))


def as_floats(reading: Array) -> Array:
    if reading.dtype != object:
        return reading
    exact = [ball.rad() == 0 for ball in reading.reshape(-1)]
    assert all(exact)
    return np.array([float(ball) for ball in reading.reshape(-1)]).reshape(reading.shape)


def readings(function: Callable[..., Any], *operands: Any) -> tuple[list[Array], Exact]:
    """The exact reading of a call's program, and its domain."""
    with x64(True):
        program = jax.make_jaxpr(function)(*operands)
        reader = Reader(Exact())
        results = reader.read(program, [reader.lift(operand) for operand in operands])
    assert isinstance(reader.domain, Exact)
    return results, reader.domain


def agrees(function: Callable[..., Any], operands: tuple[Any, ...]) -> bool:
    """Whether the exact reading of a call's program is what JAX computes."""
    with x64(True):
        computed = [np.asarray(leaf) for leaf in jax.tree.leaves(jax.jit(function)(*operands))]
    found, domain = readings(function, *operands)
    assert not domain.estimated
    return all(
        reading.shape == result.shape
        and reading.dtype in {np.dtype(object), result.dtype}
        and np.array_equal(as_floats(reading), result, equal_nan=result.dtype.kind == "f")
        for reading, result in zip(found, computed, strict=True)
    )


def misplaced(handler: Any) -> Any:
    """A handler whose results have their right shape, but their numbers in another order."""

    def wrong(reader: Any, equation: Any, operands: Any) -> Any:
        results = handler(reader, equation, operands)
        return [
            np.roll(r.reshape(-1), 1).reshape(r.shape)
            if r.size > 1
            else np.asarray(~r if r.dtype == bool else -r, dtype=r.dtype)
            for r in results
        ]

    return wrong
