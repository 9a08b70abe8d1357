"""False alarms: what a checker objects to in the gradients that JAX gets right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from gradlaw.conformance.answers import Example
from gradlaw.conformance.bench.checkers import Checker
from gradlaw.conformance.bench.subjects import Subject

DTYPES = ("float32", "bfloat16", "float16")
"""In which gradients are checked; the finite differences' own defaults know all three."""


@dataclass(kw_only=True)
class Alarms:
    """Alarms of one checker.

    Attributes:
        checked: how many gradients it was shown.
        raised: what it objected with, and how often.
    """

    checked: int = 0
    raised: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """How often it objected."""
        return self.raised.total()


def count_alarms(
    checker: Checker, subject: Subject, drawn: Sequence[Example], dtype: str, alarms: Alarms
) -> None:
    """Show the checker the unmodified gradient at each example, and add to ``alarms``."""
    for example in drawn:
        alarms.checked += 1
        if (alarm := checker.check(subject, example, dtype).alarm) is not None:
            alarms.raised[alarm] += 1
