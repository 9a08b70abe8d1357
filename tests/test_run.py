"""A run as a person starts it: what it exits with, says and leaves behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import jax
import msgspec
import pytest
from runs import ENDS, FAILED, INTERRUPTED, OK, ROOT, SLICE, USAGE, Ran, Starter

from gradlaw import installation
from gradlaw.reports.record import Report


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One compilation cache for all runs of a worker."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def start(tmp_path: Path, cache: Path) -> Starter:
    return Starter(tmp_path, cache)


def judged(report: Report | None) -> list[bytes]:
    """The records without what differs between two runs of the same: processor times."""
    assert report is not None
    return [
        msgspec.json.encode(msgspec.structs.replace(record, seconds={}), order="sorted")
        for record in report.records
    ]


def test_seed_decides_every_number(start: Starter) -> None:
    first = start("-k", SLICE, "--seed", "7")
    again = start("-k", SLICE, "--seed", "7")
    other = start("-k", SLICE, "--seed", "8")
    assert [first.code, again.code, other.code] == [OK, OK, OK], first.output
    assert first.records
    assert all(record.law and record.law.components for record in first.records)
    assert judged(first.report) == judged(again.report)
    assert judged(first.report) != judged(other.report)


def test_absent_backend_aborts_with_one_line(start: Starter) -> None:
    ran = start("-k", SLICE, "--backend", "gpu")
    assert ran.code == USAGE, ran.output
    (line,) = filter(None, ran.errors.splitlines())
    assert "gpu" in line
    assert "cpu" in line
    assert "--allow-absent-backend" in line
    assert ran.report is None
    assert "Traceback" not in ran.output + ran.errors


def test_absent_backend_is_skipped_on_demand_and_says_so(start: Starter) -> None:
    ran = start("-k", SLICE, "--backend", "gpu", "--allow-absent-backend")
    assert ran.code == OK, ran.output
    assert {record.verdict for record in ran.records} == {"skipped"}
    assert {record.backend for record in ran.records} == {"gpu"}
    assert "Nothing was judged" in ran.output
    (text,) = {record.failures[0].explanation for record in ran.records}
    assert "gpu" in text


def test_backend_that_is_there_is_judged_beside_an_absent_one(start: Starter) -> None:
    here = ("--jax-version", jax.__version__)
    both = ("--backend", "gpu", "--backend", "cpu", "--allow-absent-backend")
    start.targets = ("conformance",)
    ran = start("-k", SLICE, *here, *both)
    assert ran.code == OK, ran.output
    # A reading is of no backend.
    called = [record for record in ran.records if record.room == "law" and record.backend]
    by_backend = {record.backend: record.verdict for record in called}
    assert by_backend == {"gpu": "skipped", "cpu": "conforms"}


def test_another_jax_than_the_one_asked_for_aborts(start: Starter) -> None:
    ran = start("-k", SLICE, "--jax-version", "0.1")
    assert ran.code == USAGE, ran.output
    (line,) = filter(None, ran.errors.splitlines())
    assert "JAX 0.1 " in line
    assert f"JAX {jax.__version__} " in line
    assert ran.report is None


@pytest.mark.parametrize(
    ("name", "value"), [("jax_debug_nans", True), ("jax_numpy_rank_promotion", "raise")]
)
def test_a_setting_that_changes_what_jax_does_is_refused(name: str, value: object) -> None:
    installation.check_settings()
    before = getattr(jax.config, name)
    jax.config.update(name, value)
    try:
        with pytest.raises(installation.Unfit, match=f"{name} is {value!r}.*{name.upper()}"):
            installation.check_settings()
    finally:
        jax.config.update(name, before)


def test_run_that_judges_nothing_fails(start: Starter) -> None:
    ran = start("-k", "no_such_case")
    assert ran.code == FAILED, ran.output
    assert not ran.records
    assert "Nothing was judged" in ran.output


DYING = """
    import os, signal
    from gradlaw.conformance.examining import Examination

    real = Examination.record

    def record(self):
        if self.law.name == {law!r}:
            {how}
        return real(self)

    Examination.record = record
"""

APART = ("--profile", "quick", "-k", "weighted_sum and jit and not vmap")


@pytest.mark.parametrize(
    ("law", "how", "nodes"),
    [
        ("jit(value_and_grad)", "os._exit(3)", APART),
        ("grad(jit)", "os.kill(os.getpid(), signal.SIGKILL)", ("-k", SLICE)),
    ],
    ids=["exit in a node on its own", "kill in the first node of a scope"],
)
def test_killed_worker_is_reported_as_crashed_and_the_rest_goes_on(
    start: Starter, law: str, how: str, nodes: tuple[str, ...]
) -> None:
    ran = start(*start.plugin(DYING.format(law=law, how=how)), *nodes, "-n2")
    assert ran.code == FAILED, ran.output
    verdicts = {record.law.law: record.verdict for record in ran.records if record.law}
    assert verdicts.pop(law) == "crashed"
    assert verdicts
    assert set(verdicts.values()) == {"conforms"}
    assert ran.report is not None
    assert ran.report.complete


INTERRUPTING = """
    import signal
    from pathlib import Path
    from gradlaw.conformance.examining import Examination

    # What is started in the background inherits that interrupts are ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    real = Examination.record
    done = []

    def record(self):
        if done:
            Path({flag!r}).touch()
            import time
            time.sleep(60)
        done.append(self)
        return real(self)

    Examination.record = record
