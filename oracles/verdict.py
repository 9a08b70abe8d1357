"""The verdict on what a law returned: rule, number and finiteness, component by component."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from gradlaw.oracles.allowance import Allowance, Balls, Floats, allowance
from gradlaw.oracles.interpreter.arrays import mapped
from gradlaw.oracles.rounding.arithmetic import Arithmetic, arithmetic

CONFORMS, ILL_POSED, INACCURATE, NOT_FINITE, WRONG_NUMBER, WRONG_RULE = range(6)
"""Verdicts of one component, from the mildest."""


NARROW_BITS = 44
"""An exact reading relatively wider than 2**-44 could hide a coefficient wrong in digit ten."""


@dataclass(frozen=True, kw_only=True)
class Components:
    """The verdict on one array that a law returned, with the evidence.

    Attributes:
        verdicts: codes, of the array's shape.
        expected: the oracle's values, rounded to float64.
        got: the returned numbers in float64.
        ulp: the dtype's ULP at each expected value.
        attainable, program: the two allowances.
        rule_blamed: where a number that is not finite is the rule's doing.
    """

    verdicts: np.ndarray[Any, np.dtype[np.int8]]
    expected: Floats
    got: Floats
    ulp: Floats
    attainable: Allowance
    program: Allowance
    rule_blamed: np.ndarray[Any, np.dtype[np.bool_]]

    @property
    def errors(self) -> Floats:
        """Distance from the oracle in ULP; NaN where either is not finite."""
        with np.errstate(all="ignore"):
            return np.abs(self.got - self.expected) / self.ulp

    def place_of(self, code: int) -> tuple[int, ...]:
        """The component with the largest error among those of a verdict."""
        errors = np.where(np.isnan(self.errors), np.inf, self.errors)
        errors = np.where(self.verdicts == code, errors, -1.0)
        return tuple(int(i) for i in np.unravel_index(int(np.argmax(errors)), errors.shape))

    def worst(self) -> int:
        """The worst code; CONFORMS for an empty array."""
        return int(self.verdicts.max(initial=CONFORMS))


def judge_components(
    *,
    got: np.ndarray[Any, Any],
    oracle: Balls,
    rule: tuple[Balls, Balls] | None,
    rounded: Balls,
    centre: Balls,
    attainable: Balls,
    numbers: Arithmetic,
) -> Components:
    """Hold one returned array against the closed form.

    Args:
        got: what the backend returned, of a float dtype.
        oracle: the closed form's values, of the same shape.
        rule: the exact reading of the law's own program in float64, with the oracle's values that
            it must hold; None where nothing exact can be said of the rule.
        rounded: the rounded reading of the program that the backend ran.
        centre: the exact reading of that same program. It may differ from the oracle by what is
            attainable: some rules are exact but for what the dtype could not show.
        attainable: the chain rule over the primal program, in rounded balls.
        numbers: the dtype's arithmetic.
    """
    wide = np.asarray(got).astype(np.float64)
    expected = np.asarray(mapped(lambda ball: float(ball.mid()), oracle), dtype=np.float64)
    rounded_expected = _rounded_to(expected, got.dtype)
    within = allowance(oracle, attainable, oracle)
    program = allowance(oracle, rounded, centre)
    ulps = numbers.ulps(np.abs(expected))

    finite = np.isfinite(wide)
    agrees = within.bounded & (wide >= within.lower) & (wide <= within.upper)
    agrees |= wide == rounded_expected
    permitted = ~program.bounded | ((wide >= program.lower) & (wide <= program.upper))

    verdicts = np.full(wide.shape, INACCURATE, dtype=np.int8)
    verdicts[~within.bounded] = ILL_POSED
    verdicts[~permitted] = WRONG_NUMBER
    verdicts[~finite & within.bounded] = NOT_FINITE
    verdicts[~finite & ~within.bounded] = ILL_POSED
    verdicts[agrees] = CONFORMS
    if rule is not None:
        own = np.where(within.bounded, within.radius, np.inf)
        verdicts[~(holds(*rule) & holds(centre, oracle, own))] = WRONG_RULE
    return Components(
        verdicts=verdicts,
        expected=rounded_expected.astype(np.float64) if not finite.all() else expected,
        got=wide,
        ulp=ulps,
        attainable=within,
        program=program,
        rule_blamed=~program.bounded,
    )


def _rounded_to(expected: Floats, dtype: Any) -> Floats:
    with np.errstate(all="ignore"):
        return expected.astype(dtype).astype(np.float64)


def holds(
    reading: Balls, oracle: Balls, slack: Floats | None = None
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Where a reading's balls and the oracle's may be the same numbers.

    Args:
        reading: exact, of a program.
        oracle: the true values.
        slack: how far they may be apart; one ULP of float64 where it is not given, since a program
            in float64 can say no more. Beyond the range of float64 it says nothing.
    """
    if reading.shape != oracle.shape:
        return np.zeros(oracle.shape, dtype=np.bool_)
    if slack is None:
        values = np.asarray(mapped(lambda ball: float(ball.mid()), oracle), dtype=np.float64)
        ulps = arithmetic("float64").ulps(np.abs(values))
        slack = np.where(np.isinf(values), np.inf, ulps)
    return np.asarray(mapped(_near, reading, oracle, slack), dtype=np.bool_)


def _near(reading: arb, oracle: arb, slack: float) -> bool:
    if reading.overlaps(oracle) or not math.isfinite(slack):
        return True
    return bool((oracle + arb(0, slack)).overlaps(reading))


def well_within(got: Floats, attainable: Balls) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Where numbers keep to the inner half of what rounding may make of them, if that is bounded.

    Args:
        got: numbers that stand for those of a backend.
        attainable: balls of the same shape.
    """

    def is_within(number: float, ball: arb) -> bool:
        if not ball.is_finite():
            return True
        return math.isfinite(number) and bool(abs(ball.mid() - number) <= ball.rad() / 2)

    return np.asarray(mapped(is_within, got.astype(object), attainable), dtype=np.bool_)


def narrow(reading: Balls, oracle: Balls, numbers: Arithmetic) -> bool:
    """Whether an exact reading is narrow enough to see a wrong tenth digit everywhere.

    A reading that is not a number is as narrow as more bits can make it only if the oracle is
    likewise; otherwise it is not narrow.
    """
    floor = arb(numbers.smallest) * arb(2) ** -10
    factor = arb(2) ** -NARROW_BITS

    def is_narrow(ball: arb, true: arb) -> bool:
        if not true.is_finite():
            return True
        return bool(ball.is_finite()) and all(
            either.rad() <= floor or either.rad() <= abs(true) * factor for either in (ball, true)
        )

    return all(mapped(is_narrow, reading, oracle).reshape(-1))
