"""Merging: all workers' records become one report, in an order that no scheduling changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from gradlaw.reports.legend import badness
from gradlaw.reports.ordering import Identity, by_place, identity
from gradlaw.reports.record import (
    CaseSheet,
    Environment,
    KnownIssue,
    Record,
    Report,
)
from gradlaw.reports.verdict import FAILING


def merge_records(
    records: Iterable[Record],
    environment: Environment,
    cases: Sequence[CaseSheet] = (),
    known_issues: Sequence[KnownIssue] = (),
    *,
    complete: bool = True,
    wall_seconds: float = 0.0,
) -> Report:
    """One report of a run.

    A node recorded twice (by a worker, and again as crashed when that worker died) keeps its
    worse record. A known issue's ``matched`` is counted here, and one that matched is not
    stale; whether an unmatched one is stale depends on which nodes ran, so its ``stale`` is
    the caller's.

    Args:
        records: in any order.
        environment: where and how the run was made.
        cases: in the order in which the report shows them.
        known_issues: all that were in force.
        complete: False where the run was interrupted.
        wall_seconds: the run's duration, seconds.
    """
    kept: dict[Identity, Record] = {}
    for record in records:
        key = identity(record)
        if key not in kept or badness(record) > badness(kept[key]):
            kept[key] = record
    declared = {sheet.name: position for position, sheet in enumerate(cases)}
    ordered = tuple(sorted(kept.values(), key=lambda record: by_place(record, declared)))
    matches = Counter(record.known for record in ordered if record.verdict in FAILING)
    issues = tuple(
        msgspec.structs.replace(
            issue,
            matched=matches[issue.name],
            stale=issue.stale and not matches[issue.name],
        )
        for issue in known_issues
    )
    return Report(
        environment=environment,
        complete=complete,
        wall_seconds=wall_seconds,
        records=ordered,
        cases=tuple(cases),
        known_issues=issues,
    )
