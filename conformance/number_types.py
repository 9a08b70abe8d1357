"""The dtypes of a node: of its arrays, of complex numbers' parts, and the widest of a kind."""

from __future__ import annotations

from typing import Any

import numpy as np

PART_OF = {"complex64": "float32", "complex128": "float64"}
"""The dtype of a complex dtype's real and imaginary parts."""

SUFFIXES = (".real", ".imag")
"""What a part is called, after its number's name."""


def array_dtype(dtype: str) -> str:
    """The dtype of arrays, where a node's may be ``python``."""
    return "float32" if dtype == "python" else dtype


def part_dtype(dtype: str) -> str:
    """The dtype that numbers are rounded to, complex ones part by part."""
    return PART_OF.get(dtype, array_dtype(dtype))


def is_complex(dtype: str) -> bool:
    """Whether it is a complex dtype."""
    return dtype in PART_OF


def wide_dtype(dtype: str) -> str:
    """The dtype of 64 bits, or of two such parts, in which numbers of a dtype are exact."""
    return "complex128" if is_complex(dtype) else "float64"


def is_wide(dtype: str) -> bool:
    """Whether the dtype needs JAX's 64-bit types."""
    return part_dtype(dtype) == "float64"


def widened(array: Any) -> np.ndarray[Any, Any]:
    """The same numbers in the wide dtype."""
    numbers = np.asarray(array)
    return numbers.astype(wide_dtype(numbers.dtype.name))


def numbers_in_parts(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """An array of complex numbers as one of their parts, along a new last axis."""
    return np.stack([array.real, array.imag], axis=-1)


def component(label: str, place: tuple[int, ...], *, in_parts: bool) -> str:
    """A component's name: ``x[0, 2]``, or ``x[0, 2].imag``.

    Args:
        label: the array's.
        place: the index, that of the part last.
        in_parts: whether there are parts.
    """
    index, suffix = (place[:-1], SUFFIXES[place[-1]]) if in_parts else (place, "")
    written = ", ".join(str(int(i)) for i in index)
    return (f"{label}[{written}]" if written else label) + suffix
