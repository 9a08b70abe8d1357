"""Every misuse raises the error that belongs to it, when it must, and its remedy works."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gradlaw.conformance.pitfalls.judge import judge_pitfall
from gradlaw.conformance.pitfalls.pitfall import Pitfall
from gradlaw.conformance.pitfalls.table import ALONE
from gradlaw.reports.record import Record


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("pitfall", ALONE, ids=lambda pitfall: pitfall.name)
def test_pitfall(pitfall: Pitfall, keep: Callable[[Record], None]) -> None:
    """Commit one misuse in each mode, then apply its remedy."""
    record = judge_pitfall(pitfall)
    keep(record)
    if record.verdict == "skipped":
        # The record, kept above, shows the reason in the report.
        pytest.skip(record.failures[0].explanation)
