"""Certificates: bounds hold what JAX returns, and a bound that is too small is noticed."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import pytest
from flint import arb
from jax import lax

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import CASES
from gradlaw.conformance.certificates.__main__ import main
from gradlaw.conformance.certificates.measuring import Tally, measure
from gradlaw.conformance.certificates.summary import cell_line, summary, violation_line
from gradlaw.conformance.certificates.surveying import cells, surveyed
from gradlaw.oracles.domains import rounded as module
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.rounding.rules import Rule, rule

DTYPES = ("float16", "bfloat16", "float32", "float64")
NAMED = {case.name: case for case in CASES}

each_dtype = pytest.mark.parametrize("dtype", DTYPES)


def own(function: Callable[..., Any], signature: str = "(n)->()") -> Case:
    return Case(name="own", function=function, signature=signature, source="this test")


SUBJECTS = {
    "quadratic": NAMED["quadratic"],
    "products and a division": own(lambda x: jnp.sum(x * jnp.float32(0.1).astype(x.dtype) / 3 * x)),
    "sine": own(lambda x: jnp.sum(jnp.sin(x) * x)),
    "sums of products": own(lambda x: jnp.sum(jnp.cumsum(x) ** 3)),
}


@each_dtype
@pytest.mark.parametrize("name", SUBJECTS)
def test_bounds_hold_what_jax_returns(name: str, dtype: str) -> None:
    tally = measure(SUBJECTS[name], dtype, 200, 1)
    assert tally.violations == []
    assert tally.reason == ""
    assert tally.components + tally.unbounded >= 200
    assert any(map(math.isfinite, tally.bounds))
    assert 0 < max(tally.ratios) <= 1


def test_a_degenerate_matrix_is_held_but_not_at_ordinary_values() -> None:
    degenerate = measure(NAMED["jnp.linalg.det(two rows alike)"], "float32", 50, 1)
    assert degenerate.components + degenerate.unbounded >= 50
    assert degenerate.bounds == []
    assert measure(NAMED["jnp.linalg.det"], "float32", 50, 1).bounds


PLANTED = {
    "add": own(lambda x, y: jnp.sum((x + y) * lax.stop_gradient(x + y)), "(n),(n)->()"),
    "mul": own(lambda x: jnp.sum(x * lax.stop_gradient(x * x))),
    "div": own(lambda x, y: jnp.sum(x / y), "(n),(n)->()"),
    "sin": own(lambda x: jnp.sum(jnp.cos(x))),
    "cos": own(lambda x: jnp.sum(jnp.sin(x))),
}


@each_dtype
@pytest.mark.parametrize("primitive", PLANTED)
def test_a_rule_that_is_too_small_is_noticed(
    primitive: str, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A twentieth of a roundoff."""

    def smaller(name: str, backend: str = "cpu", of: str = "float32") -> Rule | None:
        found = rule(name, backend, of)
        return Rule(roundoffs=0.05, source="planted") if name == primitive else found

    monkeypatch.setattr(module, "rule", smaller)
    tally = measure(PLANTED[primitive], dtype, 200, 1)
    assert tally.violations
    assert all(each.error > each.bound for each in tally.violations)


class Hasty(Rounded):
    """Sums whose roundings are forgotten."""

    def _accumulated(
        self,
        terms: Sequence[arb],
        roundings: float,
        underflows: float,
        narrowed: float,
        dtype: str,
    ) -> arb:
        del roundings, underflows, narrowed, dtype
        return sum(terms, arb(0))


@each_dtype
def test_a_sum_without_roundings_is_noticed(dtype: str) -> None:
    tally = measure(SUBJECTS["sums of products"], dtype, 400, 1, rounded=Hasty)
    assert tally.violations


def test_a_program_without_a_rule_has_no_certificate() -> None:
    unknown = own(lambda x: jnp.sum(lax.reduce_precision(x, 8, 10) * x))
    tally = measure(unknown, "float32", 50, 1)
    assert tally.reason == "estimated: reduce_precision"
    assert tally.components == 0


