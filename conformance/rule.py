"""One example's rule judged alone: the law's program is read exactly, and hardly ever compiled."""

from __future__ import annotations

import math
from typing import Any

import jax
import numpy as np
from flint import arb, ctx

from gradlaw.conformance.answers import Example, Question
from gradlaw.conformance.flushed import all_hold, holding_flushed, read_exactly
from gradlaw.conformance.judging import PRECISIONS, judge, refused
from gradlaw.conformance.number_types import component, is_complex, part_dtype, widened
from gradlaw.conformance.outcome import Outcome, Worst, at_a_kink, charged
from gradlaw.conformance.preparation import Prepared
from gradlaw.conformance.primals import as_argument
from gradlaw.oracles.allowance import Balls
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.flushing import Flushing
from gradlaw.oracles.interpreter import Unsupported
from gradlaw.oracles.interpreter.arrays import mapped
from gradlaw.oracles.patience import patience
from gradlaw.oracles.rounding.arithmetic import arithmetic
from gradlaw.oracles.verdict import holds, narrow

SECONDS = 3.0
"""Processor time that reading a rule may take, its oracle included, unless a profile says so."""


def judge_rule(
    prepared: Prepared, example: Example, dtype: str, *, seconds: float = SECONDS
) -> Outcome:
    """Hold the exact reading of the law's program in float64 against the oracle.

    The law is called only where its reading is no number though the oracle is.

    Args:
        prepared: the law, traced.
        example: the numbers.
        dtype: of the numbers.
        seconds: processor time that it may take.
    """
    with patience(seconds):
        outcome = _judged(prepared, example, dtype)
    if _NO_NUMBER not in outcome.notes or prepared.question.law.equals.order > 2:
        return outcome  # what rounding costs beyond second order is not known
    if _is_finite(prepared, example, dtype):
        return outcome
    # By now the law is compiled, which is no reading's time.
    with patience(seconds):
        called = judge(prepared.whole, example, dtype)
    return called if called.verdict == "not finite" else outcome


_NO_NUMBER = "the rule gives no number at some component"


def _judged(prepared: Prepared, example: Example, dtype: str) -> Outcome:
    outcome, numbers = Outcome(), arithmetic(part_dtype(dtype))
    case, question = prepared.question.case, prepared.question
    wide = [widened(example.leaves[name]) for name in case.leaves]
    for bits in PRECISIONS:
        with ctx.workprec(bits):
            try:
                with charged(outcome, "oracle"):
                    oracles = question.rules(example)
                    kinks = question.rule_kinks(example)
                if kinks:
                    return at_a_kink(outcome, oracles, kinks)
                if mistyped := _mistyped(question, prepared.rule, question.primals.wide_dtype):
                    outcome.verdict, outcome.explanation = "wrong structure", mistyped
                    return outcome
                with charged(outcome, "reading"):
                    exact = Exact()
                    readings = read_exactly(exact, question, prepared.rule, wide)
                    held = all_hold(readings, oracles) or (
                        holding_flushed(Flushing("float64"), question, prepared.rule, wide, oracles)
                        is not None
                    )
                decided = not exact.undecided and all(
                    narrow(reading, oracle, numbers)
                    for reading, oracle in zip(readings, oracles, strict=True)
                )
            except Unsupported as unsupported:  # patience may end anywhere
                outcome.verdict, outcome.explanation = "unsupported", str(unsupported)
                return outcome
            if decided or exact.estimated:
                break
    outcome.estimated = frozenset(exact.estimated)
    outcome.components = sum(oracle.size for oracle in oracles)
    outcome.undecided = bool(exact.undecided)
    if not decided:
        outcome.notes |= {"the rule could not be decided at every component"}
    if not exact.undecided and not held:
        _compare(outcome, question, oracles, readings)
    if outcome.verdict == "conforms" and any(map(_undefined, readings, oracles)):
        outcome.notes |= {_NO_NUMBER}
        return outcome
    if outcome.verdict == "conforms" and decided and prepared.also is not None:
        # What Hypothesis draws first is the simplest, at which most rules are right.
        prepared.conforming += 1
        if prepared.conforming > 1:
            return _read_narrower(outcome, prepared, example, wide, oracles)
    return outcome


