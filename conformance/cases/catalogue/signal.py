"""Fourier transforms and jax.scipy.signal."""

from __future__ import annotations

import jax.numpy as jnp

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.places import MATRIX_DTYPES

FOURIER = (
    entry("jnp.fft.fft", "(n)", min_size=1, max_size=16, dtypes=MATRIX_DTYPES),
    entry("jnp.fft.fft", "(m,n)", axis=0, min_size=1, max_size=8, dtypes=MATRIX_DTYPES),
    entry("jnp.fft.fft", "(4)", n=6, norm="ortho", dtypes=MATRIX_DTYPES),
    entry("jnp.fft.ifft", "(n)", min_size=1, max_size=16, dtypes=MATRIX_DTYPES),
    entry("jnp.fft.rfft", "(5)", dtypes=MATRIX_DTYPES),
    entry("jnp.fft.rfft", "(m,6)", variant="rows", dtypes=MATRIX_DTYPES),
    entry("jnp.fft.irfft", "(4)", dtypes=MATRIX_DTYPES),
    entry("jnp.fft.irfft", "(4)", n=7, dtypes=MATRIX_DTYPES),
    entry("jnp.fft.hfft", "(4)", dtypes=MATRIX_DTYPES),
    entry("jnp.fft.ihfft", "(6)", dtypes=MATRIX_DTYPES),
    entry("jnp.fft.fft2", "(3,4)", dtypes=MATRIX_DTYPES),
    entry("jnp.fft.ifft2", "(3,4)", dtypes=MATRIX_DTYPES),
    entry("jnp.fft.fftn", "(2,3,4)", dtypes=MATRIX_DTYPES),
    entry("jnp.fft.ifftn", "(2,3,4)", dtypes=MATRIX_DTYPES),
    entry("jnp.fft.rfft2", "(3,4)", dtypes=MATRIX_DTYPES),
    entry("jnp.fft.rfftn", "(3,5)", dtypes=MATRIX_DTYPES),
    entry("jnp.fft.irfft2", "(3,4)", dtypes=MATRIX_DTYPES),
    entry("jnp.fft.irfftn", "(3,4)", dtypes=MATRIX_DTYPES),
    entry("jnp.fft.fftshift", "(m,n)"),
    entry("jnp.fft.ifftshift", "(m,n)", axes=1),
    entry(
        "lax.fft",
        "(6)",
        variant="rfft",
        call=lambda f, x: f(x, "RFFT", (6,)),
        dtypes=MATRIX_DTYPES,
    ),
    entry("jax.scipy.fft.dct", "(5)", dtypes=MATRIX_DTYPES),
    entry("jax.scipy.fft.idct", "(5)", dtypes=MATRIX_DTYPES),
    entry("jax.scipy.fft.dctn", "(3,4)", dtypes=MATRIX_DTYPES),
    entry("jax.scipy.fft.idctn", "(3,4)", dtypes=MATRIX_DTYPES),
)

FILTERS = (
    entry("jax.scipy.signal.convolve", "(5),(3)"),
    entry("jax.scipy.signal.convolve", "(4,5),(2,3)", mode="same"),
    entry("jax.scipy.signal.correlate", "(5),(3)"),
    entry("jax.scipy.signal.correlate", "(5),(3)", mode="valid"),
    entry("jax.scipy.signal.convolve2d", "(4,5),(2,3)"),
    entry("jax.scipy.signal.convolve2d", "(4,5),(2,3)", mode="valid"),
    entry("jax.scipy.signal.correlate2d", "(4,5),(2,3)", mode="same"),
    entry("jax.scipy.signal.fftconvolve", "(5),(3)", dtypes=MATRIX_DTYPES),
    entry("jax.scipy.signal.detrend", "(m,6)", dtypes=MATRIX_DTYPES, min_size=1),
    entry("jax.scipy.signal.detrend", "(m,6)", type="constant", min_size=1),
    entry(
        "jax.scipy.signal.stft",
        "(8)",
        call=lambda f, x: f(x, nperseg=4)[2],
        dtypes=MATRIX_DTYPES,
    ),
    entry(
        "jax.scipy.signal.istft",
        "(3,5)",
        call=lambda f, x: f(x, nperseg=4)[1],
        dtypes=MATRIX_DTYPES,
    ),
    entry(
        "jax.scipy.signal.welch",
        "(8)",
        call=lambda f, x: f(x, nperseg=4)[1],
        dtypes=MATRIX_DTYPES,
    ),
    entry(
        "jax.scipy.signal.csd",
        "(8),(8)",
        call=lambda f, x, y: f(x, y, nperseg=4)[1],
        dtypes=MATRIX_DTYPES,
    ),
    entry(
        "jax.scipy.ndimage.map_coordinates",
        "(4,5),(2,3)",
        call=lambda f, x, y: f(x, jnp.abs(y), order=1, mode="nearest"),
    ),
    entry(
        "jax.scipy.interpolate.RegularGridInterpolator",
        "(4)",
        call=lambda f, x: f((jnp.arange(4.0, dtype=x.dtype),), x)(
            jnp.asarray([[0.25], [1.75], [2.5]], x.dtype)
        ),
        dtypes=MATRIX_DTYPES,
    ),
)

SIGNAL = (*FOURIER, *FILTERS)
