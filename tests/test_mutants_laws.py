"""Every law, and every verdict that can fail a law, has planted faults that it reports."""

from __future__ import annotations

import pytest
from mutants.functions import CANCELLING, CUMULATIVE, OVERFLOWING, REFUSING
from mutants.interface_table import INTERFACE
from mutants.planted import Planted, assert_reported, examine
from mutants.rules import cosine_off_by_a_thousandth, sine_off_by_a_billionth
from mutants.rules_table import RULES

from gradlaw.conformance.laws import LAWS
from gradlaw.conformance.outcome import SEVERITY
from gradlaw.conformance.plan import Plan


def few(plan: Plan) -> bool:
    """Whether a plan has several elements, and so few that it is quick."""
    sizes = [size for shape in plan.shapes.values() for size in shape]
    batch = 3 if plan.batching is None else plan.batching.size
    second = plan.outer_argnums is not None
    return (second or len(sizes) == 1) and all(1 < s < 6 for s in sizes) and 1 < batch < 6


RULE_FAULTS = [
    Planted(
        name="sin' off by a billionth",
        fault=sine_off_by_a_billionth,
        case="sine_log",
        law=law.name,
        verdict="wrong rule",
        plan=few,
    )
    for law in LAWS
]

NUMBER_FAULTS = [
    Planted(
        name="cos off by a thousandth",
        fault=cosine_off_by_a_thousandth,
        case="sine_square",
        law=law.name,
        verdict="wrong number",
        plan=few,
    )
    for law in LAWS
]


@pytest.mark.parametrize("planted", RULE_FAULTS, ids=lambda planted: planted.law)
def test_every_law_reports_a_rule_off_by_a_billionth(planted: Planted) -> None:
    failure = assert_reported(planted)
    assert "closed form" in failure.explanation


@pytest.mark.parametrize("planted", NUMBER_FAULTS, ids=lambda planted: planted.law)
def test_every_law_reports_a_backend_that_computes_something_else(planted: Planted) -> None:
    failure = assert_reported(planted)
    assert failure.error is not None
    assert failure.program is not None
    assert failure.error > failure.program


def test_every_failing_verdict_has_a_planted_fault() -> None:
    planted = {fault.verdict for fault in (*RULES, *INTERFACE)}
    assert planted == {"wrong rule", "wrong number", "not finite", "wrong structure", "refused"}
    by_functions = {
        examine(CANCELLING, "grad").verdict,
        examine(OVERFLOWING, "grad").verdict,
        examine(REFUSING, "grad").verdict,
        examine(CUMULATIVE, "grad").verdict,
    }
    assert by_functions == {"inaccurate", "ill-posed", "unsupported", "conforms"}
    assert planted | by_functions == set(SEVERITY)


def test_every_dtype_has_a_planted_fault() -> None:
    dtypes = {fault.dtype for fault in (*RULES, *INTERFACE)}
    assert dtypes == {"float16", "bfloat16", "float32", "float64", "python"}
