"""Throughput: how much of a gradient is verified in a second of processor time."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass

from gradlaw.conformance.answers import Example
from gradlaw.conformance.bench.checkers import Checker
from gradlaw.conformance.bench.subjects import Subject


@dataclass(frozen=True, kw_only=True)
class Throughput:
    """One checker on one subject, or on several added up.

    Attributes:
        first: CPU seconds of the first check, which traces and compiles.
        seconds: CPU seconds of the checks after it.
        checks: how many these are.
        passed: how many of them raised no alarm; one that did verified nothing.
        components: gradient components of those that passed, all of which are credited.
        compared: numbers that were held against a reference in those that passed.
    """

    first: float = 0.0
    seconds: float = 0.0
    checks: int = 0
    passed: int = 0
    components: int = 0
    compared: int = 0

    def __add__(self, other: Throughput) -> Throughput:
        return Throughput(
            first=self.first + other.first,
            seconds=self.seconds + other.seconds,
            checks=self.checks + other.checks,
            passed=self.passed + other.passed,
            components=self.components + other.components,
            compared=self.compared + other.compared,
        )

    @property
    def component_rate(self) -> float:
        """Verified gradient components per CPU second."""
        return self.components / self.seconds if self.seconds else 0.0

    @property
    def comparison_rate(self) -> float:
        """Numbers compared per CPU second."""
        return self.compared / self.seconds if self.seconds else 0.0


def measure(
    checker: Checker, subject: Subject, drawn: Sequence[Example], dtype: str, seconds: float
) -> Throughput:
    """Check the subject's gradient again and again, at one drawn example after another.

    Args:
        checker: what is measured; nothing of it should be compiled yet.
        subject: whose gradient is checked.
        drawn: the examples, at least one.
        dtype: of all numbers.
        seconds: CPU seconds, all threads of the process counted; one check at least is made.
    """
    start = time.process_time()
    checker.check(subject, drawn[0], dtype)
    begin = time.process_time()
    first, spent = begin - start, 0.0
    checks = passed = compared = 0
    for example in itertools.cycle(drawn):
        answer = checker.check(subject, example, dtype)
        spent = time.process_time() - begin
        checks += 1
        passed += answer.alarm is None
        compared += answer.compared if answer.alarm is None else 0
        if spent >= seconds:
            break
    return Throughput(
        first=first,
        seconds=spent,
        checks=checks,
        passed=passed,
        components=passed * subject.size,
        compared=compared,
    )
