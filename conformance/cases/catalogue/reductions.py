"""Reductions: jnp's with axis, keepdims, where and initial; lax's; the nan-functions."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from gradlaw.conformance.cases.catalogue.entry import Entry, entry
from gradlaw.conformance.cases.catalogue.places import MODERATE, POSITIVE, SHAPE, UNIT
from gradlaw.strategies.domains import Domain

EVERY_THIRD = np.array([[True, True, False], [False, True, True]])
PRODUCT = Domain(lower=-4.0, upper=4.0)

PLAIN = (
    entry("jnp.sum", "(*n)"),
    entry("jnp.sum", "(m,n)", axis=0, keepdims=True),
    entry("jnp.sum", "(m,n,k)", axis=(0, 2)),
    entry("jnp.sum", "(m,n)", axis=-1),
    entry("jnp.sum", "(2,3)", variant="where", where=EVERY_THIRD),
    entry("jnp.sum", "(m,n)", axis=1, initial=2.5),
    entry("jnp.prod", "(*n)", PRODUCT, max_size=5),
    entry("jnp.prod", "(m,n)", PRODUCT, axis=0, max_size=7),
    entry("jnp.prod", "(m,n)", PRODUCT, axis=1, keepdims=True, max_size=7),
    entry("jnp.prod", "(2,3)", PRODUCT, variant="where", where=EVERY_THIRD),
    entry("jnp.mean", "(*n)", min_size=1),
    entry("jnp.mean", "(m,n)", axis=0, min_size=1),
    entry("jnp.mean", "(m,n)", axis=1, keepdims=True, min_size=1),
    entry("jnp.mean", "(2,3)", variant="where", where=EVERY_THIRD),
    entry("jnp.max", "(*n)", min_size=1),
    entry("jnp.max", "(m,n)", axis=0, min_size=1),
    entry("jnp.max", "(2,3)", variant="where", where=EVERY_THIRD, initial=-1.0),
    entry("jnp.min", "(*n)", min_size=1),
    entry("jnp.min", "(m,n)", axis=1, keepdims=True, min_size=1),
    entry("jnp.minmax", "(m,n)", axis=1, min_size=1, since="0.12"),
    entry("jnp.amax", "(m,n)", axis=1, min_size=1),
    entry("jnp.amin", "(m,n)", axis=0, min_size=1),
    entry("jnp.ptp", "(m,n)", axis=1, min_size=1),
    entry("jnp.std", "(n)", min_size=2),
    entry("jnp.std", "(m,n)", axis=1, ddof=1, min_size=2),
    entry("jnp.std", "(2,3)", variant="where", where=EVERY_THIRD),
    entry("jnp.var", "(n)", min_size=1),
    entry("jnp.var", "(m,n)", axis=0, ddof=1, min_size=2),
    entry("jnp.var", "(m,n)", axis=1, keepdims=True, min_size=1),
    entry("jnp.var", "(2,3)", variant="where", where=EVERY_THIRD),
    entry("jnp.average", "(m,n)", axis=1, min_size=1),
    entry(
        "jnp.average",
        "(n),(n)",
        None,
        SHAPE,
        variant="weights",
        call=lambda average, x, y: average(x, weights=y),
        min_size=1,
    ),
    entry("jnp.median", "(n)", min_size=1),
    entry("jnp.median", "(m,n)", axis=0, min_size=1),
    entry("jnp.quantile", "(n)", variant="0.3", q=0.3, min_size=2),
    entry("jnp.quantile", "(n),()", None, UNIT, variant="by q", min_size=2),
    entry("jnp.quantile", "(m,n)", q=0.7, axis=1, method="nearest", min_size=2),
    entry("jnp.quantile", "(m,n)", q=0.7, axis=0, method="midpoint", min_size=2),
    entry("jnp.percentile", "(m,n)", q=30.0, axis=1, min_size=2),
    entry("jnp.cov", "(m,n)", min_size=2, max_size=20),
    entry("jnp.corrcoef", "(m,n)", min_size=3, max_size=20),
    entry("jnp.trapezoid", "(n)", min_size=2),
    entry("jnp.trapezoid", "(n),(n)", variant="by x", min_size=2),
    entry("jnp.count_nonzero", "(n)", call=lambda count, x: jnp.sum(x) * count(x)),
    entry("jax.scipy.integrate.trapezoid", "(m,n)", dx=0.5, min_size=2),
    entry("jax.scipy.stats.sem", "(n)", min_size=2),
)


def masked(path: str, variant: str = "", **parameters: Any) -> Entry:
    """A reduction by a mask that leaves out elements which are NaN."""
    return entry(
        path,
        "(2,3)",
        PRODUCT,
        variant="NaN masked out" + variant,
        call=lambda f, x: f(jnp.where(EVERY_THIRD, x, np.nan), where=EVERY_THIRD, **parameters),
    )


MASKED = (
    masked("jnp.sum"),
    masked("jnp.prod"),
    masked("jnp.mean", axis=1),
    masked("jnp.max", initial=-9.0),
    masked("jnp.var"),
    masked("jnp.std", axis=1),
    masked("jax.nn.logsumexp", axis=1),
    masked("jax.nn.softmax", axis=1),
)


def with_nan(path: str, domain: Domain | None = None, **parameters: Any) -> Entry:
    """A function that leaves out NaN, of numbers and a NaN."""
    return entry(
        path,
        "(n)",
        domain,
        variant="with a NaN",
        call=lambda f, x: f(
            jnp.concatenate([x, jnp.full((1,), np.nan, x.dtype), x[:1] * 2]), **parameters
        ),
        min_size=2,
        max_size=7,
    )


WITH_NAN = (
    with_nan("jnp.nanprod", PRODUCT),
    with_nan("jnp.nanmax"),
    with_nan("jnp.nanmin"),
    with_nan("jnp.nanvar"),
    with_nan("jnp.nanstd"),
    with_nan("jnp.nancumsum"),
    with_nan("jnp.nancumprod", PRODUCT),
)

NAN = (
    entry("jnp.nansum", "(m,n)", axis=0),
    entry(
        "jnp.nansum",
        "(n)",
        variant="with a NaN",
        call=lambda f, x: f(jnp.concatenate([x, jnp.full((1,), np.nan, x.dtype)])),
    ),
    entry("jnp.nanprod", "(m,n)", PRODUCT, axis=1, max_size=7),
    entry("jnp.nanmean", "(m,n)", axis=0, min_size=1),
    entry(
        "jnp.nanmean",
        "(n)",
        variant="with a NaN",
        call=lambda f, x: f(jnp.concatenate([x, jnp.full((1,), np.nan, x.dtype)])),
        min_size=1,
    ),
    entry("jnp.nanmax", "(m,n)", axis=1, min_size=1),
    entry("jnp.nanmin", "(m,n)", axis=0, min_size=1),
    entry("jnp.nanstd", "(n)", min_size=2),
    entry("jnp.nanvar", "(m,n)", axis=1, min_size=2),
    entry("jnp.nanmedian", "(n)", min_size=1),
    entry("jnp.nanquantile", "(n)", q=0.4, min_size=2),
    entry("jnp.nanpercentile", "(n)", q=40.0, min_size=2),
)

LAX = (
    entry("lax.reduce_sum", "(m,n)", axes=(0,), since="0.10"),
    entry("lax.reduce_prod", "(m,n)", PRODUCT, axes=(1,), max_size=7, since="0.10"),
    entry("lax.reduce_max", "(m,n)", axes=(0,), min_size=1, since="0.10"),
    entry("lax.reduce_min", "(m,n)", axes=(1,), min_size=1, since="0.10"),
    entry(
        "lax.reduce",
        "(m,n)",
        variant="add",
        call=lambda reduce, x: reduce(x, jnp.zeros((), x.dtype), lax.add, (1,)),
    ),
    entry(
        "lax.reduce",
        "(m,n)",
        PRODUCT,
        variant="own product",
        call=lambda reduce, x: reduce(
            x, jnp.ones((), x.dtype), lambda a, b: a * b * jnp.ones((), a.dtype), (0,)
        ),
        max_size=7,
    ),
    entry(
        "lax.reduce",
        "(m,n),(m,n)",
        PRODUCT,
        PRODUCT,
        variant="of pairs",
        call=lambda reduce, x, y: reduce(
            (x, y),
            (jnp.zeros((), x.dtype), jnp.ones((), x.dtype)),
            lambda a, b: (a[0] + b[0], a[1] * b[1]),
            (1,),
        ),
        max_size=7,
    ),
    entry("jax.nn.logsumexp", "(m,n)", axis=0, min_size=1),
    entry("jax.nn.logsumexp", "(2,3)", MODERATE, variant="where", where=EVERY_THIRD, axis=1),
    entry("jax.nn.logmeanexp", "(m,n)", axis=1, min_size=1, since="0.10"),
    entry(
        "jnp.linalg.norm",
        "(n)",
        POSITIVE,
        min_size=1,
    ),
)

REDUCTIONS = (*PLAIN, *NAN, *LAX, *MASKED, *WITH_NAN)
