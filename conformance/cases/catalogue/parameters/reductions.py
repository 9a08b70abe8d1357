"""Reductions with masks, initial values and axes that are kept."""

from __future__ import annotations

import jax.numpy as jnp

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.parameters.masks import NEAR_ONE, masked
from gradlaw.conformance.cases.catalogue.parameters.presence import taking

REDUCED = (
    *(
        entry(
            f"jnp.{name}",
            "(m,n)",
            variant="where,initial",
            call=lambda f, x: masked(f, x, initial=0.25),
        )
        for name in ("max", "min", "nanmax", "nanmin", "nansum")
    ),
    *(
        entry(
            f"jnp.{name}",
            "(m,n)",
            NEAR_ONE,
            variant="where,initial",
            call=lambda f, x: masked(f, x, initial=1.5),
            max_size=7,
        )
        for name in ("prod", "nanprod")
    ),
    *(
        entry(f"jnp.{name}", "(m,n)", axis=0, keepdims=True, min_size=1)
        for name in ("max", "min", "ptp", "median", "nanmean", "nanmedian")
    ),
    entry("jnp.nanmean", "(m,n)", variant="where", call=masked, min_size=1),
    *(
        entry(f"jnp.{name}", "(m,n)", variant="where", call=masked, min_size=3)
        for name in ("nanvar", "nanstd")
    ),
    entry("jnp.nanvar", "(m,n)", axis=0, ddof=1, keepdims=True, min_size=2),
    *(
        entry(
            taking("mean", f"jnp.{name}"),
            "(m,n)",
            variant="about its own mean",
            call=lambda f, x: f(x, axis=0, mean=jnp.mean(x, axis=0, keepdims=True), correction=1),
            min_size=2,
            since="0.9",
        )
        for name in ("var", "std")
    ),
    *(
        entry(f"jnp.{name}", "(5,n)", q=q, axis=0, keepdims=True)
        for name, q in {
            "quantile": 0.375,
            "nanquantile": 0.375,
            "percentile": 62.5,
            "nanpercentile": 62.5,
        }.items()
    ),
    entry("jnp.cumulative_sum", "(m,n)", axis=1, include_initial=True),
    entry("jnp.cumulative_prod", "(m,n)", NEAR_ONE, axis=0, include_initial=True, max_size=7),
    entry("jnp.nancumprod", "(m,n)", NEAR_ONE, axis=1, max_size=7),
    entry("jnp.average", "(m,n)", axis=0, keepdims=True, min_size=1),
)
