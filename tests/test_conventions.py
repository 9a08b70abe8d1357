"""Every convention can fail."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from gradlaw.conformance.conventions.accepted import (
    NOTHING,
    Accepted,
    across,
    clarke,
    edge,
    shown,
    smooth,
)
from gradlaw.conformance.conventions.convention import Convention, Gives, Remedy, same
from gradlaw.conformance.conventions.findings import findings
from gradlaw.conformance.conventions.judge import (
    ALL,
    Observed,
    differences,
    judge_convention,
    observe,
    reproducer,
    spelled,
)
from gradlaw.conformance.conventions.table import CONVENTIONS, convention_named
from gradlaw.conformance.conventions.ways import WAYS, Reading
from gradlaw.scheduling import scope_of


def by_name(convention: Convention) -> str:
    return convention.name


each = pytest.mark.parametrize("convention", CONVENTIONS, ids=by_name)


def other(value: float) -> float:
    """Another number; of zero the one of other sign."""
    if value == 0:
        return -value
    return 0.75 if math.isnan(value) else value + 1 if math.isfinite(value) else -value


def test_a_release_without_expectation_is_named():
    old = replace(
        convention_named("abs_at_0"), gives=(Gives(first=1.0, second=0.0, releases=">=9"),)
    )
    with pytest.raises(LookupError, match=r"abs_at_0: 0 of its ranges \(>=9\)"):
        judge_convention(old, "kinks", Observed(values={}))


def test_two_expectations_for_a_release_are_named():
    twice = replace(convention_named("abs_at_0"), gives=convention_named("abs_at_0").gives * 2)
    with pytest.raises(LookupError, match="2 of its ranges"):
        twice.expected("0.10.2")


# That each can fail.


@each
def test_a_changed_value_is_reported_where_it_is(convention: Convention):
    """In each mode, order, dtype, under jit and not: one value is changed, and that one is told."""
    true = convention.stated(jax.__version__)
    assert differences(convention, true, Observed(values=true)) == []
    for reading, value in true.items():
        changed = Observed(values={**true, reading: other(value)})
        [failure] = differences(convention, true, changed)
        assert failure.verdict == "wrong convention"
        assert failure.where == str(reading)
        assert failure.got == shown(other(value))
        assert failure.expected == shown(value)


@each
def test_an_error_instead_of_a_value_is_reported(convention: Convention):
    true = convention.stated(jax.__version__)
    reading = convention.readings[-1]
    raised = Observed(values={**true, reading: "TypeError: no rule"})
    [failure] = differences(convention, true, raised)
    assert (failure.where, failure.got) == (str(reading), "TypeError: no rule")


def test_nan_stands_for_nan_and_zeros_keep_their_sign():
    assert same(math.nan, -math.nan)
    assert not same(0.0, -0.0)
    assert not same(math.nan, 0.0)


def with_rule(slope: Any, second: float = 0.0) -> Any:
    """A relu whose slope at 0 is another, and whose slope's own slope is ``second``."""

    @jax.custom_jvp
    def planted(x: Any) -> Any:
        return jnp.maximum(x, 0.0)

    @planted.defjvp
    def _rule(primals: Any, tangents: Any) -> Any:
        (x,), (tangent,) = primals, tangents
        return planted(x), (jnp.where(x > 0, 1.0, slope) + second * x) * tangent

    return planted


def wheres(convention: Convention) -> list[str]:
    record = judge_convention(convention, "activations")
    assert record.verdict == ("wrong convention" if record.failures else "conforms")
    return [where for failure in record.failures for where in failure.where.split(", ")]


RELU = replace(convention_named("relu"), dtypes=("float32",))


def test_another_subgradient_of_jax_is_reported_in_every_first_derivative():
    mutant = with_rule(1.0)
    found = wheres(replace(RELU, function=lambda x: 1.0 * mutant(x)))
    assert sorted(found) == ["grad", "jit(grad)", "jit(jvp)", "jvp"]


def test_another_second_derivative_alone_is_reported_as_such():
    mutant = with_rule(0.0, second=2.0)
    found = wheres(replace(RELU, function=lambda x: 1.0 * mutant(x)))
    assert len(found) == 6
    assert all(Reading(way=way.removeprefix("jit(")).order == 2 for way in found)


def test_a_fault_of_reverse_mode_alone_is_reported_there_alone():
    @jax.custom_jvp
    def planted(x: Any) -> Any:
        return jnp.maximum(x, 0.0)

    def solved(tangent: Any) -> Any:
        """0 forwards; the tangent itself backwards."""
        return lax.custom_linear_solve(
            lambda t: t, tangent, lambda _, t: 0.0 * t, lambda _, cotangent: cotangent
        )

    planted.defjvp(lambda primals, tangents: (planted(*primals), solved(*tangents)))
    found = wheres(replace(RELU, function=lambda x: 1.0 * planted(x)))
    assert sorted(way for way in found if way in {"grad", "jit(grad)", "jvp", "jit(jvp)"}) == [
        "grad",
        "jit(grad)",
    ]


def test_a_rule_of_jax_itself_that_is_changed_is_reported(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jax.nn, "relu", with_rule(0.5))
    assert "jit(grad)" in wheres(RELU)


def test_a_remedy_that_does_not_work_is_reported():
    norm = convention_named("norm_2")
    useless = replace(norm, remedy=Remedy(words="Hope.", function=lambda x: jnp.sqrt(x**2)))
    record = judge_convention(useless, "roots_and_norms")
    explanations = [failure.explanation for failure in record.failures]
    assert explanations == [
        f"the remedy does not work: {way} gives nan" for way in ("jit(jvp)", "jit(grad)")
    ]
    assert record.convention is not None
    assert not record.convention.remedy_works


