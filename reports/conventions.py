"""Conventions by family, and what was found about them."""

from __future__ import annotations

from dataclasses import dataclass

from gradlaw.reports.record import Record, Report
from gradlaw.reports.verdict import FindingKind


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A kind of finding, and how it is shown.

    Attributes:
        kind: the kind.
        glyph: one character.
        words: its name.
        meaning: one sentence.
    """

    kind: FindingKind
    glyph: str
    words: str
    meaning: str


FINDINGS: dict[FindingKind, Finding] = {
    finding.kind: finding
    for finding in (
        Finding(
            kind="outside",
            glyph="∉",
            words="outside the accepted set",
            meaning="JAX gives a value that no mathematician accepts there.",
        ),
        Finding(
            kind="modes",
            glyph="⇄",
            words="forward and reverse differ",
            meaning="Forward and reverse mode, or their compositions, give different values.",
        ),
        Finding(
            kind="jit",
            glyph="⚙",
            words="jit changes it",
            meaning="The value under jit is not that of the same operations one at a time.",
        ),
        Finding(
            kind="dtypes",
            glyph="≋",
            words="dtypes differ",
            meaning="One dtype gives a value that is not another's, rounded.",
        ),
        Finding(
            kind="releases",
            glyph="Δ",
            words="changed between releases",
            meaning="Releases of JAX from 0.5.0 on give different values.",
        ),
    )
}
"""Every kind, in the order in which reports show them; none of them is a failure."""


def by_family(report: Report) -> dict[str, list[Record]]:
    """The records of conventions, by family."""
    families: dict[str, list[Record]] = {}
    for record in report.records:
        if record.convention is not None:
            families.setdefault(record.convention.family, []).append(record)
    return dict(sorted(families.items()))


def tally(report: Report) -> dict[FindingKind, int]:
    """How many conventions show each kind of finding; kinds that none shows are left out."""
    counts = dict.fromkeys(FINDINGS, 0)
    for record in report.records:
        if record.convention is not None:
            for kind in record.convention.findings:
                counts[kind] += 1
    return {kind: count for kind, count in counts.items() if count}


def named(family: str) -> str:
    """A family's name as a heading."""
    return family.replace("_", " ").capitalize()
