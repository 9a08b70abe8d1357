"""The smallest error noticed in one element of a thousand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from gradlaw.conformance.answers import Example
from gradlaw.conformance.bench.bisection import smallest
from gradlaw.conformance.bench.checkers import Checker, Suite, answer
from gradlaw.conformance.bench.conditioning import Conditioning
from gradlaw.conformance.bench.planting import with_wrong_number, with_wrong_rule
from gradlaw.conformance.bench.subjects import Subject
from gradlaw.conformance.judging import judge
from gradlaw.conformance.primals import as_argument
from gradlaw.oracles.rounding.arithmetic import arithmetic

DTYPE = "float32"
"""In which errors are planted."""

SMALLEST_RULE, LARGEST = -52, 40
"""Exponents of the relative errors that are planted in rules: from float64's resolution."""

SMALLEST_NUMBER = 0
"""Exponent of the smallest error that is planted in a number, in ULP times conditioning."""


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """What a checker notices in a subject's gradient, at every one of some arguments.

    Attributes:
        error: the smallest relative error noticed, a power of two but for a number's; None where
            none was.
        units: of a number verdict: that error in ULP times conditioning.
        conditioning: of a number verdict: the largest among the planted components.
        arguments: at how many it was tried: those at which the right gradient raises no alarm.
        drawn: among how many.
    """

    error: float | None
    units: float | None = None
    conditioning: float | None = None
    arguments: int
    drawn: int


def median_element(subject: Subject, example: Example) -> int:
    """The component of median magnitude: neither lost among the others nor above them."""
    magnitudes = np.abs(gradient_arrays(subject, example)[subject.place].astype(np.float64))
    return int(np.argsort(magnitudes.reshape(-1), kind="stable")[magnitudes.size // 2])


def gradient_arrays(subject: Subject, example: Example) -> list[np.ndarray[Any, Any]]:
    """What the backend returns for the law, in flattening order."""
    call = subject.law.compose(subject.case.function, subject.plan.axes(subject.case))
    arguments = {name: as_argument(array, DTYPE) for name, array in example.leaves.items()}
    returned = call(*subject.case.assemble(arguments))
    return [np.array(array) for array in jax.tree.leaves(returned)]


def quiet(
    checker: Checker, subject: Subject, drawn: Sequence[Example], count: int
) -> list[Example]:
    """The first ``count`` examples at which the right gradient raises no alarm."""
    found: list[Example] = []
    for example in drawn:
        if len(found) == count:
            break
        if checker.check(subject, example, DTYPE).alarm is None:
            found.append(example)
    return found


def in_rule(
    checker: Checker, subject: Subject, drawn: Sequence[Example], count: int
) -> Sensitivity:
    """Plant errors in the rule; from this suite only the verdict on the rule counts."""
    examples = quiet(checker, subject, drawn, count)
    elements = [median_element(subject, example) for example in examples]
    wanted = "wrong rule" if isinstance(checker, Suite) else "AssertionError"

    def notices(error: float) -> bool:
        return all(
            # A checker of its own, as each planted function is one more that it would keep.
            _fresh(checker).check(with_wrong_rule(subject, element, error), example, DTYPE).alarm
            == wanted
            for example, element in zip(examples, elements, strict=True)
        )

    found = smallest(notices, SMALLEST_RULE, LARGEST) if examples else None
    return Sensitivity(error=found, arguments=len(examples), drawn=len(drawn))


def _fresh(checker: Checker) -> Checker:
    return Suite(backend=checker.backend) if isinstance(checker, Suite) else checker


def in_number(suite: Suite, subject: Subject, drawn: Sequence[Example], count: int) -> Sensitivity:
    """Plant errors of either sign in the numbers that the backend returned."""
    examples = quiet(suite, subject, drawn, count)
    prepared, place = suite.prepared(subject, DTYPE), subject.place
    conditioning, numbers = Conditioning(subject), arithmetic(DTYPE, suite.backend)
    targets = []
    for example in examples:
        element, arrays = median_element(subject, example), gradient_arrays(subject, example)
        right = float(arrays[place].reshape(-1)[element])
        targets.append((example, element, arrays, right, conditioning(example, element)))

    def planted(right: float, condition: float, units: float) -> float:
        return math.ceil(units * condition) * numbers.ulp(abs(right))

    def notices(units: float) -> bool:
        for example, element, arrays, right, condition in targets:
            for sign in (-1, 1):
                to = right + sign * planted(right, condition, units)
                wrong = with_wrong_number(prepared, arrays, place, element, to)
                alarm = answer(judge(wrong, example, DTYPE)).alarm
                if alarm not in {"inaccurate", "wrong number"}:
                    return False
        return True

    units = smallest(notices, SMALLEST_NUMBER, LARGEST) if targets else None
    return Sensitivity(
        error=None
        if units is None
        else max(planted(right, condition, units) / abs(right) for *_, right, condition in targets),
        units=units,
        conditioning=max((condition for *_, condition in targets), default=None),
        arguments=len(examples),
        drawn=len(drawn),
    )
