"""Numbers to measure a primitive's error at: every scale of a dtype, and its special points."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np

from gradlaw.oracles.rounding.arithmetic import arithmetic

Array = np.ndarray[Any, Any]

_SPECIAL = (0.25, 0.4, 0.5, 1.0, 1.4616321449683622, 1.5, 2.0, 2.4570247382208006, 3.0, 4.0, 8.0)
_TURNS = (np.pi / 4, np.pi / 2, np.pi, 2 * np.pi, 100 * np.pi, 12345 * np.pi)
"""Zeros, poles and places where libraries change their formula."""


def everything(dtype: str) -> Array:
    """All numbers of a 16-bit dtype but NaN and infinities, as float64."""
    patterns = np.arange(2**16, dtype=np.uint16)
    with np.errstate(invalid="ignore"):  # signalling NaNs
        return _usable(patterns.view(_numpy(dtype)).astype(np.float64), dtype)


def stratified(dtype: str, count: int, seed: int = 0) -> Array:
    """Numbers of a dtype as float64, no two equal.

    Half of them are uniform in the exponent between 2**-14 and 2**14, a quarter over the dtype's
    whole range, a quarter crowd around special points.
    """
    if np.dtype(_numpy(dtype)).itemsize == 2:
        return everything(dtype)
    draw, numbers = np.random.default_rng(seed), arithmetic(dtype)
    ends = np.log2(numbers.tiny), np.log2(numbers.largest)
    ordinary = 2.0 ** draw.uniform(-14, 14, count // 2)
    whole = 2.0 ** draw.uniform(*ends, count // 4)
    centres = draw.choice([*_SPECIAL, *_TURNS], count // 4)
    near = centres * (1 + draw.choice([-1.0, 1.0], len(centres)) * 2.0 ** _depths(draw, centres))
    sizes = np.concatenate([ordinary, whole, near, _SPECIAL])
    signed = np.where(draw.random(len(sizes)) < 0.5, sizes, -sizes)
    return _usable(np.unique(signed.astype(_numpy(dtype)).astype(np.float64)), dtype)


def moderate(dtype: str, count: int, lowest: int, highest: int, seed: int) -> Array:
    """Positive numbers, uniform in the exponent between two powers of two."""
    draw = np.random.default_rng(seed)
    sizes = 2.0 ** draw.uniform(lowest, highest, count)
    whole = draw.random(count) < 0.2
    sizes = np.where(whole, np.ceil(sizes), sizes)
    return np.asarray(sizes.astype(_numpy(dtype)).astype(np.float64))


def _depths(draw: np.random.Generator, centres: Array) -> Array:
    return np.asarray(draw.uniform(-30, -1, len(centres)))


def _numpy(dtype: str) -> Any:
    return getattr(ml_dtypes, dtype, dtype)


def _usable(numbers: Array, dtype: str) -> Array:
    """Without what is not finite, and without subnormals where they may read as zero."""
    kept = arithmetic(dtype)
    lowest = kept.tiny if kept.flushes else kept.smallest
    with np.errstate(invalid="ignore"):
        return numbers[np.isfinite(numbers) & (np.abs(numbers) >= lowest)]
