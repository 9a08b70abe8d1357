"""A strategy for random programs, which shrink to the fewest and plainest steps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
from hypothesis import assume
from hypothesis import strategies as st

from gradlaw.conformance.cases.catalogue import FAMILIES, UNTRACED
from gradlaw.conformance.cases.catalogue.entry import Entry
from gradlaw.conformance.known_issues import known_faults
from gradlaw.conformance.programs.bounding import BOUNDED
from gradlaw.conformance.programs.composing import Program, Shape, Step
from gradlaw.strategies.signatures import Signature

MOST_STEPS, MOST_LEAVES, MOST_ELEMENTS = 6, 3, 36
"""Of a program; elements of a value."""

APART = frozenset(
    {
        "degenerate_matrices",
        "densities",
        "devices",
        "effects",
        "forward_mode",
        "random_sampling",
        "special",
    }
)
"""Families whose functions are programs of some size themselves, give arrays on a mesh, are
differentiated by no reverse mode a second time, or are of matrices that are singular."""

SHAPES: tuple[Shape, ...] = ((3,), (), (2, 3), (3, 4), (3, 3))
"""Of leaves that may have any rank."""

Sizes = Mapping[str, Any]


@cache
def ingredients() -> Mapping[str, tuple[Entry, ...]]:
    """By family the functions that programs are composed of."""
    families = {
        family: tuple(entry for entry in entries if _usable(entry))
        for family, entries in FAMILIES.items()
        if family not in APART
    }
    return {family: entries for family, entries in families.items() if entries}


def _usable(entry: Entry) -> bool:
    return (
        entry.name not in UNTRACED
        # Where there is a reference, the function's own program may be of another derivative.
        and entry.reference is None
        and not _is_faulty(entry)
        and entry.function is not None
        and not (entry.heavy or entry.once)
        and {"float32", "float64"} <= set(entry.dtypes)
    )


def _is_faulty(entry: Entry) -> bool:
    """Whether a known issue names the function: it would show in every program that has it."""
    started = f"{entry.name}-"
    named = [
        pattern.partition("*")[0]
        for fault in known_faults(jax.__version__)
        if set(fault.verdicts) != {"inaccurate"}
        for pattern in fault.patterns
    ]
    return any(name and (started.startswith(name) or name.startswith(started)) for name in named)


@st.composite
def programs(draw: st.DrawFn, most_steps: int = MOST_STEPS) -> Program:
    """Programs that are defined at all arguments, and smooth almost everywhere.

    Args:
        most_steps: that a program has.

    Returns:
        A strategy; its programs have at least one step.
    """
    drafted = _Draft(draw)
    for _ in range(draw(st.integers(1, most_steps), label="steps")):
        family = draw(st.sampled_from(sorted(ingredients())), label="family")
        drafted.add(draw(st.sampled_from(drafted.going_on(family)), label="function"))
    assume(drafted.steps)
    return drafted.program()


class _Draft:
    """A program as far as it is drawn; results are numbered from MOST_LEAVES on."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.shapes: dict[int, Shape] = {}
        self.leaves = 0
        self.steps: list[Step] = []

    def going_on(self, family: str) -> Sequence[Entry]:
        """The family's functions that take the last result; all of them where none does."""
        entries = ingredients()[family]
        last = self.shapes.get(MOST_LEAVES + len(self.steps) - 1)
        if last is None:
            return entries
        return [each for each in entries if _takes(each, last)] or entries

    def add(self, entry: Entry) -> None:
        """Apply a function to values that are there, or to new leaves; not where it cannot be."""
        sizes: dict[str, Any] = {}
        operands: list[int] = []
        before = self.leaves
        for dimensions in _dimensions(entry.signature):
            operand = self._operand(dimensions, sizes, entry)
            if operand is None:
                break
            operands.append(operand)
            sizes = bound(dimensions, self.shapes[operand], sizes, entry.min_size) or sizes
        else:
            step = Step(
                entry=entry,
                operands=tuple(operands),
                bounded=tuple(self._bounded(entry, *each) for each in enumerate(operands)),
            )
            shape = _shape(step, [self.shapes[operand] for operand in operands])
            if shape is not None:
                self.shapes[MOST_LEAVES + len(self.steps)] = shape
                self.steps.append(step)
                return
        for leaf in range(before, self.leaves):
            del self.shapes[leaf]
        self.leaves = before

    def _operand(self, dimensions: Sequence[str], sizes: Sizes, entry: Entry) -> int | None:
        fitting = [
            value
            for value in sorted(self.shapes, reverse=True)
            if bound(dimensions, self.shapes[value], sizes, entry.min_size) is not None
        ]
        if self.leaves < MOST_LEAVES:
            fitting.append(self.leaves)
        if not fitting:
            return None
        operand = self.draw(st.sampled_from(fitting), label="operand")
        if operand not in self.shapes:
            self.shapes[operand] = self._new_shape(dimensions, sizes, entry.min_size)
            self.leaves += 1
        return operand

    def _new_shape(self, dimensions: Sequence[str], sizes: Sizes, least: int) -> Shape:
        (name, *others) = dimensions or ("",)
        if name.startswith("*") and not others:
            if name in sizes:
                known: Shape = sizes[name]
                return known
            shapes = [shape for shape in SHAPES if math.prod(shape) >= least]
            return self.draw(st.sampled_from(shapes), label="shape")
        drawn = {
            dimension: self.draw(st.integers(max(2, least), max(4, least)), label=dimension)
            for dimension in dict.fromkeys(dimensions)
            if not dimension.isdigit() and dimension not in sizes
        }
        named = {**sizes, **drawn}
        return tuple(int(d) if d.isdigit() else named[d] for d in dimensions)

    def _bounded(self, entry: Entry, position: int, operand: int) -> int | None:
        real = position >= len(entry.domains) or entry.domains[position] is None
        if real and operand < MOST_LEAVES:
            return None
        return self.draw(st.integers(0, len(BOUNDED) - 1), label="bounded by")

    def program(self) -> Program:
        """The steps, with their results numbered after the leaves that there are."""
        unused = MOST_LEAVES - self.leaves
        return Program(
            leaves=tuple(self.shapes[leaf] for leaf in range(self.leaves)),
            steps=tuple(
                replace(
                    step,
                    operands=tuple(
                        value if value < MOST_LEAVES else value - unused for value in step.operands
                    ),
                )
                for step in self.steps
            ),
        )


