"""Ties: the largest, the smallest, the middle of equal numbers."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax
from sympy import Integer

from gradlaw.conformance.conventions.accepted import NOTHING, clarke, smooth
from gradlaw.conformance.conventions.convention import Convention, Gives, X
from gradlaw.conformance.conventions.sources import (
    CONTROL,
    LAX,
    REDUCERS,
    SEGMENTS,
    SLICING,
    WINDOWS,
)

TIES = (
    Convention(
        name="max_of_two",
        function=lambda x: jnp.max(jnp.array([x, 1.0])),
        point=1.0,
        sides=(Integer(1), X),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=0.5, second=0.0),),
        why="A tie shares the tangent equally among all that tie.",
        source=LAX,
    ),
    Convention(
        name="max_of_four",
        function=lambda x: jnp.max(jnp.array([x, 1.0, 1.0, 1.0])),
        point=1.0,
        sides=(Integer(1), X),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=0.25, second=0.0),),
        why="A tie shares the tangent equally among all that tie.",
        source=LAX,
    ),
    Convention(
        name="sort_smallest_given_last",
        function=lambda x: jnp.sort(jnp.array([1.0, x]))[0],
        point=1.0,
        sides=(X, Integer(1)),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=0.0, second=0.0),),
        why="The sort is stable: the first of equals stays first.",
        source=LAX,
    ),
    Convention(
        name="top_k",
        function=lambda x: lax.top_k(jnp.array([x, 1.0]), 1)[0][0],
        point=1.0,
        sides=(Integer(1), X),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=1.0, second=0.0),),
        why="The first of equals is taken, and no tie shares.",
        source=LAX,
    ),
    Convention(
        name="median_of_three",
        function=lambda x: jnp.median(jnp.array([x, 1.0, 2.0])),
        point=1.0,
        sides=(Integer(1), X),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=0.0, second=0.0),),
        why="A stable sort: of the equals the later one is in the middle.",
        source=REDUCERS,
    ),
    Convention(
        name="quantile_by_level",
        function=lambda x: jnp.quantile(jnp.array([0.0, 1.0, 3.0]), x),
        point=0.5,
        sides=(2 * X, 4 * X - 1),
        accepts=clarke(2, 4),
        accepts_second=smooth(0),
        gives=(Gives(first=0.0, second=0.0),),
        why=(
            "The point is a knot, between which and itself the rule interpolates: no "
            "slope of either side."
        ),
        source=REDUCERS,
    ),
    Convention(
        name="cumulative_max",
        function=lambda x: lax.cummax(jnp.array([1.0, x]))[1],
        point=1.0,
        sides=(Integer(1), X),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=0.5, second=0.0),),
        why="A scan of the primitive max, which shares at a tie.",
        source=CONTROL,
    ),
    Convention(
        name="segment_max",
        function=lambda x: jax.ops.segment_max(
            jnp.array([x, 1.0]), jnp.array([0, 0]), num_segments=1
        )[0],
        point=1.0,
        sides=(Integer(1), X),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=0.5, second=0.0),),
        why="scatter_max shares among all that tie.",
        source=SEGMENTS,
    ),
    Convention(
        name="scatter_max",
        function=lambda x: jnp.array([1.0, 0.0]).at[0].max(x)[0],
        point=1.0,
        sides=(Integer(1), X),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=0.5, second=0.0),),
        why="The number that was there shares too.",
        source=SLICING,
    ),
    Convention(
        name="max_pooling",
        function=lambda x: lax.reduce_window(
            jnp.array([x, 1.0]), -jnp.inf, lax.max, (2,), (1,), "VALID"
        )[0],
        point=1.0,
        sides=(Integer(1), X),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=1.0, second=0.0),),
        why="select_and_gather takes the first of equals: no sharing.",
        source=WINDOWS,
    ),
    Convention(
        name="maximum_beside_nan",
        function=lambda x: jnp.maximum(x, jnp.nan),
        point=1.0,
        sides=(None, None),
        accepts=NOTHING,
        accepts_second=NOTHING,
        gives=(Gives(first=0.0, second=0.0),),
        why="NaN equals neither argument, so that neither has a share.",
        source=LAX,
    ),
)
