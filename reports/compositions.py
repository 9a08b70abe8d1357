"""Which transformations a run composed: in how many laws, on how many cases, with what verdict."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from gradlaw.reports.legend import SIGNS, Sign, badness
from gradlaw.reports.record import Record, Report

_NAME = re.compile(r"[a-z_]+")


@dataclass(frozen=True, kw_only=True)
class Composed:
    """A transformation, in whatever law it is.

    Attributes:
        name: as laws spell it.
        laws: compositions that hold it.
        cases: that met one of them.
        nodes: of both.
        worst: the record with the worst verdict.
    """

    name: str
    laws: int
    cases: int
    nodes: int
    worst: Record

    @property
    def sign(self) -> Sign:
        """The worst verdict's sign."""
        return SIGNS[self.worst.verdict]


@dataclass(frozen=True, kw_only=True)
class Compositions:
    """What a run composed.

    Attributes:
        by_depth: for each number of transformations the laws that compose so many.
        transformations: by name.
    """

    by_depth: dict[int, int]
    transformations: tuple[Composed, ...]

    def __str__(self) -> str:
        depths = ", ".join(f"{laws:,} of depth {depth}" for depth, laws in self.by_depth.items())
        return f"{sum(self.by_depth.values()):,} laws: {depths}"


def transformations_in(law: str) -> list[str]:
    """The transformations that a law's name composes, the outermost first."""
    return _NAME.findall(law)


def compositions(report: Report) -> Compositions:
    """The laws that a run met, counted by depth and by transformation."""
    laws: set[str] = set()
    met: dict[str, list[Record]] = defaultdict(list)
    for record in report.records:
        if record.law is not None:
            laws.add(record.law.law)
            for name in sorted(set(transformations_in(record.law.law))):
                met[name].append(record)
    depths = sorted(len(transformations_in(law)) for law in laws)
    return Compositions(
        by_depth={depth: depths.count(depth) for depth in sorted(set(depths))},
        transformations=tuple(_composed(name, met[name]) for name in sorted(met)),
    )


def _composed(name: str, records: list[Record]) -> Composed:
    return Composed(
        name=name,
        laws=len({record.law.law for record in records if record.law is not None}),
        cases=len({record.subject for record in records}),
        nodes=len(records),
        worst=max(records, key=badness),
    )
