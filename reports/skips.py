"""What was not judged, and why."""

from __future__ import annotations

from gradlaw.reports.record import Record, Report


def skipped_by_reason(report: Report) -> dict[str, list[Record]]:
    """The skipped records by the reason that they give, the most frequent reason first.

    A record's reason is its first failure's explanation, or else its first note.
    """
    groups: dict[str, list[Record]] = {}
    for record in report.records:
        if record.verdict == "skipped":
            groups.setdefault(_reason(record), []).append(record)
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


def _reason(record: Record) -> str:
    if record.failures and record.failures[0].explanation:
        return record.failures[0].explanation
    if record.law is not None and record.law.notes:
        return record.law.notes[0]
    return "no reason recorded"
