"""A planted fault, and the cell of the matrix where it must show."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from unittest.mock import patch

from gradlaw.conformance import searching
from gradlaw.conformance.answers import Example
from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import case_named
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.laws import Law
from gradlaw.conformance.outcome import Outcome
from gradlaw.conformance.plan import Plan, plan_pool
from gradlaw.conformance.preparation import Prepared
from gradlaw.conformance.profiles import PROFILES, Profile
from gradlaw.conformance.rule import judge_rule
from gradlaw.reports.record import Failure, Record

PROFILE = replace(PROFILES["default"], plans=1)
_SEEDS = range(300)

Judge = Callable[[Prepared, Example, str], Outcome]


def anything(plan: Plan) -> bool:
    """No demand on the plan."""
    del plan
    return True


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A fault and the verdict that it must earn.

    Attributes:
        name: what is wrong.
        fault: makes the context in which it is.
        case, law, dtype: the cell.
        verdict: that the cell must earn.
        plan: whether a plan can show the fault; the seed is the first whose first plan can.
        profile: how much is drawn.
    """

    name: str
    fault: Callable[[], AbstractContextManager[None]]
    case: str | Case
    law: str
    verdict: str
    dtype: str = "float32"
    plan: Callable[[Plan], bool] = anything
    profile: Profile = PROFILE

    def __str__(self) -> str:
        return f"{self.name} in {self.law}"

    @property
    def judged(self) -> Case:
        """The case itself."""
        return case_named(self.case) if isinstance(self.case, str) else self.case

    @property
    def seed(self) -> int:
        """The seed whose first plan can show the fault."""
        law = Law(name=self.law)
        for seed in _SEEDS:
            plans = plan_pool(self.judged, law, self.dtype, self.profile.plans, seed)
            if self.plan(plans[0]):
                return seed
        message = f"no seed below {len(_SEEDS)} draws a plan that can show {self}"
        raise LookupError(message)

    def record(self) -> Record:
        """The record of the cell with the fault in JAX."""
        seed = self.seed
        with self.fault():
            return examine(self.judged, self.law, self.dtype, seed, self.profile)

    def sound_record(self) -> Record:
        """The record of the same cell without it."""
        return _sound(self.judged.name, self.law, self.dtype, self.seed, self)


_SOUND: dict[tuple[str, str, str, int, Profile], Record] = {}


def _sound(name: str, law: str, dtype: str, seed: int, planted: Planted) -> Record:
    key = name, law, dtype, seed, planted.profile
    if key not in _SOUND:
        _SOUND[key] = examine(planted.judged, law, dtype, seed, planted.profile)
    return _SOUND[key]


def array_case(function: Callable[..., Any], **options: Any) -> Case:
    """A traced case of one array of a few elements."""
    told = {"name": "planted", "signature": "(n)->()", "source": "a test"}
    return Case(**{**told, "min_size": 2, "max_size": 5, **options}, function=function)


def examine(
    case: Case, law: str, dtype: str = "float32", seed: int = 0, profile: Profile = PROFILE
) -> Record:
    """Examine one cell on the CPU; a failing example is made smaller for a moment only."""
    examination = Examination(
        case=case, law=Law(name=law), dtype=dtype, backend="cpu", seed=seed, profile=profile
    )
    with patch.object(searching, "SHRINK_SECONDS", 0.2):
        return examination.record()


def read_rule(
    case: Case,
    law: str,
    examples: int = 3,
    judge: Judge = judge_rule,
    also: str | None = None,
    seed: int = 0,
) -> Record:
    """Read the rule of one law on one case exactly, at numbers that float32 holds."""
    return Examination(
        case=case,
        law=Law(name=law),
        dtype="float32",
        backend="exact",
        seed=seed,
        profile=Profile(plans=1, examples=examples),
        judge=judge,
        also=also,
    ).record()


def assert_reported(planted: Planted) -> Failure:
    """Assert that the fault earns its verdict in its cell, and that the cell is sound without it.

    Returns:
        The failure.
    """
    sound = planted.sound_record()
    assert not sound.failed, (sound.verdict, sound.failures)
    assert sound.law is not None
    assert sound.law.tally["conforms"] >= 1
    record = planted.record()
    assert record.verdict == planted.verdict, (record.verdict, record.failures)
    assert record.failed, f"taken for the known issue {record.known}"
    assert record.law is not None
    assert (record.law.case, record.law.law, record.law.dtype) == (
        planted.judged.name,
        planted.law,
        planted.dtype,
    )
    failure = record.failures[0]  # what known issues account for comes after it
    assert failure.verdict == planted.verdict
    assert failure.explanation
    assert record.law.tally[planted.verdict] >= 1
    compile(failure.reproducer, planted.name, "exec")
    assert planted.verdict in failure.reproducer
    if planted.verdict in {"refused", "wrong structure"}:
        assert not failure.where
    else:
        assert failure.where.partition("[")[0] in {"value", *_labels(planted)}
        assert failure.got != failure.expected or planted.verdict == "wrong rule"
        assert float(failure.expected) == float(failure.expected)
    return failure


@cache
def _pairs(leaves: tuple[str, ...]) -> set[str]:
    return {f"{first}, {second}" for first in leaves for second in leaves}


def _labels(planted: Planted) -> set[str]:
    leaves = planted.judged.leaves
    second = Law(name=planted.law).equals.order == 2
    return _pairs(leaves) | set(leaves) if second else set(leaves)
