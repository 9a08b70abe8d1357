"""A failed record as a test's failure prints it."""

from __future__ import annotations

from gradlaw.reports.figures import ulps
from gradlaw.reports.record import Failure, Record


def failure_text(record: Record) -> str:
    """Everything a person needs to see the fault: numbers, bounds, and a script to paste."""
    lines = [f"{record.node}: {record.verdict}"]
    for failure in record.failures:
        lines += ["", *_failure(failure)]
    return "\n".join(lines)


def _failure(failure: Failure) -> list[str]:
    lines = [f"{failure.verdict}: {failure.explanation}"]
    if failure.where:
        lines += [
            f"  component  {failure.where} of an array of shape {failure.shape}",
            f"  got        {failure.got}",
            f"  expected   {failure.expected}",
            f"  error      {ulps(failure.error)}",
            f"  attainable {ulps(failure.attainable, absent='∞')}",
            f"  program    {ulps(failure.program, absent='∞')}",
        ]
    if failure.arguments:
        lines += ["  drawn:", *(f"    {line}" for line in failure.arguments.splitlines())]
    if failure.reproducer:
        lines += ["", "To see it with JAX alone:", "", failure.reproducer]
    return lines
