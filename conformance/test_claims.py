"""What the tutorials state is held against an oracle, and JAX with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gradlaw.conformance.claims.claim import Claim
from gradlaw.conformance.claims.judge import judge_claim
from gradlaw.conformance.claims.table import CLAIMS
from gradlaw.reports.record import Record


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_claim(claim: Claim, keep: Callable[[Record], None]) -> None:
    """Judge one claim."""
    keep(judge_claim(claim))
