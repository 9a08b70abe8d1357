"""A wrong derivative, transpose, batching rule or lowering is reported in its cell."""

from __future__ import annotations

import pytest
from mutants.planted import Planted, assert_reported
from mutants.rules_table import RULES


@pytest.mark.parametrize("planted", RULES, ids=str)
def test_fault_in_a_rule_is_reported(planted: Planted) -> None:
    assert_reported(planted)
