"""The sweep: planted rules are reported, what no node runs is uncovered, and nothing survives."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import msgspec
import pytest
from mutants.sweep.looking import looked_for
from mutants.sweep.nodes import covering, examinations
from mutants.sweep.table import Mutant, mutants

from gradlaw.reports.encoding import encode

SEED = 0
NODES = ("jnp.sin", "jnp.cumsum", "jnp.matmul")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    nodes = examinations("quick", SEED)
    chosen = [
        examination
        for examination in (start() for start in nodes.values())
        if examination.backend == "exact" and examination.case.name.startswith(NODES)
    ]
    records = [msgspec.Raw(encode(examination.record())) for examination in chosen]
    assert records
    path: Path = tmp_path_factory.mktemp("sweep") / "report.json"
    path.write_bytes(msgspec.json.encode({"records": records}))
    return path


def look(name: str, report: Path) -> tuple[str, str]:
    return looked_for(name, (report, "quick", SEED, 60.0))


def test_mutants_are_many_and_have_names_of_their_own() -> None:
    names = [str(mutant) for mutant in mutants()]
    assert len(set(names)) == len(names)
    assert len(names) >= 400
    kinds = {mutant.kind for mutant in mutants()}
    assert kinds >= {
        "sign",
        "factor",
        "second order only",
        "one region only",
        "one dtype only",
        "one rank only",
        "one axis only",
        "one argument only",
        "one element only",
        "transpose only",
        "batching axis",
    }


@pytest.mark.parametrize(
    "name", ["sin jvp: negated", "sin jvp: wrong in the tenth digit", "cumsum transpose: sign"]
)
def test_a_planted_rule_is_reported_where_a_node_runs_it(name: str, report: Path) -> None:
    result, where = look(name, report)
    assert result == "reported", where
    assert "wrong rule" in where


def test_a_rule_that_no_node_runs_is_uncovered(report: Path) -> None:
    assert ("jvp", "lgamma") not in covering(report)
    assert look("lgamma jvp: negated", report)[0] == "uncovered"


def test_a_fault_that_does_nothing_survives(report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Mutant, "planted", lambda _: nullcontext())
    result, where = look("sin jvp: negated", report)
    assert result == "survives"
    assert "nodes" in where
