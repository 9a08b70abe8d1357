"""The report in Markdown, for an issue or a job's summary."""

from __future__ import annotations

from gradlaw.reports.compositions import SHALLOW, compositions
from gradlaw.reports.coverage import KINDS, by_kind, by_primitive, tally
from gradlaw.reports.devices import DeviceCell, device_table
from gradlaw.reports.evidence import add_up
from gradlaw.reports.figures import (
    allowance,
    counted,
    duration,
    in_one_line,
    share,
    shortened,
    ulps,
)
from gradlaw.reports.legend import LEGEND, SIGNS
from gradlaw.reports.markdown_rooms import conventions, rooms, shown_verdict
from gradlaw.reports.markup import escape, fence, table
from gradlaw.reports.matrix import Cell, build_matrices
from gradlaw.reports.outcome import sum_up
from gradlaw.reports.phases import sum_phases
from gradlaw.reports.record import (
    Failure,
    Report,
    RuleCoverage,
)
from gradlaw.reports.skips import skipped_by_reason

FAILURES_IN_FULL = 50
"""More failures than this are listed by name only; report.json has them all."""


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
        *rooms(report),
        *conventions(report),
        *_known(report),
        *_rules(report),
        *_skips(report),
        *_cases(report),
        "## Legend",
        table(
            ("sign", "verdict", "meaning"),
            ((sign.glyph, sign.verdict, sign.meaning) for sign in LEGEND),
        ),
    ]
    return "\n\n".join(blocks) + "\n"


def _environment(report: Report) -> list[str]:
    environment = report.environment
    evidence = add_up(report.records)
    phases = sum_phases(report)
    rows = [
        ("started", environment.started),
        ("wall time", duration(report.wall_seconds)),
        (
            "processor time",
            f"{duration(phases.total)}, {share(phases.jax, phases.total)} in JAX and XLA, "
            f"{duration(phases.lattice)} for the lattice's compositions",
        ),
        *(
            (
                f"phase {phase}",
                f"{duration(spent)}, {duration(phases.composed.get(phase, 0.0))} for the lattice",
            )
            for phase, spent in phases.seconds.items()
        ),
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
    return ["## Environment", table(("what", "value"), rows)]


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
    blocks = [f"**{failure.verdict}**: {escape(failure.explanation)}", table(("", ""), rows)]
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
            table(
                ("case", *matrix.laws),
                (
                    (case, *(_cell(matrix.cells.get((case, law))) for law in matrix.laws))
                    for case in matrix.cases
                ),
            ),
        ]
    return blocks


def _devices(report: Report) -> list[str]:
    grid = device_table(report)
    if not grid.laws:
        return []
    rows = (
        (law, *(_device_cell(grid.cells.get((law, place))) for place in grid.places))
        for law in grid.laws
    )
    return [
        "## Devices",
        "Worst verdict over cases and dtypes.",
        table(("law", *grid.places), rows),
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
        (met.name, f"{met.laws:,}", f"{met.cases:,}", f"{met.nodes:,}", shown_verdict(met.worst))
        for met in found.transformations
    )
    head = ("transformation", "laws", "cases", "nodes", "worst verdict")
    blocks = ["## Compositions", f"{found}.", table(head, rows)]
    if (agreed := found.agreed) is not None:
        blocks.append(escape(f"{agreed}."))
    if found.families:
        met = (
            (
                each.name,
                *(f"{n:,}" for n in (each.cases, each.shallow, each.deep)),
                shown_verdict(each.worst),
            )
            for each in found.families
        )
        head = ("family", "cases", f"laws up to depth {SHALLOW}", "deeper", "worst verdict")
        blocks += ["Options aside:", table(head, met)]
    if found.pairs:
        square = (
            (outer, *(_count(found.pairs.get((outer, inner))) for inner in found.around))
            for outer in found.around
        )
        blocks += [escape(f"{found.paired}."), table(("around", *found.around), square)]
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
    return ["## Known issues", table(head, rows)]


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
        table(("primitive", *KINDS), rows),
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
    return ["## Not judged", table(("nodes", "reason"), rows)]


def _cases(report: Report) -> list[str]:
    if not report.cases:
        return []
    rows = ((sheet.name, sheet.signature, sheet.source) for sheet in report.cases)
    return [
        "## Cases",
        "Closed forms and their derivatives are typeset in report.html.",
        table(("case", "signature", "source"), rows),
    ]
