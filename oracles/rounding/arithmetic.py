"""The arithmetic of a dtype on a backend: unit roundoff, range, subnormals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import ml_dtypes
import numpy as np


@dataclass(frozen=True, kw_only=True)
class Arithmetic:
    """What rounding to a dtype does.

    Attributes:
        dtype: its name.
        precision: significand bits, the hidden one included.
        unit_roundoff: 2**-precision, the relative error of one correct rounding to nearest.
        largest: the largest finite number.
        tiny: the smallest normal number.
        smallest: the smallest subnormal number.
        flushes: whether the backend may treat subnormal arguments and results as zero.
    """

    dtype: str
    precision: int
    unit_roundoff: float
    largest: float
    tiny: float
    smallest: float
    flushes: bool

    @property
    def underflow(self) -> float:
        """The largest absolute error of a result below ``tiny``."""
        return self.tiny if self.flushes else self.smallest / 2

    def ulp(self, magnitude: float) -> float:
        """The distance between neighbouring numbers at ``magnitude``, subnormals included."""
        return float(self.ulps(np.float64(magnitude)))

    def ulps(self, magnitudes: Any) -> Any:
        """The distance between neighbouring numbers at each magnitude."""
        bounded = np.clip(np.nan_to_num(magnitudes, nan=self.largest), self.tiny, self.largest)
        return np.ldexp(1.0, np.frexp(bounded)[1] - self.precision)


# XLA's CPU and GPU backends compute float16 in float32, of which every float16 subnormal is a
# normal number; the others run with subnormals flushed on the CPU (XLA sets flush-to-zero and
# denormals-are-zero in its threads), and GPU approximations may flush them.
_KEEPS_SUBNORMALS = frozenset({"float16"})


@cache
def arithmetic(dtype: str, backend: str = "cpu") -> Arithmetic:
    """The arithmetic of a float dtype on a backend.

    Raises:
        ValueError: if the dtype is no binary floating-point format.

    Source: IEEE 754-2019, section 3.3; bfloat16 as in ``ml_dtypes.finfo``.
    """
    try:
        limits: Any = ml_dtypes.finfo(dtype)
    except (TypeError, ValueError) as error:
        message = (
            f"{dtype!r} is not a floating-point dtype; known: float16, bfloat16, float32, float64"
        )
        raise ValueError(message) from error
    precision = int(limits.nmant) + 1
    return Arithmetic(
        dtype=dtype,
        precision=precision,
        unit_roundoff=2.0**-precision,
        largest=float(limits.max),
        tiny=float(limits.tiny),
        smallest=float(limits.smallest_subnormal),
        flushes=not (dtype in _KEEPS_SUBNORMALS and backend in {"cpu", "gpu", "cuda", "rocm"}),
    )


def is_number(value: Any, dtype: str) -> bool:
    """Whether a rational number, Python's or SymPy's, is one that the dtype has."""
    rational = Fraction(int(value.numerator), int(value.denominator))
    with np.errstate(over="ignore"):
        number = float(np.float64(value).astype(np.dtype(dtype)))
    return math.isfinite(number) and Fraction(number) == rational
