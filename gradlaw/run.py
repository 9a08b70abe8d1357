"""One run: its journal, its environment, its report."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from gradlaw import installation
from gradlaw.reports.coverage import cover
from gradlaw.reports.journal import Journal, clear_journals, read_journals
from gradlaw.reports.merging import merge_records
from gradlaw.reports.outcome import sum_up
from gradlaw.reports.record import (
    CaseSheet,
    Environment,
    Failure,
    KnownIssue,
    Record,
    Report,
    RuleCoverage,
)
from gradlaw.reports.rooms import LawEvidence
from gradlaw.reports.terminal import show_summary
from gradlaw.reports.writing import write_report
from gradlaw.resuming import kept_nodes, take_up, undertake

_ROOMS = {
    "test_law": "law",
    "test_reading": "law",
    "test_device_law": "device",
    "test_two_processes": "device",
    "test_repeated": "device",
    "test_backends": "device",
    "test_pitfall": "pitfall",
    "test_device_pitfall": "pitfall",
    "test_convention": "convention",
    "test_tracing": "tracing",
}


@dataclass(kw_only=True)
class Run:
    """What a process of the run keeps.

    Attributes:
        directory: where journals and reports go.
        worker: pytest-xdist's name of this worker; None in the process that was started.
        backends, profile, seed, require_coverage: what was asked for.
        resume: whether what an earlier run judged in that directory is kept.
        abandoned: the run never began.
    """

    directory: Path
    worker: str | None
    backends: list[str]
    profile: str
    seed: int
    require_coverage: bool = False
    resume: bool = False
    abandoned: bool = False
    warnings: list[str] = field(default_factory=list)
    report: Report | None = None
    paths: dict[str, Path] = field(default_factory=dict)
    _journal: Journal | None = None
    _environment: Environment | None = None
    _started: float = field(default_factory=time.perf_counter)
    _cases: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """Clear the last run's journals, or take them up; workers leave that to the first process.

        Raises:
            Unfit: there is nothing to take up.
        """
        if self.worker is not None:
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        for sheet in self.directory.glob("case-*.json"):
            sheet.unlink()
        self._environment = self._look_around()
        if self.resume:
            with self._noting_truncation():
                kept = take_up(self.directory, self._environment)
            self._cases |= {record.subject for record in kept if record.room == "law"}
        else:
            clear_journals(self.directory)
            undertake(self.directory, self._environment)

    def is_kept(self, nodeid: str) -> bool:
        """Whether an earlier run judged a node, and this one takes it up."""
        return self.resume and nodeid in self._kept_nodes

    @cached_property
    def _kept_nodes(self) -> frozenset[str]:
        return kept_nodes(self.directory)

    @contextmanager
    def _noting_truncation(self) -> Iterator[None]:
        with warnings.catch_warnings(record=True) as truncated:
            warnings.simplefilter("always")
            yield
        self.warnings += [str(warning.message) for warning in truncated]

    def keep(self, record: Record, nodeid: str, backend: str) -> Record:
        """Stamp a record with its node and write it down."""
        stamped = msgspec.structs.replace(record, node=nodeid, backend=backend)
        if self._journal is None:
            self._journal = Journal(self.directory, self.worker or "main")
        self._journal.append(stamped)
        if stamped.room in {"law", "device"}:
            self._cases.add(stamped.subject)
        return stamped

    def skip(self, nodeid: str, backend: str, line: str) -> None:
        """Record a node that was not judged because its backend is not there."""
        self.keep(_unjudged(nodeid, "skipped", line), nodeid, backend)

    def crash(self, nodeid: str, line: str) -> None:
        """Record the node that a worker had in hand when it died."""
        backend = nodeid.rpartition("-")[2].rstrip("]")
        self.keep(_unjudged(nodeid, "crashed", line), nodeid, backend)

    def leave(self) -> None:
        """A worker's last act: the sheets of the cases that it judged."""
        self._write_sheets()
        if self._journal is not None:
            self._journal.close()

    def finish(self, *, complete: bool) -> None:
        """Merge the journals into the report and write it."""
        self.leave()
        with self._noting_truncation():
            records = read_journals(self.directory)
        merged = merge_records(
            records,
            self._environment or self._look_around(),
            self._read_sheets(),
            self._known_issues(records),
            complete=complete,
            wall_seconds=time.perf_counter() - self._started,
        )
        self.report = msgspec.structs.replace(
            merged,
            rules=_rules(merged),
            pairs=_pairs(merged),
            coverage_required=self.require_coverage,
        )
        self.paths = write_report(self.report, self.directory)

    @property
    def must_fail(self) -> bool:
        """Whether nothing was judged, an issue is stale, a rule is missing or a record failed."""
        if self.report is None:
            return True
        outcome = sum_up(self.report)
        only_skipped = bool(self.report.records) and all(
            record.verdict == "skipped" for record in self.report.records
        )
        return not (outcome.passed or (only_skipped and not outcome.missing))

    def show(self) -> None:
        """The end of the run, on a screen."""
        assert self.report is not None
        for warning in self.warnings:
            print(f"warning: {warning}")
        show_summary(self.report, self.paths)

    def _look_around(self) -> Environment:
        return Environment(
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            profile=self.profile,
            seed=self.seed,
            python=sys.version.split()[0],
            machine=installation.machine(),
            versions=installation.versions(),
            devices=installation.devices(self.backends),
            backends=tuple(self.backends),
            flags=installation.flags(),
            subnormals=_subnormals(self.backends),
        )

    def _write_sheets(self) -> None:
        if not self._cases:
            return
        from gradlaw.conformance.sheets import sheet

        for name in sorted(self._cases):
            path = self.directory / f"case-{name}.json"
            if not path.exists():
                path.write_bytes(msgspec.json.encode(sheet(name)))

    def _read_sheets(self) -> list[CaseSheet]:
        from gradlaw.conformance.cases import CASES

        paths = [self.directory / f"case-{case.name}.json" for case in CASES]
        sheets = [
            msgspec.json.decode(path.read_bytes(), type=CaseSheet)
            for path in paths
            if path.exists()
        ]
        for path in paths:
            path.unlink(missing_ok=True)
        return sheets

    def _known_issues(self, records: list[Record]) -> list[KnownIssue]:
        """The issues in force; stale where the witness was judged and no longer shows."""
        import jax

        from gradlaw.conformance.known_issues import known_faults

        shown: dict[str, bool] = {}
        for record in records:
            if record.law is not None:
                shown.update(record.law.witnesses)
        return [
            KnownIssue(
                name=fault.name,
                pattern=", ".join(fault.patterns),
                verdict=", ".join(fault.verdicts),
                reason=fault.reason,
                link=fault.link,
                stale=not shown.get(fault.name, True),
            )
            for fault in known_faults(jax.__version__)
        ]


