"""Layers of jax.nn with masks, windows, moments and weights; segments in buckets."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.parameters.masks import NEAR_ONE, masked
from gradlaw.conformance.cases.catalogue.parameters.presence import taking
from gradlaw.conformance.cases.catalogue.places import MODERATE

_ATTENDED = "(2,2,2),(2,2,2),(2,2,2)"
_LOWER = np.tril(np.ones((2, 2), bool))

NEURAL = (
    entry("jax.nn.celu", "(*n)", alpha=0.5),
    entry("jax.nn.squareplus", "(*n)", b=2.0),
    entry("jax.nn.standardize", "(m,n)", axis=0, epsilon=0.25, min_size=1),
    entry(
        "jax.nn.standardize",
        "(m,n)",
        variant="given moments",
        call=lambda f, x: f(
            x,
            axis=0,
            mean=jnp.mean(x, axis=0, keepdims=True),
            variance=jnp.var(x, axis=0, keepdims=True) + 1,
        ),
        min_size=1,
    ),
    entry(
        "jax.nn.logsumexp",
        "(m,n),(m,n)",
        MODERATE,
        NEAR_ONE,
        variant="b,keepdims",
        call=lambda f, x, b: f(x, axis=1, b=b, keepdims=True),
        min_size=1,
    ),
    entry(
        "jax.nn.logsumexp",
        "(4)",
        MODERATE,
        variant="return_sign",
        call=lambda f, x: f(x, b=jnp.array([1.0, -3.0, 0.5, 2.0], x.dtype), return_sign=True)[0],
    ),
    entry(
        "jax.nn.logmeanexp",
        "(m,n)",
        MODERATE,
        variant="where",
        call=lambda f, x: masked(f, x, keepdims=True),
        min_size=1,
        since="0.8",
    ),
    *(
        entry(
            "jax.nn.dot_product_attention",
            _ATTENDED,
            MODERATE,
            MODERATE,
            variant=variant,
            call=lambda f, x, y, z, told=told: f(x, y, z, **told),
        )
        for variant, told in {
            "mask": {"mask": _LOWER},
            "local window": {"local_window_size": (1, 0)},
            "lengths": {
                "query_seq_lengths": np.array([2], np.int32),
                "key_value_seq_lengths": np.array([1], np.int32),
            },
        }.items()
    ),
)

NORMALISERS = (
    entry(
        taking("return_residual", "jax.nn.dot_product_attention"),
        _ATTENDED,
        MODERATE,
        MODERATE,
        variant="return_residual",
        call=lambda f, x, y, z: f(x, y, z, return_residual=True),
        since="0.9",
    ),
)

SEGMENTS = tuple(
    entry(
        f"jax.ops.segment_{name}",
        "(5,n)",
        NEAR_ONE,
        variant=variant,
        call=lambda f, x, told=told: f(x, jnp.array([1, 0, 7, 1, 2]), num_segments=3, **told),
    )
    for name, variant, told in (
        ("sum", "outside,clip", {"mode": "clip"}),
        *((name, "in buckets", {"bucket_size": 2}) for name in ("sum", "max", "min")),
    )
)
