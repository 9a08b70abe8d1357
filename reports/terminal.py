"""The summary in the terminal: one screen, as wide as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gradlaw.reports.conventions import FINDINGS
from gradlaw.reports.conventions import tally as findings_tally
from gradlaw.reports.coverage import REMEDY, missing, tally
from gradlaw.reports.devices import device_table
from gradlaw.reports.evidence import add_up
from gradlaw.reports.figures import allowance, counted, duration, in_one_line, share, ulps
from gradlaw.reports.legend import LEGEND, SIGNS, badness
from gradlaw.reports.matrix import worst_records
from gradlaw.reports.ordering import ROOMS
from gradlaw.reports.outcome import sum_up
from gradlaw.reports.phases import sum_phases
from gradlaw.reports.pitfalls import WORKS
from gradlaw.reports.record import (
    Failure,
    Record,
    Report,
)
from gradlaw.reports.screen import Screen, open_console

if TYPE_CHECKING:
    from rich.console import Console

ROOM_NAMES = {
    "law": "laws",
    "device": "device laws",
    "tracing": "tracing laws",
    "pitfall": "pitfalls",
    "convention": "conventions",
    "claim": "claims",
}


def show_summary(
    report: Report,
    paths: Mapping[str, Path] | None = None,
    *,
    console: Console | None = None,
    rows: int = 6,
) -> None:
    """Print a run's summary.

    Args:
        report: the run.
        paths: the written reports, by format.
        console: where to print.
        rows: the most rows of a table, and groups of failures; what is left out is counted.
    """
    screen = Screen(console or open_console(), rows)
    outcome = sum_up(report)
    screen.heading("gradlaw")
    _counts(screen, report)
    _worst(screen, report, min(rows, 4 if outcome.failing else 8))
    _failures(screen, report)
    _known(screen, report)
    _devices(screen, report)
    _refuted(screen, report)
    _findings(screen, report)
    _rules(screen, report)
    _foot(screen, report, paths or {})
    style = "bold green" if outcome.passed else "bold red"
    if not outcome.judged:
        screen.rule("NOTHING WAS JUDGED", "bold red")
    screen.line(outcome.sentence, style)


def _counts(screen: Screen, report: Report) -> None:
    counts = Counter((record.room, record.verdict) for record in report.records)
    for room in ROOMS:
        met = [sign for sign in reversed(LEGEND) if counts[room, sign.verdict]]
        if met:
            line = screen.text(f"{ROOM_NAMES[room]}:")
            line.pad_right(14 - len(line))
            for position, sign in enumerate(met):
                part = f"{screen.glyph(sign.verdict)} {counts[room, sign.verdict]} {sign.verdict}"
                line.append(", " if position else "")
                line.append_text(screen.text(part, sign.style))
            screen.console.print(line)


def _worst(screen: Screen, report: Report, rows: int) -> None:
    records = worst_records(report)
    if not records:
        return
    table = screen.table(
        "Worst errors", "case", "law", "dtype", "verdict", ">error", ">attainable", ">ratio"
    )
    for record in records[:rows]:
        law = record.law
        if law is not None:
            table.add_row(
                screen.text(law.case),
                screen.text(law.law),
                screen.text(law.dtype),
                screen.verdict(record),
                screen.text(ulps(law.error)),
                screen.text(allowance(law.error, law.attainable)),
                screen.text(ulps(law.ratio)),
            )
    screen.console.print(table)


def _failures(screen: Screen, report: Report) -> None:
    failed = [record for record in report.records if record.failed]
    if not failed:
        return
    screen.line(f"Failures ({len(failed):,}); errors and allowances in ULP", "bold")
    groups: dict[tuple[str, str, str], list[Record]] = {}
    for record in sorted(failed, key=badness, reverse=True):
        groups.setdefault((record.verdict, record.subject, record.backend), []).append(record)
    for records in list(groups.values())[: screen.rows]:
        _group(screen, records)
    shown = sum(len(records) for records in list(groups.values())[: screen.rows])
    screen.left_out(len(failed) - shown)


def _group(screen: Screen, records: list[Record]) -> None:
    """Failures of one kind on one subject: all their places, and the first one's example."""
    record = records[0]
    line = screen.verdict(record)
    line.append("  ").append_text(screen.text(_places(records)))
    screen.console.print(line)
    for failure in record.failures[:1]:
        _failure(screen, failure)
    if record.pitfall is not None:
        fall = record.pitfall
        works = WORKS[fall.remedy_works]
        screen.detail(f"must come: {fall.expected}; came: {fall.got}; the remedy {works}")
    if record.tracing is not None:
        law = record.tracing
        screen.detail(f"{law.statement}: {law.expected} traces stated, {law.got} counted")


