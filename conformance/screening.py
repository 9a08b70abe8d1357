"""One example's number judged without a compilation where floating point has nothing to object to.

The law's program in its dtype is read operation by operation, each rounded once. Where that stays
well within the attainable allowance, so does a correct backend, most likely, and the law is not
called. Anywhere else it is called, and what it returns is judged: a screen accuses nobody.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import ctx

from gradlaw.conformance.answers import Example
from gradlaw.conformance.judging import PRECISIONS, judge
from gradlaw.conformance.outcome import Outcome, at_a_kink, charged
from gradlaw.conformance.preparation import Prepared
from gradlaw.oracles.allowance import Balls
from gradlaw.oracles.floating import in_floating_point
from gradlaw.oracles.interpreter import TooLarge, Unsupported
from gradlaw.oracles.patience import patience
from gradlaw.oracles.verdict import well_within

SECONDS = 3.0
"""Processor time that an example's bound and reading may take."""

_NOT_CALLED = "read in floating point, and well within: not called"


def screen(
    prepared: Prepared, example: Example, dtype: str, *, seconds: float = SECONDS
) -> Outcome:
    """Judge an example by what its law returns, if floating point leaves a doubt.

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
    except TooLarge as large:
        outcome.verdict, outcome.explanation = "unsupported", str(large)
        return outcome
    called = judge(prepared, example, dtype)
    for phase, spent in outcome.seconds.items():
        called.charge(phase, spent)
    return called


def _settled(outcome: Outcome, prepared: Prepared, example: Example) -> bool:
    """Whether nothing is left to ask the backend."""
    question = prepared.question
    with charged(outcome, "trace"):
        program = prepared.program
    try:
        with charged(outcome, "oracle"):
            question.rounded.undecided.clear()
            attainable = question.attainable(example)
        decided = not question.rounded.undecided
        if decided and _keeps_within(outcome, prepared, program, example, attainable):
            return True
        with charged(outcome, "oracle"):
            kinks = question.kinks(example)
    except TooLarge:
        raise
    except Unsupported as unsupported:
        outcome.verdict, outcome.explanation = "unsupported", str(unsupported)
        return True
    if kinks:
        at_a_kink(outcome, attainable, kinks)
    return bool(kinks)


def _keeps_within(
    outcome: Outcome, prepared: Prepared, program: Any, example: Example, attainable: list[Balls]
) -> bool:
    """Whether the program, read in floating point, stays well within what is attainable."""
    question = prepared.question
    arrays = [np.asarray(example.leaves[name]) for name in question.case.leaves]
    try:
        with charged(outcome, "reading"):
            read = question.in_parts(in_floating_point(program, arrays))
    except TooLarge:
        raise
    except Unsupported:
        return False
    with charged(outcome, "verdict"):
        if not all(map(_well_within, read, attainable)):
            return False
        bounded = [ball.is_finite() for balls in attainable for ball in balls.reshape(-1)]
    outcome.components = len(bounded)
    outcome.ill_posed = len(bounded) - sum(bounded)
    outcome.notes |= {_NOT_CALLED}
    return True


def _well_within(read: Any, attainable: Balls) -> bool:
    """Whether an array of the floating-point domain's scalars is."""
    if read.shape != attainable.shape:
        return False
    values = np.array([number.value for number in read.reshape(-1)], dtype=np.float64)
    return bool(well_within(values.reshape(read.shape), attainable).all())
