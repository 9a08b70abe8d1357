"""Real functions by way of complex numbers, at zero and on branch cuts."""

from __future__ import annotations

from math import inf, nan

import jax.numpy as jnp
from jax import lax
from sympy import I, Integer, log, pi, re, sqrt

from gradlaw.conformance.conventions.accepted import NOTHING, across, clarke, smooth
from gradlaw.conformance.conventions.convention import Convention, Gives, Remedy, X
from gradlaw.conformance.conventions.sources import LAX, NUMPY

COMPLEX_NUMBERS = (
    Convention(
        name="complex_abs",
        function=lambda x: jnp.abs(lax.complex(x, 0.0 * x)),
        point=0.0,
        sides=(-X, X),
        accepts=clarke(-1, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=0.0, second=1.0),),
        why="The rule divides by |z|, replaced by 1 where it is 0; for a real x it gives 1.",
        source=LAX,
        dtypes=("float32", "float64"),
    ),
    Convention(
        name="complex_abs_squared",
        function=lambda x: jnp.abs(lax.complex(x, x)) ** 2,
        point=0.0,
        sides=(2 * X**2, 2 * X**2),
        accepts=smooth(0),
        accepts_second=smooth(4),
        gives=(Gives(first=0.0, second=0.0),),
        why="Twice |z| times a slope that the rule has as 0: the second derivative is lost.",
        remedy=Remedy(
            words="Multiply by the conjugate.",
            function=lambda x: jnp.real(lax.complex(x, x) * jnp.conj(lax.complex(x, x))),
        ),
        source=LAX,
        dtypes=("float32", "float64"),
    ),
    Convention(
        name="complex_angle_on_real_axis",
        function=lambda x: jnp.angle(lax.complex(x, 0.0 * x)),
        point=0.0,
        sides=(pi, Integer(0)),
        accepts=across(0),
        accepts_second=across(0),
        gives=(Gives(first=nan, second=nan),),
        why="The rule of arctan2 divides by x^2 + y^2.",
        remedy=Remedy(
            words="Choose what to differentiate first.",
            function=lambda x: jnp.angle(jnp.where(x == 0, 1.0, lax.complex(x, 0.0 * x))),
        ),
        source=NUMPY,
        dtypes=("float32", "float64"),
    ),
    Convention(
        name="complex_sqrt",
        function=lambda x: jnp.real(jnp.sqrt(lax.complex(x, 0.0 * x))),
        point=0.0,
        sides=(Integer(0), sqrt(X)),
        accepts=NOTHING,
        accepts_second=NOTHING,
        gives=(Gives(first=nan, second=nan, otherwise={"jit(jvp)": inf}),),
        why="1/2 over the root is a complex division by 0.",
        source=LAX,
        dtypes=("float32", "float64"),
    ),
    Convention(
        name="complex_log",
        function=lambda x: jnp.real(jnp.log(lax.complex(x, 0.0 * x))),
        point=0.0,
        sides=(log(-X), log(X)),
        accepts=NOTHING,
        accepts_second=across(-inf),
        gives=(Gives(first=nan, second=nan, otherwise={"jvp": inf}),),
        why="1/z is a complex division by 0.",
        source=LAX,
        dtypes=("float32", "float64"),
    ),
    Convention(
        name="complex_reciprocal",
        function=lambda x: jnp.real(1 / lax.complex(x, 0.0 * x)),
        point=0.0,
        sides=(1 / X, 1 / X),
        accepts=across(-inf),
        accepts_second=NOTHING,
        gives=(Gives(first=nan, second=nan),),
        why="A complex division by 0.",
        remedy=Remedy(words="Keep the number away from 0."),
        source=LAX,
        dtypes=("float32", "float64"),
    ),
    Convention(
        name="complex_sqrt_on_cut",
        function=lambda x: jnp.imag(jnp.sqrt(lax.complex(-1.0 + 0.0 * x, x))),
        point=0.0,
        sides=(-re(sqrt(1 - I * X)), re(sqrt(1 + I * X))),
        accepts=across(0),
        accepts_second=clarke(-0.25, 0.25),
        gives=(Gives(first=0.0, second=0.25),),
        why="The branch of the point itself: +0 lies above the cut.",
        source=LAX,
        dtypes=("float32", "float64"),
    ),
)
