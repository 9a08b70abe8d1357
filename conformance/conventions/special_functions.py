"""Inverse functions at their ends, special functions at their poles, angles at the origin."""

from __future__ import annotations

from math import inf, nan

import jax.numpy as jnp
from jax.scipy import special
from sympy import (
    Integer,
    acos,
    acosh,
    asin,
    atan,
    atanh,
    besseli,
    digamma,
    erf,
    erfinv,
    exp,
    gamma,
    log,
    pi,
    sqrt,
)

from gradlaw.conformance.conventions.accepted import NOTHING, across, clarke, edge, smooth
from gradlaw.conformance.conventions.convention import Convention, Gives, Remedy, X
from gradlaw.conformance.conventions.sources import LAX, LAX_SPECIAL, NUMPY, SPECIAL

SPECIAL_FUNCTIONS = (
    Convention(
        name="arccos_at_1",
        function=lambda x: jnp.arccos(x),
        point=1.0,
        sides=(acos(X), None),
        accepts=edge(-inf),
        accepts_second=edge(-inf),
        gives=(Gives(first=-inf, second=-inf),),
        why="The infinite slope itself.",
        source=LAX,
    ),
    Convention(
        name="arcsin_at_1",
        function=lambda x: jnp.arcsin(x),
        point=1.0,
        sides=(asin(X), None),
        accepts=edge(inf),
        accepts_second=edge(inf),
        gives=(Gives(first=inf, second=inf),),
        why="The infinite slope itself.",
        source=LAX,
    ),
    Convention(
        name="arctanh_at_1",
        function=lambda x: jnp.arctanh(x),
        point=1.0,
        sides=(atanh(X), None),
        accepts=edge(inf),
        accepts_second=edge(inf),
        gives=(
            Gives(first=inf, second=nan, releases=">=0.5,<0.11.2"),
            Gives(first=inf, second=inf, releases=">=0.11.2"),
        ),
        why=(
            "The infinite slope itself, 1/((1 + x) (1 - x)); before 0.11.2 its "
            "derivative was 0 times inf."
        ),
        source=LAX,
    ),
    Convention(
        name="arccosh_at_1",
        function=lambda x: jnp.arccosh(x),
        point=1.0,
        sides=(None, acosh(X)),
        accepts=edge(inf),
        accepts_second=edge(-inf),
        gives=(
            Gives(first=inf, second=-inf, otherwise={"grad(grad)": nan}, releases=">=0.5,<0.8"),
            Gives(first=inf, second=-inf, releases=">=0.8"),
        ),
        why="The infinite slope itself.",
        source=LAX,
    ),
    Convention(
        name="arctan2_by_y",
        function=lambda x: jnp.arctan2(x, 0.0),
        point=0.0,
        sides=(-pi / 2, pi / 2),
        accepts=across(0),
        accepts_second=across(0),
        gives=(Gives(first=nan, second=nan),),
        why="x/(x^2 + y^2) is 0/0.",
        remedy=Remedy(
            words="Guard both arguments.",
            function=lambda x: jnp.arctan2(jnp.where(x == 0, 1.0, x), 0.0),
        ),
        source=LAX,
    ),
    Convention(
        name="arctan2_by_x",
        function=lambda x: jnp.arctan2(0.0, x),
        point=0.0,
        sides=(pi, Integer(0)),
        accepts=across(0),
        accepts_second=across(0),
        gives=(Gives(first=nan, second=nan),),
        why="y/(x^2 + y^2) is 0/0.",
        remedy=Remedy(
            words="Guard both arguments.",
            function=lambda x: jnp.arctan2(0.0, jnp.where(x == 0, 1.0, x)),
        ),
        source=LAX,
    ),
    Convention(
        name="arctan2_on_its_cut",
        function=lambda x: jnp.arctan2(x, -1.0),
        point=0.0,
        sides=(-pi - atan(X), pi - atan(X)),
        accepts=across(-1),
        accepts_second=across(0),
        gives=(Gives(first=-1.0, second=0.0),),
        why="The slope is -1 on both sides of the jump.",
        source=LAX,
    ),
    Convention(
        name="angle_of_zero",
        function=lambda x: jnp.angle(x),
        point=0.0,
        sides=(pi, Integer(0)),
        accepts=across(0),
        accepts_second=across(0),
        gives=(Gives(first=nan, second=nan),),
        why="The rule of arctan2 is 0/0.",
        remedy=Remedy(
            words="Guard the argument.", function=lambda x: jnp.angle(jnp.where(x == 0, 1.0, x))
        ),
        source=NUMPY,
    ),
    Convention(
        name="gammaln_at_0",
        function=lambda x: special.gammaln(x),
        point=0.0,
        sides=(log(gamma(X + 1)) - log(-X), log(gamma(X + 1)) - log(X)),
        accepts=NOTHING,
        accepts_second=across(inf),
        gives=(
            Gives(first=nan, second=inf, releases=">=0.5,<0.11.2"),
            Gives(first=-inf, second=inf, releases=">=0.11.2"),
        ),
        why="The digamma function at its pole: NaN, and since 0.11.2 the limit from above.",
        source=LAX_SPECIAL,
    ),
    Convention(
        name="digamma_at_minus_1",
        function=lambda x: special.digamma(x),
        point=-1.0,
        sides=(digamma(X + 2) - 1 / X - 1 / (X + 1), digamma(X + 2) - 1 / X - 1 / (X + 1)),
        accepts=across(inf),
        accepts_second=NOTHING,
        gives=(Gives(first=inf, second=nan),),
        why="The trigamma function at its pole.",
        source=LAX_SPECIAL,
    ),
    Convention(
        name="erfinv_at_1",
        function=lambda x: special.erfinv(x),
        point=1.0,
        sides=(erfinv(X), None),
        accepts=edge(inf),
        accepts_second=edge(inf),
        gives=(Gives(first=inf, second=inf),),
        why="sqrt(pi)/2 exp(y^2) of an infinite y.",
        source=LAX_SPECIAL,
    ),
    Convention(
        name="erf_at_infinity",
        function=lambda x: special.erf(x),
        point=inf,
        sides=(erf(X), None),
        accepts=edge(0),
        accepts_second=edge(0),
        gives=(
            Gives(first=0.0, second=nan, releases=">=0.5,<0.12"),
            Gives(first=0.0, second=-0.0, releases=">=0.12"),
        ),
        why="2/sqrt(pi) exp(-x^2) is 0; of that, x times 0 before 0.12.",
        remedy=Remedy(words="Keep the argument finite."),
        source=LAX_SPECIAL,
    ),
    Convention(
        name="ndtri_at_0",
        function=lambda x: special.ndtri(x),
        point=0.0,
        sides=(None, sqrt(2) * erfinv(2 * X - 1)),
        accepts=edge(inf),
        accepts_second=edge(-inf),
        gives=(
            Gives(first=0.0, second=0.0, releases=">=0.5,<0.12"),
            Gives(first=inf, second=-inf, releases=">=0.12"),
        ),
        why=(
            "Guarded by where before 0.12, whose constant at 0 has the slope 0; the "
            "infinite slope since."
        ),
        source=SPECIAL,
        dtypes=("float32", "float64"),
    ),
    Convention(
        name="gammainc_half_at_0",
        function=lambda x: special.gammainc(0.5, x),
        point=0.0,
        sides=(None, erf(sqrt(X))),
        accepts=edge(inf),
        accepts_second=edge(-inf),
        gives=(Gives(first=inf, second=-inf),),
        why="x^(a - 1) by way of logarithms.",
        source=LAX_SPECIAL,
    ),
    Convention(
        name="bessel_i0e_at_0",
        function=lambda x: special.i0e(x),
        point=0.0,
        sides=(exp(X) * besseli(0, X), exp(-X) * besseli(0, X)),
        accepts=clarke(-1, 1),
        accepts_second=smooth(1.5),
        gives=(Gives(first=0.0, second=0.5),),
        why="i1e less sign(x) times i0e, whose sign of 0 is 0.",
        source=LAX_SPECIAL,
    ),
    Convention(
        name="bessel_i1e_at_0",
        function=lambda x: special.i1e(x),
        point=0.0,
        sides=(exp(X) * besseli(1, X), exp(-X) * besseli(1, X)),
        accepts=smooth(0.5),
        accepts_second=clarke(-1, 1),
        gives=(Gives(first=0.5, second=0.0),),
        why="The limit 1/2, chosen at 0.",
        source=LAX_SPECIAL,
    ),
)
