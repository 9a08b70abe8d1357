"""Subjects: the suite's own cases at a thousand elements, with the array that is differentiated."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from gradlaw.conformance.case import Case, leaf_names
from gradlaw.conformance.cases import case_named
from gradlaw.conformance.laws import Law, law_named
from gradlaw.conformance.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A case under one plan.

    Attributes:
        case: the function and its closed form.
        shapes: of all leaves.
        leaf: the array whose gradient is checked.
    """

    case: Case
    shapes: Mapping[str, tuple[int, ...]]
    leaf: str

    @property
    def name(self) -> str:
        """The case and what it is differentiated by."""
        return f"{self.case.name} by {self.leaf}"

    @property
    def size(self) -> int:
        """Components of the gradient that is checked."""
        return math.prod(self.shapes[self.leaf])

    @property
    def law(self) -> Law:
        """The composition that this suite judges: the one that people call most."""
        return law_named("jit(grad)")

    @property
    def plan(self) -> Plan:
        """The shapes, with the argument that holds the leaf."""
        (position,) = (
            position
            for position, tree in enumerate(self.case.trees)
            if self.leaf in leaf_names(tree)
        )
        return Plan(shapes=self.shapes, argnums=position)

    @property
    def place(self) -> int:
        """Where the leaf's gradient stands among those of its argument's leaves."""
        return self.plan.selected(self.case).index(self.leaf)


def _subject(name: str, leaf: str, **shapes: tuple[int, ...]) -> Subject:
    return Subject(case=case_named(name), shapes=shapes, leaf=leaf)


SUBJECTS: tuple[Subject, ...] = (
    _subject("quadratic", "x", w=(), b=(), x=(1000,)),
    _subject("mean_squared_error", "x", w=(), b=(), x=(1000,), y=(1000,)),
    _subject("squared_error_dot", "w", w=(1000,), b=(), x=(1000,), y=()),
    _subject("affine_square", "w", w=(25, 40), b=(25,), x=(40,)),
    _subject("sine_log", "x", x=(1000,)),
    _subject("sine_square", "x", x=(1000,)),
)
"""Gradients of a thousand components: elementwise, and through inner products of 40 and of 1000."""
