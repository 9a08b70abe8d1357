"""Functions are traced as often as they must be, and no result is stale."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gradlaw.conformance.tracing import TracingLaw, judge_tracing
from gradlaw.conformance.tracing_laws import TRACING_LAWS
from gradlaw.reports.record import Record


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("law", TRACING_LAWS, ids=lambda law: law.name)
def test_tracing(law: TracingLaw, keep: Callable[[Record], None]) -> None:
    """Judge one tracing law."""
    keep(judge_tracing(law))
