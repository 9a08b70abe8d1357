"""Readings that take too long end, and are not begun again and again."""

from __future__ import annotations

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb
from mutants.planted import array_case

from gradlaw.conformance.answers import Example
from gradlaw.conformance.laws import law_named
from gradlaw.conformance.outcome import Outcome
from gradlaw.conformance.patient import LONG, TRIES, PatientJudge
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.preparation import Prepared, prepare
from gradlaw.conformance.rule import judge_rule
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.patience import OUT_OF_PATIENCE, TooLarge, patience
from gradlaw.oracles.special.parameters import parameter_derivative

NUMBERS = np.array([0.5, 2.0], np.float32)


def prepared() -> Prepared:
    case = array_case(lambda x: jnp.sum(jnp.sin(x)))
    plan = Plan(shapes={"x": (2,)}, argnums=0)
    return prepare(case, law_named("grad"), plan, "float32", Rounded("cpu", None))


EXAMPLE = Example(leaves={"x": NUMBERS}, rows=({"x": NUMBERS},), row_of=None, region="ordinary")


def test_one_derivative_by_a_parameter_does_not_outlast_patience() -> None:
    with patience(-1.0), pytest.raises(TooLarge):
        parameter_derivative(lambda z: z.exp(), arb(1), 1, arb(1))
    assert parameter_derivative(lambda z: z.exp(), arb(1), 1, arb(1)).contains(arb(1).exp())


def test_a_plan_that_is_too_slow_is_given_up_and_another_is_tried() -> None:
    judged: list[Prepared] = []

    def counted(prepared: Prepared, example: Example, dtype: str, *, seconds: float) -> Outcome:
        judged.append(prepared)
        return judge_rule(prepared, example, dtype, seconds=seconds)

    judge, first, second = PatientJudge(judge=counted, seconds=-1.0), prepared(), prepared()
    outcomes = [judge(first, EXAMPLE, "float32") for _ in range(TRIES + 3)]
    assert judged == [first] * TRIES
    outcomes.append(judge(second, EXAMPLE, "float32"))
    assert judged == [*[first] * TRIES, second]
    assert {(each.verdict, each.explanation) for each in outcomes} == {
        ("unsupported", OUT_OF_PATIENCE)
    }


def test_who_is_quick_enough_is_judged_each_time() -> None:
    judge, law = PatientJudge(judge=judge_rule, seconds=60.0), prepared()
    assert {judge(law, EXAMPLE, "float32").verdict for _ in range(TRIES + 3)} == {"conforms"}


@pytest.mark.parametrize(("spent", "times"), [(0.5, 3), (1.5, 2)])
def test_where_examples_take_long_few_are_judged(spent: float, times: int) -> None:
    judged: list[Example] = []

    def slow(prepared: Prepared, example: Example, dtype: str, *, seconds: float) -> Outcome:
        del prepared, dtype, seconds
        judged.append(example)
        return Outcome(seconds={"oracle": LONG * spent, "compile": 2 * LONG})

    judge, law = PatientJudge(judge=slow, seconds=3.0, tries=2), prepared()
    verdicts = [judge(law, EXAMPLE, "float32").verdict for _ in range(3)]
    assert len(judged) == times
    assert verdicts == ["conforms"] * times + ["unsupported"] * (3 - times)


def test_however_long_it_takes_ordinary_numbers_are_judged() -> None:
    judged: list[str] = []

    def slow(prepared: Prepared, example: Example, dtype: str, *, seconds: float) -> Outcome:
        del prepared, dtype, seconds
        judged.append(example.region)
        return Outcome(seconds={"reading": 2 * LONG})

    judge, law = PatientJudge(judge=slow, seconds=3.0), prepared()
    tiny = replace(EXAMPLE, region="tiny")
    for example in (tiny, tiny, tiny, EXAMPLE, tiny, EXAMPLE, EXAMPLE):
        judge(law, example, "float32")
    assert judged == ["tiny"] * TRIES + ["ordinary"] * TRIES
