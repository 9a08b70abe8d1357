"""Allowances: the interval around the closed form in which a returned number conforms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from gradlaw.oracles.interpreter.arrays import mapped

Balls = np.ndarray[Any, np.dtype[np.object_]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """Bounds on the returned numbers, one interval a component.

    Attributes:
        lower: the smallest float64 that is allowed; -inf where nothing is certified.
        upper: the largest; inf likewise.
        radius: the half-width, for the record; inf where it is unbounded.
    """

    lower: Floats
    upper: Floats
    radius: Floats

    @property
    def bounded(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Where the allowance says anything."""
        return np.isfinite(self.radius)


def allowance(oracle: Balls, reading: Balls, centre: Balls) -> Allowance:
    """The interval that a reading allows around the oracle's value.

    The centre comes from the oracle and only the radius from the reading, so that a wrong rule
    cannot excuse itself. Bounds are rounded inwards to float64, in which the returned number is
    exact: the comparison neither widens nor narrows the interval.

    Args:
        oracle: the closed form's values.
        reading: balls that hold every result of a correct backend.
        centre: the exact value of the same program (the oracle's own, for the attainable
            allowance), from which the ball's radius is measured.
    """
    intervals = mapped(_interval, oracle, reading, centre)
    columns = [
        np.array([interval[k] for interval in intervals.reshape(-1)], dtype=np.float64)
        for k in range(3)
    ]
    lower, upper, radius = (column.reshape(oracle.shape) for column in columns)
    return Allowance(lower=lower, upper=upper, radius=radius)


def _interval(oracle: arb, reading: arb, centre: arb) -> tuple[float, float, float]:
    if not (reading.is_finite() and oracle.is_finite() and centre.is_finite()):
        return -math.inf, math.inf, math.inf
    radius = reading.rad() + (reading.mid() - centre).abs_upper()
    lower, upper = (oracle - radius).lower(), (oracle + radius).upper()
    return _rounded_up(lower), _rounded_down(upper), float(radius.upper().mid())


def _rounded_up(bound: arb) -> float:
    number = float(bound.mid())
    return number if arb(number) >= bound else math.nextafter(number, math.inf)


def _rounded_down(bound: arb) -> float:
    number = float(bound.mid())
    return number if arb(number) <= bound else math.nextafter(number, -math.inf)
