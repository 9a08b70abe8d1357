"""The lattice: every composition of few transformations that means anything, beyond the table's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product

from gradlaw.conformance.laws.composition import Law
from gradlaw.conformance.laws.table import LAWS
from gradlaw.conformance.laws.transform import Transform
from gradlaw.conformance.laws.transforms import TRANSFORMS, plain, variants

DEPTH = 3
"""Transformations of the longest that are made."""

ORDER = 3
"""Of the highest derivative."""


@cache
def lattice() -> tuple[Law, ...]:
    """All of them without options, the shallow first; none is in the table."""
    known = {law.name for law in LAWS}
    return tuple(law for law in _composed() if law.name not in known)


def _composed() -> Iterator[Law]:
    names = [name for name in plain() if TRANSFORMS[name].batch != "mean"]
    for depth in range(1, DEPTH + 1):
        for outermost_first in product(names, repeat=depth):
            if means_something(outermost_first):
                yield composed(outermost_first)


def composed(outermost_first: Sequence[str]) -> Law:
    """The law of those transformations."""
    return Law(name="(".join(outermost_first) + ")" * (len(outermost_first) - 1))


def with_options(law: Law) -> Iterator[Law]:
    """The same with an option of one of its transformations, wherever that means something."""
    for place, name in enumerate(law.transforms):
        for other in variants(name):
            outermost_first = (*law.transforms[:place], other, *law.transforms[place + 1 :])
            if means_something(outermost_first):
                yield composed(outermost_first)


def means_something(outermost_first: Sequence[str]) -> bool:
    """Whether a composition differentiates, at most thrice, and each step can take its own."""
    order, taken = 0, list[Transform]()
    for name in reversed(outermost_first):
        step = TRANSFORMS[name]
        mapped = any(inner.batch for inner in taken)
        # A derivative is a number only by one number, without its value and out of a batch.
        if step.order and (mapped or any(inner.with_value for inner in taken)):
            return False
        if step.batch and (mapped or not order):
            return False
        if step.forward and any(inner.refuses_forward for inner in taken):
            return False
        if taken and step is taken[-1] and not step.order:
            return False
        order, taken = order + step.order, [*taken, step]
    return 1 <= order <= ORDER
