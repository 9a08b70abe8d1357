"""One example judged: structure, rule, number, finiteness."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import jax
import numpy as np
from flint import ctx

from gradlaw.conformance.answers import Answer, Example
from gradlaw.conformance.case import Case
from gradlaw.conformance.preparation import Prepared, array_dtype, as_argument
from gradlaw.oracles import verdict as codes
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.interpreter import Reader, Unsupported
from gradlaw.oracles.interpreter.arrays import mapped
from gradlaw.oracles.rounding.arithmetic import Arithmetic, arithmetic
from gradlaw.oracles.verdict import Components, judge_components, narrow
from gradlaw.reports.record import Verdict

PRECISIONS = (128, 512, 2200)
"""Bits of the exact readings: more are taken until the reading is narrow. 2200 hold any sum of
products of two float64 numbers."""

WEAK = 2**10
"""ULP beyond which an allowance says little."""

SEVERITY = (
    "conforms",
    "ill-posed",
    "unsupported",
    "inaccurate",
    "not finite",
    "wrong number",
    "wrong rule",
    "wrong structure",
    "refused",
)
"""Verdicts on an example, from the mildest."""


_VERDICTS: dict[int, Verdict] = {
    codes.CONFORMS: "conforms",
    codes.ILL_POSED: "ill-posed",
    codes.INACCURATE: "inaccurate",
    codes.NOT_FINITE: "not finite",
    codes.WRONG_NUMBER: "wrong number",
    codes.WRONG_RULE: "wrong rule",
}


@dataclass(frozen=True, kw_only=True)
class Worst:
    """The component that the verdict rests on, or that came nearest to its allowance."""

    where: str
    shape: tuple[int, ...]
    got: float
    expected: float
    error: float
    attainable: float
    program: float


@dataclass(kw_only=True)
class Outcome:
    """The verdict on one example.

    Attributes:
        verdict: the worst over all components.
        explanation: one sentence.
        worst: the component that earned it.
        ratio: the largest error / attainable allowance.
        components: how many were held against the oracle.
        ill_posed: how many of them were ill-posed.
        weak: how many had a program allowance beyond 2**10 ULP.
        estimated: primitives whose bounds are estimates.
        notes: what was noticed on the way.
        seconds: processor time by phase.
    """

    verdict: Verdict = "conforms"
    explanation: str = ""
    worst: Worst | None = None
    nearest: Worst | None = None
    ratio: float = 0.0
    components: int = 0
    ill_posed: int = 0
    weak: int = 0
    estimated: frozenset[str] = frozenset()
    notes: frozenset[str] = frozenset()
    seconds: dict[str, float] = field(default_factory=dict)

    def charge(self, phase: str, seconds: float) -> None:
        """Add processor time to a phase."""
        self.seconds[phase] = self.seconds.get(phase, 0.0) + seconds


@contextmanager
def charged(outcome: Outcome, phase: str) -> Any:
    """Charge the processor time of a block to a phase."""
    start = time.process_time()
    try:
        yield
    finally:
        outcome.charge(phase, time.process_time() - start)


def judge(prepared: Prepared, example: Example, dtype: str) -> Outcome:
    """Call the law on the example and hold what it returns against the closed form."""
    outcome, case = Outcome(), prepared.question.case
    arguments = case.assemble(
        {name: as_argument(array, dtype) for name, array in example.leaves.items()}
    )
    try:
        with warnings.catch_warnings(record=True) as caught, charged(outcome, _phase(prepared)):
            warnings.simplefilter("always")
            returned = jax.block_until_ready(prepared.call(*arguments))
    except Exception as error:
        return refused(outcome, case.function, example, dtype, case, error)
    prepared.called = True
    outcome.notes = frozenset(f"{w.category.__name__}: {w.message}" for w in caught)
    arrays, structure = jax.tree.flatten(returned)
    if structure != prepared.structure:
        outcome.verdict = "wrong structure"
        outcome.explanation = f"the gradient's tree is {structure}, not {prepared.structure}"
        return outcome
    return _judge_arrays(outcome, prepared, example, [np.asarray(a) for a in arrays], dtype)


def _phase(prepared: Prepared) -> str:
    return "run" if prepared.called else "compile"


def refused(
    outcome: Outcome,
    function: Callable[..., Any],
    example: Example,
    dtype: str,
    case: Case,
    error: Exception,
) -> Outcome:
    """The verdict on a law that raised: refused where the function itself evaluates."""
    outcome.explanation = f"{type(error).__name__}: {error}"
    row = example.rows[0] if example.rows else None
    try:
        if row is not None:
            function(*case.assemble({n: as_argument(a, dtype) for n, a in row.items()}))
    except Exception as own:
        outcome.verdict = "unsupported"
        outcome.explanation = f"the function itself raises {type(own).__name__}: {own}"
    else:
        outcome.verdict = "refused"
    return outcome


def _judge_arrays(
    outcome: Outcome,
    prepared: Prepared,
    example: Example,
    arrays: list[np.ndarray[Any, Any]],
    dtype: str,
) -> Outcome:
    numbers = arithmetic(array_dtype(dtype), prepared.question.rounded.backend)
    for bits in PRECISIONS:
        with ctx.workprec(bits):
            try:
                with charged(outcome, "oracle"):
                    answers = prepared.question.answers(example)
                if misshapen := _misshapen(answers, arrays, numbers):
                    outcome.verdict, outcome.explanation = "wrong structure", misshapen
                    return outcome
                with charged(outcome, "reading"):
                    readings = _read(prepared, example)
            except Unsupported as unsupported:
                outcome.verdict, outcome.explanation = "unsupported", str(unsupported)
                return outcome
            if prepared.question.rounded.estimated:
                answers = _by_program(answers, readings)
            narrow_enough = all(
                narrow(rule, answer.oracle, numbers)
                for rule, answer in zip(readings.rule, answers, strict=True)
            )
            if narrow_enough or readings.estimated or bits == PRECISIONS[-1]:
                with charged(outcome, "verdict"):
                    _compare(outcome, answers, arrays, readings, numbers)
                break
    if not narrow_enough:
        outcome.notes |= {"the rule could not be decided at every component"}
    return outcome


def _misshapen(
    answers: list[Answer], arrays: list[np.ndarray[Any, Any]], numbers: Arithmetic
) -> str:
    """What is wrong with the first array of another shape or dtype; empty where none is."""
    for answer, array in zip(answers, arrays, strict=True):
        if array.shape != answer.oracle.shape or array.dtype.name != numbers.dtype:
            return (
                f"the derivative by {answer.label} is {array.dtype}{list(array.shape)}, "
                f"not {numbers.dtype}{list(answer.oracle.shape)}"
            )
    return ""


@dataclass(frozen=True, kw_only=True)
class _Readings:
    rule: list[Any]
    centre: list[Any]
    rounded: list[Any]
    estimated: frozenset[str]


def _by_program(answers: list[Answer], readings: _Readings) -> list[Answer]:
    """Where the function holds an unknown primitive, the program's allowance is the attainable."""
    return [
        replace(answer, attainable=mapped(lambda o, r, c: o + (r - c), answer.oracle, ball, centre))
        for answer, ball, centre in zip(answers, readings.rounded, readings.centre, strict=True)
    ]


