"""The summary in the terminal: one screen, as wide as it is."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from gradlaw.reports.evidence import add_up
from gradlaw.reports.figures import allowance, counted, duration, in_one_line, share, ulps
from gradlaw.reports.legend import LEGEND, SIGNS
from gradlaw.reports.matrix import worst_records
from gradlaw.reports.ordering import ROOMS
from gradlaw.reports.outcome import sum_up
from gradlaw.reports.phases import sum_phases
from gradlaw.reports.record import Failure, Record, Report

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

ROOM_NAMES = {
    "law": "laws",
    "tracing": "tracing laws",
    "pitfall": "pitfalls",
    "claim": "claims",
}


def open_console(file: TextIO | None = None, width: int | None = None) -> Console:
    """A console without colour where the file is no terminal, or ``NO_COLOR`` is set.

    Args:
        file: where to write; standard output by default.
        width: columns; by default the terminal's.
    """
    from rich.console import Console

    return Console(file=file or sys.stdout, width=width, highlight=False, soft_wrap=False)


def show_summary(
    report: Report,
    paths: Mapping[str, Path] | None = None,
    *,
    console: Console | None = None,
    rows: int = 12,
) -> None:
    """Print a run's summary.

    Args:
        report: the run.
        paths: the written reports, by format.
        console: where to print.
        rows: the most rows of a table; what is left out is counted.
    """
    screen = _Screen(console or open_console(), rows)
    outcome = sum_up(report)
    screen.heading("gradlaw")
    _counts(screen, report)
    if not report.records or outcome.failing == 0:
        _worst(screen, report, min(rows, 8))
    _failures(screen, report)
    _known(screen, report)
    _refuted(screen, report)
    _foot(screen, report, paths or {})
    style = "bold green" if outcome.passed else "bold red"
    if not outcome.judged:
        screen.rule("NOTHING WAS JUDGED", "bold red")
    screen.line(outcome.sentence, style)


class _Screen:
    """A console that takes foreign text as text, never as markup or escapes."""

    def __init__(self, console: Console, rows: int) -> None:
        self.console = console
        self.rows = rows
        self.ascii = console.options.ascii_only

    def text(self, text: str, style: str = "") -> Text:
        from rich.text import Text

        line = in_one_line(text)
        if self.ascii:
            line = line.replace("–", "-").replace("…", "...")
            line = line.encode("ascii", "backslashreplace").decode("ascii")
        return Text(line, style=style)

    def glyph(self, verdict: str) -> str:
        return SIGNS[verdict].plain if self.ascii else SIGNS[verdict].glyph

    def line(self, text: str, style: str = "") -> None:
        self.console.print(self.text(text, style))

    def rule(self, title: str, style: str) -> None:
        self.console.rule(self.text(title, style), style=style, characters="=")

    def heading(self, title: str) -> None:
        self.console.rule(self.text(title, "bold"), characters="-" if self.ascii else "─")

    def table(self, title: str, *columns: str) -> Table:
        """A table whose columns are right-aligned where their name starts with ``>``."""
        from rich import box
        from rich.table import Table

        table = Table(
            title=self.text(title, "bold"),
            title_justify="left",
            box=box.SIMPLE_HEAD if not self.ascii else box.ASCII2,
            pad_edge=False,
            padding=(0, 1),
        )
        for column in columns:
            justify = "right" if column.startswith(">") else "left"
            table.add_column(self.text(column.lstrip(">")), justify=justify, overflow="fold")
        return table

    def left_out(self, number: int) -> None:
        if number > 0:
            self.line(f"… and {number:,} more, in the report", "dim")


def _counts(screen: _Screen, report: Report) -> None:
    counts = Counter((record.room, record.verdict) for record in report.records)
    for room in ROOMS:
        met = [sign for sign in reversed(LEGEND) if counts[room, sign.verdict]]
        if met:
            line = screen.text(f"{ROOM_NAMES[room] + ':':<14}")
            for position, sign in enumerate(met):
                part = f"{screen.glyph(sign.verdict)} {counts[room, sign.verdict]} {sign.verdict}"
                line.append(", " if position else " ")
                line.append_text(screen.text(part, sign.style))
            screen.console.print(line)


def _worst(screen: _Screen, report: Report, rows: int) -> None:
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
                _verdict(screen, record),
                screen.text(ulps(law.error)),
                screen.text(allowance(law.error, law.attainable)),
                screen.text(ulps(law.ratio)),
            )
    screen.console.print(table)


def _verdict(screen: _Screen, record: Record) -> Text:
    sign = SIGNS[record.verdict]
    return screen.text(f"{screen.glyph(record.verdict)} {record.verdict}", sign.style)


def _failures(screen: _Screen, report: Report) -> None:
    failed = [record for record in report.records if record.failed]
    if not failed:
        return
    screen.line(f"Failures ({len(failed):,}); errors and allowances in ULP", "bold")
    for record in failed[: screen.rows]:
        line = _verdict(screen, record)
        line.append_text(screen.text(f"  {_place(record)}"))
        screen.console.print(line)
        for failure in record.failures[:1]:
            _failure(screen, record, failure)
    screen.left_out(len(failed) - screen.rows)


def _failure(screen: _Screen, record: Record, failure: Failure) -> None:
    width = max(40, 2 * screen.console.width)
    detail = [failure.explanation]
    if failure.got or failure.expected:
        got, expected = in_one_line(failure.got, 60), in_one_line(failure.expected, 60)
        detail.append(f"got {got or '–'}, expected {expected or '–'}{_at(failure)}")
    if failure.error is not None:
        detail.append(
            f"error {ulps(failure.error)}, attainable {ulps(failure.attainable, absent='∞')}, "
            f"program {ulps(failure.program, absent='∞')}"
        )
    if record.pitfall is not None:
        detail.append(f"must raise {record.pitfall.expected}; came {record.pitfall.got}")
    for text in detail:
        if text:
            line = screen.text("")
            line.append("    ")
            line.append_text(screen.text(in_one_line(text, width)))
            screen.console.print(line)


def _at(failure: Failure) -> str:
    where = f" at {failure.where}" if failure.where else ""
    return f"{where} of shape {failure.shape}" if failure.shape else where


def _place(record: Record) -> str:
    if record.law is None:
        return record.node
    where = f" on {record.backend}" if record.backend else ""
    return f"{record.law.case}, {record.law.law}, {record.law.dtype}{where}"


def _known(screen: _Screen, report: Report) -> None:
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


def _refuted(screen: _Screen, report: Report) -> None:
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
        line = screen.text("")
        line.append("    ")
        line.append_text(screen.text(in_one_line(text, max(40, screen.console.width - 4))))
        screen.console.print(line)
    screen.left_out(len(refuted) - screen.rows // 2)


def _foot(screen: _Screen, report: Report, paths: Mapping[str, Path]) -> None:
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
