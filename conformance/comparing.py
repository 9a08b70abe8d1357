"""Returned arrays compared with what they may be, component by component."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from flint import arb

from gradlaw.conformance.answers import Answer, Example
from gradlaw.conformance.number_types import component, is_complex
from gradlaw.conformance.outcome import Outcome, Worst
from gradlaw.conformance.preparation import Prepared
from gradlaw.oracles import verdict as codes
from gradlaw.oracles.blame import losing_equation
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.provenance import provenance
from gradlaw.oracles.rounding.arithmetic import Arithmetic
from gradlaw.oracles.verdict import Components, judge_components
from gradlaw.reports.verdict import Verdict

WEAK = 2**10
"""ULP beyond which an allowance says little."""

_VERDICTS: dict[int, Verdict] = {
    codes.CONFORMS: "conforms",
    codes.ILL_POSED: "ill-posed",
    codes.INACCURATE: "inaccurate",
    codes.NOT_FINITE: "not finite",
    codes.WRONG_NUMBER: "wrong number",
    codes.WRONG_RULE: "wrong rule",
}


@dataclass(frozen=True, kw_only=True)
class Readings:
    """What the law's programs may return.

    Attributes:
        rule: the exact reading of the program in float64.
        centre: of the program in the dtype.
        rounded: its rounded reading.
        estimated: primitives whose results are estimates.
        undecided: whether an exact reading chose between numbers that it cannot tell apart.
    """

    rule: list[Any]
    centre: list[Any]
    rounded: list[Any]
    estimated: frozenset[str]
    undecided: bool


def compare(
    outcome: Outcome,
    answers: list[Answer],
    arrays: list[np.ndarray[Any, Any]],
    readings: Readings,
    numbers: Arithmetic,
) -> None:
    """Hold every returned array against its allowances, and put the verdict into the outcome.

    Args:
        outcome: what becomes of the example.
        answers: what the law must return.
        arrays: what it returned.
        readings: of its programs.
        numbers: the dtype's arithmetic.
    """
    outcome.estimated = readings.estimated
    outcome.components = outcome.ill_posed = outcome.weak = 0
    worst = -1
    for position, (answer, array) in enumerate(zip(answers, arrays, strict=True)):
        components = judge_components(
            got=array,
            oracle=answer.oracle,
            rule=None if readings.undecided else (readings.rule[position], answer.rule),
            rounded=readings.rounded[position],
            centre=readings.centre[position],
            attainable=answer.attainable,
            numbers=numbers,
        )
        outcome.components += array.size
        outcome.ill_posed += int((components.verdicts == codes.ILL_POSED).sum())
        with np.errstate(all="ignore"):
            outcome.weak += int((components.program.radius > WEAK * components.ulp).sum())
        _nearest(outcome, answer, position, components, numbers)
        if array.size and components.worst() > worst:
            worst = components.worst()
            outcome.verdict = _VERDICTS[worst]
            place = components.place_of(worst)
            outcome.worst = _component(answer, position, components, place)
            if worst == codes.WRONG_RULE:
                read, true = readings.rule[position][place], answer.rule[place]
                deviation = float((abs(read - true) / max(abs(true), arb(numbers.tiny))).mid())
                outcome.worst = replace(outcome.worst, deviation=deviation)
            outcome.explanation = _explain(worst, components, place)


def _nearest(
    outcome: Outcome, answer: Answer, position: int, components: Components, numbers: Arithmetic
) -> None:
    """Note the normal number with the largest error in units of its attainable allowance."""
    with np.errstate(all="ignore"):
        ratios = components.errors / (components.attainable.radius / components.ulp)
    # Where underflow or cancellation decides, nearly any error is within an allowance that wide.
    with np.errstate(all="ignore"):
        telling = components.attainable.radius <= WEAK * components.ulp
    normal = np.isfinite(ratios) & (np.abs(components.expected) >= numbers.tiny) & telling
    ratios = np.where(normal, ratios, 0.0)
    if ratios.size and (outcome.nearest is None or float(ratios.max()) > outcome.ratio):
        place = np.unravel_index(int(np.argmax(ratios)), ratios.shape)
        outcome.ratio = float(ratios.max())
        outcome.nearest = _component(answer, position, components, place)


def _component(answer: Answer, position: int, components: Components, place: Any) -> Worst:
    ulp = float(components.ulp[place])
    return Worst(
        where=component(answer.label, place, in_parts=is_complex(answer.dtype)),
        output=position,
        place=tuple(int(i) for i in place),
        shape=components.got.shape,
        got=float(components.got[place]),
        expected=float(components.expected[place]),
        error=float(components.errors[place]),
        attainable=float(components.attainable.radius[place]) / ulp,
        program=float(components.program.radius[place]) / ulp,
    )


def _explain(code: int, components: Components, place: Any) -> str:
    blamed = "rule" if components.rule_blamed[place] else "backend"
    match code:
        case codes.WRONG_RULE:
            return (
                "the exact reading of the law's own program does not hold the closed form's value"
            )
        case codes.WRONG_NUMBER:
            return "the backend returned a number that no correct rounding of the program gives"
        case codes.NOT_FINITE:
            return f"the closed form is finite and well within reach; the {blamed} is to blame"
        case codes.INACCURATE:
            return "the derivative program loses digits that the function keeps"
        case codes.ILL_POSED:
            return "the function's own program overflows or loses everything here"
        case _:
            return ""


def lost_in(prepared: Prepared, example: Example, outcome: Outcome) -> str:
    """The equation that loses the digits of an inaccurate component; empty where none is told."""
    worst, question = outcome.worst, prepared.question
    if worst is None or outcome.verdict != "inaccurate" or question.case.approximated:
        return ""
    arrays = [np.asarray(example.leaves[name]) for name in question.case.leaves]
    rounded = Rounded(question.rounded.backend, question.rounded.solve_backward_error)
    return losing_equation(prepared.program, arrays, rounded, worst.output, worst.place)


def arose_in(prepared: Prepared, example: Example, outcome: Outcome) -> str:
    """The equation that makes a component NaN or infinite; empty where none is told."""
    worst, case = outcome.worst, prepared.question.case
    if worst is None or outcome.verdict != "not finite":
        return ""
    arrays = [np.asarray(example.leaves[name]) for name in case.leaves]
    found = provenance(prepared.program, arrays, worst.output, worst.place)
    return "" if found is None else str(found)


def blamed(prepared: Prepared, example: Example, outcome: Outcome) -> str:
    """The equation that makes a component inaccurate or not finite; empty where none is told."""
    return lost_in(prepared, example, outcome) or arose_in(prepared, example, outcome)
