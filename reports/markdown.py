"""The report in Markdown, for an issue or a job's summary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gradlaw.reports.compositions import SHALLOW, compositions
from gradlaw.reports.conventions import FINDINGS, named
from gradlaw.reports.conventions import by_family as conventions_by_family
from gradlaw.reports.conventions import tally as findings_tally
from gradlaw.reports.coverage import KINDS, by_kind, by_primitive, tally
from gradlaw.reports.devices import DeviceCell, device_table
from gradlaw.reports.evidence import add_up
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
from gradlaw.reports.legend import LEGEND, SIGNS
from gradlaw.reports.matrix import Cell, build_matrices
from gradlaw.reports.outcome import sum_up
from gradlaw.reports.phases import sum_phases
from gradlaw.reports.pitfalls import WORKS, elsewhere
from gradlaw.reports.pitfalls import by_family as pitfalls_by_family
from gradlaw.reports.record import Failure, Record, Report, RuleCoverage
from gradlaw.reports.skips import skipped_by_reason

FAILURES_IN_FULL = 50
"""More failures than this are listed by name only; report.json has them all."""

_SPECIAL = re.compile(r"([\\`*_\[\]|~#$])")


def escape(text: str) -> str:
    """Foreign text as one line of Markdown that shows the text and does nothing else.

    HTML and every character that Markdown (GitHub's flavour) reads as markup is escaped.
    """
    line = in_one_line(text)
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", line)


def fence(text: str, language: str = "") -> str:
    """Foreign text as a code block that no run of backticks in it can close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{language}\n{printable(text)}\n{ticks}"


def render_markdown(report: Report) -> str:
    """A report as Markdown.

    Args:
        report: the run.
    """
    outcome = sum_up(report)
    blocks = [
        "# gradlaw report",
        f"**{escape(outcome.sentence)}**",
        *_environment(report),
        *_failures(report),
        *_matrices(report),
        *_devices(report),
        *_compositions(report),
        *_rooms(report),
        *_conventions(report),
        *_known(report),
        *_rules(report),
        *_skips(report),
        *_cases(report),
        "## Legend",
        _table(
            ("sign", "verdict", "meaning"),
            ((sign.glyph, sign.verdict, sign.meaning) for sign in LEGEND),
        ),
    ]
    return "\n\n".join(blocks) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return _grid(head, ((escape(cell) for cell in row) for row in rows))


def _grid(head: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of cells that are Markdown already."""
    lines = [f"| {' | '.join(escape(name) for name in head)} |", "|---" * len(head) + "|"]
    lines += [f"| {' | '.join(cell or ' ' for cell in row)} |" for row in rows]
    return "\n".join(lines)


def lines_of(text: str) -> str:
    """Foreign code as one cell of a table that keeps its lines and their indentation."""
    return "<br>".join(
        "&nbsp;" * (len(line) - len(line.lstrip(" "))) + escape(line) for line in text.split("\n")
    )


def _environment(report: Report) -> list[str]:
    environment = report.environment
    evidence = add_up(report.records)
    phases = sum_phases(report)
    rows = [
        ("started", environment.started),
        ("wall time", duration(report.wall_seconds)),
        (
            "processor time",
            f"{duration(phases.total)}, {share(phases.jax, phases.total)} in JAX and XLA",
        ),
        *((f"phase {phase}", duration(spent)) for phase, spent in phases.seconds.items()),
        ("profile", environment.profile),
        ("seed", str(environment.seed)),
        ("Python", environment.python),
        ("machine", environment.machine),
        ("backends", ", ".join(environment.backends)),
        ("devices", ", ".join(environment.devices)),
        *((name, version) for name, version in environment.versions.items()),
        *((f"flag {name}", value) for name, value in environment.flags.items()),
        *((f"subnormals, {name}", value) for name, value in environment.subnormals.items()),
        ("examples", f"{evidence.examples:,}"),
        ("components", f"{evidence.components:,}, {evidence.weak:,} weak"),
        ("estimated bounds", ", ".join(evidence.estimated) or "none"),
    ]
    return ["## Environment", _table(("what", "value"), rows)]


def _failures(report: Report) -> list[str]:
    failed = [record for record in report.records if record.failed]
    if not failed:
        return []
    blocks = [f"## Failures ({len(failed):,})"]
    for record in failed[:FAILURES_IN_FULL]:
        blocks.append(f"### {SIGNS[record.verdict].glyph} {escape(record.node)}")
        for failure in record.failures:
            blocks += _failure(failure)
    blocks += [
        f"- {escape(record.verdict)}: {escape(record.node)}" for record in failed[FAILURES_IN_FULL:]
    ]
    return blocks


def _failure(failure: Failure) -> list[str]:
    rows = [
        ("where", f"{failure.where} of shape {failure.shape}"),
        ("got", in_one_line(failure.got, 400)),
        ("expected", in_one_line(failure.expected, 400)),
        ("error, ULP", ulps(failure.error)),
        ("attainable, ULP", allowance(failure.error, failure.attainable)),
        ("program, ULP", allowance(failure.error, failure.program)),
    ]
    blocks = [f"**{failure.verdict}**: {escape(failure.explanation)}", _table(("", ""), rows)]
    if failure.arguments:
        blocks.append(fence(shortened(failure.arguments, 2000)))
    if failure.reproducer:
        blocks.append(fence(failure.reproducer, "python"))
    return blocks


def _matrices(report: Report) -> list[str]:
    blocks: list[str] = []
    for matrix in build_matrices(report):
        blocks += [
            f"## Cases and laws on {escape(matrix.backend)}",
            "Worst verdict over the dtypes, its error and its attainable allowance in ULP.",
            _table(
                ("case", *matrix.laws),
                (
                    (case, *(_cell(matrix.cells.get((case, law))) for law in matrix.laws))
                    for case in matrix.cases
                ),
            ),
        ]
    return blocks


def _devices(report: Report) -> list[str]:
    table = device_table(report)
    if not table.laws:
        return []
    rows = (
        (law, *(_device_cell(table.cells.get((law, place))) for place in table.places))
        for law in table.laws
    )
    return [
        "## Devices",
        "Worst verdict over cases and dtypes.",
        _table(("law", *table.places), rows),
    ]


def _device_cell(cell: DeviceCell | None) -> str:
    if cell is None:
        return ""
    verdict = "" if cell.worst.verdict == "conforms" else f" {cell.worst.verdict}"
    return f"{cell.sign.glyph}{verdict} {cell.text}"


def _compositions(report: Report) -> list[str]:
    found = compositions(report)
    if not found.transformations:
        return []
    rows = (
        (met.name, f"{met.laws:,}", f"{met.cases:,}", f"{met.nodes:,}", _verdict(met.worst))
        for met in found.transformations
    )
    head = ("transformation", "laws", "cases", "nodes", "worst verdict")
    blocks = ["## Compositions", f"{found}.", _table(head, rows)]
    if (agreed := found.agreed) is not None:
        blocks.append(escape(f"{agreed}."))
    if found.families:
        met = (
            (
                each.name,
                *(f"{n:,}" for n in (each.cases, each.shallow, each.deep)),
                _verdict(each.worst),
            )
            for each in found.families
        )
        head = ("family", "cases", f"laws up to depth {SHALLOW}", "deeper", "worst verdict")
        blocks += ["Options aside:", _table(head, met)]
    if found.pairs:
        square = (
            (outer, *(_count(found.pairs.get((outer, inner))) for inner in found.around))
            for outer in found.around
        )
        blocks += [escape(f"{found.paired}."), _table(("around", *found.around), square)]
    return blocks


def _count(laws: int | None) -> str:
    return "" if laws is None else f"{laws:,}"


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return ""
    text = cell.sign.glyph
    if cell.evidence is not None and cell.evidence.error is not None:
        bound = allowance(cell.evidence.error, cell.evidence.attainable)
        text += f" {ulps(cell.evidence.error)} / {bound}"
    if cell.worst.verdict != "conforms":
        text += f" {cell.worst.verdict}"
    return f"{text} (known)" if cell.known else text


def _rooms(report: Report) -> list[str]:
    tracing: list[tuple[str, ...]] = []
    claims: list[tuple[str, ...]] = []
    for record in report.records:
        head = (record.subject, _verdict(record))
        if (law := record.tracing) is not None:
            tracing.append((*head, law.statement, str(law.expected), str(law.got)))
        if (claim := record.claim) is not None:
            claims.append(
                (*head, claim.document, claim.statement, claim.stated, claim.oracle, claim.jax)
            )
    blocks = _pitfalls(report)
    for title, columns, rows in (
        ("Tracing laws", ("statement", "traces stated", "traces counted"), tracing),
        ("Claims of documents", ("document", "statement", "stated", "oracle", "JAX"), claims),
    ):
        if rows:
            blocks += [f"## {title}", _table(("name", "verdict", *columns), rows)]
    return blocks


def _conventions(report: Report) -> list[str]:
    families = conventions_by_family(report)
    if not families:
        return []
    columns = ("at x", "forward", "reverse", "second", "accepted", "findings", "why", "remedy")
    blocks = [
        "## Conventions",
        "What JAX gives where there is no derivative, or only its formula is in difficulty. The "
        "accepted set is Clarke's subdifferential, or the derivative's limit; a finding fails "
        "nothing.",
        *(
            f"- {FINDINGS[kind].glyph} {FINDINGS[kind].words}: {count:,}"
            for kind, count in findings_tally(report).items()
        ),
    ]
    for family, records in families.items():
        rows = (row for record in records if (row := _convention(record)))
        blocks += [
            f"### {escape(named(family))}",
            _table(("name", "verdict", "function of x", *columns), rows),
        ]
    return blocks


def _convention(record: Record) -> tuple[str, ...]:
    convention = record.convention
    if convention is None:
        return ()
    findings = "; ".join(
        f"{FINDINGS[kind].glyph} {FINDINGS[kind].words}: {sentence}"
        for kind, sentence in convention.findings.items()
    )
    why = ". ".join(text for text in (convention.why, convention.provenance) if text)
    remedy = ": ".join(text for text in (convention.remedy, convention.remedy_code) if text)
    return (
        record.subject,
        _verdict(record),
        convention.function,
        convention.point,
        convention.forward,
        convention.reverse,
        convention.second,
        f"{convention.accepted} ({convention.meaning}), second {convention.accepted_second}",
        findings,
        why,
        remedy if convention.remedy_works else f"{remedy} (does not work)",
    )


def _pitfalls(report: Report) -> list[str]:
    blocks: list[str] = []
    for family, records in pitfalls_by_family(report).items():
        rows = [_pitfall(record) for record in records if record.pitfall is not None]
        head = ("pitfall", "verdict", "misuse", "what must come", "elsewhere", "remedy", "source")
        blocks += [f"### {escape(family) or 'Others'}", _grid(head, rows)]
    return ["## Pitfalls", *blocks] if blocks else []


def _pitfall(record: Record) -> tuple[str, ...]:
    fall = record.pitfall
    assert fall is not None
    came = "" if record.verdict == "conforms" else f"<br>came: {escape(fall.got)}"
    remedy = f"{escape(fall.remedy)} ({WORKS[fall.remedy_works]})"
    return (
        escape(record.subject),
        escape(_verdict(record)),
        lines_of(fall.misuse),
        escape(fall.expected) + came,
        "<br>".join(f"{escape(where)}: {escape(what)}" for where, what in elsewhere(fall)),
        f"{remedy}<br>{lines_of(fall.remedied)}" if fall.remedied else remedy,
        escape(fall.source),
    )


def _verdict(record: Record) -> str:
    known = f" (known: {record.known})" if record.known else ""
    return f"{SIGNS[record.verdict].glyph} {record.verdict}{known}"


def _known(report: Report) -> list[str]:
    if not report.known_issues:
        return []
    rows = (
        (
            issue.name,
            issue.verdict,
            issue.pattern,
            "stale" if issue.stale else counted(issue.matched, "node"),
            issue.reason,
            issue.link,
        )
        for issue in report.known_issues
    )
    head = ("issue", "verdict", "nodes", "matched", "reason", "link")
    return ["## Known issues", _table(head, rows)]


def _rules(report: Report) -> list[str]:
    if not report.rules:
        return []
    rows = (
        (primitive, *(_rule(rules.get(kind)) for kind in KINDS))
        for primitive, rules in by_primitive(report).items()
    )
    return [
        "## Derivative and batching rules",
        f"All kinds: {tally(report.rules)}.",
        *(f"- {kind}: {found}" for kind, found in by_kind(report).items()),
        "How many cases judged the rule, or why none does.",
        _table(("primitive", *KINDS), rows),
    ]


def _rule(rule: RuleCoverage | None) -> str:
    if rule is None:
        return ""
    if rule.status == "covered":
        return counted(rule.cases, "case")
    return f"excused: {rule.reason}" if rule.status == "excused" else "uncovered"


def _skips(report: Report) -> list[str]:
    groups = skipped_by_reason(report)
    if not groups:
        return []
    rows = ((counted(len(records), "node"), reason) for reason, records in groups.items())
    return ["## Not judged", _table(("nodes", "reason"), rows)]


def _cases(report: Report) -> list[str]:
    if not report.cases:
        return []
    rows = ((sheet.name, sheet.signature, sheet.source) for sheet in report.cases)
    return [
        "## Cases",
        "Closed forms and their derivatives are typeset in report.html.",
        _table(("case", "signature", "source"), rows),
    ]
