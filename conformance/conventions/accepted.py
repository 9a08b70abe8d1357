"""The values that a mathematician would accept for a derivative at a point."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

Meaning = Literal["derivative", "Clarke", "one-sided", "extension", "none"]
"""Why a value is acceptable.

*derivative*: the function has one there; only its formula is in difficulty.
*Clarke*: the function has a kink; any slope between those of its two sides is a subgradient.
*one-sided*: the point is an end of the domain, and this is the slope's limit from within.
*extension*: the function jumps there or has a pole; its slope has these limits on its two sides.
*none*: no number is.
"""


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """An interval of extended real numbers; for a whole empty one, NaN is the honest answer.

    Attributes:
        lower, upper: its ends, infinities among them; NaN where no number is acceptable.
        meaning: why.

    Source: F. H. Clarke, Optimization and Nonsmooth Analysis (1983), theorem 2.5.1: the
    generalised gradient is the convex hull of the limits of the gradient at nearby points.
    """

    lower: float
    upper: float
    meaning: Meaning

    def holds(self, value: float, dtype: str = "float32") -> bool:
        """Whether a number of a dtype is acceptable; NaN is where nothing else is."""
        if self.meaning == "none":
            return math.isnan(value)
        return rounded(self.lower, dtype) <= value <= rounded(self.upper, dtype)

    def __str__(self) -> str:
        """The set, as the report shows it."""
        if self.meaning == "none":
            return "none"
        if self.lower == self.upper:
            return shown(self.lower)
        return f"[{shown(self.lower)}, {shown(self.upper)}]"


def smooth(value: float) -> Accepted:
    """A derivative."""
    return Accepted(lower=float(value), upper=float(value), meaning="derivative")


def clarke(lower: float, upper: float) -> Accepted:
    """A subdifferential."""
    return Accepted(lower=float(lower), upper=float(upper), meaning="Clarke")


def edge(value: float) -> Accepted:
    """A limit from within the domain."""
    return Accepted(lower=float(value), upper=float(value), meaning="one-sided")


def across(value: float, other: float | None = None) -> Accepted:
    """Limits from both sides of a jump or a pole."""
    upper = float(value if other is None else other)
    return Accepted(lower=float(value), upper=upper, meaning="extension")


NOTHING = Accepted(lower=math.nan, upper=math.nan, meaning="none")
"""No number will do."""


def rounded(value: float, dtype: str) -> float:
    """A number as a dtype has it."""
    return float(np.asarray(value).astype(np.dtype(dtype)))


def shown(value: float) -> str:
    """A number as the report shows it: 0.5, -2, inf, nan; -0 is told from 0."""
    if math.isfinite(value) and value.is_integer() and abs(value) < 2**53:
        return f"{value:.0f}"
    return repr(value)
