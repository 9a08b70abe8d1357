"""The suite's own tests treat memory as a run does."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial

import pytest

from gradlaw.frames import with_room
from gradlaw.garbage import collect_seldom


def pytest_collection_finish() -> None:
    """Everything is imported."""
    collect_seldom()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """All frames of a test lie in one piece of memory."""
    pyfuncitem.obj = partial(with_room, pyfuncitem.obj)
    return (yield)