def test_nothing_to_differentiate_by() -> None:
    empty = Case(
        name="own", function=jnp.sum, signature="(n)->()", source="this test", arguments=("x",),
        max_size=0,
    )  # fmt: skip
    assert measure(empty, "float32", 50, 1).reason == "no component"


def test_time_runs_out() -> None:
    tally = measure(NAMED["quadratic"], "float32", 10_000, 1, seconds=0)
    assert tally.late
    assert tally.components == 0


def test_what_cannot_be_decided_is_weak() -> None:
    """Whether the sine of a computed number is positive."""
    steps = own(lambda x: jnp.sum(jnp.where(jnp.sin(x) - jnp.sin(x + 0) > 0, x, x * x)))
    tally = measure(steps, "float32", 50, 1)
    assert tally.weak > len(tally.bounds) / 2
    assert tally.violations == []


def test_where_the_program_makes_no_number_no_bound_is_missed() -> None:
    nothing = own(lambda x: jnp.sum(x * (lax.stop_gradient(x) / 0 * 0)))
    tally = measure(nothing, "float32", 50, 1)
    assert tally.undefined >= 50
    assert tally.bounds == []
    assert tally.unbounded == 0


def test_cells_are_a_case_in_its_own_dtypes() -> None:
    assert cells("quadratic", ["float32", "no_such"]) == [
        (case.name, "float32") for case in CASES if "quadratic" in case.name
    ]


def test_processes_find_what_one_finds() -> None:
    chosen = [("quadratic", "float32"), ("quadratic", "float16")]
    one, two = (dict(surveyed(chosen, 30, 1, seconds=60, workers=workers)) for workers in (1, 2))
    assert {cell: (t.components, t.bounds) for cell, t in one.items()} == {
        cell: (t.components, t.bounds) for cell, t in two.items()
    }


def test_figures_add_up() -> None:
    strong = Tally(components=3, bounds=[1.0, 2.0, 3.0], ratios=[0.5, 0.25, 0.25], seconds=1)
    weak = Tally(components=1, unbounded=1, bounds=[2.0**11, math.inf], ratios=[0.125], seconds=2)
    none = Tally(reason="estimated: some_primitive")
    lines = summary(
        {("a", "float32"): strong, ("b", "float16"): weak, ("c", "float32"): none}, weakest=1
    )
    assert lines[0] == "4 components within certified bounds but 0; 1 unbounded, 0 no number; 3 s"
    assert lines[1] == (
        "at ordinary values: 40.00% of 5 weak (1 none); error / bound: median 0.250, largest 0.500"
    )
    assert "  c float32: estimated: some_primitive" in lines
    assert lines[-1].startswith("  b float16: 1 held, 1 unbounded, 2 of 2 weak")
    assert cell_line(("c", "float32"), none) == "c float32: estimated: some_primitive"


def test_the_command_says_what_is_outside(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ["--components", "60", "--only", "quadratic", "--dtypes", "float32", "--each"]
    assert main(arguments) == 0
    assert "quadratic float32:" in capsys.readouterr().out
    exact = Rule(roundoffs=0, source="planted")
    monkeypatch.setattr(module, "rule", lambda *_: exact)
    written = tmp_path / "violations.json"
    assert main([*arguments, "--violations", str(written)]) == 1
    out = capsys.readouterr().out
    rows = json.loads(written.read_text())
    assert rows
    assert set(rows[0]) >= {"case", "dtype", "region", "place", "got", "exact", "error", "bound"}
    assert out.count("OUTSIDE: quadratic float32") >= 1
    tally = measure(NAMED["quadratic"], "float32", 60, 0)
    assert "OUTSIDE: quadratic float32 (" in violation_line(tally.violations[0])


def test_no_such_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "no such case"]) == 2
    assert "no case whose name holds 'no such case'" in capsys.readouterr().out
