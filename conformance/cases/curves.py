"""Cases along a curve: second derivatives of arrays, and one tangent that moves all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax

from gradlaw.conformance.case import ALONG_A_CURVE, FLOATING, STEP, Case
from gradlaw.conformance.cases.catalogue.entry import as_weights
from gradlaw.conformance.cases.catalogue.places import ZERO

BEND = 17
"""Weights that are passed over for what the curve bends by."""


def along_a_curve(case: Case) -> Case:
    """The case with all its arguments moved at once, which is differentiated by how far.

    What comes out is ∇f·d, or dᵀHd + 2∇f·e where it is differentiated twice, for vectors d and e in
    which no two components are the same: every derivative takes part, by every pair of arguments.
    Along a straight line the tangents would be constant, and what a rule makes of a tangent that
    itself has one would not be seen.

    Args:
        case: any; of its laws the new one meets those of second order and of forward mode.
    """
    return replace(
        case,
        name=f"{case.name}{ALONG_A_CURVE}",
        function=_moved(case.function),
        reference=None if case.reference is None else _moved(case.reference),
        formula=None,
        signature=f"(),{case.signature}",
        arguments=(STEP, *case.trees),
        domains={STEP: ZERO, **case.domains},
        dtypes=tuple(dtype for dtype in case.dtypes if dtype in FLOATING),
        along=STEP,
    )


def _moved(function: Callable[..., Any]) -> Callable[..., Any]:
    def moved(step: Any, *arguments: Any) -> Any:
        leaves, tree = jax.tree.flatten(arguments)
        start, there = 0, []
        for leaf in leaves:
            velocity, bend = (
                as_weights(leaf.shape, start + offset, leaf.dtype) for offset in (0, BEND)
            )
            there.append(leaf + step * (velocity + step * bend))
            start += leaf.size
        return function(*jax.tree.unflatten(tree, there))

    return moved
