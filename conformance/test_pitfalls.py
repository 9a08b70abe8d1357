"""Every misuse raises the error that belongs to it, when it must, and its remedy works."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gradlaw.conformance.pitfalls.judge import judge_pitfall
from gradlaw.conformance.pitfalls.pitfall import Pitfall
from gradlaw.conformance.pitfalls.table import PITFALLS
from gradlaw.reports.record import Record


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("pitfall", PITFALLS, ids=lambda pitfall: pitfall.name)
def test_pitfall(pitfall: Pitfall, keep: Callable[[Record], None]) -> None:
    """Commit one misuse, then apply its remedy."""
    keep(judge_pitfall(pitfall))
