"""A program: steps, each a function of the catalogue on values that are there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases.catalogue.entry import LEAVES, Entry, weighted_sum
from gradlaw.conformance.cases.catalogue.places import MODERATE
from gradlaw.conformance.programs.bounding import BOUNDED, into
from gradlaw.strategies.signatures import Signature, Structure

Shape = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """A function applied.

    Attributes:
        entry: of the catalogue.
        operands: positions among the values: the leaves, then the results of the steps before.
        bounded: for each operand the position among ``BOUNDED`` of what brings it into the
            function's domain; None for an argument that lies there already.
    """

    entry: Entry
    operands: tuple[int, ...]
    bounded: tuple[int | None, ...]

    @property
    def function(self) -> Callable[..., Any]:
        """From the operands to the result."""
        structure = Signature.parse(f"{self.entry.signature}->()").structure
        domains = (*self.entry.domains, *[None] * len(self.operands))
        ways = tuple(
            None if which is None else into(domain, BOUNDED[which])
            for which, domain in zip(self.bounded, domains, strict=False)
        )
        function: Callable[..., Any] = _step(self.entry.applied, structure, ways)
        return function


@dataclass(frozen=True, kw_only=True)
class Program:
    """A composition of functions.

    Attributes:
        leaves: the arguments' shapes.
        steps: in order.
    """

    leaves: tuple[Shape, ...]
    steps: tuple[Step, ...]

    @property
    def case(self) -> Case:
        """The weighted sum of every result that no later step uses."""
        used = {operand for step in self.steps for operand in step.operands}
        values = len(self.leaves) + len(self.steps)
        outputs = tuple(v for v in range(len(self.leaves), values) if v not in used)
        names = LEAVES[: len(self.leaves)]
        shapes = (f"({','.join(map(str, shape))})" for shape in self.leaves)
        steps = tuple((step.function, step.operands) for step in self.steps)
        return Case(
            name=str(self),
            function=_program(steps, outputs),
            signature=f"{','.join(shapes)}->()",
            source="functions of the catalogue, composed at random",
            arguments=tuple(names),
            domains=dict.fromkeys(names, MODERATE),
            max_batch=7,
            dtypes=("float32", "float64"),
        )

    def __str__(self) -> str:
        first = len(self.leaves)
        names = (*LEAVES[:first], *(f"v{place}" for place in range(len(self.steps))))
        return "; ".join(
            f"{names[first + place]} = {step.entry.name}"
            f"({', '.join(names[operand] for operand in step.operands)})"
            for place, step in enumerate(self.steps)
        )


def result(results: Any) -> Any:
    """What a step hands on: the first array of inexact numbers, or its real part.

    Raises:
        TypeError: where there is none.
    """
    for array in jax.tree.leaves(results):
        if jnp.issubdtype(array.dtype, jnp.inexact):
            return jnp.real(array)
    message = "there is no inexact result"
    raise TypeError(message)


def _step(applied: Any, structure: tuple[Structure, ...], ways: tuple[Any, ...]) -> Any:
    def step(*operands: Any) -> Any:
        bounded = [
            operand if way is None else way(operand)
            for way, operand in zip(ways, operands, strict=True)
        ]
        return result(applied(*filled(structure, bounded)))

    return step


def filled(structure: Any, values: Any) -> Any:
    """The structure with the value in each index's place."""
    if isinstance(structure, int):
        return values[structure]
    return tuple(filled(part, values) for part in structure)


def _program(steps: tuple[Any, ...], outputs: tuple[int, ...]) -> Callable[..., Any]:
    def program(*leaves: Any) -> Any:
        values = list(leaves)
        for function, operands in steps:
            values.append(function(*[values[operand] for operand in operands]))
        return weighted_sum([values[output] for output in outputs])

    return program
