"""The known issues of the installed release: what each covers, and that its witness shows it."""

from __future__ import annotations

from dataclasses import replace

import jax
import numpy as np
import pytest

from gradlaw.conformance.answers import Example
from gradlaw.conformance.cases import CASES
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.known_issues import KnownFault, known_faults
from gradlaw.conformance.laws import LAWS
from gradlaw.conformance.outcome import Outcome
from gradlaw.conformance.profiles import PROFILES
from gradlaw.conformance.rule import judge_rule
from gradlaw.oracles.rounding.arithmetic import arithmetic

READ = "-float32-exact"
"""How nodes end whose rule alone is read."""

BY_READING = [
    fault for fault in known_faults(jax.__version__) if fault.witness["node"].endswith(READ)
]


def refusal(explanation: str) -> Outcome:
    return Outcome(verdict="refused", explanation=explanation)


def test_an_exception_of_another_text_is_not_covered() -> None:
    fault = KnownFault(
        name="absent",
        pattern="*",
        verdict="refused",
        releases=">=0.5",
        reason="why",
        says="no rule for f",
        witness={},
    )
    example = Example(leaves={"x": np.zeros(2)}, rows=(), row_of=None, region="ordinary")
    numbers = arithmetic("float32")
    assert fault.covers("f-grad", refusal("TypeError: no rule for f"), example, numbers)
    assert not fault.covers("f-grad", refusal("TypeError: no rule for g"), example, numbers)


@pytest.mark.parametrize("fault", BY_READING, ids=lambda fault: fault.name)
def test_the_witness_shows_it(fault: KnownFault) -> None:
    subject, _, wanted = fault.witness["node"].removesuffix(READ).rpartition("-")
    examination = Examination(
        case=next(case for case in CASES if case.name == subject),
        law=next(law for law in LAWS if law.name == wanted),
        dtype="float32",
        backend="exact",
        seed=0,
        profile=replace(PROFILES["quick"], plans=1, examples=1),
        judge=judge_rule,
    )
    record = examination.record()
    assert record.law is not None
    assert record.law.witnesses == {fault.name: True}
    assert record.known == fault.name
