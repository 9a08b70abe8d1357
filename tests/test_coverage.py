"""Rule coverage: what runs is observed, what only stands in a table is not."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from jax.extend.core import Primitive
from jax.interpreters import ad
from mutants.internals import changed_jvp, cleared
from mutants.internals import entry as table_entry
from mutants.planted import array_case, read_rule

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import case_named
from gradlaw.conformance.cases.catalogue import entry
from gradlaw.conformance.coverage import EXCUSES, by_kind, observed, reasons, registered
from gradlaw.conformance.coverage.observation import _watched
from gradlaw.conformance.coverage.tables import tables
from gradlaw.conformance.laws import Law, law_named
from gradlaw.conformance.outcome import Outcome
from gradlaw.conformance.rule import judge_rule
from gradlaw.oracles.interpreter.source_lines import source_line
from gradlaw.reports.record import Record
from gradlaw.reports.verdict import RuleKind

ROW = np.ones(3, np.float32)
BATCH = np.ones((2, 3), np.float32)

isolated = pytest.mark.skipif(
    not hasattr(jax, "make_user_context"), reason="this JAX keeps what it traced before"
)


def rules_of(function: Any, *arguments: Any) -> dict[RuleKind, tuple[str, ...]]:
    with observed() as rules:
        jax.make_jaxpr(function)(*arguments)
    return dict(by_kind(rules))


def examine(case: Case, law: str, judge: Any = judge_rule) -> Record:
    return read_rule(case, law, examples=2, judge=judge)


def rules_in(record: Record) -> dict[RuleKind, tuple[str, ...]]:
    assert record.law is not None
    return dict(record.law.rules)


def summed_cube(x: Any) -> Any:
    return jnp.sum(lax.tanh(x) ** 3)


def test_every_table_of_the_release_is_listed() -> None:
    rules = set(registered())
    assert {
        ("jvp", "tanh"),
        ("transpose", "dot_general"),
        ("batching", "dot_general"),
        ("linearization", "sin"),
    } <= rules
    assert ("transpose", "tanh") not in rules
    assert len(rules) == len(registered()) > 400


def test_a_rule_is_seen_where_it_runs() -> None:
    assert "tanh" in rules_of(jax.jacfwd(summed_cube), ROW)["jvp"]
    reverse = rules_of(jax.grad(summed_cube), ROW)
    assert {"tanh", "integer_pow", "reduce_sum"} <= set(reverse["jvp"])
    assert {"mul", "reduce_sum"} <= set(reverse["transpose"])
    assert "batching" not in reverse
    batched = rules_of(jax.vmap(jax.grad(summed_cube)), BATCH)
    assert {"tanh", "mul"} <= set(batched["batching"])
    assert "jvp" not in rules_of(summed_cube, ROW)


def test_sine_is_linearized_in_reverse_mode_and_has_a_jvp_in_forward_mode() -> None:
    if ("linearization", "sin") not in registered() or jax.__version__.startswith("0.5"):
        pytest.skip("reverse mode runs the JVP rule in this release")
    reverse = rules_of(jax.grad(lax.sin), 1.0)
    forward = rules_of(jax.jacfwd(lax.sin), 1.0)
    assert "sin" in reverse["linearization"]
    assert "sin" not in reverse.get("jvp", ())
    assert "sin" in forward["jvp"]


def test_a_rule_with_nothing_to_do_is_not_seen() -> None:
    # The second operand is neither batched nor differentiated: JAX calls some rules all the same.
    def half(x: Any, y: Any) -> Any:
        return jnp.sum(x) + jnp.sum(lax.tanh(y))

    rules = rules_of(jax.vmap(jax.grad(half), in_axes=(0, None)), BATCH, ROW)
    assert "tanh" not in rules.get("jvp", ())
    assert "tanh" not in rules["batching"]
    assert "reduce_sum" in rules["transpose"]


def test_a_rule_that_raises_is_not_seen() -> None:
    def refuses(*_: Any, **__: Any) -> Any:
        raise NotImplementedError

    rule = _watched("jvp", "planted", refuses)
    with observed() as rules, pytest.raises(NotImplementedError):
        rule((1.0,), (1.0,))
    assert rules == set()


def test_nothing_is_seen_outside_of_an_observation() -> None:
    with observed() as rules:
        pass
    jax.make_jaxpr(jax.grad(summed_cube))(ROW)
    assert rules == set()


@isolated
def test_what_was_traced_before_is_seen_again() -> None:
    jitted = jax.jit(summed_cube)
    first = rules_of(jax.grad(jitted), ROW)
    assert "tanh" in first["jvp"]
    assert rules_of(jax.grad(jitted), ROW) == first


def test_observation_changes_neither_program_nor_source_lines() -> None:
    gradient = jax.vmap(jax.grad(summed_cube))
    with observed():
        seen = jax.make_jaxpr(gradient)(BATCH)
    plain = jax.make_jaxpr(gradient)(BATCH)
    assert str(seen) == str(plain)
    lines = [source_line(equation) for equation in seen.eqns]
    assert lines == [source_line(equation) for equation in plain.eqns]
    assert all(__file__.rpartition("/")[2] in line for line in lines)


@contextmanager
def unwatched() -> Iterator[None]:
    """JAX's tables as JAX made them."""
    with ExitStack() as stack:
        stack.enter_context(cleared())
        for found in tables().values():
            for table in found:
                for primitive, rule in list(table.items()):
                    nonlocals = inspect.getclosurevars(rule).nonlocals
                    if getattr(rule, "__name__", "") == "watched":
                        stack.enter_context(table_entry(table, primitive, nonlocals["rule"]))
        yield


