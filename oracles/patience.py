"""How long a reading may take, and what is said of one that has no meaning or no end."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Scalar = TypeVar("Scalar")


class Unsupported(Exception):  # noqa: N818 (a verdict, not a programming error)
    """A program holds something that has no meaning here; the message names the equation."""


class TooLarge(Unsupported):
    """A program takes more scalar results, or more processor time, than a reading may."""


OUT_OF_PATIENCE = "reading the program takes more processor time than it is given"

_NEVER = (math.inf, math.inf)

_ENDS: ContextVar[tuple[float, float]] = ContextVar("ends", default=_NEVER)
"""The elapsed and the processor time at which patience ends."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Let the readings in a block take so much processor time together, or what is left of it.

    Args:
        seconds: of processor time; a reading that is past it raises :class:`TooLarge`.
    """
    elapsed, spent = _ENDS.get()
    ends = min(elapsed, time.monotonic() + seconds), min(spent, time.process_time() + seconds)
    token = _ENDS.set(ends)
    try:
        yield
    finally:
        _ENDS.reset(token)


def patient(scalars: Iterable[Scalar]) -> Iterable[Scalar]:
    """The scalars, with a look at the clock after each where there is an end to patience."""
    return scalars if _ENDS.get() == _NEVER else _watched(scalars, *_ENDS.get())


def _watched(scalars: Iterable[Scalar], elapsed: float, spent: float) -> Iterator[Scalar]:
    clock = time.monotonic  # once for every scalar of every reading
    for scalar in scalars:
        if clock() > elapsed:
            _end(spent)
        yield scalar


def keep_patience() -> None:
    """Raise :class:`TooLarge` where the time is over."""
    elapsed, spent = _ENDS.get()
    if time.monotonic() > elapsed:
        _end(spent)


def _end(spent: float) -> None:
    # The processor's clock takes a system call; no reading spends more than has elapsed.
    if time.process_time() > spent:
        raise TooLarge(OUT_OF_PATIENCE)
