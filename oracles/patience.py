"""How long a reading may take, and what is said of one that has no meaning or no end."""

from __future__ import annotations

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


class _End:
    """When patience ends.

    Attributes:
        elapsed: a moment of the clock before which it cannot, which is cheap to look at.
        spent: processor time at which it does.
    """

    __slots__ = ("elapsed", "spent")

    def __init__(self, seconds: float, within: _End | None) -> None:
        self.elapsed = time.monotonic() + seconds
        self.spent = time.process_time() + seconds
        if within is not None:
            self.elapsed = min(self.elapsed, within.elapsed)
            self.spent = min(self.spent, within.spent)

    def meet(self) -> None:
        """Raise :class:`TooLarge` where the time is over; else look again when it may be."""
        # The processor's clock takes a system call; no reading spends more than has elapsed.
        left = self.spent - time.process_time()
        if left < 0:
            raise TooLarge(OUT_OF_PATIENCE)
        self.elapsed = time.monotonic() + left


_END: ContextVar[_End | None] = ContextVar("end", default=None)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Let the readings in a block take so much processor time together, or what is left of it.

    Args:
        seconds: of processor time; a reading that is past it raises :class:`TooLarge`.
    """
    token = _END.set(_End(seconds, _END.get()))
    try:
        yield
    finally:
        _END.reset(token)


def patient(scalars: Iterable[Scalar]) -> Iterable[Scalar]:
    """The scalars, with a look at the clock after each where there is an end to patience."""
    end = _END.get()
    return scalars if end is None else _watched(scalars, end)


def _watched(scalars: Iterable[Scalar], end: _End) -> Iterator[Scalar]:
    clock = time.monotonic  # once for every scalar of every reading
    for scalar in scalars:
        if clock() > end.elapsed:
            end.meet()
        yield scalar


def keep_patience() -> None:
    """Raise :class:`TooLarge` where the time is over."""
    end = _END.get()
    if end is not None and time.monotonic() > end.elapsed:
        end.meet()
