"""Products with zeros, and reductions of nothing."""

from __future__ import annotations

from math import nan

import jax
import jax.numpy as jnp
from sympy import Integer, oo

from gradlaw.conformance.conventions.accepted import NOTHING, clarke, smooth
from gradlaw.conformance.conventions.convention import Convention, Gives, Remedy, X
from gradlaw.conformance.conventions.sources import LAX, LINALG, LOGSUMEXP, REDUCERS

REDUCTIONS = (
    Convention(
        name="product_with_itself_0",
        function=lambda x: jnp.prod(jnp.array([x, 3.0])),
        point=0.0,
        sides=(3 * X, 3 * X),
        accepts=smooth(3),
        accepts_second=smooth(0),
        gives=(Gives(first=3.0, second=0.0),),
        why="No division by the factor: the others are multiplied.",
        source=REDUCERS,
    ),
    Convention(
        name="product_of_two_zeros",
        function=lambda x: jnp.prod(jnp.array([x, x])),
        point=0.0,
        sides=(X**2, X**2),
        accepts=smooth(0),
        accepts_second=smooth(2),
        gives=(Gives(first=0.0, second=2.0),),
        why="No division by a factor, in second order neither.",
        source=REDUCERS,
    ),
    Convention(
        name="cumulative_product",
        function=lambda x: jnp.cumprod(jnp.array([x, 3.0]))[1],
        point=0.0,
        sides=(3 * X, 3 * X),
        accepts=smooth(3),
        accepts_second=smooth(0),
        gives=(Gives(first=3.0, second=0.0),),
        why="An associative scan of products, without division.",
        source=REDUCERS,
    ),
    Convention(
        name="sum_of_nothing",
        function=lambda x: jnp.sum(x * jnp.zeros(0)),
        point=1.0,
        sides=(Integer(0), Integer(0)),
        accepts=smooth(0),
        accepts_second=smooth(0),
        gives=(Gives(first=0.0, second=0.0),),
        why="The empty sum.",
        source=REDUCERS,
    ),
    Convention(
        name="mean_of_nothing",
        function=lambda x: jnp.mean(x * jnp.zeros(0)),
        point=1.0,
        sides=(None, None),
        accepts=NOTHING,
        accepts_second=NOTHING,
        gives=(Gives(first=nan, second=0.0, otherwise={"grad": 0.0}),),
        why="0/0; reverse mode hands on nothing, and the sum of nothing is 0.",
        source=REDUCERS,
    ),
    Convention(
        name="maximum_of_nothing",
        function=lambda x: jnp.max(x * jnp.zeros(0), initial=0.0),
        point=1.0,
        sides=(Integer(0), Integer(0)),
        accepts=smooth(0),
        accepts_second=smooth(0),
        gives=(Gives(first=nan, second=0.0, otherwise={"grad": 0.0}),),
        why="Forward mode divides by the number of maxima, which is 0.",
        remedy=Remedy(words="Choose by the size, which is static."),
        source=LAX,
    ),
    Convention(
        name="maximum_ties_with_initial",
        function=lambda x: jnp.max(jnp.array([x]), initial=1.0),
        point=1.0,
        sides=(Integer(1), X),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=0.5, second=0.0),),
        why="initial is one more number, and shares.",
        source=REDUCERS,
    ),
    Convention(
        name="logsumexp_of_nothing",
        function=lambda x: jax.nn.logsumexp(x * jnp.zeros(0)),
        point=1.0,
        sides=(-oo, -oo),
        accepts=smooth(0),
        accepts_second=smooth(0),
        gives=(
            Gives(
                first=nan, second=nan, otherwise={"grad": 0.0, "grad(grad)": 0.0, "jvp(grad)": 0.0}
            ),
        ),
        why="The slope of log at 0 times the empty sum; reverse mode hands on nothing.",
        remedy=Remedy(words="Choose by the size, which is static."),
        source=LOGSUMEXP,
    ),
    Convention(
        name="norm_of_nothing",
        function=lambda x: jnp.linalg.norm(x * jnp.zeros(0)),
        point=1.0,
        sides=(Integer(0), Integer(0)),
        accepts=smooth(0),
        accepts_second=smooth(0),
        gives=(
            Gives(
                first=nan, second=nan, otherwise={"grad": 0.0, "grad(grad)": 0.0, "jvp(grad)": 0.0}
            ),
        ),
        why="The slope of the root at 0 times the empty sum; reverse mode hands on nothing.",
        remedy=Remedy(words="Choose by the size, which is static."),
        source=LINALG,
    ),
)