def _failure(screen: Screen, failure: Failure) -> None:
    parts: list[str] = []
    if failure.got or failure.expected:
        got, expected = in_one_line(failure.got, 60), in_one_line(failure.expected, 60)
        parts.append(f"got {got or '–'}, expected {expected or '–'}{_at(failure)}")
    if failure.error is not None:
        parts.append(
            f"error {ulps(failure.error)}, attainable {ulps(failure.attainable, absent='∞')}, "
            f"program {ulps(failure.program, absent='∞')}"
        )
    for text in (failure.explanation, "; ".join(parts)):
        if text:
            screen.detail(in_one_line(text, max(40, 2 * screen.console.width)))


def _at(failure: Failure) -> str:
    where = f" at {failure.where}" if failure.where else ""
    return f"{where} of shape {failure.shape}" if failure.shape else where


def _places(records: list[Record]) -> str:
    if records[0].law is None:
        return ", ".join(record.node for record in records)
    laws: dict[str, list[str]] = {}
    for record in records:
        if record.law is not None:
            laws.setdefault(record.law.law, []).append(record.law.dtype)
    where = f" on {records[0].backend}" if records[0].backend else ""
    places = "; ".join(f"{law} {', '.join(dtypes)}" for law, dtypes in laws.items())
    return f"{records[0].subject}{where}: {places}"


def _known(screen: Screen, report: Report) -> None:
    met = [issue for issue in report.known_issues if issue.matched]
    stale = [issue for issue in report.known_issues if issue.stale]
    if met:
        names = ", ".join(f"{issue.name} ({issue.matched})" for issue in met)
        screen.line(f"Known issues met: {names}")
    for issue in stale:
        screen.line(
            f"Stale known issue: {issue.name} ({issue.pattern}, {issue.verdict}) matches no "
            "failure any more; remove it, or narrow its releases.",
            "red",
        )


def _devices(screen: Screen, report: Report) -> None:
    table = device_table(report)
    if table.laws:
        places = "; ".join(table.places)
        screen.line(f"{counted(len(table.laws), 'device law')} on {places}")


def _refuted(screen: Screen, report: Report) -> None:
    refuted = [record for record in report.records if record.verdict == "refuted"]
    if refuted:
        screen.line(
            f"{counted(len(refuted), 'claim')} refuted (a finding about a document, no failure):",
            SIGNS["refuted"].style,
        )
    for record in refuted[: screen.rows // 2]:
        claim = record.claim
        text = record.subject
        if claim is not None:
            text = f"{claim.document}: {claim.statement}: {claim.stated}; truth {claim.oracle}"
        screen.detail(in_one_line(text, max(40, screen.console.width - 4)))
    screen.left_out(len(refuted) - screen.rows // 2)


def _findings(screen: Screen, report: Report) -> None:
    found = findings_tally(report)
    if found:
        parts = (f"{count} {FINDINGS[kind].words}" for kind, count in found.items())
        line = f"Findings about conventions: {', '.join(parts)}"
        screen.line(line, SIGNS["refuted"].style)


def _rules(screen: Screen, report: Report) -> None:
    if report.rules:
        screen.line(f"Derivative and batching rules: {tally(report.rules)}")
    uncovered = missing(report)
    for rule in uncovered[: 4 * screen.rows]:
        screen.line(f"Uncovered: the {rule.kind} rule of {rule.primitive}", "red")
    screen.left_out(len(uncovered) - 4 * screen.rows)
    if uncovered:
        screen.detail(f"To cover one, {REMEDY}.")


def _foot(screen: Screen, report: Report, paths: Mapping[str, Path]) -> None:
    environment = report.environment
    evidence = add_up(report.records)
    phases = sum_phases(report)
    line = (
        f"{counted(evidence.examples, 'example')}, {counted(evidence.components, 'component')}, "
        f"{evidence.weak:,} weak; {duration(report.wall_seconds)}"
    )
    if phases.total:
        line += (
            f", processor {duration(phases.total)}, "
            f"of it {share(phases.jax, phases.total)} in JAX and XLA"
        )
    screen.line(line)
    if evidence.estimated:
        screen.line(f"Estimated bounds (no rounding rule): {', '.join(evidence.estimated)}")
    versions = " ".join(f"{name} {version}" for name, version in environment.versions.items())
    screen.line(
        f"seed {environment.seed}, profile {environment.profile}, "
        f"Python {environment.python}, {versions}"
    )
    for kind, path in paths.items():
        screen.console.print(screen.text(f"{kind}: {path}"), soft_wrap=True)
