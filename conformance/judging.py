"""One example judged: structure, rule, number, finiteness."""

from __future__ import annotations

import warnings
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import jax
import numpy as np
from flint import arb, ctx

from gradlaw.conformance.answers import Answer, Example
from gradlaw.conformance.case import Case
from gradlaw.conformance.cases.families import family
from gradlaw.conformance.comparing import Readings, compare
from gradlaw.conformance.compiling import heard, shared_out
from gradlaw.conformance.estimating import estimate
from gradlaw.conformance.flushed import all_hold, holding_flushed
from gradlaw.conformance.number_types import (
    is_complex,
    numbers_in_parts,
    part_dtype,
    widened,
)
from gradlaw.conformance.outcome import Outcome, at_a_kink, charged, warned
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.preparation import Prepared
from gradlaw.conformance.primals import as_argument, zeros
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.flushing import Flushing
from gradlaw.oracles.interpreter import Reader, TooLarge, Unsupported
from gradlaw.oracles.interpreter.arrays import mapped
from gradlaw.oracles.patience import patience
from gradlaw.oracles.rounding.arithmetic import arithmetic
from gradlaw.oracles.verdict import narrow

PRECISIONS = (128, 512, 2200)
"""Bits of the exact readings: more are taken until the reading is narrow. 2200 hold any sum of
products of two float64 numbers."""

SECONDS = 8.0
"""Processor time that bounding an example of a traced case may take; beyond it stands an estimate.

A derivative of an incomplete gamma function by its order may cost a second for a single number."""


def judge(prepared: Prepared, example: Example, dtype: str, *, seconds: float = SECONDS) -> Outcome:
    """Call the law on the example and hold what it returns against the closed form.

    Args:
        prepared: the law, traced.
        example: the numbers.
        dtype: of the numbers.
        seconds: processor time that bounding an example of a traced case may take.
    """
    outcome, case = Outcome(), prepared.question.case
    arguments = case.assemble(
        {name: as_argument(array, dtype) for name, array in example.leaves.items()}
    )
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            returned = _called(outcome, prepared, arguments)
    except Exception as error:
        return refused(outcome, case, prepared.question.plan, example, dtype, error)
    prepared.called = True
    outcome.notes = warned(caught)
    arrays, structure = jax.tree.flatten(returned)
    if structure != prepared.structure:
        outcome.verdict = "wrong structure"
        outcome.explanation = f"the gradient's tree is {structure}, not {prepared.structure}"
        return outcome
    with nullcontext() if case.formula is not None else patience(seconds):
        return _judge_arrays(outcome, prepared, example, [np.asarray(a) for a in arrays], dtype)


def _called(outcome: Outcome, prepared: Prepared, arguments: tuple[Any, ...]) -> Any:
    """What the law returns; its first call is compiled."""
    if prepared.called:
        with charged(outcome, "run"):
            return jax.block_until_ready(prepared.call(*arguments))
    spent = Outcome()
    try:
        with heard() as told, charged(spent, "first call"):
            return jax.block_until_ready(prepared.call(*arguments))
    finally:
        for phase, seconds in shared_out(spent.seconds["first call"], told).items():
            outcome.charge(phase, seconds)


def refused(
    outcome: Outcome, case: Case, plan: Plan, example: Example, dtype: str, error: Exception
) -> Outcome:
    """The verdict on a law that raised: refused, and whether the function itself raises, too.

    In an empty batch, whether it does at zeros. A stranger's function that raises is none of JAX's
    faults; what the suite calls evaluates on every release that has it.
    """
    outcome.explanation = f"{type(error).__name__}: {error}"
    outcome.verdict = "refused"
    try:
        if example.rows:
            row = {name: as_argument(array, dtype) for name, array in example.rows[0].items()}
            _evaluate(case, case.assemble(row))
        else:
            _evaluate(case, zeros(case, plan, dtype, batched=False))
    except Exception as own:
        outcome.explanation = f"the function itself raises {type(own).__name__}: {own}"
        if not family(case):
            outcome.verdict = "unsupported"
    return outcome


