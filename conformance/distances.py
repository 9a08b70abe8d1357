"""How far two arrays of floating-point numbers are apart."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradlaw.conformance.number_types import is_complex


def places_apart(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    """The largest difference between two arrays, in numbers of their dtype that lie between.

    Two neighbours are 1 apart, which is one ULP within a binade; so are the two zeros. For complex
    arrays the parts count. Any NaN stands for any other.

    Returns:
        0 where all are equal bit by bit; infinity where one is no number, or infinite, and the
        other is not the same, or where shapes or dtypes differ.
    """
    if one.shape != other.shape or one.dtype != other.dtype:
        return math.inf
    if is_complex(one.dtype.name):
        return max(places_apart(one.real, other.real), places_apart(one.imag, other.imag))
    left, right = one.reshape(-1), other.reshape(-1)
    same = (left == right) | (np.isnan(left) & np.isnan(right))
    if not (same | (np.isfinite(left) & np.isfinite(right))).all():
        return math.inf
    numbers = np.isfinite(left) & np.isfinite(right)
    places = zip(_places(left[numbers]), _places(right[numbers]), strict=True)
    return float(max((abs(int(a) - int(b)) for a, b in places if a != b), default=0))


def _places(array: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Each number's place among all of its dtype; the two zeros are neighbours."""
    size = array.dtype.itemsize
    bits = np.ascontiguousarray(array).view(f"i{size}").astype(np.int64)
    lowest = np.int64(-(2 ** (8 * size - 1)))
    return np.where(bits >= 0, bits, lowest - bits - 1)
