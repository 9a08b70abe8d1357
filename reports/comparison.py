"""Comparison of two reports: what a release broke, fixed, won and lost."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gradlaw.reports.legend import SIGNS
from gradlaw.reports.ordering import lasting_identity
from gradlaw.reports.record import (
    Environment,
    Record,
    Report,
)
from gradlaw.reports.verdict import FAILING

HALF_AN_ULP = 0.5
"""The largest error of a correctly rounded result: smaller errors are not more accurate."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A node in both reports.

    Attributes:
        old, new: its records.
    """

    old: Record
    new: Record


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """A node whose worst error moved.

    Attributes:
        old, new: its records.
        ratio: the new error over the old one, both taken as half an ULP at least.
    """

    old: Record
    new: Record
    ratio: float


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field of the environment that differs."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What changed from one report to another.

    Attributes:
        newly_failing: failing now, and not before; known then and no longer known included.
        fixed: a failing verdict before, known ones included, and right now.
        changed: another verdict, or another known issue, without either of these.
        gone: nodes of the old report only.
        appeared: nodes of the new report only; those that fail count as newly failing.
        won, lost: nodes whose worst error shrank or grew beyond the factor, the most first.
        environment: what differs between the environments.
    """

    newly_failing: tuple[Change, ...]
    fixed: tuple[Change, ...]
    changed: tuple[Change, ...]
    gone: tuple[Record, ...]
    appeared: tuple[Record, ...]
    won: tuple[Accuracy, ...]
    lost: tuple[Accuracy, ...]
    environment: tuple[Difference, ...]

    @property
    def regressed(self) -> bool:
        """Whether anything fails that did not fail before, new nodes included."""
        return bool(self.newly_failing) or any(record.failed for record in self.appeared)


def compare_reports(old: Report, new: Report, *, factor: float = 2.0) -> Comparison:
    """What changed from one report to another.

    Args:
        old: the earlier report, or the release that is trusted.
        new: the report in question.
        factor: how many times a node's worst error (ULP) must grow or shrink to be shown.

    Raises:
        ValueError: the factor is not a number of at least 1.
    """
    if not factor >= 1 or math.isinf(factor):
        message = (
            f"factor says how many times an error must grow, so it is at least 1, not {factor}"
        )
        raise ValueError(message)
    before = {lasting_identity(record): record for record in old.records}
    after = {lasting_identity(record): record for record in new.records}
    both = [Change(old=before[key], new=record) for key, record in after.items() if key in before]
    accuracy = _accuracy(both)
    return Comparison(
        newly_failing=tuple(c for c in both if _broken(c)),
        fixed=tuple(c for c in both if _fixed(c)),
        changed=tuple(c for c in both if _differs(c) and not _fixed(c) and not _broken(c)),
        gone=tuple(record for key, record in before.items() if key not in after),
        appeared=tuple(record for key, record in after.items() if key not in before),
        won=tuple(sorted((a for a in accuracy if a.ratio * factor < 1), key=lambda a: a.ratio)),
        lost=tuple(sorted((a for a in accuracy if a.ratio > factor), key=lambda a: -a.ratio)),
        environment=_environment(old.environment, new.environment),
    )


def _broken(change: Change) -> bool:
    return change.new.failed and not change.old.failed


def _fixed(change: Change) -> bool:
    """Right at last: a node that is skipped, unsupported or ill-posed now is not."""
    return change.old.verdict in FAILING and SIGNS[change.new.verdict].tone == "good"


def _differs(change: Change) -> bool:
    return (change.old.verdict, change.old.known) != (change.new.verdict, change.new.known)


def _accuracy(changes: list[Change]) -> list[Accuracy]:
    moved: list[Accuracy] = []
    for change in changes:
        then, now = _error(change.old), _error(change.new)
        if then is not None and now is not None:
            moved.append(Accuracy(old=change.old, new=change.new, ratio=now / then))
    return moved


def _error(record: Record) -> float | None:
    if record.law is None or record.law.error is None:
        return None
    return max(record.law.error, HALF_AN_ULP)


def _environment(old: Environment, new: Environment) -> tuple[Difference, ...]:
    before, after = _flat(old), _flat(new)
    return tuple(
        Difference(field=field, old=before.get(field, "–"), new=after.get(field, "–"))
        for field in [*before, *(field for field in after if field not in before)]
        if before.get(field) != after.get(field)
    )


def _flat(environment: Environment) -> dict[str, str]:
    """All but the time of the start, which always differs."""
    return {
        "profile": environment.profile,
        "seed": str(environment.seed),
        "Python": environment.python,
        "machine": environment.machine,
        "backends": ", ".join(environment.backends),
        "devices": ", ".join(environment.devices),
        **environment.versions,
        **{f"flag {name}": value for name, value in environment.flags.items()},
        **{f"subnormals, {name}": value for name, value in environment.subnormals.items()},
    }
