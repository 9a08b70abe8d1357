"""Normalisation and attention."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.places import MODERATE
from gradlaw.conformance.cases.catalogue.reductions import EVERY_THIRD

NORMALISATION = (
    entry("jax.nn.softmax", "(m,n)", axis=1, min_size=1),
    entry("jax.nn.softmax", "(m,n)", axis=0, min_size=1),
    entry("jax.nn.softmax", "(2,3)", variant="where", where=EVERY_THIRD, axis=1),
    entry("jax.nn.log_softmax", "(m,n)", axis=1, min_size=1),
    entry("jax.nn.log_softmax", "(m,n)", axis=0, min_size=1),
    entry(
        "jax.nn.log_softmax",
        "(2,3)",
        MODERATE,
        variant="where",
        call=lambda f, x: jnp.where(EVERY_THIRD, f(x, axis=1, where=EVERY_THIRD), 0),
    ),
    entry("jax.nn.standardize", "(m,n)", axis=1, min_size=2),
    entry("jax.nn.standardize", "(m,n)", axis=0, epsilon=0.5, min_size=2),
    entry(
        "jax.nn.standardize",
        "(2,3)",
        variant="where",
        call=lambda f, x: f(x, axis=1, where=EVERY_THIRD, epsilon=0.5),
    ),
    entry(
        "jax.nn.standardize",
        "(2,3)",
        MODERATE,
        variant="NaN masked out",
        call=lambda f, x: jnp.where(
            EVERY_THIRD,
            f(jnp.where(EVERY_THIRD, x, np.nan), axis=1, where=EVERY_THIRD, epsilon=0.5),
            0,
        ),
    ),
    entry(
        "jax.nn.log_softmax",
        "(2,3)",
        MODERATE,
        variant="NaN masked out",
        call=lambda f, x: jnp.where(
            EVERY_THIRD, f(jnp.where(EVERY_THIRD, x, np.nan), axis=1, where=EVERY_THIRD), 0
        ),
    ),
    entry(
        "jax.nn.one_hot",
        "(n)",
        variant="cross entropy",
        call=lambda one_hot, x: (
            -jnp.sum(one_hot(np.arange(x.size) % 3, x.size, dtype=x.dtype) * jax.nn.log_softmax(x))
        ),
        min_size=1,
        max_size=20,
    ),
    entry("jax.nn.dot_product_attention", "(b,n,h,d),(b,k,h,d),(b,k,h,d)", min_size=1, max_size=5),
    entry(
        "jax.nn.dot_product_attention",
        "(n,h,d),(n,h,d),(n,h,d)",
        variant="causal",
        is_causal=True,
        min_size=1,
        max_size=5,
    ),
    entry(
        "jax.nn.dot_product_attention",
        "(n,h,d),(k,h,d),(k,h,d),(h,n,k)",
        variant="by bias",
        call=lambda f, x, y, z, w: f(x, y, z, bias=w, scale=0.5),
        min_size=1,
        max_size=5,
    ),
    entry(
        "jax.nn.dot_product_attention",
        "(n,4,d),(k,2,d),(k,2,d)",
        variant="grouped queries",
        min_size=1,
        max_size=5,
    ),
)
