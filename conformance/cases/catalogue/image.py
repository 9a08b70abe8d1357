"""Resampling of images."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from gradlaw.conformance.cases.catalogue.entry import Entry, entry
from gradlaw.conformance.cases.catalogue.places import MATRIX_DTYPES
from gradlaw.strategies.domains import Domain


def resized(method: str, variant: str, shape: tuple[int, ...], **options: Any) -> Entry:
    """An image of 3 by 4 resized to ``shape``."""
    return entry(
        "jax.image.resize",
        "(3,4)",
        variant=f"{method},{variant}",
        shape=shape,
        method=method,
        **options,
    )


IMAGE = (
    resized("nearest", "up", (5, 7)),
    resized("nearest", "down", (2, 3)),
    resized("linear", "up", (5, 7)),
    resized("linear", "down", (2, 3)),
    resized("linear", "down,aliased", (2, 3), antialias=False),
    resized("cubic", "up", (5, 7)),
    resized("cubic", "down", (2, 3)),
    resized("lanczos3", "up", (5, 7)),
    resized("lanczos3", "down", (2, 3)),
    resized("lanczos5", "up", (5, 7)),
    entry(
        "jax.image.scale_and_translate",
        "(3,4),(2),(2)",
        None,
        Domain(lower=0.5, upper=2.0),
        Domain(lower=-1.0, upper=1.0),
        variant="by scale and translation",
        call=lambda f, x, y, z: f(x, (4, 5), (0, 1), y, z, method="linear"),
        dtypes=MATRIX_DTYPES,
    ),
    entry(
        "jax.image.scale_and_translate",
        "(3,4)",
        variant="cubic",
        call=lambda f, x: f(
            x,
            (4, 5),
            (0, 1),
            jnp.asarray([1.25, 0.75], x.dtype),
            jnp.asarray([0.25, -0.5], x.dtype),
            method="cubic",
            antialias=False,
        ),
    ),
)
