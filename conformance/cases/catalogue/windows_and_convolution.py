"""Convolutions with all their parameters, and window reductions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from gradlaw.conformance.cases.catalogue.entry import Entry, entry, weights
from gradlaw.strategies.domains import Domain


def convolved(variant: str, signature: str = "(2,3,5),(4,3,2)", **parameters: Any) -> Entry:
    """A convolution of a batch of signals (N, C, W) with kernels (O, I, W)."""
    parameters = {"window_strides": (1,), "padding": "VALID", **parameters}
    return entry("lax.conv_general_dilated", signature, variant=variant, **parameters)


def pooled(
    variant: str,
    signature: str,
    initial: float,
    computation: Callable[..., Any],
    *domains: Domain,
    **parameters: Any,
) -> Entry:
    """A reduction over windows."""
    return entry(
        "lax.reduce_window",
        signature,
        *domains,
        variant=variant,
        call=lambda f, x: f(x, np.asarray(initial, x.dtype), computation, **parameters),
    )


CONVOLUTIONS = (
    entry("jnp.convolve", "(5),(3)"),
    entry("jnp.convolve", "(5),(3)", mode="same"),
    entry("jnp.convolve", "(3),(5)", mode="valid"),
    entry("jnp.correlate", "(5),(3)"),
    entry("jnp.correlate", "(5),(3)", mode="full"),
    convolved("valid"),
    convolved("same", padding="SAME"),
    convolved("strided", window_strides=(2,)),
    convolved("padded", padding=((1, 2),)),
    convolved("negative padding", padding=((-1, 2),)),
    convolved("dilated input", lhs_dilation=(2,), padding=((1, 1),)),
    convolved("dilated kernel", rhs_dilation=(2,)),
    convolved("grouped", "(2,4,5),(6,2,2)", feature_group_count=2),
    convolved("depthwise", "(2,3,5),(6,1,2)", feature_group_count=3),
    convolved("batch groups", "(4,3,5),(2,3,2)", batch_group_count=2),
    convolved(
        "of no axis",
        "(2,3),(4,3)",
        window_strides=(),
        padding=(),
        dimension_numbers=("NC", "OI", "NC"),
    ),
    convolved("highest precision", precision="highest"),
    convolved("two-dimensional", "(2,2,4,5),(3,2,2,3)", window_strides=(2, 1), padding="SAME"),
    convolved(
        "channels last",
        "(2,5,3),(2,3,4)",
        dimension_numbers=("NWC", "WIO", "NWC"),
        window_strides=(2,),
        padding=((1, 0),),
        rhs_dilation=(2,),
    ),
    convolved(
        "strided, dilated and padded",
        "(1,2,7),(3,2,2)",
        window_strides=(2,),
        padding=((2, 1),),
        lhs_dilation=(3,),
        rhs_dilation=(2,),
    ),
    entry("lax.conv", "(2,3,5),(4,3,2)", window_strides=(1,), padding="SAME"),
    entry(
        "lax.conv_with_general_padding",
        "(2,3,5),(4,3,2)",
        window_strides=(2,),
        padding=((1, 0),),
        lhs_dilation=None,
        rhs_dilation=None,
    ),
    entry(
        "lax.conv_transpose",
        "(2,5,3),(2,3,4)",
        strides=(2,),
        padding="SAME",
        dimension_numbers=("NWC", "WIO", "NWC"),
    ),
    entry(
        "lax.conv_transpose",
        "(2,5,3),(2,4,3)",
        strides=(2,),
        padding="VALID",
        dimension_numbers=("NWC", "WIO", "NWC"),
        transpose_kernel=True,
    ),
    entry(
        "lax.conv_general_dilated_patches",
        "(2,3,5)",
        filter_shape=(2,),
        window_strides=(2,),
        padding="VALID",
    ),
    entry(
        "lax.conv_general_dilated_local",
        "(1,2,4),(3,4,3)",
        window_strides=(1,),
        padding="VALID",
        filter_shape=(2,),
    ),
)

WINDOWS = (
    pooled(
        "sum",
        "(5,4)",
        0.0,
        lax.add,
        window_dimensions=(2, 2),
        window_strides=(1, 2),
        padding="VALID",
    ),
    pooled(
        "sum,same", "(5)", 0.0, lax.add, window_dimensions=(3,), window_strides=(2,), padding="SAME"
    ),
    pooled(
        "sum,dilated",
        "(7)",
        0.0,
        lax.add,
        window_dimensions=(2,),
        window_strides=(2,),
        padding=((1, 2),),
        base_dilation=(2,),
        window_dilation=(3,),
    ),
    pooled(
        "max",
        "(5,4)",
        -np.inf,
        lax.max,
        window_dimensions=(2, 2),
        window_strides=(1, 2),
        padding="VALID",
    ),
    pooled(
        "max,same",
        "(5)",
        -np.inf,
        lax.max,
        window_dimensions=(3,),
        window_strides=(2,),
        padding="SAME",
    ),
    pooled(
        "max,overlapping",
        "(6)",
        -np.inf,
        lax.max,
        window_dimensions=(3,),
        window_strides=(1,),
        padding="VALID",
    ),
    pooled(
        "min",
        "(5,4)",
        np.inf,
        lax.min,
        window_dimensions=(2, 3),
        window_strides=(2, 1),
        padding="VALID",
    ),
)

ALONG_A_CURVE = tuple(
    entry(
        "lax.reduce_window",
        "()",
        variant=f"{name},along a curve",
        call=lambda f, x, initial=initial, by=by: jnp.square(
            f(jnp.sin(x * weights((5,)).astype(x.dtype)), initial, by, (3,), (1,), "VALID")
        ),
    )
    for name, initial, by in (("max", -np.inf, lax.max), ("min", np.inf, lax.min))
)

GRADIENTS = tuple(
    entry(
        "jax.vjp",
        "(4)",
        variant=f"of a window's {name}",
        call=lambda vjp, x, initial=initial, by=by: vjp(
            lambda y: lax.reduce_window(y, np.asarray(initial, y.dtype), by, (3,), (1,), "VALID"),
            weights((6,)).astype(x.dtype),
        )[1](x),
    )
    for name, initial, by in (("maximum", -np.inf, lax.max), ("minimum", np.inf, lax.min))
)
"""By the cotangents, in which they are linear: a rule that else second derivatives alone run."""

WINDOWS_AND_CONVOLUTION = (*CONVOLUTIONS, *WINDOWS, *ALONG_A_CURVE, *GRADIENTS)
