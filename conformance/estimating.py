"""Programs too large to be read: what they return is held against an estimate."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import jax
import numpy as np

from gradlaw.conformance.answers import Example
from gradlaw.conformance.number_types import wide_dtype, widened
from gradlaw.conformance.outcome import Outcome, charged
from gradlaw.conformance.preparation import Prepared
from gradlaw.conformance.primals import as_argument
from gradlaw.oracles.rounding.arithmetic import Arithmetic
from gradlaw.oracles.x64 import x64

PERTURBATIONS = 4
"""Evaluations at arguments moved by a roundoff each; the time of as many calls of the law."""

STEPS = 8.0
"""Roundings that an estimate allows for each number."""


def estimate(
    outcome: Outcome,
    prepared: Prepared,
    example: Example,
    arrays: list[np.ndarray[Any, Any]],
    numbers: Arithmetic,
    reason: str,
) -> Outcome:
    """Hold returned arrays against the law in float64, perturbed as the dtype rounds.

    Nothing fails here: an estimate is no certificate, and the law in float64 no oracle.

    Args:
        outcome: what becomes of the example.
        prepared: the law.
        example: the numbers.
        arrays: what the law returned in the dtype.
        numbers: the dtype's arithmetic.
        reason: why the program is not read.
    """
    law = prepared.whole.call
    generator = np.random.default_rng(0)
    with _undefined(), x64(True), charged(outcome, "run"):
        expected = _called(law, prepared, example.leaves)
        spreads = [np.zeros(array.shape) for array in expected]
        for _ in range(PERTURBATIONS):
            moved = {
                name: widened(array)
                * (1 + numbers.unit_roundoff * generator.choice([-1.0, 1.0], size=array.shape))
                for name, array in example.leaves.items()
            }
            for spread, true, nearby in zip(
                spreads, expected, _called(law, prepared, moved), strict=True
            ):
                np.maximum(spread, np.abs(nearby - true), out=spread)
    outcome.estimated = frozenset({"a program too large"})
    outcome.components = sum(array.size for array in arrays)
    outcome.notes |= {reason}
    with _undefined():
        within = [
            np.abs(widened(got) - true)
            <= STEPS * (spread + numbers.unit_roundoff * np.abs(true) + numbers.underflow)
            for got, true, spread in zip(arrays, expected, spreads, strict=True)
        ]
    if not all(held.all() for held in within):
        outcome.verdict = "unsupported"
        outcome.explanation = f"beyond an estimated bound, and {reason}"
    return outcome


def _undefined() -> AbstractContextManager[None]:
    """Where the law in float64 is infinite or no number, the estimate says nothing."""
    return np.errstate(invalid="ignore", over="ignore")


def _called(law: Any, prepared: Prepared, leaves: Any) -> list[np.ndarray[Any, Any]]:
    case = prepared.question.case
    wide = {
        name: as_argument(array, wide_dtype(prepared.question.dtype))
        for name, array in leaves.items()
    }
    return [np.asarray(array) for array in jax.tree.leaves(law(*case.assemble(wide)))]
