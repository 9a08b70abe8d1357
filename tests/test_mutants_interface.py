"""A transformation that answers wrongly, in its numbers or its form, is reported in its cell."""

from __future__ import annotations

import pytest
from mutants.interface_table import INTERFACE, REFUSALS
from mutants.planted import Planted, assert_reported


@pytest.mark.parametrize("planted", INTERFACE, ids=str)
def test_fault_in_a_transformation_is_reported(planted: Planted) -> None:
    assert_reported(planted)


@pytest.mark.parametrize("planted", REFUSALS, ids=str)
def test_refusal_names_the_exception(planted: Planted) -> None:
    (failure,) = planted.record().failures
    assert failure.explanation.startswith(planted.name.partition(" ")[0] + ": ")
