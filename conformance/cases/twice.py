"""Cases with one array in two places: every rule meets operands that are the same tracer."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gradlaw.conformance.case import PASSED_TWICE, Case
from gradlaw.strategies.signatures import Signature


def takes_one_twice(case: Case) -> bool:
    """Whether two of its arguments may be one array: single leaves, alike in shape and domain."""
    return _places(case) is not None


def passed_twice(case: Case) -> Case:
    """The case with the second of two arguments that are alike gone: the first stands for both.

    The gradient by it is the sum of both gradients, which no array of its own would show.

    Args:
        case: one that takes an array twice.

    Raises:
        ValueError: it has no two arguments that are alike.
    """
    places = _places(case)
    if places is None:
        raise ValueError(f"case {case.name!r} has no two arguments of one shape and domain")
    first, second = places
    trees = tuple(tree for place, tree in enumerate(case.trees) if place != second)
    gone = case.trees[second]
    return replace(
        case,
        name=f"{case.name}{PASSED_TWICE}",
        function=_twice(case.function, first, second),
        reference=None if case.reference is None else _twice(case.reference, first, second),
        formula=None,
        signature=_without(case, gone),
        arguments=trees,
        domains={leaf: domain for leaf, domain in case.domains.items() if leaf != gone},
    )


def _places(case: Case) -> tuple[int, int] | None:
    """The first two arguments that are alike."""
    if case.along is not None:
        return None
    single = [place for place, tree in enumerate(case.trees) if isinstance(tree, str)]
    for first, second in itertools.combinations(single, 2):
        one, other = case.trees[first], case.trees[second]
        if case.axes[one] == case.axes[other] and case.domains.get(one) == case.domains.get(other):
            return first, second
    return None


def _twice(function: Callable[..., Any], first: int, second: int) -> Callable[..., Any]:
    def twice(*arguments: Any) -> Any:
        both = list(arguments)
        both.insert(second, arguments[first])
        return function(*both)

    return twice


def _without(case: Case, gone: str) -> str:
    """The signature, each container's leaves in a row as ``Case`` reads them."""
    kept = [f"({','.join(case.axes[leaf])})" for leaf in case.leaves if leaf != gone]
    results = (f"({','.join(result)})" for result in Signature.parse(case.signature).results)
    return f"{','.join(kept)}->{','.join(results)}"
