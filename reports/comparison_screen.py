"""A comparison in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradlaw.reports.comparison import Accuracy, Change, Comparison
from gradlaw.reports.figures import counted, ulps
from gradlaw.reports.ordering import short_node
from gradlaw.reports.record import Record
from gradlaw.reports.screen import Screen, open_console

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


def show_comparison(
    comparison: Comparison, *, console: Console | None = None, rows: int = 20
) -> None:
    """Print what changed from one report to another.

    Args:
        comparison: the changes.
        console: where to print.
        rows: the most rows of a table; what is left out is counted.
    """
    screen = Screen(console or open_console(), rows)
    screen.heading("gradlaw: comparison")
    _environment(screen, comparison)
    _changes(screen, "Newly failing", comparison.newly_failing)
    _records(screen, "New nodes", comparison.appeared)
    _changes(screen, "Fixed", comparison.fixed)
    _changes(screen, "Other verdict", comparison.changed)
    _records(screen, "Gone", comparison.gone)
    _accuracy(screen, "Accuracy lost", comparison.lost)
    _accuracy(screen, "Accuracy won", comparison.won)
    failing = len(comparison.newly_failing) + sum(r.failed for r in comparison.appeared)
    summary = (
        f"{failing:,} newly failing, {len(comparison.fixed):,} fixed, "
        f"{len(comparison.changed):,} otherwise changed, "
        f"{counted(len(comparison.appeared), 'new node')}, {len(comparison.gone):,} gone, "
        f"accuracy lost in {len(comparison.lost):,} and won in {len(comparison.won):,}."
    )
    screen.line(summary, "bold red" if comparison.regressed else "bold green")


def _environment(screen: Screen, comparison: Comparison) -> None:
    if comparison.environment:
        table = screen.table("Environments", "", "old", "new")
        for difference in comparison.environment:
            table.add_row(
                screen.text(difference.field),
                screen.text(difference.old),
                screen.text(difference.new),
            )
        screen.console.print(table)
    if {"seed", "profile"} & {difference.field for difference in comparison.environment}:
        screen.line(
            "Seed or profile differ: other arguments were drawn, so errors may differ by that.",
            "yellow",
        )


def _changes(screen: Screen, title: str, changes: Sequence[Change]) -> None:
    if not changes:
        return
    table = screen.table(f"{title} ({len(changes):,})", "node", "old", "new")
    for change in changes[: screen.rows]:
        table.add_row(
            screen.text(short_node(change.old.node)),
            _verdict(screen, change.old),
            _verdict(screen, change.new),
        )
    screen.console.print(table)
    screen.left_out(len(changes) - screen.rows)


def _records(screen: Screen, title: str, records: Sequence[Record]) -> None:
    if not records:
        return
    table = screen.table(f"{title} ({len(records):,})", "node", "verdict")
    ordered = sorted(records, key=lambda record: not record.failed)
    for record in ordered[: screen.rows]:
        table.add_row(screen.text(short_node(record.node)), _verdict(screen, record))
    screen.console.print(table)
    screen.left_out(len(records) - screen.rows)


def _verdict(screen: Screen, record: Record) -> Text:
    text = screen.verdict(record)
    return text.append_text(screen.text(f" (known: {record.known})")) if record.known else text


def _accuracy(screen: Screen, title: str, moved: Sequence[Accuracy]) -> None:
    if not moved:
        return
    table = screen.table(f"{title} ({len(moved):,})", "node", ">old, ULP", ">new, ULP", ">times")
    for accuracy in moved[: screen.rows]:
        old, new = accuracy.old.law, accuracy.new.law
        if old is not None and new is not None:
            table.add_row(
                screen.text(short_node(accuracy.new.node)),
                screen.text(ulps(old.error)),
                screen.text(ulps(new.error)),
                screen.text(ulps(accuracy.ratio)),
            )
    screen.console.print(table)
    screen.left_out(len(moved) - screen.rows)
