"""How far a composition agrees with the plain law that it must equal, in what both returned."""

from __future__ import annotations

import jax
import numpy as np

from gradlaw.conformance.answers import Example
from gradlaw.conformance.distances import places_apart
from gradlaw.conformance.preparation import Prepared
from gradlaw.conformance.primals import as_argument
from gradlaw.reports.verdict import Agreement


def distance(prepared: Prepared, example: Example, dtype: str) -> float:
    """The largest distance, in ULP, of a derivative by the law from that by the plain law.

    Args:
        prepared: the law.
        example: the numbers at which both are called.
        dtype: of the arguments.

    Returns:
        0 where all are equal bit by bit; infinity where one is a number and the other is not.
    """
    leaves = {name: as_argument(array, dtype) for name, array in example.leaves.items()}
    arguments = prepared.question.case.assemble(leaves)
    returned = prepared.call(*arguments)
    # The plain law gives the derivative alone.
    own = returned[1] if prepared.question.law.equals.with_value else returned
    pairs = zip(jax.tree.leaves(own), jax.tree.leaves(prepared.plain(*arguments)), strict=True)
    return max((places_apart(np.asarray(a), np.asarray(b)) for a, b in pairs), default=0.0)


def agreement(apart: float) -> Agreement:
    """The distance in words; whatever is judged to conform is at least within its bound."""
    if apart == 0:
        return "bitwise"
    return "1 ULP" if apart <= 1 else "within bound"
