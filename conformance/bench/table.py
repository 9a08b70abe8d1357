"""The table: one column for each checker, and what this suite gains over the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.table import Table

from gradlaw.conformance.bench.alarms import DTYPES, Alarms
from gradlaw.conformance.bench.comparison import Comparison
from gradlaw.conformance.bench.drawing import SOURCES
from gradlaw.conformance.bench.sensitivity import LARGEST, Sensitivity

Row = tuple[str, ...]


def table(comparison: Comparison, checkers: Sequence[str]) -> Table:
    """All figures, as wide as the terminal is.

    Args:
        comparison: the measurements.
        checkers: the columns, this suite's last.
    """
    *others, suite = checkers
    grid = Table(show_edge=False, pad_edge=False)
    grid.add_column("", overflow="fold")
    for name in checkers:
        grid.add_column(name, justify="right", overflow="fold")
    grid.add_column("gain over\n" + " / ".join(others), justify="right", overflow="fold")
    sections = (
        ("Smallest relative error noticed in a rule", _rules),
        ("Smallest relative error noticed in a number returned", _numbers),
        ("Gradient components verified per CPU second", _components),
        ("Numbers compared per CPU second", _comparisons),
        ("CPU seconds of first checks", _firsts),
        ("False alarms on correct gradients", _alarms),
    )
    for title, rows in sections:
        grid.add_section()
        grid.add_row(title, style="bold")
        for row in rows(comparison, others, suite):
            grid.add_row(*row)
    return grid


def _rules(comparison: Comparison, others: Sequence[str], suite: str) -> list[Row]:
    return [
        _errors(name, [comparison.rule[other][name] for other in others], found)
        for name, found in comparison.rule[suite].items()
    ]


def _numbers(comparison: Comparison, others: Sequence[str], suite: str) -> list[Row]:  # noqa: ARG001
    """Against the errors in rules that the others notice: they see numbers alone."""
    rows: list[Row] = []
    for name, found in comparison.number.items():
        label = name
        if found.units is not None and found.conditioning is not None:
            label += f": {found.units:g} ULP x {found.conditioning:.1f}"
        rows.append(_errors(label, [comparison.rule[other][name] for other in others], found))
    return rows


def _errors(label: str, others: Sequence[Sensitivity], own: Sensitivity) -> Row:
    gains = (other.error / own.error if other.error and own.error else None for other in others)
    return (label, *(_noticed(found) for found in (*others, own)), _gains(gains))


def _gains(gains: Iterable[float | None]) -> str:
    return " / ".join(
        "-" if gain is None else f"{gain:.2g}".replace("e+0", "e").replace("e+", "e")
        for gain in gains
    )


def _noticed(found: Sensitivity) -> str:
    if not found.arguments:
        return "alarms"
    return f"> {2.0**LARGEST:.0e}" if found.error is None else f"{found.error:.1e}"


def _components(comparison: Comparison, others: Sequence[str], suite: str) -> list[Row]:
    names = (*others, suite)
    rows = [
        _rates(subject, [comparison.throughput[name][subject].component_rate for name in names])
        for subject in comparison.throughput[suite]
    ]
    return [*rows, _rates("all", [comparison.total(name).component_rate for name in names])]


def _comparisons(comparison: Comparison, others: Sequence[str], suite: str) -> list[Row]:
    return [_rates("all", [comparison.total(n).comparison_rate for n in (*others, suite)])]


def _rates(label: str, rates: Sequence[float]) -> Row:
    *others, own = rates
    gains = (own / other if other else None for other in others)
    return (label, *(f"{rate:,.0f}" for rate in rates), _gains(gains))


def _firsts(comparison: Comparison, others: Sequence[str], suite: str) -> list[Row]:
    seconds = [comparison.total(name).first for name in (*others, suite)]
    gains = (other / seconds[-1] if seconds[-1] else None for other in seconds[:-1])
    return [("all", *(f"{second:.2f}" for second in seconds), _gains(gains))]


def _alarms(comparison: Comparison, others: Sequence[str], suite: str) -> list[Row]:
    def counted(alarms: Mapping[tuple[str, str], Alarms], dtype: str, source: str) -> str:
        found = alarms[dtype, source]
        return f"{found.count} of {found.checked}"

    return [
        (
            f"{dtype}, {source}",
            *(counted(comparison.alarms[name], dtype, source) for name in (*others, suite)),
        )
        for dtype in DTYPES
        for source in SOURCES
    ]
