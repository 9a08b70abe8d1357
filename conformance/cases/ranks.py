"""Cases in all ranks at once: what takes an array of any rank is applied to one of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax

from gradlaw.conformance.case import IN_ALL_RANKS, Case, leaf_names

SHAPES = ("()", "(n)", "(m,n)", "(k,m,n)")
"""Of the arrays, by their rank."""

LARGEST = 3
"""Size of the largest axis: together they have no more elements than one array else."""


def takes_any_rank(case: Case) -> bool:
    """Whether all its leaves are arrays of one shape, which may have any rank."""
    return all(len(axes) == 1 and axes[0].startswith("*") for axes in case.axes.values())


def in_all_ranks(case: Case) -> Case:
    """The sum of a case's function at a number, a vector, a matrix and an array of rank three.

    A rule that is wrong in one rank alone shows in one program.

    Args:
        case: one that takes arrays of any rank.
    """
    ranks = range(len(SHAPES))
    arguments = tuple(tuple(_renamed(tree, rank) for rank in ranks) for tree in case.trees)
    signature = ",".join(
        SHAPES[rank] for tree in case.trees for rank in ranks for _ in leaf_names(tree)
    )
    return replace(
        case,
        name=f"{case.name}{IN_ALL_RANKS}",
        function=_summed(case.function),
        reference=None if case.reference is None else _summed(case.reference),
        formula=None,
        signature=f"{signature}->()",
        arguments=arguments,
        domains={
            f"{leaf}{rank}": domain for leaf, domain in case.domains.items() for rank in ranks
        },
        dtypes=tuple(dtype for dtype in case.dtypes if dtype != "python"),
        # An array without elements would hide its rank.
        min_size=max(case.min_size, 1),
        max_size=min(case.max_size, LARGEST),
    )


def _renamed(tree: Any, rank: int) -> Any:
    return jax.tree.map(lambda name: f"{name}{rank}", tree)


def _summed(function: Callable[..., Any]) -> Callable[..., Any]:
    def summed(*arguments: Any) -> Any:
        first, *others = (function(*of_rank) for of_rank in zip(*arguments, strict=True))
        return sum(others, first)

    return summed
