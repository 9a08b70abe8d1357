"""Frames: where they lie decides what a call costs."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gradlaw.frames import with_room

CALLS, DEPTHS = 500, 400


def faults() -> int:
    """Pages that the system has had to give this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def leaf() -> None:
    """Have a frame."""


def pages_asked_for(depth: int) -> int:
    """Pages that a loop of calls asks for, at that depth."""
    if depth:
        return pages_asked_for(depth - 1)
    before = faults()
    for _ in range(CALLS):
        leaf()
    return faults() - before


def test_calls_with_room_ask_for_no_memory_at_any_depth() -> None:
    assert max(with_room(pages_asked_for, depth) for depth in range(DEPTHS)) < CALLS / 10


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="frames are not known to lie in pieces")
def test_calls_without_room_ask_for_a_page_each_where_a_piece_ends() -> None:
    """In a process of its own: here all frames have room."""
    program = f"import test_frames as t; print(max(map(t.pages_asked_for, range({DEPTHS}))))"
    told = subprocess.check_output(
        [sys.executable, "-c", program], cwd=Path(__file__).parent, text=True
    )
    assert int(told) >= CALLS


def test_what_is_called_gets_its_arguments_and_gives_its_result() -> None:
    def told(*arguments: Any, **named: Any) -> Any:
        return arguments, named

    assert with_room(told, 1, function=2) == ((1,), {"function": 2})
