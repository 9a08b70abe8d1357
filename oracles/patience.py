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

_ENDS: ContextVar[float] = ContextVar("ends", default=math.inf)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Let the readings in a block take so much processor time together, or what is left of it.

    Args:
        seconds: of processor time; a reading that is past it raises :class:`TooLarge`.
    """
    token = _ENDS.set(min(_ENDS.get(), time.process_time() + seconds))
    try:
        yield
    finally:
        _ENDS.reset(token)


def patient(scalars: Iterable[Scalar]) -> Iterable[Scalar]:
    """The scalars, with a look at the clock after each where there is an end to patience."""
    return scalars if _ENDS.get() == math.inf else _watched(scalars)


def _watched(scalars: Iterable[Scalar]) -> Iterator[Scalar]:
    for scalar in scalars:
        keep_patience()
        yield scalar


def keep_patience() -> None:
    """Raise :class:`TooLarge` where the time is over."""
    if time.process_time() > _ENDS.get():
        raise TooLarge(OUT_OF_PATIENCE)
