"""Laws drawn from the lattice, of the kind of another, what was seldom composed before the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from random import Random

from gradlaw.conformance.laws.composition import Law, without_options
from gradlaw.conformance.laws.lattice import DEPTH, lattice, with_options
from gradlaw.conformance.laws.table import LAWS

TRIED = 20
"""Laws that are drawn, of which one should mean something on a case."""

Pair = tuple[str, str]
"""A transformation, and one that it is around, immediately or not; options aside."""

Kind = tuple[int, bool, bool, bool]
"""Order, whether batched, whether with a value, whether as deep as the lattice is."""


@dataclass(kw_only=True)
class Drawing:
    """Draws laws for case after case of a run, and remembers what was composed.

    Attributes:
        met: how often a family of cases met a law, options aside.
        laws: how often a law was met at all, options aside.
        pairs: how often a transformation was around another.
        options: how often a transformation with an option was in a law.
    """

    met: Counter[tuple[str, str]] = field(default_factory=Counter)
    laws: Counter[str] = field(default_factory=Counter)
    pairs: Counter[Pair] = field(default_factory=Counter)
    options: Counter[str] = field(default_factory=Counter)

    def of_kind(self, law: Law, family: str, chance: Random) -> Iterator[Law]:
        """Laws batched or not as another is, of its order or of one more.

        A batched law of order two stands for one of order one in every second place: it runs the
        same batching rules, and more. Half of them give a value. Half are as deep as the lattice
        is, drawn for pairs of transformations that are new; of the others those come first that
        the family met least. Every second one has an option.

        Args:
            law: what they stand for.
            family: of the case that is to meet one.
            chance: what they are drawn by.
        """
        pool = _pool(law, chance)
        if len(pool[0].transforms) == DEPTH:
            chosen = chance.sample(pool, min(TRIED, len(pool)))
            chosen.sort(key=lambda drawn: min(self.pairs[pair] for pair in pairs(drawn)))
        else:
            shuffled = chance.sample(pool, len(pool))
            chosen = sorted(
                shuffled, key=lambda drawn: (self.met[family, drawn.name], self.laws[drawn.name])
            )
        for drawn in chosen:
            if chance.random() < 1 / 2:
                yield from self._with_option(drawn, chance)
            yield drawn

    def _with_option(self, law: Law, chance: Random) -> list[Law]:
        """The law with the option that was seldom met; none where it has none."""
        found = list(with_options(law))
        chance.shuffle(found)
        return sorted(found, key=lambda other: max(self.options[n] for n in _optional(other)))[:1]

    def remember(self, law: Law, family: str) -> None:
        """Count a law that a case of the family meets."""
        self.met[family, law.shape] += 1
        self.laws[law.shape] += 1
        self.pairs.update(set(pairs(law)))
        self.options.update(_optional(law))


def pairs(law: Law) -> Iterator[Pair]:
    """Each transformation with each that it is around."""
    return combinations(map(without_options, law.transforms), 2)


@cache
def all_pairs() -> tuple[Pair, ...]:
    """All that mean something in some law of the table or of the lattice."""
    return tuple(sorted({pair for law in (*LAWS, *lattice()) for pair in pairs(law)}))


def _optional(law: Law) -> list[str]:
    return [name for name in law.transforms if "[" in name]


def _pool(law: Law, chance: Random) -> list[Law]:
    order, batched = law.equals.order, law.batched
    if batched and chance.random() < 1 / 2:
        order = 2
    elif order == 2 and chance.random() < 1 / 4:
        order = 3
    with_value, deep = (chance.random() < 1 / 2 for _ in range(2))
    pools = _pools()
    # A value beside a second derivative in a batch takes all the depth that there is.
    return pools.get((order, batched, with_value, deep)) or pools[order, batched, with_value, True]


@cache
def _pools() -> dict[Kind, list[Law]]:
    pools: dict[Kind, list[Law]] = {}
    for law in lattice():
        deep = len(law.transforms) == DEPTH
        kind = law.equals.order, law.batched, law.equals.with_value, deep
        pools.setdefault(kind, []).append(law)
    return pools
