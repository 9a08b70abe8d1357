"""Fourier transforms that are padded, cut and normalised."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from gradlaw.conformance.cases.catalogue.entry import Entry, entry
from gradlaw.conformance.cases.catalogue.places import MATRIX_DTYPES


def transform(name: str, signature: str, variant: str, **parameters: Any) -> Entry:
    """A transform of ``jnp.fft``; of complex numbers where it is none of real ones."""

    def transformed(f: Any, x: Any) -> Any:
        if name in {"rfft", "rfft2", "ihfft"}:
            return f(x, **parameters)
        return f(x + 1j * jnp.sin(x), **parameters)

    return entry(
        f"jnp.fft.{name}",
        signature,
        variant=variant,
        call=transformed,
        min_size=1,
        max_size=5,
        dtypes=MATRIX_DTYPES,
    )


TRANSFORMED = (
    *(
        transform(name, "(3,n)", variant, **parameters)
        for name in ("fft", "ifft")
        for variant, parameters in {
            "padded": {"n": 5, "axis": 0, "norm": "ortho"},
            "cut": {"n": 2, "axis": 0, "norm": "forward"},
        }.items()
    ),
    transform("rfft", "(4,n)", "padded", n=6, axis=0, norm="ortho"),
    transform("rfft", "(4,n)", "cut", n=3, axis=0, norm="forward"),
    transform("irfft", "(4,n)", "cut", n=5, axis=0, norm="ortho"),
    transform("hfft", "(4)", "ortho", n=5, norm="ortho"),
    transform("ihfft", "(4,n)", "padded", n=6, axis=0, norm="forward"),
    transform("fft2", "(3,4,n)", "s,axes", s=(4, 3), axes=(1, 0), norm="ortho"),
    transform("ifftn", "(3,4,n)", "s,axes", s=(2, 5), axes=(1, 0), norm="forward"),
    transform("rfft2", "(3,4,n)", "s,axes", s=(4, 3), axes=(0, 1), norm="ortho"),
    transform("irfftn", "(3,4,n)", "s,axes", s=(4, 5), axes=(0, 1), norm="forward"),
    entry("jnp.fft.fftshift", "(m,n)", axes=0),
)
