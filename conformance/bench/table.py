"""The table: one column for each checker, and what this suite gains over the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    grid.add_column("", overflow="fold", ratio=1)
    for name in checkers:
        grid.add_column(name, justify="right", overflow="fold")
    for name in others:
        grid.add_column(f"gain over {name}", justify="right", overflow="fold")
    sections = (
        ("SMALLEST RELATIVE ERROR NOTICED in one element, planted in the rule", _rules),
        ("the same, planted in the number that the backend returned", _numbers),
        ("VERIFIED GRADIENT COMPONENTS per CPU second", _components),
        ("numbers compared with a reference, per CPU second", _comparisons),
        ("CPU seconds to the first answers", _firsts),
        ("FALSE ALARMS on correct gradients", _alarms),
    )
    for title, rows in sections:
        grid.add_section()
        grid.add_row(title, style="bold")
        for row in rows(comparison, others, suite):
            grid.add_row(f"  {row[0]}", *row[1:])
    return grid


def _rules(comparison: Comparison, others: Sequence[str], suite: str) -> list[Row]:
    return [
        _errors(name, [comparison.rule[other][name] for other in others], found, f"{name}")
        for name, found in comparison.rule[suite].items()
    ]


def _numbers(comparison: Comparison, others: Sequence[str], suite: str) -> list[Row]:  # noqa: ARG001
    return [
        _errors(
            name,
            [comparison.rule[other][name] for other in others],
            found,
            f"{name}: {found.units:g} ULP x {found.conditioning:.1f}"
            if found.units is not None and found.conditioning is not None
            else name,
        )
        for name, found in comparison.number.items()
    ]


def _errors(
    name: str, others: Sequence[Sensitivity], own: Sensitivity, label: str  # noqa: ARG001
) -> Row:
    gains = (
        f"{other.error / own.error:.1e}" if other.error and own.error else "" for other in others
    )
    return (label, *(_noticed(found) for found in (*others, own)), *gains)


def _noticed(found: Sensitivity) -> str:
    if not found.arguments:
        return "alarms anyway"
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
    gains = (f"{own / other:.3g}" if other else "" for other in others)
    return (label, *(f"{rate:,.0f}" for rate in rates), *gains)


def _firsts(comparison: Comparison, others: Sequence[str], suite: str) -> list[Row]:
    seconds = [comparison.total(name).first for name in (*others, suite)]
    gains = (f"{other / seconds[-1]:.3g}" if seconds[-1] else "" for other in seconds[:-1])
    return [("all", *(f"{second:.2f}" for second in seconds), *gains)]


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
