"""Grids, differences, integrals, polynomials and products along other axes."""

from __future__ import annotations

import numpy as np

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.parameters.masks import NEAR_ONE
from gradlaw.conformance.cases.catalogue.places import MODERATE, POSITIVE, SYMMETRIC

SPACED = (
    entry(
        "jnp.linspace",
        "(n),(n)",
        variant="along the last axis",
        call=lambda f, x, y: f(x, y, 5, axis=-1),
    ),
    entry(
        "jnp.geomspace",
        "(n),(n)",
        NEAR_ONE,
        NEAR_ONE,
        variant="open",
        call=lambda f, x, y: f(x, y, 5, endpoint=False, axis=1),
    ),
    entry(
        "jnp.logspace",
        "(n),(n)",
        SYMMETRIC,
        SYMMETRIC,
        variant="open,base 2",
        call=lambda f, x, y: f(x, y, 5, endpoint=False, base=2.0),
    ),
    entry("jnp.trapezoid", "(m,n),(n)", variant="x", call=lambda f, y, x: f(y, x=x)),
    entry("jnp.trapezoid", "(m,n)", dx=0.5, axis=0, min_size=1),
    entry("jnp.gradient", "(4,5)", variant="axis=1", call=lambda f, x: f(x, 0.5, axis=1)),
    entry("jnp.unwrap", "(m,n)", axis=0, period=4.0, discont=3.0),
    entry("jnp.polyval", "(4),(n)", MODERATE, SYMMETRIC, unroll=4),
    entry("jnp.polyder", "(5)", m=2),
    entry("jnp.polyint", "(3)", m=2, k=1),
    entry("jnp.cross", "(3,n),(3,n)", axis=0),
    entry("jnp.cross", "(3,n),(n,3)", axisa=0, axisb=1, axisc=0),
    entry("jnp.linalg.cross", "(3,n),(3,n)", axis=0),
    entry("jnp.vecdot", "(m,n),(m,n)", axis=0),
    entry("jnp.linalg.vecdot", "(m,n),(m,n)", axis=0),
    entry("jnp.cov", "(5,3)", rowvar=False, bias=True),
    entry("jnp.cov", "(3,5),(2,5)", variant="of two", call=lambda f, x, y: f(x, y, ddof=0)),
    entry(
        "jnp.cov",
        "(3,5),(5)",
        None,
        POSITIVE,
        variant="weighted",
        call=lambda f, x, w: f(x, fweights=np.array([1, 2, 1, 3, 1]), aweights=w),
    ),
)
