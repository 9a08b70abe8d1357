"""Random programs: what is drawn, what a fault in one becomes, and the script that shows it."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from jax import lax
from mutants.internals import changed_jvp

from gradlaw.conformance.cases.catalogue import ENTRIES, FAMILIES
from gradlaw.conformance.laws.table import law_named
from gradlaw.conformance.outcome import Outcome
from gradlaw.conformance.profiles import Profile
from gradlaw.conformance.programs import judging
from gradlaw.conformance.programs.bounding import BOUNDED, interval, into
from gradlaw.conformance.programs.composing import Program
from gradlaw.conformance.programs.drawing import MOST_LEAVES, MOST_STEPS, ingredients, programs
from gradlaw.conformance.programs.judging import ProgramExamination, judge_as_written
from gradlaw.conformance.rule import judge_rule
from gradlaw.conformance.searching import drawn
from gradlaw.conformance.spelling import standalone
from gradlaw.reports.record import Record
from gradlaw.reports.verdict import Verdict
from gradlaw.strategies.domains import Domain, WellConditioned

FEW = drawn(programs(), 12, "tests of programs")


def examined(law: str, seed: int = 0, count: int = 4) -> Record:
    return ProgramExamination(
        place=0,
        law=law_named(law),
        dtype="float32",
        backend="exact",
        seed=seed,
        count=count,
        profile=Profile(plans=1, examples=2),
        judge=judge_rule,
    ).record()


@settings(max_examples=30, database=None, deadline=None)
@given(programs())
def test_programs_are_scalar_functions_of_few_leaves(program: Program) -> None:
    assert 1 <= len(program.steps) <= MOST_STEPS
    assert 1 <= len(program.leaves) <= MOST_LEAVES
    arguments = [jax.ShapeDtypeStruct(shape, jnp.float32) for shape in program.leaves]
    out = jax.eval_shape(program.case.function, *arguments)
    assert (out.shape, out.dtype) == ((), jnp.float32)


def test_programs_compose() -> None:
    first = {len(program.leaves) for program in FEW}
    assert len(first) > 1
    assert any(
        operand >= len(program.leaves)
        for program in FEW
        for step in program.steps
        for operand in step.operands
    )
    assert [str(program) for program in FEW] == [
        str(program) for program in drawn(programs(), 12, "tests of programs")
    ]


@pytest.mark.parametrize("x", [-1e30, -3.0, 0.0, 1e-8, 2.5, 1e30])
def test_bounded_numbers_lie_in_every_domain(x: float) -> None:
    read = [entry for entry in ENTRIES if entry.reference is None]
    domains = {domain for entry in read for domain in entry.domains if domain is not None}
    assert len(domains) > 5
    for domain in domains:
        for bounded in BOUNDED:
            if isinstance(domain, WellConditioned):
                rows = np.asarray(into(domain, bounded)(jnp.full((3, 3), x)))
                diagonal = np.abs(np.diag(rows))
                assert (2 * diagonal > np.abs(rows).sum(axis=1)).all()
            else:
                assert domain.contains(float(into(domain, bounded)(x))), domain


def test_an_interval_is_clear_of_poles_and_ends() -> None:
    lower, upper = interval(Domain(lower=-1.0, poles=(0.0, 3.0)))
    assert 3.0 < lower < upper
    lower, upper = interval(Domain(upper=2.0))
    assert lower < upper < 2.0
    assert interval(None)[0] < 0 < interval(None)[1]


def test_a_fault_shrinks_to_a_program_of_one_step() -> None:
    assert examined("grad").verdict == "conforms"
    factor = 1 + 2.0**-30
    wrong = changed_jvp(lax.sin_p, lambda _p, _t, out, _q: lax.mul(out, jnp.full_like(out, factor)))
    with wrong:
        record = examined("grad", count=12)
    assert record.verdict == "wrong rule"
    assert record.failed
    assert record.subject.count(" = ") <= 2, record.subject
    assert "jax.grad(" in record.failures[0].reproducer


def _always(outcome: Outcome, *_: Any) -> Outcome:
    return outcome


def test_losing_digits_is_not_a_programs_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts: dict[Verdict, Verdict] = {"inaccurate": "conforms", "wrong number": "wrong number"}
    for verdict, then in verdicts.items():
        outcome = Outcome(verdict=verdict)
        monkeypatch.setattr(judging, "judge", partial(_always, outcome))
        unused: Any = None
        assert judge_as_written(unused, unused, "float32").verdict == then


@pytest.mark.parametrize("place", range(0, len(FEW), 3))
def test_a_programs_script_stands_alone(place: int) -> None:
    case = FEW[place].case
    source, name = standalone(case.function)
    scope: dict[str, Any] = {"jax": jax, "jnp": jnp, "np": np}
    exec(compile(source, "standalone", "exec"), scope)
    arguments = [jnp.linspace(-1, 1, max(1, int(np.prod(s)))).reshape(s) for s in FEW[place].leaves]
    there, here = (
        str(jax.make_jaxpr(function)(*arguments)) for function in (scope[name], case.function)
    )
    assert there == here


def test_programs_are_made_of_functions_that_are_their_own_oracle() -> None:
    used = [entry for entries in ingredients().values() for entry in entries]
    assert used
    assert all(entry.reference is None for entry in used)


def test_programs_hold_no_singular_matrices() -> None:
    used = {entry.name for entries in ingredients().values() for entry in entries}
    degenerate = {entry.name for entry in FAMILIES["degenerate_matrices"]}
    assert degenerate
    assert not used & degenerate
