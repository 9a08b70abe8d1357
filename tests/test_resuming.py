"""A run that ended early is taken up where it stopped."""

from __future__ import annotations

from pathlib import Path

import pytest
from runs import FAILED, OK, SLICE, USAGE, Starter


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One compilation cache for all runs of a worker."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def start(tmp_path: Path, cache: Path) -> Starter:
    return Starter(tmp_path, cache)


def test_a_run_is_taken_up_where_it_stopped(start: Starter) -> None:
    first = start("-k", f"{SLICE} and value_and_grad", "--seed", "8")
    assert first.code == OK, first.output
    assert first.records
    other = start.again("-k", SLICE, "--seed", "7", "--resume")
    assert other.code == USAGE
    assert "seed 8, now 7" in other.errors
    whole = start.again("-k", SLICE, "--seed", "8", "--resume", "-n", "2")
    assert whole.code == OK, whole.output
    seconds = {record.node: record.seconds for record in whole.records}
    assert len(whole.records) > len(first.records)
    assert all(seconds[record.node] == record.seconds for record in first.records)
    assert {sheet.name for sheet in whole.report.cases} == {"weighted_sum"}  # type: ignore[union-attr]
    nothing = start.again("-k", SLICE, "--seed", "8", "--resume")
    assert nothing.code == OK, nothing.output
    assert nothing.records == whole.records


def test_there_must_be_a_run_to_take_up(start: Starter) -> None:
    ran = start("-k", SLICE, "--resume")
    assert ran.code == USAGE
    (line,) = filter(None, ran.errors.splitlines())
    assert "no run was begun" in line
    assert "leave --resume out" in line


def test_what_crashed_is_judged_again(start: Starter) -> None:
    crashing = start.plugin(
        """
        import os
        import pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_call(item):
            if "jit(value_and_grad)" in item.nodeid:
                os._exit(1)
        """
    )
    first = start("-k", SLICE, "-n", "2", *crashing)
    assert first.code == FAILED
    assert "crashed" in {record.verdict for record in first.records}
    second = start.again("-k", SLICE, "--resume")
    assert second.code == OK, second.output
    assert {record.verdict for record in second.records} == {"conforms"}
    assert {record.node for record in second.records} == {record.node for record in first.records}
