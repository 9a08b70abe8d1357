"""The outcome: what a whole run comes to, in one sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from gradlaw.reports.coverage import missing
from gradlaw.reports.figures import counted
from gradlaw.reports.legend import accounted, severity
from gradlaw.reports.record import Report


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a run comes to.

    Attributes:
        judged: nodes with any verdict but skipped.
        skipped: nodes not judged.
        failing: failing nodes that no known issue accounts for.
        known: failing nodes that a known issue accounts for.
        stale: known issues that no failure matches any more.
        refuted: claims of documents that are not so.
        missing: uncovered rules, where coverage is required.
        passed: whether the run may exit with 0.
        sentence: the whole in one sentence.
    """

    judged: int
    skipped: int
    failing: int
    known: int
    stale: int
    refuted: int
    missing: int
    passed: bool
    sentence: str


def sum_up(report: Report) -> Outcome:
    """The outcome of a run.

    A run passes when it is complete, judged something, has no failing node that is not known,
    no stale known issue, and no uncovered rule where coverage is required.
    """
    skipped = sum(record.verdict == "skipped" for record in report.records)
    judged = len(report.records) - skipped
    failing = sum(record.failed for record in report.records)
    known = sum(accounted(record) for record in report.records)
    stale = sum(issue.stale for issue in report.known_issues)
    refuted = sum(record.verdict == "refuted" for record in report.records)
    uncovered = len(missing(report))
    return Outcome(
        judged=judged,
        skipped=skipped,
        failing=failing,
        known=known,
        stale=stale,
        refuted=refuted,
        missing=uncovered,
        passed=judged > 0 and not (failing or stale or uncovered) and report.complete,
        sentence=_sentence(
            report, judged=judged, skipped=skipped, failing=failing, known=known, stale=stale
        ),
    )


def _sentence(
    report: Report, *, judged: int, skipped: int, failing: int, known: int, stale: int
) -> str:
    subject = _judged_installation(report)
    if not judged:
        reason = f": {counted(skipped, 'node was', 'nodes were')} skipped" if skipped else ""
        return f"Nothing was judged{reason}. This says nothing about {subject}."
    parts: list[str] = []
    if failing:
        worst = Counter(record.verdict for record in report.records if record.failed)
        verdicts = ", ".join(
            f"{number} {verdict}"
            for verdict, number in sorted(worst.items(), key=lambda item: -severity(item[0]))
        )
        verb = "fails" if failing == 1 else "fail"
        parts.append(f"{failing:,} of {counted(judged, 'judged node')} {verb} on {subject}")
        parts.append(verdicts)
    else:
        parts.append(f"No failure in {counted(judged, 'judged node')} on {subject}")
    if known:
        parts.append(f"{known:,} more known" if failing else f"{known:,} known")
    if stale:
        parts.append(f"{counted(stale, 'known issue')} stale")
    if rules := missing(report):
        parts.append(f"{counted(len(rules), 'rule')} uncovered")
    if skipped:
        parts.append(f"{skipped:,} skipped")
    sentence = f"{parts[0]}{': ' if len(parts) > 1 else ''}{'; '.join(parts[1:])}."
    return sentence if report.complete else f"Interrupted. {sentence}"


def _judged_installation(report: Report) -> str:
    environment = report.environment
    version = environment.versions.get("jax")
    installation = f"JAX {version}" if version else "this installation"
    backends = " and ".join(environment.backends)
    return f"{installation} ({backends})" if backends else installation
