"""The suite's own tests collect garbage as seldom as a run does."""

from __future__ import annotations

from gradlaw.garbage import collect_seldom


def pytest_collection_finish() -> None:
    """Everything is imported."""
    collect_seldom()
