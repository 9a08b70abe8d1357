"""Control flow, calls, layouts and convolutions with their rarer parameters."""

from __future__ import annotations

import jax.numpy as jnp

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.places import MODERATE

CONTROLLED = (
    entry(
        "lax.fori_loop",
        "(n)",
        MODERATE,
        variant="unrolled",
        call=lambda f, x: f(0, 4, lambda i, c: jnp.sin(c) * x + i, x, unroll=2),
    ),
    entry(
        "lax.scan",
        "(3,n),(n)",
        MODERATE,
        MODERATE,
        variant="split transpose",
        call=lambda f, x, y: f(lambda c, r: (jnp.sin(c) * r, c * r), y, x, _split_transpose=True),
    ),
    entry(
        "jax.checkpoint",
        "(n),(n)",
        variant="static_argnums",
        call=lambda f, x, y: f(lambda n, a, b: jnp.sin(a) ** n * b, static_argnums=(0,))(2, x, y),
    ),
    entry(
        "jax.checkpoint",
        "(n)",
        variant="prevent_cse=False",
        call=lambda f, x: f(lambda a: jnp.sin(jnp.sin(a)), prevent_cse=False)(x),
    ),
    entry(
        "lax.slice",
        "(9,n)",
        variant="strides",
        call=lambda f, x: f(x[:, :1], (1, 0), (8, 1), (3, 1)),
        min_size=1,
    ),
    entry("lax.sort_key_val", "(m,n),(m,n)", dimension=0),
    entry(
        "lax.stack",
        "(m,n),(m,n)",
        variant="axis=1",
        call=lambda f, x, y: f([x, y], axis=1),
        since="0.10",
    ),
    entry("lax.unstack", "(m,3)", axis=1, since="0.10"),
    entry(
        "lax.conv_transpose",
        "(1,4,2),(2,2,3)",
        variant="dilated",
        call=lambda f, x, y: f(x, y, (2,), "VALID", rhs_dilation=(2,)),
    ),
    entry(
        "lax.conv_general_dilated_patches",
        "(1,2,7)",
        variant="dilated",
        call=lambda f, x: f(x, (2,), (1,), ((1, 0),), lhs_dilation=(2,), rhs_dilation=(3,)),
    ),
    entry(
        "lax.conv_general_dilated_local",
        "(1,2,5),(2,4,3)",
        variant="dilated",
        call=lambda f, x, y: f(x, y, (1,), "VALID", (2,), rhs_dilation=(2,)),
    ),
    entry(
        "jax.vmap",
        "(3,n),(n,3)",
        variant="spread",
        call=lambda f, x, y: f(
            lambda a, b: {"s": jnp.sin(a) * b, "p": a * b},
            in_axes=(0, -1),
            out_axes={"s": -1, "p": 0},
            axis_size=3,
        )(x, y),
    ),
)


PRODUCTS = (
    entry(
        "lax.conv_general_dilated",
        "(2,3,5),(4,3,2)",
        variant="preferred float32",
        call=lambda f, x, y: f(
            x,
            y,
            window_strides=(1,),
            padding="SAME",
            preferred_element_type=jnp.promote_types(x.dtype, "float32"),
        ).astype(x.dtype),
    ),
)
