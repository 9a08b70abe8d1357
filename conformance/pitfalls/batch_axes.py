"""Misuses of `jax.vmap`'s axes."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from gradlaw.conformance.documents import COMBINING
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises


def _predict(w: Any, x: Any) -> Any:
    return jnp.sum(w) * x


BATCHES = (
    Pitfall(
        name="vmap_inconsistent_sizes",
        misuse="jax.vmap(lambda w, x: jnp.sum(w) * x)(jnp.ones(2), jnp.ones(3))",
        wrap=lambda: jax.vmap(lambda w, x: jnp.sum(w) * x),
        arguments=lambda: (jnp.ones(2), jnp.ones(3)),
        raises=(
            Raises(
                error="ValueError",
                message=(
                    r"vmap got inconsistent sizes for array axes to be mapped:\n"
                    r"  \* one axis had size 2: axis 0 of argument w of type float(32|64)\[2\];\n"
                    r"  \* one axis had size 3: axis 0 of argument x of type float(32|64)\[3\]"
                ),
                phase="trace",
            ),
        ),
        remedy="Map only what is batched: in_axes=(None, 0) shares the parameters.",
        remedied=lambda: jax.vmap(_predict, in_axes=(None, 0))(
            jnp.array([1.0, 2.0]), jnp.array([1.0, 2.0, 5.0])
        ),
        right=[3.0, 6.0, 15.0],
        source=COMBINING,
    ),
    Pitfall(
        name="vmap_axis_of_a_scalar",
        misuse="jax.vmap(lambda w, x: w * x)(jnp.array(2.0), jnp.array([1.0, 2.0, 5.0]))",
        wrap=lambda: jax.vmap(lambda w, x: w * x),
        arguments=lambda: (jnp.array(2.0), jnp.array([1.0, 2.0, 5.0])),
        raises=(
            Raises(
                error="ValueError",
                message=(
                    r"vmap was requested to map its argument along axis 0, which implies that its "
                    r"rank should be at least 1, but is only 0 \(its shape is \(\)\)"
                ),
                phase="trace",
            ),
        ),
        remedy="A parameter without a batch axis gets None in in_axes.",
        remedied=lambda: jax.vmap(lambda w, x: w * x, in_axes=(None, 0))(
            jnp.array(2.0), jnp.array([1.0, 2.0, 5.0])
        ),
        right=[2.0, 4.0, 10.0],
        source=COMBINING,
    ),
)
