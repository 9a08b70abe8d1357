"""A mistake in one of JAX's transformations is reported by the law that holds it."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import pytest
from mutants.interface_table import INTERFACE
from mutants.planted import array_case, read_rule
from mutants.transformations import MUTANTS, Mutant
from mutants.wrongly_composed import FAULTS

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases.curves import along_a_curve
from gradlaw.conformance.laws import Law
from gradlaw.conformance.plan import applies


def subject(law: str) -> Case:
    """A case of two arrays, mapped over batches, that the law means something on."""

    def function(x: Any, y: Any) -> Any:
        return jnp.sum(jnp.sin(x) * x * y + jnp.exp(y))

    case = array_case(function, signature="(n),(n)->()", max_batch=7)
    return case if applies(case, Law(name=law)) else along_a_curve(case)


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_mistake_in_a_transformation_is_reported(mutant: Mutant) -> None:
    case = subject(mutant.law)
    reported = []
    for seed in range(12):
        sound = read_rule(case, mutant.law, seed=seed)
        assert not sound.failed, sound.failures
        with mutant.planted():
            record = read_rule(case, mutant.law, seed=seed)
        assert record.law is not None
        assert (record.law.case, record.law.law) == (case.name, mutant.law)
        reported.append(record.verdict)
        if record.verdict == mutant.verdict:
            return
    raise AssertionError(f"{mutant}: {reported}")


def test_there_are_forty_mutants_and_more() -> None:
    assert len(MUTANTS) + len(INTERFACE) + len(FAULTS) >= 40
    assert len(MUTANTS) >= 30