def _evaluate(case: Case, arguments: tuple[Any, ...]) -> None:
    """Call the function: compiled, which is one program, or else operation by operation."""
    if case.only_read:
        jax.eval_shape(case.function, *arguments)
        return
    try:
        jax.jit(case.function)(*arguments)
    except Exception:  # noqa: BLE001, RUF100 - where it needs concrete numbers, for one
        case.function(*arguments)


def _judge_arrays(
    outcome: Outcome,
    prepared: Prepared,
    example: Example,
    arrays: list[np.ndarray[Any, Any]],
    dtype: str,
) -> Outcome:
    numbers = arithmetic(part_dtype(dtype), prepared.question.rounded.backend)
    with charged(outcome, "trace"):
        program = prepared.program
        _ = prepared.question.primals.rule_form
    for bits in PRECISIONS:
        with ctx.workprec(bits):
            try:
                with charged(outcome, "oracle"):
                    answers = _answers(prepared, example)
                    kinks = prepared.question.kinks(example)
                if kinks:
                    return at_a_kink(outcome, [answer.oracle for answer in answers], kinks)
                if misshapen := _misshapen(answers, arrays):
                    outcome.verdict, outcome.explanation = "wrong structure", misshapen
                    return outcome
                parts = [numbers_in_parts(a) if is_complex(a.dtype.name) else a for a in arrays]
                with charged(outcome, "reading"):
                    readings = (
                        _unread(answers)
                        if prepared.question.case.approximated
                        else _read(prepared, program, example)
                    )
                if prepared.question.rounded.estimated or _solved_forwards(prepared):
                    answers = _by_program(answers, readings)
                narrow_enough = not readings.undecided and all(
                    narrow(rule, answer.rule, numbers)
                    for rule, answer in zip(readings.rule, answers, strict=True)
                )
            except TooLarge as large:  # patience may end anywhere
                return estimate(outcome, prepared, example, arrays, numbers, str(large))
            except Unsupported as unsupported:
                outcome.verdict, outcome.explanation = "unsupported", str(unsupported)
                return outcome
            if narrow_enough or readings.estimated or bits == PRECISIONS[-1]:
                outcome.undecided = readings.undecided
                try:
                    with charged(outcome, "verdict"):
                        readings = _flushed(prepared, example, answers, readings)
                        compare(outcome, answers, parts, readings, numbers)
                        if outcome.verdict == "wrong rule" and numbers.precision <= _FEW:
                            readings = _of_rounded_literals(prepared, example, answers, readings)
                            compare(outcome, answers, parts, readings, numbers)
                except TooLarge as large:  # patience may end here, too
                    return estimate(outcome, prepared, example, arrays, numbers, str(large))
                break
    if not narrow_enough:
        outcome.notes |= {"the rule could not be decided at every component"}
    if _SOLVER in readings.estimated and outcome.verdict in _NUMERICAL:
        # An iterative solver may also lose the solution itself, as the function does then.
        outcome.verdict = "unsupported"
        outcome.explanation = "beyond an estimated bound: no backward error of its solver is stated"
    return outcome


_SOLVER = "custom_linear_solve"
_NUMERICAL = frozenset({"inaccurate", "not finite", "wrong number"})


def _misshapen(answers: list[Answer], arrays: list[np.ndarray[Any, Any]]) -> str:
    """What is wrong with the first array of another shape or dtype; empty where none is."""
    for answer, array in zip(answers, arrays, strict=True):
        shape = answer.oracle.shape[: -1 if is_complex(answer.dtype) else None]
        if array.shape != shape or array.dtype.name != answer.dtype:
            return (
                f"the derivative by {answer.label} is {array.dtype}{list(array.shape)}, "
                f"not {answer.dtype}{list(shape)}"
            )
    return ""


