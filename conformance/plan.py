"""A plan: everything about an example that a compiled program depends on."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import jax

from gradlaw.conformance.case import Case, leaf_names
from gradlaw.conformance.laws import Law
from gradlaw.conformance.laws.composition import without_options
from gradlaw.conformance.laws.transform import Axes
from gradlaw.conformance.layout import LARGE_BATCHES, Layout, layout_pool, seed_from
from gradlaw.strategies.batches import Batching

LARGEST_UNSHARED = 2_000
"""The most elements of mapped arguments that a mean over a batch is differentiated by."""


HEAVY_POOL = 2
"""Layouts that the laws of a heavy case share."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Shapes, ``argnums`` and axes.

    Attributes:
        shapes: of one example's leaves.
        argnums: as ``jax.grad`` takes it.
        outer_argnums: for further differentiations, where the law has any.
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
            return Axes(
                argnums=self.argnums,
                outer_argnums=self.outer_argnums,
                holomorphic=case.holomorphic,
            )
        return Axes(
            holomorphic=case.holomorphic,
            argnums=self.argnums,
            outer_argnums=self.outer_argnums,
            in_axes=in_axes(case, self.mapped(case)),
            out_axis=self.batching.out_axis,
            batch=self.batching.size,
        )

    @property
    def preamble(self) -> str:
        """The lines of a script that make what the law is told by name; here nothing is."""
        return ""

    def elements(self, case: Case) -> int:
        """How many numbers an example holds."""
        mapped, batch = self.mapped(case), 1 if self.batching is None else self.batching.size
        return sum(
            math.prod(self.shapes[name]) * (1 if mapped[name] is None else batch)
            for name in case.leaves
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


def scalar_arguments(case: Case) -> list[int]:
    """Positions of arguments that are a single leaf which can have rank 0."""
    if case.along is not None:
        return [case.trees.index(case.along)]
    return [
        position
        for position, tree in enumerate(case.trees)
        if isinstance(tree, str) and all(axis.startswith("*") for axis in case.axes[tree])
    ]


def applies(case: Case, law: Law) -> bool:
    """Whether the law means anything on the case."""
    # A real function's gradient by complex numbers is neither real nor holomorphic.
    real_of_complex = case.is_complex and not case.holomorphic
    if law.scalar and case.along is None:
        return False
    if real_of_complex and "jacrev" in without_options(law.name):
        return False
    if case.holomorphic and any(step.refuses_holomorphic for step in law.steps):
        return False
    if law.equals.order == 3 and case.along is None:
        return False
    if law.equals.order > 1:
        # Along a line the rule alone is read, which no backward error touches.
        solved = case.solve_backward_error is not None and case.along is None
        return bool(scalar_arguments(case)) and not (solved or real_of_complex or case.once)
    if law.forward:
        return not (real_of_complex or case.reverse_only)
    return case.along is None


def plan_pool(
    case: Case, law: Law, dtype: str, size: int, seed: int, *, spare: int = 0
) -> list[Plan]:
    """``size`` plans of a law on a case, the same for the same seed.

    Layouts are shared by the laws of a case in one dtype, since an operation that runs by itself is
    compiled once for each shape and dtype; ``argnums`` and ``out_axes`` are each node's own.

    Args:
        case, law, dtype: the node.
        size: how many plans; half of them for a law that runs operation by operation, and so
            compiles each of them, and one for a heavy case.
        seed: of the run.
        spare: plans beyond those, of which the first are the same as without.
    """
    chance = Random(seed_from(f"{seed} {case.name}-{law.name}-{dtype}"))
    layouts = layout_pool(case, f"{seed} {dtype}", forward=law.forward)
    pool = list(layouts)[-HEAVY_POOL if case.heavy else 0 :]
    if "mean" in law.equals.batch:
        pool = [layout for layout in pool if layout.batch > 0]
    chance.shuffle(pool)
    if case.formula is None and chance.random() < 1 / 2:
        # Such a case meets few laws: in half of them its simplest layout, often empty, comes last.
        pool.sort(key=lambda layout: layout == layouts[0])
    if case.formula is None and law.batched and chance.random() < 3 / 4:
        pool.sort(key=_hides)
    if law.batched and not (case.heavy or law.forward):
        for among, batch in LARGE_BATCHES:
            if batch <= case.max_batch and chance.randrange(among) == 0:
                pool.insert(0, layout_pool(case, f"{seed} {dtype} {batch}", batch=batch)[-1])
    if case.heavy:
        size = 1
    elif not law.compiled:
        size = (size + 1) // 2
    return [_plan(case, law, layout, chance) for layout in pool[: size + spare]]


def _hides(layout: Layout) -> tuple[bool, bool]:
    """What hides a wrong batch: a single example, and leading axes alone."""
    along = zip(layout.shapes, layout.in_axes, strict=True)
    leading = all(axis in (None, 0, -1 - len(shape)) for shape, axis in along)
    return layout.batch < 2, leading


def _plan(case: Case, law: Law, layout: Layout, chance: Random) -> Plan:
    if law.equals.order > 1:
        return _of_numbers(case, law, layout, chance)
    shapes = dict(zip(case.leaves, layout.shapes, strict=True))
    if case.along is None:
        argnums = drawn_argnums(len(case.trees), chance)
    else:
        argnums = case.trees.index(case.along)
    plan = Plan(shapes=shapes, argnums=argnums)
    if not law.batched:
        return plan
    ranks = [len(shapes[name]) for name in plan.selected(case)]
    # One axis holds for all results, and a value has no other.
    least = 0 if law.equals.with_value else min(ranks)
    out_axis = chance.randrange(-least - 1, least + 1)
    size, mapped = layout.batch, dict(zip(case.leaves, layout.in_axes, strict=True))
    if law.equals.batch == "gradient of mean" and any(
        mapped[name] is not None for name in plan.selected(case)
    ):
        # Every element of a mapped argument has a chain of its own, which no rows share.
        elements = sum(math.prod(shapes[name]) for name in plan.selected(case))
        size = min(size, max(7, LARGEST_UNSHARED // max(1, elements)))
    batching = Batching(size=size, in_axes=layout.in_axes, out_axis=out_axis)
    return Plan(shapes=shapes, argnums=argnums, batching=batching)


def drawn_argnums(count: int, chance: Random) -> int | tuple[int, ...]:
    """All positions in half of the draws; else an int, or a tuple; in any order and sign.

    Args:
        count: how many arguments there are.
        chance: what is drawn from.
    """
    signed = [position - chance.choice((0, count)) for position in range(count)]
    if chance.random() < (1 / 2 if count == 1 else 1 / 4):
        return chance.choice(signed)
    # A fault in the rule of one argument is seen where that argument is differentiated by.
    every = count > 1 and chance.random() < 2 / 3
    return tuple(chance.sample(signed, count if every else chance.randint(1, count)))


def _of_numbers(case: Case, law: Law, layout: Layout, chance: Random) -> Plan:
    """A plan of a law of higher order, which differentiates by numbers."""
    positions = scalar_arguments(case)
    pairs = list(itertools.product(positions, positions))
    if any(step.order == 2 for step in law.steps):
        pairs = [(position, position) for position in positions]
    first, second = chance.choice(pairs)
    groups = {axis for position in (first, second) for axis in case.axes[case.trees[position]]}
    scalars = {
        name: () if groups & set(case.axes[name]) else shape
        for name, shape in zip(case.leaves, layout.shapes, strict=True)
    }
    if not law.batched:
        return Plan(shapes=scalars, argnums=first, outer_argnums=second)
    in_axes = tuple(
        axis if axis is None or scalars[name] == shape else chance.choice((0, -1))
        for name, shape, axis in zip(case.leaves, layout.shapes, layout.in_axes, strict=True)
    )
    batching = Batching(size=layout.batch, in_axes=in_axes, out_axis=chance.choice((0, -1)))
    return Plan(shapes=scalars, argnums=first, outer_argnums=second, batching=batching)
