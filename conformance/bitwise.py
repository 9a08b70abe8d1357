"""Exact comparison of what a program returned with numbers written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def difference(got: object, expected: object) -> str | None:
    """Say how a returned tree differs from an expected one, or None where it does not.

    Numbers are compared bit by bit, so a zero's sign counts; any NaN stands for any other,
    since neither IEEE 754 nor JAX fixes a NaN's sign and payload.

    Args:
        got: arrays, Python numbers, or a tuple of such trees.
        expected: a number, or nested lists of numbers, for an array; a tuple for a tuple.

    Raises:
        ValueError: an expected number that the returned dtype cannot hold: the expectation is
            at fault and not the program.
    """
    if isinstance(expected, tuple):
        if not isinstance(got, tuple):
            return f"a tuple of {len(expected)} was expected, not {printed(got)}"
        if len(got) != len(expected):
            return f"{len(expected)} values were expected, not {len(got)}"
        for place, (mine, yours) in enumerate(zip(got, expected, strict=True)):
            found = difference(mine, yours)
            if found is not None:
                return f"in place {place}: {found}"
        return None
    if isinstance(got, tuple | list | dict):
        return f"{expected!r} was expected, not {printed(got)}"
    array = np.asarray(got)
    shape = np.shape(_numbers(expected))
    if array.shape != shape:
        return f"shape {shape} was expected, not {array.shape}"
    wanted = _held(expected, array.dtype)
    apart = [index for index in np.ndindex(*shape) if not _same_bits(array[index], wanted[index])]
    if apart:
        return f"{expected!r} was expected, not {printed(got)}"
    return None


def _numbers(expected: object) -> np.ndarray[Any, Any]:
    return np.asarray(expected)


def _held(expected: object, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    exact = _numbers(expected)
    held = exact.astype(dtype)
    back = held.astype(exact.dtype)
    if not np.array_equal(back, exact, equal_nan=exact.dtype.kind in "fc"):
        raise ValueError(
            f"{expected!r} is not exact in {dtype}; choose numbers that {dtype} can hold"
        )
    return held


def _same_bits(mine: Any, yours: Any) -> bool:
    if mine != mine and yours != yours:  # noqa: PLR0124 - the definition of NaN, for any dtype
        return True
    return bool(np.asarray(mine).tobytes() == np.asarray(yours).tobytes())


def printed(got: object) -> str:
    """Print a returned tree in one line: each number the shortest that reads back the same."""
    if isinstance(got, Sequence) and not isinstance(got, str):
        inner = ", ".join(printed(each) for each in got)
        return f"({inner},)" if len(got) == 1 else f"({inner})"
    if not hasattr(got, "shape"):
        return repr(got)
    array = np.asarray(got)
    if array.ndim == 0:
        return str(array[()])
    text = np.array2string(array, separator=", ", floatmode="unique", max_line_width=10**6)
    return " ".join(text.split())
