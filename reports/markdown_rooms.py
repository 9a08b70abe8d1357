"""The rooms beside the laws in Markdown: pitfalls, tracing laws, claims, conventions."""

from __future__ import annotations

from gradlaw.reports.conventions import FINDINGS, named
from gradlaw.reports.conventions import by_family as conventions_by_family
from gradlaw.reports.conventions import tally as findings_tally
from gradlaw.reports.legend import SIGNS
from gradlaw.reports.markup import escape, grid, lines_of, table
from gradlaw.reports.pitfalls import WORKS, elsewhere
from gradlaw.reports.pitfalls import by_family as pitfalls_by_family
from gradlaw.reports.record import Record, Report


def rooms(report: Report) -> list[str]:
    """Pitfalls, tracing laws and claims, as blocks of Markdown."""
    tracing: list[tuple[str, ...]] = []
    claims: list[tuple[str, ...]] = []
    for record in report.records:
        head = (record.subject, shown_verdict(record))
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
            blocks += [f"## {title}", table(("name", "verdict", *columns), rows)]
    return blocks


def conventions(report: Report) -> list[str]:
    """Conventions and what was found about them, as blocks of Markdown."""
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
            table(("name", "verdict", "function of x", *columns), rows),
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
        shown_verdict(record),
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
        blocks += [f"### {escape(family) or 'Others'}", grid(head, rows)]
    return ["## Pitfalls", *blocks] if blocks else []


def _pitfall(record: Record) -> tuple[str, ...]:
    fall = record.pitfall
    assert fall is not None
    came = "" if record.verdict == "conforms" else f"<br>came: {escape(fall.got)}"
    remedy = f"{escape(fall.remedy)} ({WORKS[fall.remedy_works]})"
    return (
        escape(record.subject),
        escape(shown_verdict(record)),
        lines_of(fall.misuse),
        escape(fall.expected) + came,
        "<br>".join(f"{escape(where)}: {escape(what)}" for where, what in elsewhere(fall)),
        f"{remedy}<br>{lines_of(fall.remedied)}" if fall.remedied else remedy,
        escape(fall.source),
    )


def shown_verdict(record: Record) -> str:
    """A record's verdict with its sign, and the known issue behind it."""
    known = f" (known: {record.known})" if record.known else ""
    return f"{SIGNS[record.verdict].glyph} {record.verdict}{known}"