def _by_program(answers: list[Answer], readings: Readings) -> list[Answer]:
    """Where the function holds an unknown primitive, the program's allowance is the attainable."""
    return [
        replace(answer, attainable=mapped(lambda o, r, c: o + (r - c), answer.oracle, ball, centre))
        for answer, ball, centre in zip(answers, readings.rounded, readings.centre, strict=True)
    ]


def _solved_forwards(prepared: Prepared) -> bool:
    """Whether forward mode solves, to a norm-wise backward error, once for each component.

    Reverse mode, whose errors are attainable, solves for one cotangent: where that is small by
    cancellation, the tangents are not.
    """
    return prepared.question.law.forward and bool(prepared.question.rounded.solve_backward_error)


def _answers(prepared: Prepared, example: Example) -> list[Answer]:
    """The question's answers; nothing is attainable where rounding decides a comparison."""
    question = prepared.question
    question.rounded.undecided.clear()
    answers = question.answers(example)
    if not question.rounded.undecided:
        return answers
    return [replace(answer, attainable=_unbounded(answer.oracle)) for answer in answers]


def _unbounded(balls: Any) -> Any:
    return mapped(lambda _: arb("nan"), balls)


def _read(prepared: Prepared, program: Any, example: Example) -> Readings:
    """Read the law's programs in each domain at the example's numbers."""
    case, rounded = prepared.question.case, prepared.rounded
    arrays = [np.asarray(example.leaves[name]) for name in case.leaves]
    wide = [widened(array) for array in arrays]
    exact = Exact()
    rule_reader, reader, rounding = Reader(exact), Reader(exact), Reader(rounded)
    rounded.undecided.clear()
    rule = rule_reader.read(prepared.rule, [rule_reader.lift(array) for array in wide])
    centre = reader.read(program, [reader.lift(array) for array in arrays])
    ball = rounding.read(program, [rounding.lift(array) for array in arrays])
    question = prepared.question
    rule, centre = question.in_parts(rule), question.in_parts(centre)
    ball = question.bounded_in_parts(ball)
    if rounded.undecided or exact.undecided:
        ball = [_unbounded(array) for array in ball]
    found = exact.estimated | rounded.estimated | prepared.question.rounded.estimated
    return Readings(
        rule=rule,
        centre=centre,
        rounded=ball,
        estimated=frozenset(found),
        undecided=bool(exact.undecided),
    )


def _flushed(
    prepared: Prepared, example: Example, answers: list[Answer], readings: Readings
) -> Readings:
    """The readings; of the rule that in which float64's underflows are zero, if only that holds."""
    oracles = [answer.rule for answer in answers]
    if readings.undecided or all_hold(readings.rule, oracles):
        return readings
    wide = [widened(example.leaves[name]) for name in prepared.question.case.leaves]
    found = holding_flushed(Flushing("float64"), prepared.question, prepared.rule, wide, oracles)
    return readings if found is None else replace(readings, rule=found)


_FEW = 11
"""Significand bits of dtypes in which many a long literal is rounded to a short one."""


def _of_rounded_literals(
    prepared: Prepared, example: Example, answers: list[Answer], readings: Readings
) -> Readings:
    """The readings, if the rule holds with that in which a literal may be what was rounded to it.

    9/8 is what bfloat16 makes of 2/sqrt(pi).
    """
    if not all_hold(readings.rule, [answer.rule for answer in answers]):
        return readings
    reader = Reader(Exact(short=False))
    arrays = [np.asarray(example.leaves[name]) for name in prepared.question.case.leaves]
    centre = reader.read(prepared.program, [reader.lift(array) for array in arrays])
    return replace(readings, centre=prepared.question.in_parts(centre))


def _unread(answers: list[Answer]) -> Readings:
    """What stands for readings of a program that approximates the function.

    Nothing is held against its rule, nor known of its rounding; the oracle alone must be narrow.
    """
    nothing = [_unbounded(answer.oracle) for answer in answers]
    return Readings(
        rule=[answer.rule for answer in answers],
        centre=nothing,
        rounded=nothing,
        estimated=frozenset(),
        undecided=False,
    )
