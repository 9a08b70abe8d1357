"""Rounding to an integer: step functions, enclosed by their values at a ball's ends."""

from __future__ import annotations

from typing import Any

from flint import arb

from gradlaw.oracles.special.enclosures import INFINITY, monotone

_HALF = arb(1) / 2


def sign(x: Any) -> arb:
    """−1, 0 or 1."""
    x = arb(x)
    return x if x.is_nan() else x.sgn()


def floor(x: Any) -> arb:
    """The largest integer that is not larger."""
    return monotone(_floor, arb(x))


def ceiling(x: Any) -> arb:
    """The smallest integer that is not smaller."""
    return -floor(-arb(x))


def round_half_away(x: Any) -> arb:
    """The nearest integer; of two, that farther from zero."""
    return monotone(_half_away, arb(x))


def round_half_even(x: Any) -> arb:
    """The nearest integer; of two, the even one."""
    return monotone(_half_even, arb(x))


def _floor(x: arb) -> arb:
    return x if abs(x) == INFINITY else x.floor()


def _half_away(x: arb) -> arb:
    return -_floor(_HALF - x) if x < 0 else _floor(x + _HALF)


def _half_even(x: arb) -> arb:
    nearest = _floor(x + _HALF)
    if nearest - x == _HALF and not (nearest / 2).is_integer():
        return nearest - 1
    return nearest
