"""Bisection for the smallest error that is noticed."""

from __future__ import annotations

from collections.abc import Callable


def smallest(notices: Callable[[float], bool], lowest: int, highest: int) -> float | None:
    """The smallest power of two that is noticed; None if not even the largest is.

    Args:
        notices: whether an error of that size is noticed; once it is, every larger one is too.
        lowest: exponent of the smallest error that is tried.
        highest: exponent of the largest.

    Raises:
        ValueError: if there is nothing to try.
    """
    if lowest > highest:
        message = f"no power of two lies between 2**{lowest} and 2**{highest}"
        raise ValueError(message)
    if not notices(2.0**highest):
        return None
    unnoticed, noticed = lowest - 1, highest
    while noticed - unnoticed > 1:
        middle = (unnoticed + noticed) // 2
        if notices(2.0**middle):
            noticed = middle
        else:
            unnoticed = middle
    return 2.0**noticed
