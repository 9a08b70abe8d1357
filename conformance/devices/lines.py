"""Lines from pipes, waited for no longer than a limit."""

from __future__ import annotations

import os
import selectors
import time
from collections.abc import Sequence


class Lines:
    """What comes through a pipe, line by line.

    Args:
        descriptor: of the pipe's end that is read.

    Attributes:
        closed: whether nobody will write any more.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.closed = False
        self._held = b""

    def take(self) -> bytes | None:
        """The next line without its end, if it has come whole."""
        line, end, rest = self._held.partition(b"\n")
        if not end:
            return None
        self._held = rest
        return line

    def fill(self) -> None:
        """Read what is there, or note the end; waits where there is neither."""
        got = os.read(self.descriptor, 1 << 16)
        self._held, self.closed = self._held + got, not got


def one_from_each(sources: Sequence[Lines], seconds: float) -> list[bytes] | None:
    """A line from each pipe; None where one was closed before, or the time is over.

    Args:
        sources: the pipes.
        seconds: on the clock.
    """
    found: dict[int, bytes] = {}
    end = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for place, source in enumerate(sources):
            selector.register(source.descriptor, selectors.EVENT_READ, place)
        while True:
            for place, source in enumerate(sources):
                if place not in found and (line := source.take()) is not None:
                    found[place] = line
                    selector.unregister(source.descriptor)
            if len(found) == len(sources):
                return [found[place] for place in range(len(sources))]
            ready = selector.select(max(0.0, end - time.monotonic()))
            if not ready:
                return None
            for key, _ in ready:
                sources[key.data].fill()
                if sources[key.data].closed:
                    return None
