"""Where the catalogue's functions are defined and smooth."""

from __future__ import annotations

import math
from typing import Final

from gradlaw.strategies.domains import REAL, Domain, WellConditioned

ZERO: Final = Domain(lower=-math.ulp(0.0), upper=math.ulp(0.0))
"""That number alone."""

POSITIVE: Final = Domain(lower=0.0)
NONZERO: Final = Domain(poles=(0.0,))
UNIT: Final = Domain(lower=0.0, upper=1.0)
SYMMETRIC: Final = Domain(lower=-1.0, upper=1.0)
ABOVE_ONE: Final = Domain(lower=1.0)
ABOVE_MINUS_ONE: Final = Domain(lower=-1.0)
ACUTE: Final = Domain(lower=-1.5, upper=1.5)
"""Between the poles of the tangent."""

MODERATE: Final = Domain(lower=-8.0, upper=8.0)
"""Where exponentials of sums, and products of some elements, stay far from overflow."""

SHAPE: Final = Domain(lower=0.125, upper=32.0)
"""Parameters of gamma and beta functions and of densities."""

SQUARE: Final = WellConditioned()
DOMINANT: Final = WellConditioned(positive_diagonal=True)

MATRIX_DTYPES: Final = ("float32", "float64")
"""The dtypes in which JAX factorizes matrices."""

__all__ = [
    "ABOVE_MINUS_ONE",
    "ABOVE_ONE",
    "ACUTE",
    "DOMINANT",
    "MATRIX_DTYPES",
    "MODERATE",
    "NONZERO",
    "POSITIVE",
    "REAL",
    "SHAPE",
    "SQUARE",
    "SYMMETRIC",
    "UNIT",
    "ZERO",
]
