"""The known issues of the installed release: what each covers, and that its witness shows it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from mutants.internals import changed_jvp
from mutants.planted import array_case

from gradlaw.conformance.answers import Example
from gradlaw.conformance.case import STEP, Case
from gradlaw.conformance.cases import case_named
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.judging import judge
from gradlaw.conformance.known_issues import KnownFault, known_faults
from gradlaw.conformance.laws import Law
from gradlaw.conformance.laws.table import law_named
from gradlaw.conformance.outcome import Outcome, Worst
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.preparation import Prepared, prepare
from gradlaw.conformance.profiles import PROFILES, Profile
from gradlaw.conformance.rule import judge_rule
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.rounding.arithmetic import arithmetic
from gradlaw.reports.verdict import Verdict

READ = "-exact"
"""How nodes end whose rule alone is read."""

BY_READING = [
    fault for fault in known_faults(jax.__version__) if fault.witness["node"].endswith(READ)
]


def refusal(explanation: str) -> Outcome:
    return Outcome(verdict="refused", explanation=explanation)


def planted(**fields: Any) -> KnownFault:
    return KnownFault(name="planted", releases=">=0.5", reason="why", witness={}, **fields)


def inaccurate(got: float, expected: float, verdict: Verdict = "inaccurate") -> Outcome:
    worst = Worst(
        where="x",
        output=0,
        place=(),
        shape=(),
        got=got,
        expected=expected,
        error=1.0,
        attainable=0.0,
        program=math.inf,
    )
    return Outcome(verdict=verdict, worst=worst)


def covered(fault: KnownFault, node: str, outcome: Outcome) -> bool:
    example = Example(leaves={"x": np.zeros(2)}, rows=(), row_of=None, region="ordinary")
    return fault.covers({node}, outcome, example, arithmetic("float32"))


def test_an_exception_of_another_text_is_not_covered() -> None:
    fault = planted(pattern="*", verdict="refused", says="no rule for f")
    assert covered(fault, "f-grad", refusal("TypeError: no rule for f"))
    assert not covered(fault, "f-grad", refusal("TypeError: no rule for g"))


def test_patterns_and_verdicts_may_be_several() -> None:
    fault = planted(pattern=["f-*", "g-*-float32-*"], verdict=["inaccurate", "not finite"])
    assert fault.patterns == ("f-*", "g-*-float32-*")
    for node in ("f-grad-float64-cpu", "g-grad-float32-cpu"):
        for verdict in ("inaccurate", "not finite"):
            assert covered(fault, node, inaccurate(1.0, 2.0, verdict=verdict))
        assert not covered(fault, node, inaccurate(1.0, 2.0, verdict="wrong number"))
    assert not covered(fault, "g-grad-float64-cpu", inaccurate(1.0, 2.0))


@pytest.mark.parametrize(
    ("got", "known"), [(-2.0, True), (2.0 * (1 + 1e-9), False), (-2.0 * (1 + 1e-9), False)]
)
def test_a_fault_of_the_sign_covers_what_is_else_right(got: float, known: bool) -> None:
    fault = planted(pattern="f-*", verdict="inaccurate", negated=True)
    assert covered(fault, "f-grad", inaccurate(got, 2.0)) is known
    assert not covered(fault, "f-grad", refusal("TypeError"))


@pytest.mark.parametrize(
    ("got", "expected", "known"),
    [(0.0, 3.0, True), (-0.1, 3.0, False), (math.inf, 3.0, False), (2.0**-126, 0.0, True)],
)
def test_no_larger_relative_error_is_covered(got: float, expected: float, known: bool) -> None:
    fault = planted(pattern="f-*", verdict="inaccurate", relative=1.0)
    assert covered(fault, "f-grad", inaccurate(got, expected)) is known
    assert not covered(fault, "f-grad", refusal("TypeError"))


@pytest.mark.parametrize(
    ("got", "expected", "known"),
    [(0.0, 3.0, True), (1e-39, 2e-38, True), (1e-39, 3.0, False), (2.0, 3.0, False)],
)
def test_what_underflows_comes_as_zero_or_nearly(got: float, expected: float, known: bool) -> None:
    fault = planted(pattern="f-*", verdict="wrong number", products="underflow")
    small = Example(leaves={"x": np.full(2, 1e-30)}, rows=(), row_of=None, region="ordinary")
    outcome = inaccurate(got, expected, verdict="wrong number")
    assert fault.covers({"f-grad"}, outcome, small, arithmetic("float32")) is known
    assert not covered(fault, "f-grad", outcome)  # at zeros nothing underflows


@pytest.mark.parametrize(
    ("dtype", "got", "known"),
    [("float16", 2.9, True), ("float16", 2.0, False), ("float32", 2.9, False)],
)
def test_a_factor_may_have_the_few_digits_of_a_subnormal_number(
    dtype: str, got: float, known: bool
) -> None:
    fault = planted(pattern="f-*", verdict="wrong number", products="underflow")
    small = Example(leaves={"x": np.full(2, 1e-30)}, rows=(), row_of=None, region="ordinary")
    outcome = inaccurate(got, 3.0, verdict="wrong number")
    assert fault.covers({"f-grad"}, outcome, small, arithmetic(dtype)) is known


@pytest.mark.parametrize(("number", "known"), [(0.0, True), (-1e-3, True), (0.5, False)])
def test_a_fault_of_small_numbers_covers_examples_that_have_one(number: float, known: bool) -> None:
    fault = planted(pattern="f-*", verdict="wrong rule", up_to=1e-3)
    leaves = {"x": np.array([1.0, number]), "y": np.zeros(0)}
    example = Example(leaves=leaves, rows=(), row_of=None, region="ordinary")
    outcome = inaccurate(1.0, 2.0, verdict="wrong rule")
    assert fault.covers({"f-grad"}, outcome, example, arithmetic("float32")) is known


def test_a_fault_of_small_numbers_is_not_told_by_how_far_a_curve_has_gone() -> None:
    fault = planted(pattern="f along a curve-*", verdict="wrong rule", up_to=1e-3)
    leaves = {STEP: np.zeros(()), "x": np.array([1.0, 2.0])}
    example = Example(leaves=leaves, rows=(), row_of=None, region="ordinary")
    outcome = inaccurate(1.0, 2.0, verdict="wrong rule")
    assert not fault.covers({"f along a curve-grad"}, outcome, example, arithmetic("float32"))


@pytest.mark.parametrize(("number", "known"), [(-1e38, True), (8e37, False), (0.0, False)])
def test_a_fault_of_reciprocals_covers_examples_whose_reciprocal_is_subnormal(
    number: float, known: bool
) -> None:
    fault = planted(pattern="f-*", verdict="inaccurate", reciprocals=True)
    leaves = {"x": np.array([1.0, number]), "y": np.zeros(0)}
    example = Example(leaves=leaves, rows=(), row_of=None, region="ordinary")
    outcome = inaccurate(0.0, 1.0)
    assert fault.covers({"f-grad"}, outcome, example, arithmetic("float32")) is known


def test_of_a_wrong_rule_the_reading_is_measured_and_not_the_number() -> None:
    fault = planted(pattern="f-*", verdict="wrong rule", relative=1e-7)
    outcome = inaccurate(1.5, 1.0, verdict="wrong rule")
    assert not covered(fault, "f-grad", outcome)
    worst = outcome.worst
    assert worst is not None
    for deviation, known in ((1e-8, True), (1e-6, False)):
        outcome.worst = replace(worst, deviation=deviation)
        assert covered(fault, "f-grad", outcome) is known


def at(case: Case, law: str, dtype: str, numbers: Any) -> tuple[Prepared, Example]:
    """A law prepared for the shapes of some numbers of one leaf, and the example of them."""
    x = np.asarray(numbers, jnp.dtype(dtype))
    order = law_named(law).equals.order
    plan = Plan(
        shapes={"x": x.shape},
        argnums=0,
        outer_argnums=0 if order > 1 else None,
        batching=None,
    )
    prepared = prepare(case, law_named(law), plan, dtype, Rounded("cpu"))
    return prepared, Example(leaves={"x": x}, rows=({"x": x},), row_of=None, region="ordinary")


def test_the_deviation_of_a_wrong_rule_is_that_of_its_reading() -> None:
    with changed_jvp(lax.sin_p, lambda _p, _t, out, _q: lax.mul(out, jnp.full_like(out, 1.0625))):
        prepared, example = at(array_case(lambda x: jnp.sum(jnp.sin(x))), "grad", "bfloat16", [1.2])
        worst = judge(prepared, example, "bfloat16").worst
    assert worst is not None
    assert worst.deviation == pytest.approx(0.0625, rel=1e-9)
    assert worst.deviation != abs(worst.got - worst.expected) / worst.expected


@pytest.mark.parametrize(("primitive", "known"), [("integer_pow", True), ("mul", False)])
def test_a_fault_may_be_known_by_the_equation_that_is_to_blame(primitive: str, known: bool) -> None:
    case = case_named("jax.scipy.stats.cauchy.logpdf")
    prepared, example = at(case, "grad(grad)", "float16", 16.015625)
    outcome = judge(prepared, example, "float16")
    examination = Examination(
        case=case,
        law=law_named("grad(grad)"),
        dtype="float16",
        backend="cpu",
        seed=0,
        profile=PROFILES["quick"],
    )
    fault = planted(pattern="*", verdict="inaccurate", blames=primitive)
    assert examination._accounts(fault, prepared, example, outcome) is known


@pytest.mark.parametrize("fault", BY_READING, ids=lambda fault: fault.name)
def test_the_witness_shows_it(fault: KnownFault) -> None:
    name, dtype = fault.witness["node"].removesuffix(READ).rsplit("-", 1)
    subject, _, wanted = name.rpartition("-")
    examination = Examination(
        case=case_named(subject),
        law=Law(name=wanted),
        dtype=dtype,
        backend="exact",
        seed=0,
        profile=replace(PROFILES["quick"], plans=1, examples=1),
        judge=judge_rule,
    )
    record = examination.record()
    assert record.law is not None
    assert record.law.witnesses[fault.name]
    assert fault.name in examination.known
    assert record.known is not None


@pytest.mark.parametrize(("primitive", "known"), [(lax.log1p_p, True), (lax.log_p, False)])
def test_a_fault_of_a_primitive_covers_programs_that_hold_it(
    primitive: Any, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = replace(
        planted(pattern="*", verdict="wrong rule", primitive="log1p"), witness={"node": "none"}
    )
    monkeypatch.setattr(Examination, "faults", property(lambda _: (fault,)))
    examination = Examination(
        case=case_named(f"jnp.{primitive.name}"),
        law=law_named("grad"),
        dtype="float32",
        backend="exact",
        seed=0,
        profile=Profile(plans=1, examples=3),
        judge=judge_rule,
    )
    with changed_jvp(primitive, lambda _p, _t, out, _q: lax.mul(out, jnp.full_like(out, 2.0))):
        record = examination.record()
    assert record.verdict == "wrong rule"
    assert (record.known == "planted") is known
