"""Control flow: loops, branches and maps, with closures and several carries."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.places import NONZERO, SYMMETRIC
from gradlaw.strategies.domains import Domain

SMALL = Domain(lower=-2.0, upper=2.0)


def _recurrence(scan: Any, w: Any, h: Any, xs: Any) -> Any:
    """A recurrent network: the weight is closed over, state and count are carried."""

    def step(carry: Any, x: Any) -> Any:
        state, count = carry
        state = jnp.tanh(w * state + x)
        return (state, count + 1), state * x

    (state, _), outputs = scan(step, (h, 0), xs)
    return state, outputs


def _fibonacci(fori_loop: Any, x: Any, y: Any) -> Any:
    return fori_loop(0, 4, lambda i, carry: (carry[1], carry[0] * x + carry[1] / (i + 1)), (x, y))


CONTROL_FLOW = (
    entry(
        "lax.scan",
        "(),(),(n)",
        SMALL,
        SMALL,
        SMALL,
        variant="recurrence",
        call=_recurrence,
        min_size=1,
        max_size=7,
    ),
    entry(
        "lax.scan",
        "(3,n)",
        SMALL,
        variant="reverse",
        call=lambda f, x: f(lambda c, row: (c * 0.5 + row, c * row), x[0], x, reverse=True),
    ),
    entry(
        "lax.scan",
        "(4)",
        SMALL,
        variant="unrolled",
        call=lambda f, x: f(lambda c, e: (c * e + 1, c), x[0], x, unroll=2),
    ),
    entry(
        "lax.scan",
        "()",
        SMALL,
        variant="without inputs",
        call=lambda f, x: f(lambda c, _: (jnp.sin(c) * x, c), x, None, length=3),
    ),
    entry(
        "lax.scan",
        "(2,3),(3)",
        SYMMETRIC,
        SMALL,
        variant="nested",
        call=lambda f, x, y: f(
            lambda c, row: f(lambda d, e: (d * e + row.sum(), d), c, y), jnp.ones((), x.dtype), x
        ),
    ),
    entry("lax.fori_loop", "(*n),(*n)", SMALL, SMALL, call=_fibonacci, variant="two carries"),
    entry(
        "lax.fori_loop",
        "(4)",
        SMALL,
        variant="updates",
        call=lambda f, x: f(0, 3, lambda i, c: c.at[i + 1].add(c[i] * x[i]), x),
    ),
    entry(
        "lax.cond",
        "(*n)",
        variant="taken",
        call=lambda f, x: f(True, lambda a: jnp.sin(a) * x, lambda a: a * a, x),
    ),
    entry(
        "lax.cond",
        "(),(n)",
        variant="by value",
        call=lambda f, x, y: f(x > 0, lambda a: x * a, lambda a: jnp.exp(x) + a * a, y),
    ),
    entry(
        "lax.switch",
        "(n),(n)",
        variant="three branches",
        call=lambda f, x, y: f(1, [jnp.add, lambda a, b: a * b + x, jnp.subtract], x, y),
    ),
    entry(
        "lax.switch",
        "(),()",
        variant="by value",
        call=lambda f, x, y: f(
            (x > 0).astype(int) + (x > 1).astype(int),
            [lambda a: a * x, jnp.sin, lambda a: a * a * x],
            y,
        ),
    ),
    entry(
        "lax.map",
        "(3,n),(n)",
        variant="closure",
        call=lambda f, x, y: f(lambda row: row * y * row, x),
    ),
    entry("lax.map", "(5,n)", variant="batched", call=lambda f, x: f(jnp.cumsum, x, batch_size=2)),
    entry(
        "jax.vmap",
        "(m,n),(n)",
        variant="in_axes=(0,None)",
        call=lambda f, x, y: f(jnp.dot, (0, None))(x, y),
    ),
    entry(
        "jax.vmap",
        "(m,n)",
        variant="of cond",
        call=lambda f, x: f(lambda e: lax.cond(e[0] > 0, jnp.sin, jnp.square, e))(x),
        min_size=1,
    ),
    entry(
        "jax.vmap",
        "(n)",
        NONZERO,
        variant="of cond,guarded",
        call=lambda f, x: f(lambda e: lax.cond(e > 0, jnp.sqrt, jnp.square, e))(x),
    ),
    entry("jax.jit", "(*n),(*n)", call=lambda f, x, y: f(lambda a, b: jnp.sin(a) * b)(x, y)),
    entry("jax.jit", "(*n)", variant="inlined", call=lambda f, x: f(jnp.square, inline=True)(x)),
    entry("jax.checkpoint", "(*n)", call=lambda f, x: f(lambda a: jnp.sin(jnp.sin(a)))(x)),
    entry(
        "jax.checkpoint",
        "(m,n),(n)",
        variant="policy",
        call=lambda f, x, y: f(
            lambda a, b: jnp.sin(jnp.dot(a, b)),
            policy=jax.checkpoint_policies.dots_saveable,
        )(x, y),
    ),
    entry("jax.linearize", "(n)", call=lambda f, x: f(jnp.sin, x)[1](x * 0.5)),
    entry("jax.jvp", "(n),(n)", call=lambda f, x, y: f(jnp.sin, (x,), (y,))[1]),
    entry("jax.vjp", "(n),(n)", call=lambda f, x, y: f(jnp.tanh, x)[1](y)[0]),
    entry("jax.grad", "(n)", call=lambda f, x: f(lambda a: jnp.sum(jnp.sin(a) * a))(x)),
    entry("jax.jacfwd", "(3)", call=lambda f, x: f(lambda a: jnp.cumsum(a * a))(x)),
    entry("jax.jacrev", "(3)", call=lambda f, x: f(lambda a: jnp.cumsum(a * a))(x)),
    entry("jax.hessian", "(3)", call=lambda f, x: f(lambda a: jnp.sum(jnp.sin(a)) * a[0])(x)),
    entry("jax.linear_transpose", "(3),(2)", call=lambda f, x, y: f(lambda a: a[:2] * 3, x)(y)[0]),
    entry(
        "jax.experimental.ode.odeint",
        "(2),()",
        SMALL,
        SMALL,
        call=lambda f, x, y: f(
            lambda s, _, k: -k * s, x, np.array([0.0, 0.5], np.float32).astype(x.dtype), y
        ),
        dtypes=("float32", "float64"),
        heavy=True,
        reverse_only=True,
    ),
    entry("lax.platform_dependent", "(n)", call=lambda f, x: f(x, default=jnp.sin)),
)
