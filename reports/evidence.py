"""The evidence: what the examples of a case, or of a whole run, add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from gradlaw.reports.record import Record


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What law records add up to.

    Attributes:
        nodes: the records.
        examples: drawn examples judged.
        components: gradient components held against the oracle.
        weak: components whose program allowance says little.
        tally: examples by verdict.
        estimated: primitives without a rounding rule.
        regions: value regions drawn, with counts.
        plans: distinct shapes, argnums and axes that were compiled.
        notes: each note with the number of nodes that made it.
    """

    nodes: int
    examples: int
    components: int
    weak: int
    tally: dict[str, int]
    estimated: tuple[str, ...]
    regions: dict[str, int]
    plans: tuple[str, ...]
    notes: dict[str, int]


def add_up(records: Iterable[Record]) -> Evidence:
    """Add up the law records among these; the others count for nothing.

    Args:
        records: records of any room.
    """
    laws = [record.law for record in records if record.law is not None]
    tally: Counter[str] = Counter()
    regions: Counter[str] = Counter()
    notes: Counter[str] = Counter()
    for law in laws:
        tally.update(law.tally)
        regions.update(law.regions)
        notes.update(law.notes)
    return Evidence(
        nodes=len(laws),
        examples=sum(law.examples for law in laws),
        components=sum(law.components for law in laws),
        weak=sum(law.weak for law in laws),
        tally=dict(tally.most_common()),
        estimated=tuple(sorted({name for law in laws for name in law.estimated})),
        regions=dict(regions.most_common()),
        plans=tuple(sorted({plan for law in laws for plan in law.plans})),
        notes=dict(notes.most_common()),
    )
