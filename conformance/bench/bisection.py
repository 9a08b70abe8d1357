"""Bisection for the smallest error that is noticed."""

from __future__ import annotations

from collections.abc import Callable


def smallest(notices: Callable[[float], bool], lowest: int, highest: int) -> float | None:
    """The smallest power of two that is noticed; None if not even the largest is.

    The steps double until one is noticed, so that a small error is found by few questions.

    Args:
        notices: whether an error of that size is noticed; once it is, every larger one is too.
        lowest: exponent of the smallest error that is tried.
        highest: exponent of the largest.

    Raises:
        ValueError: if there is nothing to try.

    Source: J. L. Bentley and A. C. Yao, An almost optimal algorithm for unbounded searching,
    Information Processing Letters 5(3), 1976.
    """
    if lowest > highest:
        message = f"no power of two lies between 2**{lowest} and 2**{highest}"
        raise ValueError(message)
    unnoticed, noticed, step = lowest - 1, lowest, 1
    while not notices(2.0**noticed):
        if noticed == highest:
            return None
        unnoticed, noticed, step = noticed, min(noticed + step, highest), 2 * step
    while noticed - unnoticed > 1:
        middle = (unnoticed + noticed) // 2
        if notices(2.0**middle):
            noticed = middle
        else:
            unnoticed = middle
    return 2.0**noticed
