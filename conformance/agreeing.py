"""How far a composition agrees with the plain law that it must equal, in what both returned."""

from __future__ import annotations

import math
from typing import Any

import jax
import numpy as np

from gradlaw.conformance.answers import Example
from gradlaw.conformance.number_types import is_complex
from gradlaw.conformance.preparation import Prepared
from gradlaw.conformance.primals import as_argument
from gradlaw.reports.record import Agreement


def distance(prepared: Prepared, example: Example, dtype: str) -> float:
    """The largest distance, in ULP, of a derivative by the law from that by the plain law.

    Args:
        prepared: the law.
        example: the numbers at which both are called.
        dtype: of the arguments.

    Returns:
        0 where all are equal bit by bit; infinity where one is a number and the other is not.
    """
    leaves = {name: as_argument(array, dtype) for name, array in example.leaves.items()}
    arguments = prepared.question.case.assemble(leaves)
    returned = prepared.call(*arguments)
    # The plain law gives the derivative alone.
    own = returned[1] if prepared.question.law.equals.with_value else returned
    pairs = zip(jax.tree.leaves(own), jax.tree.leaves(prepared.plain(*arguments)), strict=True)
    return max((_apart(np.asarray(a), np.asarray(b)) for a, b in pairs), default=0.0)


def agreement(apart: float) -> Agreement:
    """The distance in words; whatever is judged to conform is at least within its bound."""
    if apart == 0:
        return "bitwise"
    return "1 ULP" if apart <= 1 else "within bound"


def _apart(mine: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    if is_complex(mine.dtype.name):
        return max(_apart(mine.real, other.real), _apart(mine.imag, other.imag))
    own, others = mine.reshape(-1), other.reshape(-1)
    lost = np.isnan(own)
    if (lost != np.isnan(others)).any():
        return math.inf
    places = [_places(array)[~lost] for array in (own, others)]
    gaps = [abs(int(a) - int(b)) for a, b in zip(*places, strict=True) if a != b]
    return float(max(gaps, default=0))


def _places(array: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Each number's place among all of its dtype; the two zeros are neighbours."""
    size = array.dtype.itemsize
    bits = np.ascontiguousarray(array).view(f"i{size}").astype(np.int64)
    lowest = np.int64(-(2 ** (8 * size - 1)))
    return np.where(bits >= 0, bits, lowest - bits - 1)