def _read_narrower(
    outcome: Outcome,
    prepared: Prepared,
    example: Example,
    wide: list[np.ndarray[Any, Any]],
    oracles: list[Balls],
) -> Outcome:
    """The rule in the narrower dtype, read exactly at the same numbers.

    It holds what the rule in float64 holds, unless the function's own meaning depends on the dtype.
    """
    question, also = prepared.question, prepared.also
    assert also is not None
    try:
        with charged(outcome, "trace"):
            program = prepared.also_program
    except Exception as error:
        return refused(outcome, question.case, question.plan, example, also, error)
    if mistyped := _mistyped(question, program, also):
        outcome.verdict, outcome.explanation = "wrong structure", mistyped
        return outcome
    try:
        with charged(outcome, "reading"):
            exact = Exact(short=False)  # 9/8 is what bfloat16 makes of 2/sqrt(pi)
            readings = read_exactly(exact, question, program, wide)
            if exact.undecided or all_hold(readings, oracles):
                return outcome
            flushing = Flushing(part_dtype(also), short=False)
            if holding_flushed(flushing, question, program, wide, oracles) is not None:
                return outcome
        with charged(outcome, "oracle"):
            oracles = _within_reach(question.rules(example, prepared.also_form), also)
            if question.rule_kinks(example, prepared.also_form):
                return outcome
    except Unsupported:
        return outcome
    if not any(map(_undefined, readings, oracles)):
        _compare(outcome, question, oracles, readings, also)
        if outcome.verdict != "conforms":
            outcome.explanation += f", in {also}"
    return outcome


def _mistyped(question: Question, program: Any, dtype: str) -> str:
    """What is wrong with the first result of another dtype; empty where none is."""
    results = zip(question.labels(), question.dtypes(dtype), program.out_avals, strict=True)
    for label, expected, result in results:
        if result.dtype.name != expected:
            return f"the derivative by {label} is {result.dtype}, not {expected}"
    return ""


def _within_reach(oracles: list[Balls], dtype: str) -> list[Balls]:
    """Oracles as wide as what the dtype does not tell apart near zero and beyond its range.

    JAX's rules may take any way there: exp(-x^2) in float32 stops at 3e-53.
    """
    numbers = arithmetic(part_dtype(dtype))
    near, beyond = arb(0, numbers.tiny), arb(0, math.inf)

    def widened_ball(ball: arb) -> arb:
        return ball + (near if abs(ball) <= numbers.largest else beyond)

    return [mapped(widened_ball, oracle) for oracle in oracles]


def _undefined(reading: Balls, oracle: Balls) -> bool:
    """Whether some reading is no number where there is one."""
    pairs = zip(reading.reshape(-1), oracle.reshape(-1), strict=True)
    return any(true.is_finite() and not ball.is_finite() for ball, true in pairs)


def _is_finite(prepared: Prepared, example: Example, dtype: str) -> bool:
    """Whether the law returns numbers alone.

    A ball that is no number may be the reading's own doing; a NaN that JAX returns is not. The law
    is compiled as one: operation by operation it would be hundreds of compilations.
    """
    case = prepared.question.case
    leaves = {name: as_argument(array, dtype) for name, array in example.leaves.items()}
    try:
        returned = prepared.whole.call(*case.assemble(leaves))
    except Exception:  # the judge calls the law, too, and tells what it raises
        return False
    return all(bool(np.isfinite(np.asarray(array)).all()) for array in jax.tree.leaves(returned))


def _compare(
    outcome: Outcome,
    question: Question,
    oracles: list[Balls],
    readings: list[Balls],
    read_in: str = "float64",
) -> None:
    numbers = arithmetic(part_dtype(read_in))
    for position, (label, dtype) in enumerate(
        zip(question.labels(), question.dtypes(), strict=True)
    ):
        oracle, reading = oracles[position], readings[position]
        if reading.shape != oracle.shape:
            outcome.verdict = "wrong structure"
            outcome.explanation = (
                f"the derivative by {label} has shape {reading.shape}, not {oracle.shape}"
            )
            return
        held = holds(reading, oracle)
        if held.all():
            continue
        place = tuple(int(i) for i in np.argwhere(~held)[0])
        got, expected = (float(balls[place].mid()) for balls in (reading, oracle))
        outcome.verdict = "wrong rule"
        outcome.explanation = (
            "the exact reading of the law's own program does not hold the oracle's value"
        )
        outcome.worst = Worst(
            where=component(label, place, in_parts=is_complex(dtype)),
            output=position,
            place=place,
            shape=oracle.shape,
            got=got,
            expected=expected,
            error=abs(got - expected) / numbers.ulp(abs(expected)),
            attainable=0.0,
            program=0.0,
        )
        return
