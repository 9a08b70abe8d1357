"""Elements that are moved, inserted, repeated, chosen."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.parameters.masks import NEAR_ONE

_OUTSIDE = np.array([[1, 7, -1], [0, -9, 2]], dtype=np.int32)
"""Indices of which two lie outside of an axis of five."""


MOVED = (
    entry("jnp.append", "(m,n),(k,n)", axis=0),
    entry("jnp.concat", "(m,n),(m,k)", variant="axis=1", call=lambda f, *a: f(a, axis=1)),
    entry("jnp.insert", "(3,n),(n)", variant="axis=0", call=lambda f, x, y: f(x, 1, y, axis=0)),
    entry(
        "jnp.repeat",
        "(3,n)",
        variant="counted",
        call=lambda f, x: f(x, jnp.array([2, 0, 3]), axis=0, total_repeat_length=5),
    ),
    entry("jnp.rollaxis", "(m,n,k)", axis=2, start=1),
    entry("jnp.rot90", "(m,n,k)", axes=(1, 2)),
    entry("jnp.trace", "(m,n,k)", offset=1, axis1=2, axis2=0),
    entry("jnp.linalg.trace", "(m,n)", offset=1),
    entry("jnp.linalg.diagonal", "(m,n)", offset=-1),
    entry("jnp.diagflat", "(n)", k=1),
    entry("jnp.array_split", "(m,5)", indices_or_sections=3, axis=1),
    entry(
        "jnp.diff",
        "(m,n),(m,1),(m,2)",
        variant="prepend,append",
        call=lambda f, x, y, z: f(x, prepend=y, append=z),
    ),
    entry(
        "jnp.ediff1d",
        "(n),(2),(3)",
        variant="ends",
        call=lambda f, x, y, z: f(x, to_begin=y, to_end=z),
        min_size=1,
    ),
    entry(
        "jnp.take_along_axis",
        "(2,5)",
        variant="outside,clip",
        call=lambda f, x: f(x, _OUTSIDE, axis=1, mode="clip"),
    ),
    entry(
        "jnp.take_along_axis",
        "(2,5)",
        variant="outside,fill",
        call=lambda f, x: f(x, _OUTSIDE, axis=1, mode="fill", fill_value=0),
    ),
    entry(
        "jnp.put_along_axis",
        "(2,5),(2,3)",
        variant="outside,clip",
        call=lambda f, x, y: f(
            x, _OUTSIDE % 4 + np.array([[0, 3, 0]]), y, axis=1, inplace=False, mode="clip"
        ),
    ),
    entry(
        "jnp.put",
        "(5),(2)",
        variant="wrap",
        call=lambda f, x, y: f(x, np.array([7, -1]), y, mode="wrap", inplace=False),
    ),
    entry(
        "jnp.select",
        "(n),(n)",
        variant="default",
        call=lambda f, x, y: f([x > 1, x < -1], [x * x, jnp.sin(x)], default=y),
    ),
    entry("jnp.partition", "(5,n)", kth=2, axis=0),
    entry("jnp.sort", "(m,n)", axis=0, stable=False),
    entry("jnp.unstack", "(m,n,3)", axis=-1, max_size=8),
    entry(
        "jnp.interp",
        "(m),(3),(),()",
        variant="left,right",
        call=lambda f, x, y, a, b: f(x, jnp.array([-1.0, 0.5, 2.0], x.dtype), y, left=a, right=b),
    ),
    entry("jnp.vander", "(n)", NEAR_ONE, N=4, increasing=True),
    entry("jnp.nan_to_num", "(n)", nan=1.0, posinf=2.0, neginf=3.0),
)