# What is found.


def found(values: dict[str, float], *, accepts: Accepted | None = None, **fields: Any) -> Any:
    accepts = accepts or clarke(0, 1)
    convention = replace(
        convention_named("relu"), accepts=accepts, accepts_second=smooth(0.0), **fields
    )
    every = {str(reading): reading for reading in convention.readings}
    return findings(convention, {every[name]: value for name, value in values.items()})


PLAIN = {"jvp": 0.0, "grad": 0.0, "jit(jvp)": 0.0, "jit(grad)": 0.0}


def test_what_is_acceptable_and_alike_is_no_finding():
    assert found(PLAIN) == {}
    assert found({**PLAIN, "grad": -0.0}) == {}


def test_a_value_outside_the_accepted_set_is_a_finding():
    alike = dict.fromkeys(PLAIN, math.nan)
    assert found(alike) == {"outside": "jvp, grad, jit(jvp), jit(grad): nan; accepted: [0, 1]"}
    assert set(found(alike, accepts=NOTHING)) == set()
    assert set(found(PLAIN, accepts=NOTHING)) == {"outside"}
    assert set(found(PLAIN, accepts=edge(math.inf))) == {"outside"}
    assert set(found({**PLAIN, "jvp(jvp)": 2.0})) == {"outside"}


def test_a_difference_of_the_modes_is_a_finding():
    assert found({**PLAIN, "grad": 1.0, "jit(grad)": 1.0}) == {
        "modes": "jvp: 0; grad: 1; jit(jvp): 0; jit(grad): 1"
    }


def test_a_difference_by_jit_is_a_finding():
    changed = found({**PLAIN, "jit(jvp)": 1.0, "jit(grad)": 1.0})
    assert changed == {"jit": "jvp: 0; jit(jvp): 1; grad: 0; jit(grad): 1"}


def test_a_difference_of_dtypes_is_a_finding():
    changed = found({**PLAIN, "jit(grad) in bfloat16": 1.0})
    assert changed == {"dtypes": "jit(grad): 0; jit(grad) in bfloat16: 1"}


def test_a_change_between_releases_is_a_finding():
    ranges = (
        Gives(first=0.5, second=0.0, releases="<0.9"),
        Gives(first=0.0, second=0.0, otherwise={"jvp": 1.0}, releases=">=0.9"),
    )
    assert found(PLAIN, gives=ranges) == {
        "releases": "JAX <0.9: 0.5 and 0; JAX >=0.9: 0 and 0, jvp 1"
    }


def test_an_end_of_an_accepted_set_is_as_the_dtype_has_it():
    third = smooth(1 / 3)
    assert third.holds(float(np.float32(1 / 3)))
    assert not third.holds(float(np.float32(0.25)))
    assert across(1.0, 2.0).holds(1.5)


# What the report shows.


@pytest.mark.parametrize("reading", RELU.readings, ids=str)
def test_the_reproducer_prints_what_the_reading_gives(
    reading: Reading, capsys: pytest.CaptureFixture[str]
):
    exec(reproducer(RELU, reading), {})
    assert capsys.readouterr().out == "0.0\n"


def test_a_reading_is_spelled_as_it_is_written():
    assert spelled(Reading(way="grad")) == "grad(f)"
    assert spelled(Reading(way="jvp(grad)", jitted=True)) == "jit(jvp(grad(f)))"


def test_a_nan_is_shown_with_its_provenance():
    record = judge_convention(
        replace(convention_named("norm_2"), dtypes=("float32",)), "roots_and_norms"
    )
    assert record.verdict == "conforms"
    evidence = record.convention
    assert evidence is not None
    assert (evidence.forward, evidence.reverse) == ("nan", "nan")
    assert evidence.provenance.startswith("jvp, grad: 0·∞: mul, ")
    assert "sqrt at 0" in evidence.provenance
    assert "outside" in evidence.findings
    assert evidence.remedy_works


# What a run computes.


def test_the_seed_turns_the_wheel_and_a_thorough_run_computes_all():
    convention = convention_named("abs_at_0")
    always, *others = convention.groups
    assert convention.drawn(0, 0) == always
    for turn in range(2 * len(others)):
        assert convention.drawn(turn, 1) == (*always, *others[turn % len(others)])
    assert set(convention.drawn(3, ALL)) == set(convention.readings)


def test_what_a_run_did_not_compute_is_as_stated_and_said_so():
    convention = convention_named("abs_at_0")
    seen = observe([convention], 0, 0)[convention.name]
    evidence = judge_convention(convention, "kinks", seen).convention
    assert evidence is not None
    assert evidence.computed == ("jit(jvp)", "jit(grad)")
    assert "jit(grad(grad))" in evidence.second


def test_what_raises_is_computed_alone_and_told():
    def raising(_: Any) -> Any:
        raise ValueError("no")

    pair = [
        convention_named("abs_at_0"),
        replace(convention_named("relu"), function=lambda x: raising(x) + 0),
    ]
    seen = observe(pair, 0, 0)
    assert set(seen["abs_at_0"].values.values()) == {1.0}
    assert set(seen["relu"].values.values()) == {"ValueError: no"}


def test_every_way_is_its_name():
    assert all(f"{way}" == Reading(way=way).way for way in WAYS)
    assert [Reading(way=way).order for way in WAYS] == [1, 1, 2, 2, 2]


def test_a_family_goes_to_one_worker_which_compiles_it_once():
    nodes = (f"test_conventions.py::test_convention[{name}-kinks-cpu]" for name in ("a_0", "b_1"))
    assert {scope_of(node) for node in nodes} == {"kinks-cpu"}
