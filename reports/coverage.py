"""Coverage: which of a release's derivative and batching rules a run judged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

from gradlaw.reports.figures import counted
from gradlaw.reports.legend import badness
from gradlaw.reports.record import (
    Record,
    Report,
    RuleCoverage,
)
from gradlaw.reports.verdict import RuleKind, RuleStatus

KINDS: tuple[RuleKind, ...] = get_args(RuleKind)

REMEDY = (
    "add a case whose program holds the primitive (one line in conformance/cases/catalogue), "
    "or an excuse with its reason (conformance/coverage/excuses.py)"
)
"""What to do about a rule that is uncovered."""

_FORWARD = re.compile(r"\b(jvp|jacfwd|linearize|hessian)\b")


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many rules are covered, excused and uncovered.

    Attributes:
        covered, excused, uncovered: rules.
    """

    covered: int
    excused: int
    uncovered: int

    @property
    def rules(self) -> int:
        """All of them."""
        return self.covered + self.excused + self.uncovered

    def __str__(self) -> str:
        return (
            f"{self.covered:,} of {counted(self.rules, 'rule')} covered, {self.excused:,} excused, "
            f"{self.uncovered:,} uncovered: {self.percent}"
        )

    @property
    def percent(self) -> str:
        """The share that is covered or excused, rounded down: nothing less than all is 100 %."""
        thousandths = 1000 * (self.covered + self.excused) // self.rules if self.rules else 1000
        return f"{thousandths / 10:g} %"


def cover(
    registered: Iterable[tuple[RuleKind, str]],
    excuses: Mapping[tuple[RuleKind, str], str],
    records: Iterable[Record],
) -> tuple[RuleCoverage, ...]:
    """The coverage of each rule, by primitive and kind.

    Args:
        registered: kind and primitive of every rule of the installed release.
        excuses: the reason for each rule that is excused.
        records: of the run, in the order in which the report shows them.
    """
    ran: dict[tuple[RuleKind, str], list[Record]] = {}
    for record in records:
        if record.law is not None:
            for kind, primitives in record.law.rules.items():
                for primitive in primitives:
                    ran.setdefault((kind, primitive), []).append(record)
    return tuple(
        _covered(kind, primitive, ran.get((kind, primitive), []), excuses.get((kind, primitive)))
        for kind, primitive in sorted(registered, key=lambda rule: (rule[1], KINDS.index(rule[0])))
    )


def _covered(
    kind: RuleKind, primitive: str, nodes: list[Record], excuse: str | None
) -> RuleCoverage:
    status: RuleStatus = "covered" if nodes else "uncovered" if excuse is None else "excused"
    if not nodes:
        return RuleCoverage(primitive=primitive, kind=kind, status=status, reason=excuse or "")
    forward = sum(bool(node.law and _FORWARD.search(node.law.law)) for node in nodes)
    example = min(nodes, key=badness)
    return RuleCoverage(
        primitive=primitive,
        kind=kind,
        status=status,
        cases=len({node.subject for node in nodes}),
        reverse=len(nodes) - forward,
        forward=forward,
        node=example.node,
        verdict=example.verdict,
        reason=excuse or "",
    )


def tally(rules: Iterable[RuleCoverage]) -> Tally:
    """Count rules by status."""
    counts = Counter(rule.status for rule in rules)
    return Tally(
        covered=counts["covered"], excused=counts["excused"], uncovered=counts["uncovered"]
    )


def by_kind(report: Report) -> dict[RuleKind, Tally]:
    """The tally of each kind that the release has rules of."""
    return {
        kind: tally(rule for rule in report.rules if rule.kind == kind)
        for kind in KINDS
        if any(rule.kind == kind for rule in report.rules)
    }


def by_primitive(report: Report) -> dict[str, dict[RuleKind, RuleCoverage]]:
    """Each primitive's rules, by the primitive's name."""
    table: dict[str, dict[RuleKind, RuleCoverage]] = {}
    for rule in report.rules:
        table.setdefault(rule.primitive, {})[rule.kind] = rule
    return table


def missing(report: Report) -> list[RuleCoverage]:
    """The uncovered rules that fail the run: none where coverage is not required."""
    if not report.coverage_required:
        return []
    return [rule for rule in report.rules if rule.status == "uncovered"]
