"""The trap of where, and masks that hide a value but not its derivative."""

from __future__ import annotations

from math import nan

import jax
import jax.numpy as jnp
from jax import lax
from sympy import Integer, acos, log, sin, sqrt

from gradlaw.conformance.conventions.accepted import NOTHING, clarke, smooth
from gradlaw.conformance.conventions.convention import Convention, Gives, Remedy, X
from gradlaw.conformance.conventions.sources import COND, NUMPY, REDUCERS, WHERE

TRAPS = (
    Convention(
        name="where_sqrt",
        function=lambda x: jnp.where(x > 0, jnp.sqrt(x), 0.0),
        point=0.0,
        sides=(Integer(0), sqrt(X)),
        accepts=NOTHING,
        accepts_second=NOTHING,
        gives=(
            Gives(
                first=0.0, second=0.0, otherwise={"grad": nan, "grad(grad)": nan, "jvp(grad)": nan}
            ),
        ),
        why="The branch not taken has the cotangent 0, times its infinite slope.",
        source=WHERE,
    ),
    Convention(
        name="where_log",
        function=lambda x: jnp.where(x > 0, jnp.log(x), 0.0),
        point=-1.0,
        sides=(Integer(0), Integer(0)),
        accepts=smooth(0),
        accepts_second=smooth(0),
        gives=(
            Gives(
                first=0.0,
                second=0.0,
                otherwise={"grad": -0.0, "grad(grad)": -0.0, "jvp(grad)": -0.0},
            ),
        ),
        why="The branch not taken has a finite slope 1/x: nothing happens.",
        source=WHERE,
    ),
    Convention(
        name="where_log_at_0",
        function=lambda x: jnp.where(x > 0, jnp.log(x), 0.0),
        point=0.0,
        sides=(Integer(0), log(X)),
        accepts=NOTHING,
        accepts_second=NOTHING,
        gives=(
            Gives(
                first=0.0, second=0.0, otherwise={"grad": nan, "grad(grad)": nan, "jvp(grad)": nan}
            ),
        ),
        why="The branch not taken has the cotangent 0, times its infinite slope.",
        source=WHERE,
    ),
    Convention(
        name="where_quotient",
        function=lambda x: jnp.where(x != 0, jnp.sin(x) / x, 1.0),
        point=0.0,
        sides=(sin(X) / X, sin(X) / X),
        accepts=smooth(0),
        accepts_second=smooth(-0.3333333333333333),
        gives=(
            Gives(
                first=0.0, second=0.0, otherwise={"grad": nan, "grad(grad)": nan, "jvp(grad)": nan}
            ),
        ),
        why="The branch not taken has the cotangent 0, times its infinite slope.",
        remedy=Remedy(
            words="Double where: guard the argument, then choose the value.",
            function=lambda x: jnp.where(x != 0, jnp.sin(x) / jnp.where(x != 0, x, 1.0), 1.0),
        ),
        source=WHERE,
    ),
    Convention(
        name="where_x_log_x",
        function=lambda x: jnp.where(x > 0, x * jnp.log(x), 0.0),
        point=-0.0,
        sides=(Integer(0), X * log(X)),
        accepts=NOTHING,
        accepts_second=NOTHING,
        gives=(
            Gives(
                first=0.0, second=0.0, otherwise={"grad": nan, "grad(grad)": nan, "jvp(grad)": nan}
            ),
        ),
        why="The branch not taken has the cotangent 0, times its infinite slope.",
        source=WHERE,
    ),
    Convention(
        name="where_norm",
        function=lambda x: jnp.where(x != 0, jnp.linalg.norm(jnp.array([x, x])), 0.0),
        point=0.0,
        sides=(-sqrt(2) * X, sqrt(2) * X),
        accepts=clarke(-1.4142135623730951, 1.4142135623730951),
        accepts_second=smooth(0),
        gives=(
            Gives(
                first=0.0, second=0.0, otherwise={"grad": nan, "grad(grad)": nan, "jvp(grad)": nan}
            ),
        ),
        why="The branch not taken has the cotangent 0, times its infinite slope.",
        remedy=Remedy(
            words="Double where: guard the argument, then choose the value.",
            function=lambda x: jnp.where(
                x != 0, jnp.linalg.norm(jnp.where(x != 0, x, 1.0) * jnp.ones(2, x.dtype)), 0.0
            ),
        ),
        source=WHERE,
    ),
    Convention(
        name="where_exp",
        function=lambda x: jnp.where(x < 0, jnp.exp(x), 1.0),
        point=1000.0,
        sides=(Integer(1), Integer(1)),
        accepts=smooth(0),
        accepts_second=smooth(0),
        gives=(
            Gives(
                first=0.0, second=0.0, otherwise={"grad": nan, "grad(grad)": nan, "jvp(grad)": nan}
            ),
        ),
        why="The branch not taken overflows, and has the cotangent 0.",
        remedy=Remedy(
            words="Double where: guard the argument, then choose the value.",
            function=lambda x: jnp.where(x < 0, jnp.exp(jnp.where(x < 0, x, 0.0)), 1.0),
        ),
        source=WHERE,
    ),
    Convention(
        name="where_arccos",
        function=lambda x: jnp.where(x < 1, jnp.arccos(x), 0.0),
        point=1.0,
        sides=(acos(X), Integer(0)),
        accepts=NOTHING,
        accepts_second=NOTHING,
        gives=(
            Gives(
                first=0.0, second=0.0, otherwise={"grad": nan, "grad(grad)": nan, "jvp(grad)": nan}
            ),
        ),
        why="The branch not taken has the cotangent 0, times its infinite slope.",
        source=WHERE,
    ),
    Convention(
        name="where_beyond_the_domain",
        function=lambda x: jnp.where(x > 0, jnp.sqrt(x), 0.0),
        point=-1.0,
        sides=(Integer(0), Integer(0)),
        accepts=smooth(0),
        accepts_second=smooth(0),
        gives=(
            Gives(
                first=0.0, second=0.0, otherwise={"grad": nan, "grad(grad)": nan, "jvp(grad)": nan}
            ),
        ),
        why="0 times the NaN of the branch not taken.",
        remedy=Remedy(
            words="Double where: guard the argument, then choose the value.",
            function=lambda x: jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1.0)), 0.0),
        ),
        source=WHERE,
    ),
    Convention(
        name="cond_sqrt",
        function=lambda x: lax.cond(x > 0, jnp.sqrt, jnp.zeros_like, x),
        point=-1.0,
        sides=(Integer(0), Integer(0)),
        accepts=smooth(0),
        accepts_second=smooth(0),
        gives=(Gives(first=0.0, second=0.0),),
        why="The branch not taken is not run; under vmap it would be.",
        source=COND,
    ),
    Convention(
        name="mask_times_sqrt",
        function=lambda x: (x > 0) * jnp.sqrt(x),
        point=-1.0,
        sides=(Integer(0), Integer(0)),
        accepts=smooth(0),
        accepts_second=smooth(0),
        gives=(
            Gives(
                first=nan,
                second=nan,
                otherwise={
                    "jit(jvp)": 0.0,
                    "jit(grad)": 0.0,
                    "jit(jvp(jvp))": 0.0,
                    "jit(jvp(grad))": 0.0,
                    "jit(jvp) bfloat16": nan,
                    "jit(grad) bfloat16": nan,
                },
            ),
        ),
        why=(
            "0 times NaN is NaN, in the value already; under jit XLA takes the "
            "product with a mask for a where."
        ),
        remedy=Remedy(
            words="Double where: guard the argument, then choose the value.",
            function=lambda x: jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1.0)), 0.0),
        ),
        source=WHERE,
    ),
    Convention(
        name="nan_to_num_of_log",
        function=lambda x: jnp.nan_to_num(jnp.log(x), neginf=0.0),
        point=0.0,
        sides=(None, None),
        accepts=NOTHING,
        accepts_second=NOTHING,
        gives=(
            Gives(
                first=0.0, second=0.0, otherwise={"grad": nan, "grad(grad)": nan, "jvp(grad)": nan}
            ),
        ),
        why="Three wheres after the fact, each of which hands the cotangent 0 on.",
        remedy=Remedy(words="Guard the argument."),
        source=NUMPY,
    ),
    Convention(
        name="nan_to_num_of_sqrt",
        function=lambda x: jnp.nan_to_num(jnp.sqrt(x)),
        point=-1.0,
        sides=(Integer(0), Integer(0)),
        accepts=smooth(0),
        accepts_second=smooth(0),
        gives=(
            Gives(
                first=0.0, second=0.0, otherwise={"grad": nan, "grad(grad)": nan, "jvp(grad)": nan}
            ),
        ),
        why="A where after the fact, which hands the cotangent 0 on.",
        remedy=Remedy(
            words="Double where: guard the argument, then choose the value.",
            function=lambda x: jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1.0)), 0.0),
        ),
        source=NUMPY,
    ),
    Convention(
        name="nansum_of_log",
        function=lambda x: jnp.nansum(jnp.array([jnp.log(x), 1.0])),
        point=-1.0,
        sides=(Integer(1), Integer(1)),
        accepts=smooth(0),
        accepts_second=smooth(0),
        gives=(
            Gives(
                first=0.0,
                second=0.0,
                otherwise={"grad": -0.0, "grad(grad)": -0.0, "jvp(grad)": -0.0},
            ),
        ),
        why="The NaN is passed over; the slope of log there is a number, so that 0 times it is 0.",
        source=REDUCERS,
    ),
    Convention(
        name="double_where",
        function=lambda x: jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1.0)), 0.0),
        point=-1.0,
        sides=(Integer(0), Integer(0)),
        accepts=smooth(0),
        accepts_second=smooth(0),
        gives=(Gives(first=0.0, second=0.0),),
        why="The remedy itself: the branch not taken sees 1.",
        source=WHERE,
    ),
    Convention(
        name="sqrt_of_relu",
        function=lambda x: jnp.sqrt(jax.nn.relu(x)),
        point=-1.0,
        sides=(Integer(0), Integer(0)),
        accepts=smooth(0),
        accepts_second=smooth(0),
        gives=(
            Gives(
                first=nan, second=nan, otherwise={"grad": 0.0, "grad(grad)": 0.0, "jvp(grad)": 0.0}
            ),
        ),
        why=(
            "The infinite slope of the root times the slope 0 of relu; in reverse "
            "mode relu's rule selects 0 instead."
        ),
        remedy=Remedy(
            words="Double where: guard the argument, then choose the value.",
            function=lambda x: jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1.0)), 0.0),
        ),
        source=WHERE,
    ),
)