@cache
def _dimensions(signature: str) -> tuple[tuple[str, ...], ...]:
    return Signature.parse(f"{signature}->()").leaves


def _takes(entry: Entry, shape: Shape) -> bool:
    return any(
        bound(leaf, shape, {}, entry.min_size) is not None for leaf in _dimensions(entry.signature)
    )


def bound(
    dimensions: Sequence[str], shape: Shape, sizes: Sizes, least: int
) -> dict[str, Any] | None:
    """The sizes by name, with those that a shape binds; None where it does not fit.

    Args:
        dimensions: of a leaf of a signature.
        shape: of a value.
        sizes: that other leaves have bound.
        least: that a named size may be.
    """
    known = dict(sizes)
    if len(dimensions) == 1 and dimensions[0].startswith("*"):
        fits = known.setdefault(dimensions[0], shape) == shape and math.prod(shape) >= least
        return known if fits else None
    if len(dimensions) != len(shape):
        return None
    for dimension, size in zip(dimensions, shape, strict=True):
        if dimension.isdigit():
            if int(dimension) != size:
                return None
        elif size < least or known.setdefault(dimension, size) != size:
            return None
    return known


def _shape(step: Step, shapes: Sequence[Shape]) -> Shape | None:
    """The result's shape; None where the step cannot be, or its result is none or large."""
    operands = [jax.ShapeDtypeStruct(shape, jnp.float32) for shape in shapes]
    try:
        found = jax.eval_shape(step.function, *operands)
    except Exception:  # whatever a function raises where it refuses sizes: no program then
        return None
    small = 0 < found.size <= MOST_ELEMENTS
    return tuple(found.shape) if small and found.dtype == jnp.float32 else None
