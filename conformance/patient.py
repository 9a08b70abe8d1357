"""A judge that gives up on a plan whose programs are too slow to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gradlaw.conformance.answers import Example
from gradlaw.conformance.drawing import USUAL
from gradlaw.conformance.outcome import Outcome
from gradlaw.conformance.preparation import Prepared
from gradlaw.oracles.patience import OUT_OF_PATIENCE

TRIES = 2
"""Examples of a node that may take long before others of their kind are passed over.

So many ordinary ones are judged for all that: much is hidden where all numbers are tiny, say."""

LONG = 0.1
"""Seconds of processor time from which on an example takes long to read."""

_READING = ("oracle", "reading", "verdict")


class Judge(Protocol):
    """What holds an example against the oracle, in so much processor time."""

    def __call__(
        self, prepared: Prepared, example: Example, dtype: str, *, seconds: float
    ) -> Outcome:
        """The verdict on an example."""


@dataclass(kw_only=True)
class PatientJudge:
    """Judges the examples of one node, and gives up on a plan that is too slow.

    Attributes:
        judge: of an example.
        seconds: processor time that each example may take.
        tries: how many may take long.
        long: examples so far that did.
        usual: ordinary examples so far.
        slow: the law on the plan that the last of them was of.
    """

    judge: Judge
    seconds: float
    tries: int = TRIES
    long: int = 0
    usual: int = 0
    slow: Prepared | None = None

    def __call__(self, prepared: Prepared, example: Example, dtype: str) -> Outcome:
        """Judge an example; after some that took long, no further one of the same plan."""
        wanted = example.region in USUAL and self.usual < TRIES
        if self.long >= self.tries and prepared is self.slow and not wanted:
            return Outcome(verdict="unsupported", explanation=OUT_OF_PATIENCE)
        self.usual += example.region in USUAL
        outcome = self.judge(prepared, example, dtype, seconds=self.seconds)
        spent = sum(outcome.seconds.get(phase, 0.0) for phase in _READING)
        if outcome.explanation == OUT_OF_PATIENCE or spent > LONG:
            self.long, self.slow = self.long + 1, prepared
        return outcome
