"""Activation functions at their kinks, and at infinity."""

from __future__ import annotations

from math import inf, nan

import jax
import jax.numpy as jnp
from sympy import Float, Integer, erf, exp, sqrt, tanh

from gradlaw.conformance.conventions.accepted import clarke, edge, smooth
from gradlaw.conformance.conventions.convention import Convention, Gives, Remedy, X
from gradlaw.conformance.conventions.sources import LAX, NN

SELU_SCALE = Float("1.0507009873554804934193349852946", 30)
SELU_SLOPE = SELU_SCALE * Float("1.6732632423543772848170429916717", 30)
"""Source: G. Klambauer and others, Self-Normalizing Neural Networks (2017)."""

ACTIVATIONS = (
    Convention(
        name="relu",
        function=lambda x: jax.nn.relu(x),
        point=0.0,
        sides=(Integer(0), X),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=0.0, second=0.0),),
        why="Its own rule says 0; jnp.maximum(x, 0) gives 1/2.",
        source=NN,
    ),
    Convention(
        name="relu_squared",
        function=lambda x: jax.nn.relu(x) ** 2,
        point=0.0,
        sides=(Integer(0), X**2),
        accepts=smooth(0),
        accepts_second=clarke(0, 2),
        gives=(Gives(first=0.0, second=0.0),),
        why="Twice relu times its slope 0.",
        source=NN,
    ),
    Convention(
        name="relu6_at_0",
        function=lambda x: jax.nn.relu6(x),
        point=0.0,
        sides=(Integer(0), X),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=0.0, second=0.0),),
        why="Its own rule is strict at both ends; jnp.clip(x, 0, 6) gives 1/2.",
        source=NN,
    ),
    Convention(
        name="relu6_at_6",
        function=lambda x: jax.nn.relu6(x),
        point=6.0,
        sides=(X, Integer(6)),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=0.0, second=0.0),),
        why="Its own rule is strict at both ends; jnp.clip(x, 0, 6) gives 1/2.",
        source=NN,
    ),
    Convention(
        name="leaky_relu",
        function=lambda x: jax.nn.leaky_relu(x, 0.25),
        point=0.0,
        sides=(X / 4, X),
        accepts=clarke(0.25, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=1.0, second=0.0),),
        why="A where on x >= 0.",
        source=NN,
    ),
    Convention(
        name="elu",
        function=lambda x: jax.nn.elu(x),
        point=0.0,
        sides=(exp(X) - 1, X),
        accepts=smooth(1),
        accepts_second=clarke(0, 1),
        gives=(Gives(first=1.0, second=1.0),),
        why="A where on x > 0: the exponential branch is taken at 0.",
        source=NN,
    ),
    Convention(
        name="selu",
        function=lambda x: jax.nn.selu(x),
        point=0.0,
        sides=(SELU_SLOPE * (exp(X) - 1), SELU_SCALE * X),
        accepts=clarke(1.0507009873554805, 1.7580993408473766),
        accepts_second=clarke(0, 1.7580993408473766),
        gives=(
            Gives(
                first=1.7580993408473766,
                second=1.7580993408473766,
                otherwise={"jvp bfloat16": 1.75, "grad bfloat16": 1.75},
            ),
        ),
        why="A where on x > 0: the exponential branch is taken at 0.",
        source=NN,
    ),
    Convention(
        name="celu",
        function=lambda x: jax.nn.celu(x),
        point=0.0,
        sides=(exp(X) - 1, X),
        accepts=smooth(1),
        accepts_second=clarke(0, 1),
        gives=(Gives(first=1.0, second=0.25),),
        why=(
            "max(x, 0) + expm1(min(x, 0)): each shares at the tie, and in the second "
            "derivative twice."
        ),
        source=NN,
    ),
    Convention(
        name="hard_tanh_at_1",
        function=lambda x: jax.nn.hard_tanh(x),
        point=1.0,
        sides=(X, Integer(1)),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=1.0, second=0.0),),
        why="Both comparisons are strict: the ends belong to the slope.",
        source=NN,
    ),
    Convention(
        name="hard_sigmoid_at_3",
        function=lambda x: jax.nn.hard_sigmoid(x),
        point=3.0,
        sides=((X + 3) / 6, Integer(1)),
        accepts=clarke(0, 0.16666666666666666),
        accepts_second=smooth(0),
        gives=(Gives(first=0.0, second=0.0),),
        why="relu6 has a rule of its own that is 0 at both ends.",
        source=NN,
    ),
    Convention(
        name="hard_swish_at_3",
        function=lambda x: jax.nn.hard_swish(x),
        point=3.0,
        sides=(X * (X + 3) / 6, X),
        accepts=clarke(1, 1.5),
        accepts_second=clarke(0, 0.3333333333333333),
        gives=(Gives(first=1.0, second=0.0),),
        why="x times hard_sigmoid, whose slope is 0 there.",
        source=NN,
    ),
    Convention(
        name="squareplus_without_smoothing",
        function=lambda x: jax.nn.squareplus(x, 0.0),
        point=0.0,
        sides=(Integer(0), X),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=nan, second=nan),),
        why="(x + sqrt(x^2)) / 2: the slope of the root is infinite, times 2x = 0.",
        remedy=Remedy(words="Keep b positive, or use relu.", function=lambda x: jax.nn.relu(x)),
        source=NN,
    ),
    Convention(
        name="tanh_at_infinity",
        function=lambda x: jnp.tanh(x),
        point=inf,
        sides=(tanh(X), None),
        accepts=edge(0),
        accepts_second=edge(0),
        gives=(
            Gives(first=0.0, second=0.0, otherwise={"grad(grad)": -0.0}, releases=">=0.5,<0.11.2"),
            Gives(first=0.0, second=-0.0, releases=">=0.11.2"),
        ),
        why="1 - tanh^2 is 0 once tanh is 1.",
        source=LAX,
    ),
    Convention(
        name="silu_at_minus_infinity",
        function=lambda x: jax.nn.silu(x),
        point=-inf,
        sides=(None, X / (1 + exp(-X))),
        accepts=edge(0),
        accepts_second=edge(0),
        gives=(Gives(first=nan, second=nan),),
        why="x times sigmoid(x) is an infinity times 0, in the value too.",
        remedy=Remedy(words="Mask with a finite number and not with an infinity."),
        source=NN,
    ),
    Convention(
        name="gelu_at_infinity",
        function=lambda x: jax.nn.gelu(x, approximate=False),
        point=inf,
        sides=(X * (1 + erf(X / sqrt(2))) / 2, None),
        accepts=edge(1),
        accepts_second=edge(0),
        gives=(Gives(first=nan, second=nan),),
        why="x times a density is an infinity times 0.",
        remedy=Remedy(words="Mask with a finite number and not with an infinity."),
        source=NN,
    ),
)
