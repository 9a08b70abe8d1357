"""Functions whose rule of reverse mode is their derivative by forward mode.

Primitives that reverse mode linearizes by rules of their own have JVP rules that only forward mode
runs, and some have no reverse mode at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.sharding import NamedSharding

from gradlaw.conformance.cases.catalogue.devices import SPLIT, explicit_mesh, part_by_part
from gradlaw.conformance.cases.catalogue.effects import OF_REFERENCES, rewritten
from gradlaw.conformance.cases.catalogue.entry import Entry, entry, weights
from gradlaw.strategies.domains import Domain

SMALL = Domain(lower=-2.0, upper=2.0)


def by_forward_mode(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The function, whose gradient is made of its derivatives along each axis by ``jax.jvp``."""

    def derivatives(x: Any) -> Any:
        axes = jnp.eye(x.size, dtype=x.dtype).reshape((x.size, *x.shape))
        return [jax.jvp(function, (x,), (axis,))[1] for axis in axes]

    transposed: Any = jax.custom_vjp(function)
    transposed.defvjp(
        lambda x: (function(x), (derivatives(x), x)),
        lambda kept, cotangent: (
            jnp.stack([jnp.sum(along * cotangent) for along in kept[0]]).reshape(kept[1].shape),
        ),
    )
    by_rule: Callable[[Any], Any] = transposed
    return by_rule


def forward(
    path: str,
    call: Callable[[Any, Any], Any],
    signature: str = "(4)",
    variant: str = "by forward mode",
    **options: Any,
) -> Entry:
    """A function of one array; ``call`` is ``(function, x) -> array``."""
    return entry(
        path,
        signature,
        SMALL,
        variant=variant,
        call=lambda f, x: by_forward_mode(lambda y: call(f, y))(x),
        reverse_only=True,
        **options,
    )


def _own_batching(custom_vmap: Any, x: Any) -> Any:
    sine = custom_vmap(jnp.sin)
    sine.def_vmap(lambda size, batched, x: (jnp.sin(x), batched[0]))  # noqa: ARG005
    return sine(x)


MAXIMA = (-np.inf, lax.max, (3,), (1,), "VALID")

FORWARD_MODE = (
    forward("jnp.sin", lambda f, x: f(x) * x),
    forward("jax.jit", lambda f, x: f(jnp.tanh)(x) * x),
    forward(
        "lax.while_loop",
        lambda f, x: f(lambda c: c[0] < 3, lambda c: (c[0] + 1, jnp.sin(c[1]) * x), (0, x))[1],
        once=True,
    ),
    forward("lax.cond", lambda f, x: f(x[0] > 0, lambda a: jnp.sin(a) * x, lambda a: a * a, x)),
    forward("lax.scan", lambda f, x: f(lambda c, e: (c * e + x[0], c), x[1], x)[1]),
    forward(
        "lax.reduce_window",
        lambda f, x: f(x, np.zeros((), x.dtype)[()], lambda a, b: a + b * 1, (2,), (1,), "VALID"),
        variant="own sum, by forward mode",
        once=True,
    ),
    forward(
        "lax.reduce_window",
        lambda f, x: jnp.square(f(jnp.sin(x * weights((5,)).astype(x.dtype)), *MAXIMA)),
        signature="()",
        variant="max, by forward mode",
    ),
    forward(
        "jax.sharding.reshard",
        lambda f, x: jnp.sin(f(x * x, NamedSharding(explicit_mesh(), SPLIT))),
        since="0.7",
    ),
    forward(OF_REFERENCES, rewritten, since="0.8", once=True),
    forward("jax.custom_batching.custom_vmap", _own_batching, once=True),
    forward(
        "jax.custom_batching.sequential_vmap",
        lambda f, x: f(lambda part: jnp.sin(part) * part)(x),
        once=True,
    ),
    forward(
        "jax.shard_map",
        lambda _, x: part_by_part(lambda part: lax.pbroadcast(part * part, "i", 0))(x),
        variant="pbroadcast, by forward mode",
        once=True,
        only_read=True,  # it is compiled for GPUs alone
        since="0.8",
    ),
)
