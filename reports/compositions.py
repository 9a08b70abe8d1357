"""Which transformations a run composed: in how many laws, on how many cases, with what verdict."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations

from gradlaw.reports.figures import ulps
from gradlaw.reports.legend import SIGNS, Sign, badness
from gradlaw.reports.record import Record, Report

_NAME = re.compile(r"[a-z_]+(?:\[[a-z_]+\])?")
_OPTION = re.compile(r"\[[a-z_]+\]")

SHALLOW = 2
"""Depth up to which every family is to meet every law in the end; deeper ones are drawn."""


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
class FamilyMet:
    """What a family of cases met.

    Attributes:
        name: the family's.
        cases: of it that met some law.
        shallow: laws of at most two transformations, options aside.
        deep: longer ones.
        worst: the record with the worst verdict.
    """

    name: str
    cases: int
    shallow: int
    deep: int
    worst: Record


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """How far compositions that were called agreed with the plain laws.

    Attributes:
        examples: by how far.
        apart: the largest distance, ULP; None where no two differed by a number of them.
        law: the composition with that distance.
        case: on which.
    """

    examples: dict[str, int]
    apart: float | None
    law: str
    case: str

    def __str__(self) -> str:
        counts = ", ".join(f"{how}: {count:,}" for how, count in self.examples.items())
        line = f"Derivatives by compositions and by plain laws, both called: {counts} examples"
        if not self.apart:
            return line
        return f"{line}; the farthest {ulps(self.apart)} ULP apart, by {self.law} of {self.case}"


@dataclass(frozen=True, kw_only=True)
class Compositions:
    """What a run composed.

    Attributes:
        by_depth: for each number of transformations the laws that compose so many.
        transformations: by name.
        families: by name.
        around: the names of those that were around others, options aside, and of those within.
        pairs: for each of the first and each of the second the laws in which it is around it.
        missing: pairs that mean something, and that no law of the run held.
        agreed: None where no composition was called beside its plain law.
    """

    by_depth: dict[int, int]
    transformations: tuple[Composed, ...]
    families: tuple[FamilyMet, ...]
    around: tuple[str, ...]
    pairs: dict[tuple[str, str], int]
    missing: tuple[tuple[str, str], ...]
    agreed: Agreed | None

    def __str__(self) -> str:
        depths = ", ".join(f"{laws:,} of depth {depth}" for depth, laws in self.by_depth.items())
        return f"{sum(self.by_depth.values()):,} laws: {depths}"

    @property
    def paired(self) -> str:
        """How many pairs were met, and which were not."""
        line = f"{len(self.pairs):,} ordered pairs of transformations, one around the other"
        if not self.missing:
            return line
        absent = ", ".join(f"{outer} around {inner}" for outer, inner in self.missing)
        return f"{line}; not in this run: {absent}"


def transformations_in(law: str) -> list[str]:
    """The transformations that a law's name composes, the outermost first, with their options."""
    return _NAME.findall(law)


def without_options(name: str) -> str:
    """A name without what stands in brackets."""
    return _OPTION.sub("", name)


def compositions(report: Report) -> Compositions:
    """The laws that a run met: by depth, transformation, pair of transformations and family."""
    laws: set[str] = set()
    met: dict[str, list[Record]] = defaultdict(list)
    families: dict[str, list[Record]] = defaultdict(list)
    for record in report.records:
        if record.law is not None:
            laws.add(record.law.law)
            if record.law.family:
                families[record.law.family].append(record)
            for name in sorted(set(transformations_in(record.law.law))):
                met[name].append(record)
    depths = sorted(len(transformations_in(law)) for law in laws)
    pairs = _pairs(laws)
    return Compositions(
        by_depth={depth: depths.count(depth) for depth in sorted(set(depths))},
        transformations=tuple(_composed(name, met[name]) for name in sorted(met)),
        families=tuple(_family(name, families[name]) for name in sorted(families)),
        around=tuple(sorted({name for pair in pairs for name in pair})),
        pairs=pairs,
        missing=tuple(pair for pair in report.pairs if pair not in pairs),
        agreed=_agreed(report),
    )


def _pairs(laws: set[str]) -> dict[tuple[str, str], int]:
    """In how many laws each transformation is around each other one, immediately or not."""
    found: Counter[tuple[str, str]] = Counter()
    for law in laws:
        found.update(set(combinations(transformations_in(without_options(law)), 2)))
    return dict(found)


def _composed(name: str, records: list[Record]) -> Composed:
    return Composed(
        name=name,
        laws=len({record.law.law for record in records if record.law is not None}),
        cases=len({record.subject for record in records}),
        nodes=len(records),
        worst=max(records, key=badness),
    )


def _family(name: str, records: list[Record]) -> FamilyMet:
    laws = {without_options(record.law.law) for record in records if record.law is not None}
    shallow = sum(len(transformations_in(law)) <= SHALLOW for law in laws)
    return FamilyMet(
        name=name,
        cases=len({record.subject for record in records}),
        shallow=shallow,
        deep=len(laws) - shallow,
        worst=max(records, key=badness),
    )


def _agreed(report: Report) -> Agreed | None:
    called = [record.law for record in report.records if record.law and record.law.agreement]
    if not called:
        return None
    examples: Counter[str] = Counter()
    for law in called:
        examples.update(law.agreement)
    farthest = max(called, key=lambda law: law.apart or 0.0)
    return Agreed(
        examples=dict(examples), apart=farthest.apart, law=farthest.law, case=farthest.case
    )