def _read(prepared: Prepared, example: Example) -> _Readings:
    """Read the law's programs in each domain at the example's numbers."""
    case, rounded = prepared.question.case, prepared.rounded
    arrays = [np.asarray(example.leaves[name]) for name in case.leaves]
    wide = [array.astype(np.float64) for array in arrays]
    exact = Exact()
    rule_reader, reader, rounding = Reader(exact), Reader(exact), Reader(rounded)
    rule = rule_reader.read(prepared.rule, [rule_reader.lift(array) for array in wide])
    centre = reader.read(prepared.program, [reader.lift(array) for array in arrays])
    ball = rounding.read(prepared.program, [rounding.lift(array) for array in arrays])
    found = exact.estimated | rounded.estimated | prepared.question.rounded.estimated
    return _Readings(rule=rule, centre=centre, rounded=ball, estimated=frozenset(found))


def _compare(
    outcome: Outcome,
    answers: list[Answer],
    arrays: list[np.ndarray[Any, Any]],
    readings: _Readings,
    numbers: Arithmetic,
) -> None:
    outcome.estimated = readings.estimated
    outcome.components = outcome.ill_posed = outcome.weak = 0
    worst = -1
    for position, (answer, array) in enumerate(zip(answers, arrays, strict=True)):
        components = judge_components(
            got=array,
            oracle=answer.oracle,
            exact=(readings.rule[position], readings.centre[position]),
            rounded=readings.rounded[position],
            centre=readings.centre[position],
            attainable=answer.attainable,
            numbers=numbers,
        )
        outcome.components += array.size
        outcome.ill_posed += int((components.verdicts == codes.ILL_POSED).sum())
        with np.errstate(all="ignore"):
            outcome.weak += int((components.program.radius > WEAK * components.ulp).sum())
        _nearest(outcome, answer.label, components, numbers)
        if array.size and components.worst() > worst:
            worst = components.worst()
            outcome.verdict = _VERDICTS[worst]
            place = components.place_of(worst)
            outcome.worst = _component(answer.label, components, place)
            outcome.explanation = _explain(worst, components, place)


def _nearest(outcome: Outcome, label: str, components: Components, numbers: Arithmetic) -> None:
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
        outcome.nearest = _component(label, components, place)


def _component(label: str, components: Components, place: Any) -> Worst:
    ulp = float(components.ulp[place])
    index = ", ".join(str(int(i)) for i in place)
    return Worst(
        where=f"{label}[{index}]" if index else label,
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


def severity(verdict: str) -> int:
    """A verdict's place among the verdicts on examples."""
    return SEVERITY.index(verdict)


def finite_or_none(number: float) -> float | None:
    """The number, or None where it is not finite: JSON has no infinity."""
    return number if math.isfinite(number) else None