"""


def test_interrupted_run_leaves_a_report_of_what_was_done(start: Starter, tmp_path: Path) -> None:
    flag = tmp_path / "second node"
    plugin = start.plugin(INTERRUPTING.format(flag=str(flag)))
    process, report = start.popen(*plugin, "-k", SLICE, "-n0")
    deadline = time.monotonic() + ENDS
    while not flag.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    ran = start.finish(process, report)
    assert ran.code == INTERRUPTED, ran.output
    assert ran.report is not None
    assert not ran.report.complete
    assert [record.verdict for record in ran.records] == ["conforms"]
    assert "Interrupted" in ran.output
    assert (report / "report.html").exists()
    assert (report / "report.md").exists()


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_cache_that_cannot_be_written_costs_one_warning(
    start: Starter, tmp_path: Path, workers: str
) -> None:
    (tmp_path / "file").write_text("not a directory")
    unwritable = tmp_path / "file" / "cache"
    ran = start("-k", SLICE, workers, "--cache-dir", str(unwritable))
    assert ran.code == OK, ran.output
    (line,) = [line for line in ran.output.splitlines() if line.startswith("warning")]
    assert "cache" in line
    assert str(unwritable) in line
    assert {record.verdict for record in ran.records} == {"conforms"}


def test_corrupt_cache_entries_are_survived(start: Starter, tmp_path: Path) -> None:
    place = tmp_path / "cache"
    first = start("-k", SLICE, "--cache-dir", str(place))
    assert first.code == OK, first.output
    entries = [path for path in place.rglob("*") if path.is_file()]
    assert entries
    for path in entries:
        path.write_bytes(b"no compiled program")
    again = start("-k", SLICE, "--cache-dir", str(place))
    assert again.code == OK, again.output
    assert [r.verdict for r in again.records] == [r.verdict for r in first.records]


KNOWN = """
    from dataclasses import replace
    import jax
    import numpy as np
    from gradlaw.conformance import examining, known_issues
    from gradlaw.conformance.known_issues import KnownFault

    fault = KnownFault(
        name="planted",
        pattern="{pattern}",
        verdict="wrong number",
        releases=">=0",
        reason="planted on purpose",
        witness=dict(
            node="weighted_sum-jit(value_and_grad)-{dtype}-cpu",
            argnums=1,
            shapes=dict(w=[], x=[2]),
            leaves=dict(w=[3.0], x=[1.0, 2.0]),
        ),
    )

    known_issues.known_faults = examining.known_faults = lambda release: (fault,)

    if {faulty}:
        real = jax.jit

        def jit(function, **options):
            compiled = real(function, **options)

            def call(*arguments):
                found = compiled(*arguments)
                leaves = jax.tree.leaves(found)
                if any(isinstance(leaf, jax.core.Tracer) for leaf in leaves):
                    return found
                return jax.tree.map(lambda leaf: np.asarray(leaf + 1).astype(leaf.dtype), found)

            return call

        def judged_law(self, real_record=examining.Examination.record):
            jax.jit = jit if self.law.name == "jit(value_and_grad)" else real
            try:
                return real_record(self)
            finally:
                jax.jit = real

        examining.Examination.record = judged_law
"""


def known(start: Starter, *, faulty: bool, pattern: str) -> Ran:
    """Run the slice with one known issue in force."""
    source = KNOWN.format(faulty=faulty, pattern=pattern, dtype="float32")
    return start(*start.plugin(source), "-k", SLICE)


def test_known_issue_that_shows_passes(start: Starter) -> None:
    ran = known(start, faulty=True, pattern="weighted_sum-jit(value_and_grad)-*")
    assert ran.code == OK, ran.output
    verdicts = {r.law.law: (r.verdict, r.known) for r in ran.records if r.law}
    assert verdicts["jit(value_and_grad)"] == ("wrong number", "planted")
    assert verdicts["grad(jit)"] == ("conforms", None)
    assert ran.report is not None
    (issue,) = ran.report.known_issues
    assert (issue.matched, issue.stale) == (1, False)
    assert "planted" in ran.output


def test_known_issue_for_other_nodes_does_not_excuse(start: Starter) -> None:
    ran = known(start, faulty=True, pattern="quadratic-*")
    assert ran.code == FAILED, ran.output
    assert any(record.failed for record in ran.records)


def test_known_issue_that_no_longer_shows_fails(start: Starter) -> None:
    ran = known(start, faulty=False, pattern="weighted_sum-jit(value_and_grad)-*")
    assert ran.code == FAILED, ran.output
    assert {record.verdict for record in ran.records} == {"conforms"}
    assert ran.report is not None
    (issue,) = ran.report.known_issues
    assert (issue.matched, issue.stale) == (0, True)
    assert "stale" in ran.output


def test_known_issue_whose_witness_was_not_judged_is_not_stale(start: Starter) -> None:
    source = KNOWN.format(faulty=False, pattern="*", dtype="no_dtype")
    ran = start(*start.plugin(source), "-k", SLICE)
    assert ran.code == OK, ran.output
    assert ran.report is not None
    assert not ran.report.known_issues[0].stale


def test_failing_node_fails_the_run_and_prints_the_script(start: Starter) -> None:
    ran = known(start, faulty=True, pattern="nothing")
    assert ran.code == FAILED, ran.output
    for part in ("wrong number", "attainable", "expected", "import jax", "weighted_sum"):
        assert part in ran.output


def test_help_does_not_import_jax() -> None:
    source = """
        import sys
        import pytest

        code = pytest.main(["--help", "-q"])
        sys.exit(int(code) or 100 * ("jax" in sys.modules))
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=ENDS,
        check=False,
    )
    assert "--allow-absent-backend" in ran.stdout
    assert ran.returncode == OK, ran.stderr
