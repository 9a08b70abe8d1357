"""Roots, norms, distances and standard deviations at zero."""

from __future__ import annotations

from math import inf, nan

import jax.numpy as jnp
from jax import lax
from sympy import Rational, sqrt

from gradlaw.conformance.conventions.accepted import NOTHING, across, clarke, edge, smooth
from gradlaw.conformance.conventions.convention import Convention, Gives, Remedy, X
from gradlaw.conformance.conventions.sources import LAX, LINALG, REDUCERS, UFUNCS, WHERE

ROOTS_AND_NORMS = (
    Convention(
        name="sqrt",
        function=lambda x: jnp.sqrt(x),
        point=0.0,
        sides=(None, sqrt(X)),
        accepts=edge(inf),
        accepts_second=edge(-inf),
        gives=(Gives(first=inf, second=-inf),),
        why="1/2 over the root: the infinite slope itself.",
        source=LAX,
    ),
    Convention(
        name="sqrt_at_minus_0",
        function=lambda x: jnp.sqrt(x),
        point=-0.0,
        sides=(None, sqrt(X)),
        accepts=edge(inf),
        accepts_second=edge(-inf),
        gives=(Gives(first=-inf, second=inf),),
        why="The root of -0 is -0, and 1/2 over that is -inf.",
        remedy=Remedy(
            words="Take the absolute value, which is 0 without sign.",
            function=lambda x: jnp.sqrt(jnp.abs(x)),
        ),
        source=LAX,
    ),
    Convention(
        name="sqrt_of_square",
        function=lambda x: jnp.sqrt(x**2),
        point=0.0,
        sides=(-X, X),
        accepts=clarke(-1, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=nan, second=nan),),
        why="The infinite slope of the root times 2x = 0.",
        remedy=Remedy(words="Use jnp.abs.", function=lambda x: jnp.abs(x)),
        source=WHERE,
    ),
    Convention(
        name="square_of_sqrt",
        function=lambda x: jnp.sqrt(x) ** 2,
        point=0.0,
        sides=(None, X),
        accepts=edge(1),
        accepts_second=edge(0),
        gives=(Gives(first=nan, second=nan),),
        why="2 sqrt(x) = 0 times the infinite slope of the root.",
        remedy=Remedy(words="Simplify it by hand.", function=lambda x: x),
        source=WHERE,
    ),
    Convention(
        name="rsqrt",
        function=lambda x: lax.rsqrt(x),
        point=0.0,
        sides=(None, 1 / sqrt(X)),
        accepts=edge(-inf),
        accepts_second=edge(inf),
        gives=(Gives(first=-inf, second=inf),),
        why="-1/2 rsqrt(x) / x: the infinite slope itself.",
        source=LAX,
    ),
    Convention(
        name="cbrt",
        function=lambda x: jnp.cbrt(x),
        point=0.0,
        sides=(-((-X) ** Rational(1, 3)), X ** Rational(1, 3)),
        accepts=across(inf),
        accepts_second=NOTHING,
        gives=(Gives(first=inf, second=-inf),),
        why="1/3 cbrt(x)^-2: the infinite slope itself.",
        source=LAX,
    ),
    Convention(
        name="norm_2",
        function=lambda x: jnp.linalg.norm(jnp.array([x, 0.0])),
        point=0.0,
        sides=(-X, X),
        accepts=clarke(-1, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=nan, second=nan),),
        why="A root of a sum of squares: its infinite slope times 2x = 0.",
        remedy=Remedy(
            words="Double where: guard the argument, then choose the value.",
            function=lambda x: jnp.where(
                x == 0, 0.0, jnp.linalg.norm(jnp.array([jnp.where(x == 0, 1.0, x), 0.0]))
            ),
        ),
        source=LINALG,
    ),
    Convention(
        name="norm_2_along_axis",
        function=lambda x: jnp.sum(jnp.linalg.norm(jnp.array([[x, 0.0], [3.0, 4.0]]), axis=1)),
        point=0.0,
        sides=(5 - X, 5 + X),
        accepts=clarke(-1, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=nan, second=nan),),
        why="One zero row is enough: its NaN goes where its gradient goes.",
        remedy=Remedy(
            words="Double where, row by row.",
            function=lambda x: jnp.sum(
                jnp.sqrt(jnp.array([jnp.where(x == 0, 1.0, x**2), 25.0]))
                * jnp.array([x != 0, True])
            ),
        ),
        source=LINALG,
    ),
    Convention(
        name="norm_2_squared",
        function=lambda x: jnp.linalg.norm(jnp.array([x, 0.0])) ** 2,
        point=0.0,
        sides=(X**2, X**2),
        accepts=smooth(0),
        accepts_second=smooth(2),
        gives=(Gives(first=nan, second=nan),),
        why="The NaN of the norm's slope times 0.",
        remedy=Remedy(
            words="Sum the squares without the root.",
            function=lambda x: jnp.sum(jnp.array([x, 0.0]) ** 2),
        ),
        source=LINALG,
    ),
    Convention(
        name="norm_1",
        function=lambda x: jnp.linalg.norm(jnp.array([x, 0.0]), ord=1),
        point=0.0,
        sides=(-X, X),
        accepts=clarke(-1, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=1.0, second=0.0),),
        why="A sum of absolute values, each with the slope 1 at 0.",
        source=LINALG,
    ),
    Convention(
        name="norm_infinity",
        function=lambda x: jnp.linalg.norm(jnp.array([x, 0.0]), ord=jnp.inf),
        point=0.0,
        sides=(-X, X),
        accepts=clarke(-1, 1),
        accepts_second=smooth(0),
        gives=(
            Gives(first=0.5, second=0.0, releases=">=0.5,<0.5.3"),
            Gives(first=0.25, second=0.0, releases=">=0.5.3"),
        ),
        why=(
            "The largest absolute value, the slope of which is 1: a tie of two, and "
            "since 0.5.3 one more with the initial 0."
        ),
        source=LINALG,
    ),
    Convention(
        name="hypot",
        function=lambda x: jnp.hypot(x, 0.0),
        point=0.0,
        sides=(-X, X),
        accepts=clarke(-1, 1),
        accepts_second=smooth(0),
        gives=(
            Gives(first=0.5, second=0.0, releases=">=0.5,<0.12"),
            Gives(first=nan, second=nan, releases=">=0.12"),
        ),
        why=(
            "max and min of the absolute values, guarded by where at 0; since 0.12 a "
            "rule of its own, whose quotients are 0/0."
        ),
        remedy=Remedy(
            words="Double where: guard the argument, then choose.",
            function=lambda x: jnp.where(
                x == 0, jnp.abs(x), jnp.hypot(jnp.where(x == 0, 1.0, x), 0.0)
            ),
        ),
        source=UFUNCS,
    ),
    Convention(
        name="hypot_of_both",
        function=lambda x: jnp.hypot(3.0 * x, 4.0 * x),
        point=0.0,
        sides=(-5 * X, 5 * X),
        accepts=clarke(-5, 5),
        accepts_second=smooth(0),
        gives=(
            Gives(first=3.5, second=0.0, releases=">=0.5,<0.12"),
            Gives(first=nan, second=nan, releases=">=0.12"),
        ),
        why=(
            "max and min of the absolute values share at the tie, (3 + 4) / 2; since "
            "0.12 a rule of its own, whose quotients are 0/0."
        ),
        remedy=Remedy(
            words="Double where: guard the argument, then choose.",
            function=lambda x: jnp.where(
                x == 0, 5.0 * jnp.abs(x), jnp.hypot(3.0 * jnp.where(x == 0, 1.0, x), 4.0)
            ),
        ),
        source=UFUNCS,
    ),
    Convention(
        name="std_of_equals",
        function=lambda x: jnp.std(jnp.array([x, 1.0])),
        point=1.0,
        sides=((1 - X) / 2, (X - 1) / 2),
        accepts=clarke(-0.5, 0.5),
        accepts_second=smooth(0),
        gives=(Gives(first=nan, second=nan),),
        why="The root of a variance of 0.",
        remedy=Remedy(
            words="Guard the variance, then choose.",
            function=lambda x: (
                jnp.sqrt(
                    jnp.where(jnp.var(jnp.array([x, 1.0])) == 0, 1.0, jnp.var(jnp.array([x, 1.0])))
                )
                * (x != 1)
            ),
        ),
        source=REDUCERS,
    ),
    Convention(
        name="variance_of_equals",
        function=lambda x: jnp.var(jnp.array([x, 1.0])),
        point=1.0,
        sides=((X - 1) ** 2 / 4, (X - 1) ** 2 / 4),
        accepts=smooth(0),
        accepts_second=smooth(0.5),
        gives=(Gives(first=0.0, second=0.5),),
        why="No root: it is a polynomial.",
        source=REDUCERS,
    ),
    Convention(
        name="variance_of_one_unbiased",
        function=lambda x: jnp.var(jnp.array([x]), ddof=1),
        point=1.0,
        sides=(None, None),
        accepts=NOTHING,
        accepts_second=NOTHING,
        gives=(Gives(first=nan, second=nan, otherwise={"jvp": 0.0, "jvp(jvp)": 0.0}),),
        why="0 over 0 degrees of freedom; forward mode never meets the quotient.",
        source=REDUCERS,
    ),
    Convention(
        name="distance_of_equals",
        function=lambda x: jnp.sqrt(jnp.sum((jnp.array([x, 1.0]) - jnp.array([1.0, 1.0])) ** 2)),
        point=1.0,
        sides=(1 - X, X - 1),
        accepts=clarke(-1, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=nan, second=nan),),
        why="A root of a sum of squares: its infinite slope times 0.",
        remedy=Remedy(
            words="Guard the square before the root.",
            function=lambda x: jnp.where(
                x == 1, 0.0, jnp.sqrt(jnp.where(x == 1, 1.0, (x - 1.0) ** 2))
            ),
        ),
        source=WHERE,
    ),
)
