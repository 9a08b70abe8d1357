"""One example's number judged without a compilation where floating point has nothing to object to.

The law's program in its dtype is read operation by operation, each rounded once. Where that stays
well within the attainable allowance, so does a correct backend, most likely, and the law is not
called. Anywhere else it is called, factorisations included, which do not round one by one, and what
it returns is judged: a screen accuses nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import ctx

from gradlaw.conformance.answers import Example
from gradlaw.conformance.judging import PRECISIONS, judge
from gradlaw.conformance.outcome import Outcome, at_a_kink, charged
from gradlaw.conformance.preparation import Prepared
from gradlaw.oracles.allowance import Balls
from gradlaw.oracles.floating import Unrounded, in_floating_point
from gradlaw.oracles.interpreter import Unsupported
from gradlaw.oracles.patience import patience
from gradlaw.oracles.verdict import well_within
from gradlaw.reports.verdict import FAILING

CALLS = 3
"""Examples of a node that floating point doubts and that conform, before others are passed over."""

_NOT_CALLED = "read in floating point, and well within: not called"
_OFTEN_CALLED = "floating point doubts more examples than the law is called on"


@dataclass
class Screen:
    """Judges the examples of one node by what the law returns, where floating point has a doubt.

    Attributes:
        called: how many examples the law was called on, and conformed.
    """

    called: int = 0

    def __call__(
        self, prepared: Prepared, example: Example, dtype: str, *, seconds: float
    ) -> Outcome:
        """Judge an example.

        Args:
            prepared: the law, traced.
            example: the numbers.
            dtype: of the numbers.
            seconds: processor time that bounding and reading it may take.
        """
        outcome = Outcome()
        try:
            with patience(seconds), ctx.workprec(PRECISIONS[0]):
                if _settled(outcome, prepared, example):
                    return outcome
        except Unsupported as unsupported:
            outcome.verdict, outcome.explanation = "unsupported", str(unsupported)
            return outcome
        if self.called >= CALLS:
            outcome.verdict, outcome.explanation = "unsupported", _OFTEN_CALLED
            return outcome
        judged = judge(prepared, example, dtype)
        # What fails is made smaller by calling it.
        self.called += judged.judged and judged.verdict not in FAILING
        for phase, spent in outcome.seconds.items():
            judged.charge(phase, spent)
        return judged


def _settled(outcome: Outcome, prepared: Prepared, example: Example) -> bool:
    """Whether nothing is left to ask the backend.

    Raises:
        Unsupported: where the program cannot be read, or its function has no oracle.
    """
    question = prepared.question
    arrays = [np.asarray(example.leaves[name]) for name in question.case.leaves]
    try:
        with charged(outcome, "trace"):
            program = prepared.program
    except Exception:  # noqa: BLE001, RUF100 - the judge calls the law, and tells what JAX refuses
        return False
    with charged(outcome, "reading"):
        try:
            read = question.in_parts(in_floating_point(program, arrays))
        except Unrounded:
            return False
    with charged(outcome, "oracle"):
        question.rounded.undecided.clear()
        attainable = question.attainable(example)
    if not question.rounded.undecided and all(map(_well_within, read, attainable)):
        bounded = [ball.is_finite() for balls in attainable for ball in balls.reshape(-1)]
        outcome.components = len(bounded)
        outcome.ill_posed = len(bounded) - sum(bounded)
        outcome.notes |= {_NOT_CALLED}
        return True
    with charged(outcome, "oracle"):
        kinks = question.kinks(example)
    if kinks:
        at_a_kink(outcome, attainable, kinks)
    return bool(kinks)


def _well_within(read: Any, attainable: Balls) -> bool:
    """Whether an array of the floating-point domain's scalars is."""
    if read.shape != attainable.shape:
        return False
    values = np.array([number.value for number in read.reshape(-1)], dtype=np.float64)
    return bool(well_within(values.reshape(read.shape), attainable).all())