def _rules(report: Report) -> tuple[RuleCoverage, ...]:
    """The coverage of the installed release's rules, where any law was judged."""
    if not any(record.law is not None for record in report.records):
        return ()
    from gradlaw.conformance.coverage import reasons, registered

    return cover(registered(), reasons(), report.records)


def _pairs(report: Report) -> tuple[tuple[str, str], ...]:
    """The pairs of transformations that laws can hold, where any law was judged."""
    if not any(record.law is not None for record in report.records):
        return ()
    from gradlaw.conformance.laws.drawing import all_pairs

    return all_pairs()


def _unjudged(nodeid: str, verdict: Any, line: str) -> Record:
    test = nodeid.rpartition("::")[2]
    function, _, name = test.partition("[")
    room: Any = _ROOMS.get(function, "claim")
    parts = name.removesuffix("]").rsplit("-", 3)
    subject, law = name.removesuffix("]").partition("-")[0], None
    if room == "law" and len(parts) == 4:
        subject = parts[0]
        law = LawEvidence(case=subject, law=parts[1], dtype=parts[2])
    failures = (Failure(verdict=verdict, explanation=line),)
    return Record(
        node=nodeid, room=room, subject=subject, verdict=verdict, law=law, failures=failures
    )


def _subnormals(backends: list[str]) -> dict[str, str]:
    """What is accepted of subnormal numbers, for each backend and dtype."""
    from gradlaw.oracles.rounding.arithmetic import arithmetic

    return {
        f"{dtype} on {backend}": "kept, or flushed to zero"
        if arithmetic(dtype, backend).flushes
        else "kept"
        for backend in backends
        for dtype in ("float16", "bfloat16", "float32", "float64")
    }
