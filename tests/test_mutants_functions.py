"""What a function does to itself has a verdict of its own: no fault of JAX, or one of accuracy."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mutants.functions import (
    CANCELLING,
    CUMULATIVE,
    DOUBLING,
    OVERFLOWING,
    OVERFLOWING_RULE,
    REFUSING,
    WITH_EFFECT,
)
from mutants.interface import concrete, half_as_much_again, returning
from mutants.planted import PROFILE, examine

from gradlaw.oracles.interpreter.reading import HANDLERS
from gradlaw.reports.record import Record
from gradlaw.reports.rooms import LawEvidence


def evidence(record: Record) -> LawEvidence:
    assert record.law is not None
    return record.law


@pytest.mark.parametrize("law", ["grad", "jit(grad)", "vmap(grad)"])
def test_right_formula_that_cancels_is_inaccurate(law: str) -> None:
    record = examine(CANCELLING, law, profile=replace(PROFILE, examples=20))
    assert record.verdict == "inaccurate"
    assert record.failed
    (failure,) = record.failures
    assert failure.where.startswith("x[")
    assert failure.attainable is not None
    assert failure.error is not None
    assert failure.error > failure.attainable
    assert failure.program is None or failure.program >= failure.error
    compile(failure.reproducer, "inaccurate", "exec")


@pytest.mark.parametrize("law", ["grad", "jit(grad)", "vmap(grad)"])
def test_formula_that_does_not_cancel_conforms(law: str) -> None:
    record = examine(DOUBLING, law)
    assert record.verdict == "conforms", record.failures
    assert evidence(record).components > 0


def test_rule_that_overflows_is_blamed() -> None:
    record = examine(OVERFLOWING_RULE, "jit(grad)")
    assert record.verdict == "not finite"
    assert "rule is to blame" in record.failures[0].explanation
    assert float(record.failures[0].expected) == pytest.approx(1)


def test_function_that_overflows_is_ill_posed() -> None:
    record = examine(OVERFLOWING, "grad")
    assert record.verdict == "ill-posed"
    assert not record.failed
    assert not record.failures
    assert evidence(record).tally == {"ill-posed": evidence(record).examples}


def test_function_that_overflows_elsewhere_is_judged() -> None:
    record = examine(OVERFLOWING, "grad", dtype="float64")
    assert record.verdict == "conforms"
    assert evidence(record).tally["conforms"] > 0


def test_function_that_raises_is_unsupported() -> None:
    record = examine(REFUSING, "grad")
    assert record.verdict == "unsupported"
    assert not record.failed


def test_program_with_effects_is_unsupported() -> None:
    record = examine(WITH_EFFECT, "value_and_grad")
    assert record.verdict == "unsupported"
    assert not record.failed


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(HANDLERS, "cumsum")


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("law", ["grad", "jit(grad)", "value_and_grad"])
def test_unknown_primitive_is_named(law: str) -> None:
    record = examine(CUMULATIVE, law)
    assert record.verdict == "conforms", record.failures
    assert "cumsum" in evidence(record).estimated


def test_known_primitives_are_not_named() -> None:
    assert evidence(examine(DOUBLING, "grad")).estimated == ()


@pytest.mark.usefixtures("unread")
def test_wrong_number_is_reported_where_a_primitive_is_unknown() -> None:
    with returning("jit", concrete(half_as_much_again))():
        record = examine(CUMULATIVE, "jit(grad)")
    assert record.verdict == "wrong number"
