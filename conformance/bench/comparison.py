"""The comparison: every checker on the same subjects at the same arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import jax

from gradlaw.conformance.bench.alarms import DTYPES, Alarms, count_alarms
from gradlaw.conformance.bench.checkers import Checker, Suite
from gradlaw.conformance.bench.drawing import SOURCES, normal
from gradlaw.conformance.bench.sensitivity import DTYPE, Sensitivity, in_number, in_rule
from gradlaw.conformance.bench.subjects import Subject
from gradlaw.conformance.bench.throughput import Throughput, measure

QUIET_AMONG = 4
"""So many times as many arguments are drawn as errors are planted at: some raise false alarms."""


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much is measured.

    Attributes:
        seconds: CPU seconds for each checker's throughput, shared by the subjects.
        arguments: at which each error must be noticed.
        draws: right gradients for each subject, dtype and source of arguments.
        seed: of the drawn arguments.
    """

    seconds: float = 5.0
    arguments: int = 3
    draws: int = 5
    seed: int = 0


@dataclass(kw_only=True)
class Comparison:
    """All figures, by checker's name first.

    Attributes:
        rule: by subject's name: the smallest error noticed in a rule.
        number: by subject's name, of this suite alone: the smallest in the returned numbers.
        throughput: by subject's name.
        alarms: by dtype and source of arguments.
    """

    rule: dict[str, dict[str, Sensitivity]] = field(default_factory=dict)
    number: dict[str, Sensitivity] = field(default_factory=dict)
    throughput: dict[str, dict[str, Throughput]] = field(default_factory=dict)
    alarms: dict[str, dict[tuple[str, str], Alarms]] = field(default_factory=dict)

    def total(self, checker: str) -> Throughput:
        """A checker's throughput over all subjects."""
        return sum(self.throughput[checker].values(), Throughput())


def compare(
    checkers: Sequence[Checker],
    subjects: Sequence[Subject],
    effort: Effort,
    progress: Callable[[str], None],
) -> Comparison:
    """Measure everything, one checker after another.

    Args:
        checkers: this suite among them.
        subjects: what is checked.
        effort: how much.
        progress: told what comes next.
    """
    comparison = Comparison()
    for checker in checkers:
        progress(f"{checker.name}: components verified per CPU second")
        jax.clear_caches()  # What one checker compiled must not be another's head start.
        comparison.throughput[checker.name] = {
            subject.name: measure(
                checker,
                subject,
                normal(subject, DTYPE, QUIET_AMONG * effort.arguments, effort.seed),
                DTYPE,
                effort.seconds / len(subjects),
            )
            for subject in subjects
        }
        progress(f"{checker.name}: smallest error noticed")
        comparison.rule[checker.name] = {}
        for subject in subjects:
            drawn = normal(subject, DTYPE, QUIET_AMONG * effort.arguments, effort.seed)
            comparison.rule[checker.name][subject.name] = in_rule(
                checker, subject, drawn, effort.arguments
            )
            if isinstance(checker, Suite):
                comparison.number[subject.name] = in_number(
                    checker, subject, drawn, effort.arguments
                )
        progress(f"{checker.name}: false alarms")
        comparison.alarms[checker.name] = _alarms(checker, subjects, effort)
    return comparison


def _alarms(
    checker: Checker, subjects: Sequence[Subject], effort: Effort
) -> dict[tuple[str, str], Alarms]:
    counted: dict[tuple[str, str], Alarms] = {}
    for dtype in DTYPES:
        for source, draw in SOURCES.items():
            alarms = counted[dtype, source] = Alarms()
            for subject in subjects:
                drawn = draw(subject, dtype, effort.draws, effort.seed)
                count_alarms(checker, subject, drawn, dtype, alarms)
    return counted
