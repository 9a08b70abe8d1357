"""The report in HTML: one file that loads nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from gradlaw.reports.compositions import compositions
from gradlaw.reports.conventions import FINDINGS, named
from gradlaw.reports.conventions import by_family as conventions_by_family
from gradlaw.reports.conventions import tally as findings_tally
from gradlaw.reports.coverage import KINDS, by_kind, by_primitive, tally
from gradlaw.reports.devices import device_table
from gradlaw.reports.evidence import Evidence, add_up
from gradlaw.reports.figures import (
    allowance,
    counted,
    duration,
    in_one_line,
    printable,
    share,
    shortened,
    ulps,
)
from gradlaw.reports.legend import LEGEND, SIGNS, accounted
from gradlaw.reports.mathml import MarkupError, typeset
from gradlaw.reports.matrix import build_matrices
from gradlaw.reports.ordering import ROOMS
from gradlaw.reports.outcome import sum_up
from gradlaw.reports.phases import JAX_PHASES, sum_phases
from gradlaw.reports.pitfalls import WORKS, elsewhere
from gradlaw.reports.pitfalls import by_family as pitfalls_by_family
from gradlaw.reports.record import (
    CaseSheet,
    Failure,
    Record,
    Report,
)
from gradlaw.reports.skips import skipped_by_reason

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

BUDGET = 800_000
"""Characters of failures shown in full; those beyond are listed in a line each."""

_LONGEST = 6_000
"""Characters of one argument list, value or script; report.json has the rest."""

_ROOM_NAMES = {
    "law": "Laws",
    "device": "Device laws",
    "tracing": "Tracing laws",
    "pitfall": "Pitfalls",
    "convention": "Conventions",
    "claim": "Claims",
}


@dataclass(frozen=True, kw_only=True)
class _CaseView:
    anchor: str
    sheet: CaseSheet
    formula: Markup | None
    derivatives: dict[str, Markup]
    evidence: Evidence


def render_html(report: Report) -> str:
    """A report as one self-contained HTML page.

    Everything that a record holds is escaped. The only markup let through is MathML in the case
    sheets, element by element; what is not MathML through and through is shown as text.

    Args:
        report: the run.
    """
    return _template().render(_context(report))


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_without_controls,
    )
    environment.filters.update(
        ulps=ulps,
        duration=duration,
        counted=counted,
        in_one_line=in_one_line,
        shortened=lambda text: shortened(text, _LONGEST),
    )
    environment.globals.update(
        allowance=allowance,
        share=share,
        signs=SIGNS,
        room_names=_ROOM_NAMES,
        finding_signs=FINDINGS,
        family_name=named,
        elsewhere=elsewhere,
        works=WORKS,
    )
    source = files("gradlaw.reports").joinpath("report.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(source)


def _context(report: Report) -> dict[str, Any]:
    failed = [record for record in report.records if record.failed]
    known = [record for record in report.records if accounted(record)]
    in_full = _within(BUDGET)
    return {
        "report": report,
        "environment": report.environment,
        "outcome": sum_up(report),
        "evidence": add_up(report.records),
        "phases": sum_phases(report),
        "jax_phases": JAX_PHASES,
        "counts": _counts(report),
        "matrices": build_matrices(report),
        "devices": device_table(report),
        "compositions": compositions(report),
        "failed": [(record, in_full(record)) for record in failed],
        "known": [(record, in_full(record)) for record in known],
        "anchors": {
            record.node: f"node-{position}" for position, record in enumerate([*failed, *known])
        },
        "cases": _cases(report),
        "case_anchors": {
            sheet.name: f"case-{position}" for position, sheet in enumerate(report.cases)
        },
        "conventions": conventions_by_family(report),
        "findings": findings_tally(report),
        "families": [
            (f"family-{position}", *family)
            for position, family in enumerate(pitfalls_by_family(report).items())
        ],
        "tracing": [record for record in report.records if record.tracing is not None],
        "claims": [record for record in report.records if record.claim is not None],
        "skips": skipped_by_reason(report),
        "rule_kinds": KINDS,
        "rules": by_primitive(report),
        "rule_tally": tally(report.rules),
        "rule_tallies": by_kind(report),
        "legend": LEGEND,
    }


def _counts(report: Report) -> list[tuple[str, list[tuple[Any, int]]]]:
    counts = Counter((record.room, record.verdict) for record in report.records)
    rooms: list[tuple[str, list[tuple[Any, int]]]] = []
    for room in ROOMS:
        met = [(sign, counts[room, sign.verdict]) for sign in LEGEND if counts[room, sign.verdict]]
        if met:
            rooms.append((_ROOM_NAMES[room], met))
    return rooms


def _cases(report: Report) -> list[_CaseView]:
    by_case: dict[str, list[Record]] = {}
    for record in report.records:
        by_case.setdefault(record.subject, []).append(record)
    return [
        _CaseView(
            anchor=f"case-{position}",
            sheet=sheet,
            formula=_formula(sheet.formula),
            derivatives={
                argument: formula
                for argument, markup in sheet.derivatives.items()
                if (formula := _formula(markup)) is not None
            },
            evidence=add_up(by_case.get(sheet.name, [])),
        )
        for position, sheet in enumerate(report.cases)
    ]


def _formula(markup: str) -> Markup | None:
    from markupsafe import Markup

    if not markup:
        return None
    try:
        return Markup(typeset(printable(markup)))
    except MarkupError:
        return Markup("<code>{}</code>").format(printable(markup))


def _without_controls(value: Any) -> Any:
    return printable(value) if type(value) is str else value


def _within(budget: int) -> Callable[[Record], bool]:
    """Whether a record's failures still fit, first come first served."""
    left = budget

    def fits(record: Record) -> bool:
        nonlocal left
        left -= sum(_size(failure) for failure in record.failures)
        return left >= 0

    return fits


def _size(failure: Failure) -> int:
    """The characters of a failure as the page holds them, escaped."""
    from markupsafe import escape

    texts = (
        failure.explanation,
        failure.arguments,
        failure.got,
        failure.expected,
        failure.reproducer,
    )
    return 800 + sum(len(escape(text[:_LONGEST])) for text in texts)
