"""Fourier and cosine transforms that are padded, cut and normalised."""

from __future__ import annotations

import jax.numpy as jnp

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.places import MATRIX_DTYPES

TRANSFORMED = (
    *(
        entry(
            f"jnp.fft.{name}",
            "(3,n)",
            variant=variant,
            call=lambda f, x, parameters=parameters: f(x + 0j, **parameters),
            min_size=1,
            max_size=10,
            dtypes=MATRIX_DTYPES,
        )
        for name in ("fft", "ifft")
        for variant, parameters in {
            "padded": {"n": 5, "axis": 0, "norm": "ortho"},
            "cut": {"n": 2, "axis": 0, "norm": "forward"},
        }.items()
    ),
    entry(
        "jnp.fft.rfft",
        "(4,n)",
        n=6,
        axis=0,
        norm="ortho",
        max_size=10,
        dtypes=MATRIX_DTYPES,
        min_size=1,
    ),
    entry(
        "jnp.fft.rfft",
        "(4,n)",
        n=3,
        axis=0,
        norm="forward",
        max_size=10,
        dtypes=MATRIX_DTYPES,
        min_size=1,
    ),
    entry(
        "jnp.fft.irfft",
        "(4,n)",
        variant="cut",
        call=lambda f, x: f(x + 1j * jnp.sin(x), n=5, axis=0, norm="ortho"),
        max_size=10,
        dtypes=MATRIX_DTYPES,
        min_size=1,
    ),
    entry(
        "jnp.fft.hfft",
        "(4)",
        variant="ortho",
        call=lambda f, x: f(x + 1j * jnp.sin(x), n=5, norm="ortho"),
        dtypes=MATRIX_DTYPES,
    ),
    entry(
        "jnp.fft.ihfft",
        "(4,n)",
        n=6,
        axis=0,
        norm="forward",
        max_size=10,
        dtypes=MATRIX_DTYPES,
        min_size=1,
    ),
    entry(
        "jnp.fft.fft2",
        "(3,4,n)",
        variant="s,axes",
        call=lambda f, x: f(x + 0j, s=(4, 3), axes=(1, 0), norm="ortho"),
        max_size=5,
        dtypes=MATRIX_DTYPES,
        min_size=1,
    ),
    entry(
        "jnp.fft.ifftn",
        "(3,4,n)",
        variant="s,axes",
        call=lambda f, x: f(x + 0j, s=(2, 5), axes=(1, 0), norm="forward"),
        max_size=5,
        dtypes=MATRIX_DTYPES,
        min_size=1,
    ),
    entry(
        "jnp.fft.rfft2",
        "(3,4,n)",
        s=(4, 3),
        axes=(0, 1),
        norm="ortho",
        max_size=5,
        dtypes=MATRIX_DTYPES,
        min_size=1,
    ),
    entry(
        "jnp.fft.irfftn",
        "(3,4,n)",
        variant="s,axes",
        call=lambda f, x: f(x + 1j * jnp.sin(x), s=(4, 5), axes=(0, 1), norm="forward"),
        max_size=5,
        dtypes=MATRIX_DTYPES,
        min_size=1,
    ),
    entry("jnp.fft.fftshift", "(m,n)", axes=0),
)
