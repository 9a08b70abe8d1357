"""Signals, images, samples: other windows, boundaries and weights."""

from __future__ import annotations

import jax.numpy as jnp

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.parameters.masks import NEAR_ONE, masked
from gradlaw.conformance.cases.catalogue.places import MATRIX_DTYPES, MODERATE, POSITIVE, SYMMETRIC
from gradlaw.strategies.domains import Domain

SIGNALS = (
    *(
        entry(
            "jax.scipy.signal.fftconvolve",
            "(5),(3)",
            mode=mode,
            dtypes=MATRIX_DTYPES,
        )
        for mode in ("same", "valid")
    ),
    entry("jax.scipy.signal.detrend", "(6,n)", axis=0, bp=3, dtypes=MATRIX_DTYPES, max_size=5),
    entry(
        "jax.scipy.signal.stft",
        "(9)",
        variant="padded,overlapping",
        call=lambda f, x: f(x, nperseg=4, noverlap=3, window="boxcar", boundary=None, nfft=6)[2],
        dtypes=MATRIX_DTYPES,
    ),
    entry(
        "jax.scipy.signal.welch",
        "(9)",
        POSITIVE,
        variant="spectrum",
        call=lambda f, x: f(x, nperseg=4, noverlap=1, detrend="linear", scaling="spectrum")[1],
        dtypes=MATRIX_DTYPES,
    ),
    entry(
        "jax.scipy.fft.dct",
        "(4,n)",
        variant="padded,ortho",
        call=lambda f, x: f(x, n=6, axis=0, norm="ortho"),
        dtypes=MATRIX_DTYPES,
        min_size=1,
        max_size=10,
    ),
    entry(
        "jax.scipy.fft.idct",
        "(4,n)",
        variant="cut,ortho",
        call=lambda f, x: f(x, n=3, axis=0, norm="ortho"),
        dtypes=MATRIX_DTYPES,
        min_size=1,
        max_size=10,
    ),
    entry(
        "jax.scipy.fft.dctn",
        "(3,4,n)",
        variant="axes,ortho",
        call=lambda f, x: f(x, axes=(0, 1), norm="ortho"),
        dtypes=MATRIX_DTYPES,
        min_size=1,
        max_size=4,
    ),
    entry(
        "jax.scipy.ndimage.map_coordinates",
        "(4,3),(2,5)",
        None,
        Domain(lower=-1.5, upper=4.5),
        variant="constant,cval",
        call=lambda f, x, y: f(x, y, order=1, mode="constant", cval=2.0),
    ),
    entry(
        "jax.scipy.integrate.trapezoid", "(m,n),(n)", variant="x", call=lambda f, y, x: f(y, x=x)
    ),
)

STATISTICS = (
    entry(
        "jax.scipy.special.logsumexp",
        "(m,n)",
        MODERATE,
        variant="where",
        call=lambda f, x: masked(f, x, keepdims=True),
        min_size=1,
    ),
    entry(
        "jax.scipy.stats.gaussian_kde",
        "(2,5),(5),(2,3)",
        SYMMETRIC,
        NEAR_ONE,
        SYMMETRIC,
        variant="weights",
        call=lambda f, x, w, at: f(x * jnp.arange(1, 6), bw_method=0.5, weights=w)(at),
        dtypes=MATRIX_DTYPES,
    ),
    entry("jax.scipy.stats.sem", "(m,n)", axis=1, ddof=0, keepdims=True, min_size=2),
)
