"""Laws drawn from the lattice, of the kind of another."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random

from gradlaw.conformance.laws.composition import Law
from gradlaw.conformance.laws.lattice import DEPTH, lattice

TRIED = 20
"""Laws that are drawn, of which one should mean something on a case."""

Kind = tuple[int, bool, bool, bool]
"""Order, whether batched, whether with a value, whether as deep as the lattice is."""


def drawn_from_lattice(law: Law, chance: Random) -> Iterator[Law]:
    """Laws batched or not as another is, of its order or of one more.

    A batched law of order two stands for one of order one in every second place: it runs the same
    batching rules, and more. Half of them give a value, half are deep.

    Args:
        law: what they stand for.
        chance: what they are drawn by.
    """
    order, batched = law.equals.order, law.batched
    if batched and chance.random() < 1 / 2:
        order = 2
    elif order == 2 and chance.random() < 1 / 4:
        order = 3
    with_value, deep = (chance.random() < 1 / 2 for _ in range(2))
    pools = _pools()
    # A value beside a second derivative in a batch takes all the depth that there is.
    pool = pools.get((order, batched, with_value, deep)) or pools[order, batched, with_value, True]
    yield from chance.sample(pool, min(TRIED, len(pool)))


@cache
def _pools() -> dict[Kind, list[Law]]:
    pools: dict[Kind, list[Law]] = {}
    for law in lattice():
        if not law.compiled:
            deep = len(law.transforms) == DEPTH
            equals = law.equals
            kind = equals.order, law.batched, equals.with_value, deep
            pools.setdefault(kind, []).append(law)
    return pools
