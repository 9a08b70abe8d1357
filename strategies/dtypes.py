"""The floating-point formats that gradients are judged in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import hypothesis.strategies as st
import ml_dtypes
import numpy as np
from hypothesis.errors import InvalidArgument


@dataclass(frozen=True, kw_only=True)
class FloatFormat:
    """A binary floating-point format, with the figures that numerical analysis asks of it.

    Every value of the four formats is a float64, so the figures are Python floats, exactly.

    Attributes:
        name: JAX's and NumPy's name.
        numpy_dtype: the dtype of arrays in this format; bfloat16 comes from ml_dtypes.
        precision: bits of the significand, the hidden one included.
        max: the largest finite value.
        tiny: the smallest normal value.
        smallest_subnormal: the smallest positive value.
        unit_roundoff: the largest relative error of one rounding to nearest,
            ``2**-precision``.

    Source: IEEE 754-2019, section 3.3; Higham, Accuracy and Stability of Numerical
    Algorithms, section 2.1, for the unit roundoff.

    """

    name: str
    numpy_dtype: np.dtype[Any]
    precision: int
    max: float
    tiny: float
    smallest_subnormal: float
    unit_roundoff: float

    @property
    def max_exponent(self) -> int:
        """The exponent e of the largest finite value, which lies in [2**e, 2**(e+1))."""
        return math.frexp(self.max)[1] - 1

    @property
    def min_exponent(self) -> int:
        """The exponent e of the smallest normal value, which is 2**e."""
        return math.frexp(self.tiny)[1] - 1


def _float_format(dtype: Any) -> FloatFormat:
    numpy_dtype = np.dtype(dtype)
    finfo = ml_dtypes.finfo(numpy_dtype)
    precision = int(finfo.nmant) + 1
    return FloatFormat(
        name=numpy_dtype.name,
        numpy_dtype=numpy_dtype,
        precision=precision,
        max=float(finfo.max),
        tiny=float(finfo.smallest_normal),
        smallest_subnormal=float(finfo.smallest_subnormal),
        unit_roundoff=2.0**-precision,
    )


FLOAT_FORMATS: Mapping[str, FloatFormat] = MappingProxyType(
    {
        fmt.name: fmt
        for fmt in map(_float_format, (np.float32, ml_dtypes.bfloat16, np.float16, np.float64))
    }
)
"""The formats by name, the simplest to report a fault in first."""


def check_format(fmt: object) -> FloatFormat:
    """Return ``fmt`` if it is a format, and say what to pass instead if it is not.

    Raises:
        InvalidArgument: ``fmt`` is not a FloatFormat.

    """
    if isinstance(fmt, FloatFormat):
        return fmt
    names = ", ".join(FLOAT_FORMATS)
    raise InvalidArgument(
        f"fmt={fmt!r} is not a FloatFormat: pass FLOAT_FORMATS[name], name one of {names}"
    )


def floating_dtypes() -> st.SearchStrategy[str]:
    """Names of the floating-point formats, shrinking towards float32."""
    return st.sampled_from(tuple(FLOAT_FORMATS))
