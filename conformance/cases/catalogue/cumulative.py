"""Cumulative operations and differences."""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.reductions import PRODUCT

OF_OTHER_RANKS = tuple(
    entry(f"lax.{name}", signature, *domains, variant=variant, axis=axis, max_size=5)
    for name, domains in (
        ("cumsum", ()),
        ("cumprod", (PRODUCT,)),
        ("cummax", ()),
        ("cummin", ()),
        ("cumlogsumexp", ()),
    )
    for signature, variant, axis in (("(n)", "vector", 0), ("(k,m,n)", "middle axis", 1))
)

CUMULATIVE = (
    entry("jnp.cumsum", "(n)"),
    entry("jnp.cumsum", "(m,n)", axis=0),
    entry("jnp.cumprod", "(n)", PRODUCT, max_size=7),
    entry("jnp.cumprod", "(m,n)", PRODUCT, axis=1, max_size=7),
    entry("jnp.nancumsum", "(m,n)", axis=1),
    entry("jnp.nancumprod", "(n)", PRODUCT, max_size=7),
    entry("jnp.cumulative_sum", "(n)", include_initial=True),
    entry("jnp.cumulative_prod", "(n)", PRODUCT, include_initial=True, max_size=7),
    entry("lax.cumsum", "(m,n)", axis=1),
    entry("lax.cumsum", "(m,n)", axis=0, reverse=True),
    entry("lax.cumprod", "(m,n)", PRODUCT, axis=0, max_size=7),
    entry("lax.cumprod", "(m,n)", PRODUCT, axis=1, reverse=True, max_size=7),
    entry("lax.cummax", "(m,n)", axis=1),
    entry("lax.cummax", "(m,n)", axis=0, reverse=True),
    entry("lax.cummin", "(m,n)", axis=1),
    entry("lax.cummin", "(m,n)", axis=0, reverse=True),
    entry("lax.cumlogsumexp", "(m,n)", axis=1),
    entry("lax.cumlogsumexp", "(m,n)", axis=0, reverse=True),
    entry("lax.associative_scan", "(n)", variant="add", call=lambda scan, x: scan(jnp.add, x)),
    entry(
        "lax.associative_scan",
        "(m,n)",
        PRODUCT,
        variant="mul,axis=1,reverse",
        call=lambda scan, x: scan(lax.mul, x, reverse=True, axis=1),
        max_size=7,
    ),
    entry(
        "lax.associative_scan",
        "(n),(n)",
        PRODUCT,
        PRODUCT,
        variant="affine maps",
        call=lambda scan, x, y: scan(lambda a, b: (a[0] * b[0], a[1] * b[0] + b[1]), (x, y)),
        max_size=7,
    ),
    entry("jnp.diff", "(n)", min_size=2),
    entry("jnp.diff", "(m,n)", n=2, axis=0, min_size=3),
    entry("jnp.ediff1d", "(n)", min_size=2),
    entry("jnp.gradient", "(n)", min_size=3),
    entry("jnp.gradient", "(m,n)", variant="both axes", min_size=3, max_size=20),
    entry("jnp.unwrap", "(n)", min_size=1),
    *OF_OTHER_RANKS,
)
