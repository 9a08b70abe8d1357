"""A plan: everything about an example that a compiled program depends on."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import jax
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from gradlaw.conformance.case import Case, leaf_names
from gradlaw.conformance.laws import Law
from gradlaw.conformance.laws.transforms import Axes
from gradlaw.strategies.batches import Batching, batch_sizes, batchings
from gradlaw.strategies.shapes import leaf_shapes
from gradlaw.strategies.signatures import Signature

LARGE_BATCHES = ((24, 10_000), (72, 100_000))
"""One node in so many draws batches of that size."""

LARGEST_BATCHED = 300_000
"""Elements of the largest stacked argument."""

LARGEST_UNSHARED = 997
"""The largest batch whose mapped arguments a mean is differentiated by."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Shapes, ``argnums`` and axes.

    Attributes:
        shapes: of one example's leaves.
        argnums: as ``jax.grad`` takes it.
        outer_argnums: for the second differentiation, where the law has one.
        batching: for a batched law.
    """

    shapes: Mapping[str, tuple[int, ...]]
    argnums: int | tuple[int, ...]
    outer_argnums: int | None = None
    batching: Batching | None = None

    def mapped(self, case: Case) -> dict[str, int | None]:
        """For each leaf the axis of the batch, None where it is not mapped."""
        if self.batching is None:
            return dict.fromkeys(case.leaves)
        return dict(zip(case.leaves, self.batching.in_axes, strict=True))

    def axes(self, case: Case) -> Axes:
        """What the law's transformations are told."""
        if self.batching is None:
            return Axes(argnums=self.argnums, outer_argnums=self.outer_argnums)
        return Axes(
            argnums=self.argnums,
            outer_argnums=self.outer_argnums,
            in_axes=in_axes(case, self.mapped(case)),
            out_axis=self.batching.out_axis,
            batch=self.batching.size,
        )

    def selected(self, case: Case) -> list[str]:
        """The leaves that are differentiated by, in the order of the gradient's leaves."""
        positions = (self.argnums,) if isinstance(self.argnums, int) else self.argnums
        return [name for position in positions for name in leaf_names(case.trees[position])]

    def __str__(self) -> str:
        shapes = ", ".join(f"{name}: {shape}" for name, shape in self.shapes.items())
        parts = [shapes, f"argnums={self.argnums}"]
        if self.outer_argnums is not None:
            parts.append(f"outer argnums={self.outer_argnums}")
        if self.batching is not None:
            parts.append(
                f"batch {self.batching.size}, in_axes={self.batching.in_axes}, "
                f"out_axes={self.batching.out_axis}"
            )
        return "; ".join(parts)


def in_axes(case: Case, mapped: Mapping[str, int | None]) -> tuple[Any, ...]:
    """``in_axes`` for ``vmap``: a whole argument that is not mapped is None."""
    axes: list[Any] = []
    for tree in case.trees:
        names = leaf_names(tree)
        if all(mapped[name] is None for name in names):
            axes.append(None)
        else:
            axes.append(jax.tree.map(lambda name: mapped[name], tree))
    return tuple(axes)


@st.composite
def plans(draw: st.DrawFn, case: Case, law: Law, large: tuple[int, ...] = ()) -> Plan:
    """Plans of a law on a case, now and then with a batch of a ``large`` size."""
    signature = Signature.parse(case.signature)
    drawn = draw(leaf_shapes(signature, min_size=case.min_size, max_size=case.max_size))
    shapes = dict(zip(case.leaves, drawn, strict=True))
    if law.equals.order == 2:
        first, second, shapes = draw(_scalar_pair(case, shapes))
        return Plan(shapes=shapes, argnums=first, outer_argnums=second)
    argnums = draw(_argnums(len(case.trees)))
    plan = Plan(shapes=shapes, argnums=argnums)
    if not law.batched:
        return plan
    smallest = 1 if "mean" in law.equals.batch else 0
    elements = max([1, *(_size(shape) for shape in shapes.values())])
    roomy = min(case.max_batch, LARGEST_BATCHED // elements)
    sizes = batch_sizes(min_size=smallest, large=[n for n in large if n <= roomy] * 24)
    out_ranks = [len(shapes[name]) for name in plan.selected(case)]
    ranks = [len(shapes[name]) for name in case.leaves]
    batching = draw(batchings(ranks, sizes=sizes.filter(lambda n: n <= roomy), out_ranks=out_ranks))
    plan = replace(plan, batching=batching)
    mapped = plan.mapped(case)
    if law.equals.batch == "gradient of mean" and any(
        mapped[name] is not None for name in plan.selected(case)
    ):
        # Every element of a mapped argument has a chain of its own, which no rows share.
        batching = replace(batching, size=min(batching.size, LARGEST_UNSHARED))
    return replace(plan, batching=batching)


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size


@st.composite
def _argnums(draw: st.DrawFn, count: int) -> int | tuple[int, ...]:
    """An int, a negative int, or a tuple of distinct positions in any order and sign."""
    positions = st.integers(-count, count - 1)
    if draw(st.booleans()):
        return draw(positions)
    return tuple(
        draw(st.lists(positions, min_size=1, max_size=count, unique_by=lambda p: p % count))
    )


def scalar_arguments(case: Case) -> list[int]:
    """Positions of arguments that are a single leaf which can have rank 0."""
    return [
        position
        for position, tree in enumerate(case.trees)
        if isinstance(tree, str) and all(axis.startswith("*") for axis in case.axes[tree])
    ]


def applies(case: Case, law: Law) -> bool:
    """Whether the law means anything on the case."""
    if law.equals.order == 2:
        return bool(scalar_arguments(case)) and case.solve_backward_error is None
    return True


@st.composite
def _scalar_pair(
    draw: st.DrawFn, case: Case, shapes: dict[str, tuple[int, ...]]
) -> tuple[int, int, dict[str, tuple[int, ...]]]:
    positions = scalar_arguments(case)
    first, second = draw(st.sampled_from(list(itertools.product(positions, positions))))
    groups = {
        axis
        for position in (first, second)
        for axis in case.axes[case.trees[position]]
    }
    scalars = {
        name: () if groups & set(case.axes[name]) else shape for name, shape in shapes.items()
    }
    return first, second, scalars


def plan_pool(case: Case, law: Law, size: int, entropy: str) -> list[Plan]:
    """At most ``size`` distinct plans, the same for the same ``entropy``."""
    pool: list[Plan] = []
    lot = seed_from(f"{entropy} large")
    large = tuple(size for among, size in LARGE_BATCHES if lot % among == 0)

    @seed(seed_from(entropy))
    @settings(
        max_examples=2 * size + 4,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(plans(case, law, large))
    def collect(plan: Plan) -> None:
        if plan not in pool:
            pool.append(plan)

    collect()
    # Hypothesis begins with the simplest plan and grows bolder: keep both ends.
    return pool if len(pool) <= size else [pool[0], *pool[len(pool) - size + 1 :]]


def seed_from(entropy: str) -> int:
    """A seed for Hypothesis from a text."""
    return int.from_bytes(hashlib.sha256(entropy.encode()).digest()[:8], "big")
