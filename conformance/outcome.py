"""The verdict on one example, with its evidence."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from gradlaw.reports.verdict import Verdict

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


@dataclass(frozen=True, kw_only=True)
class Worst:
    """The component that the verdict rests on, or that came nearest to its allowance.

    Attributes:
        where: as ``argument[index]``.
        output, place: the array among those returned, and the component's index in it.
        shape: of that array.
        got, expected: the numbers.
        error, attainable, program: in ULP.
        deviation: of a wrong rule, how far its exact reading is from the closed form, in units of
            that; the number itself has the law's roundings, too. None for any other verdict.
    """

    where: str
    output: int
    place: tuple[int, ...]
    shape: tuple[int, ...]
    got: float
    expected: float
    error: float
    attainable: float
    program: float
    deviation: float | None = None


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
        undecided: whether nothing is claimed, since rounding may turn a comparison.
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
    undecided: bool = False
    estimated: frozenset[str] = frozenset()
    notes: frozenset[str] = frozenset()
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def judged(self) -> bool:
        """Whether some component was held against the oracle, whatever came of it."""
        held = self.components > self.ill_posed and not self.undecided
        return held and self.verdict not in {"ill-posed", "unsupported", "refused"}

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


def at_a_kink(outcome: Outcome, oracles: list[Any], kinks: frozenset[str]) -> Outcome:
    """Where there is no one derivative, nothing is held against the function's oracle."""
    outcome.verdict = "ill-posed"
    outcome.explanation = f"there is no one derivative: {', '.join(sorted(kinks))} may jump here"
    outcome.notes |= {f"at a kink of {kink}" for kink in kinks}
    outcome.components = outcome.ill_posed = sum(oracle.size for oracle in oracles)
    return outcome


def warned(caught: Iterable[warnings.WarningMessage]) -> frozenset[str]:
    """What JAX or NumPy warned of, as notes."""
    return frozenset(f"{warning.category.__name__}: {warning.message}" for warning in caught)


def severity(verdict: str) -> int:
    """A verdict's place among the verdicts on examples."""
    return SEVERITY.index(verdict)


def finite_or_none(number: float) -> float | None:
    """The number, or None where it is not finite: JSON has no infinity."""
    return number if math.isfinite(number) else None