@pytest.mark.parametrize("kind", ["jvp", "transpose", "batching"])
def test_rules_of_every_form_work_as_before(kind: RuleKind) -> None:
    # One of each way to register: by hand, linear, bilinear, reducing, broadcasting, calls.
    def function(x: Any) -> Any:
        def step(carry: Any, row: Any) -> Any:
            return carry * lax.sin(row), carry + row

        last, rows = lax.scan(step, x[0], x)
        chosen = lax.cond(last > 0, lambda e: e * 2, lambda e: e - 1, last)
        return jnp.dot(rows, x) + chosen + lax.cumsum(x)[-1] + jax.checkpoint(jnp.cos)(last)

    gradient = jax.vmap(jax.grad(function))
    with observed() as rules:
        seen = jax.make_jaxpr(gradient)(BATCH)
    assert len(by_kind(rules)[kind]) > 4
    with unwatched():
        plain = jax.make_jaxpr(gradient)(BATCH)
    assert str(seen) == str(plain)


def test_a_planted_rule_of_another_is_told_apart() -> None:
    with changed_jvp(lax.tanh_p, lambda _primals, _given, out, _parameters: out):
        assert "tanh" in rules_of(jax.grad(lax.tanh), 1.0)["jvp"]
    with table_entry(ad.primitive_jvps, lax.tanh_p, lambda p, t: (lax.tanh_p.bind(*p), t[0])):
        assert "tanh" not in rules_of(jax.grad(lax.tanh_p.bind), 1.0).get("jvp", ())


def test_an_unregistered_primitive_has_no_rule() -> None:
    stranger = Primitive("stranger")
    assert all(stranger not in table for found in tables().values() for table in found)
    assert "stranger" not in {name for _, name in registered()}


def test_the_node_keeps_the_rules_that_its_verdict_judged() -> None:
    record = examine(case_named("jnp.tanh"), "vmap(grad)")
    assert record.verdict == "conforms"
    rules = rules_in(record)
    assert "tanh" in rules["jvp"]
    assert "mul" in rules["transpose"]
    assert "tanh" in rules["batching"]


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(verdict="ill-posed", components=3, ill_posed=3),
        Outcome(verdict="unsupported"),
        Outcome(verdict="conforms", components=0),
        Outcome(verdict="conforms", components=2, undecided=True),
    ],
    ids=lambda outcome: f"{outcome.verdict}, {outcome.components} components",
)
def test_a_node_that_judged_nothing_covers_nothing(outcome: Outcome) -> None:
    assert not outcome.judged
    record = examine(case_named("jnp.tanh"), "grad", lambda *_: outcome)
    assert rules_in(record) == {}


def test_a_wrong_rule_was_judged_all_the_same() -> None:
    wrong = Outcome(verdict="wrong rule", components=3)
    assert "tanh" in rules_in(examine(case_named("jnp.tanh"), "grad", lambda *_: wrong))["jvp"]


@isolated
def test_rules_that_the_function_itself_runs_are_in_its_oracle_too_and_do_not_count() -> None:
    inner = entry("jax.jvp", "(n),(n)", call=lambda f, x, y: f(jnp.tanh, (x,), (y,))[1]).case
    assert inner is not None
    rules = rules_in(examine(inner, "grad"))
    assert "tanh" not in rules.get("jvp", ())
    assert "mul" in rules["transpose"]


def test_laws_of_the_suite_run_rules_of_every_kind() -> None:
    kinds = {kind for law in ("grad", "vmap(grad)") for kind in rules_in_law(law_named(law))}
    assert {"jvp", "transpose", "batching"} <= kinds


def rules_in_law(law: Law) -> dict[RuleKind, tuple[str, ...]]:
    return rules_in(examine(array_case(lambda x: jnp.sum(jnp.exp(x))), law.name))


def test_excuses_are_few_and_each_says_why() -> None:
    assert len(EXCUSES) < 40
    assert len(set(reasons()) & set(registered())) < len(registered()) / 3
    for excuse in EXCUSES:
        assert excuse.primitives
        assert excuse.kinds
        assert len(set(excuse.kinds)) == len(excuse.kinds)
        assert excuse.reason.endswith(".")
        assert len(excuse.reason.split()) >= 5
