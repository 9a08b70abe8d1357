"""A law: a composition, read from its name, and what it must equal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from gradlaw.conformance.laws.transform import Axes, Transform
from gradlaw.conformance.laws.transforms import TRANSFORMS

Batch = Literal["none", "stacked", "mean of gradients", "gradient of mean"]


_NAME = re.compile(r"[a-z_]+(?:\[[a-z_]+\])?")
"""Of a transformation, with an option between brackets."""


@dataclass(frozen=True, kw_only=True)
class Composition:
    """What a composition must equal.

    Attributes:
        order: how often the function is differentiated.
        with_value: whether the value of what is differentiated last comes first.
        batch: what becomes of the examples in a batch.
    """

    order: int = 0
    with_value: bool = False
    batch: Batch = "none"


_COMPILING = {"jit", "export"}


def without_options(name: str) -> str:
    """A law's or a transformation's name without what stands in brackets."""
    return re.sub(r"\[[a-z_]+\]", "", name)


@dataclass(frozen=True, kw_only=True)
class Law:
    """A composition of transformations.

    Attributes:
        name: as the composition is written in JAX, the function left out: ``jit(vmap(grad))``; an
            option stands in brackets: ``checkpoint[dots_saveable](grad[has_aux])``.

    Raises:
        ValueError: if the name holds an unknown transformation, or composes what has no meaning.
    """

    name: str

    def __post_init__(self) -> None:
        if unknown := [t for t in self.transforms if t not in self.known]:
            message = (
                f"law {self.name!r} composes {', '.join(unknown)}; "
                f"known transformations: {', '.join(self.known)}"
            )
            raise ValueError(message)
        if self.equals.order == 0:
            message = f"law {self.name!r} differentiates nothing"
            raise ValueError(message)

    @property
    def known(self) -> Mapping[str, Transform]:
        """The transformations that it may compose."""
        return TRANSFORMS

    @cached_property
    def transforms(self) -> tuple[str, ...]:
        """The transformations from the outermost to the innermost."""
        return tuple(_NAME.findall(self.name))

    @cached_property
    def shape(self) -> str:
        """The name without options."""
        return without_options(self.name)

    @cached_property
    def steps(self) -> tuple[Transform, ...]:
        """The transformations in the order in which they are made, the innermost first."""
        return tuple(self.known[name] for name in reversed(self.transforms))

    @cached_property
    def equals(self) -> Composition:
        """What the composition must equal, derived from its transformations."""
        order, with_value, batch = 0, False, "none"
        for step in self.steps:
            order, with_value = order + step.order, with_value or step.with_value
            match step.batch:
                case "mapped":
                    batch = "stacked"
                case "mean" if batch == "stacked":
                    batch = "mean of gradients" if order else "gradient of mean"
                case "mean":
                    message = f"law {self.name!r} takes a mean where there is no batch"
                    raise ValueError(message)
        return Composition(order=order, with_value=with_value, batch=batch)  # type: ignore[arg-type]

    @cached_property
    def alike(self) -> str:
        """The same without what must change nothing, and with no value beside the derivative."""
        names = [n for step in reversed(self.steps) for n in re.findall(r"[a-z_]+", step.alike)]
        return "(".join(names) + ")" * (len(names) - 1)

    @property
    def batched(self) -> bool:
        """Whether arguments carry a batch."""
        return self.equals.batch != "none"

    @property
    def compiled(self) -> bool:
        """Whether the composition is compiled as a whole, or its operations one by one."""
        return without_options(self.transforms[0]) in _COMPILING

    @property
    def forward(self) -> bool:
        """Whether it differentiates in forward mode."""
        return any(step.forward for step in self.steps)

    @property
    def scalar(self) -> bool:
        """Whether it differentiates by one argument of rank 0 alone."""
        return any(step.scalar for step in self.steps)

    @property
    def only_called(self) -> bool:
        """Whether part of it exists only where it is called with numbers."""
        return any(step.only_called for step in self.steps)

    def compose(
        self, function: Callable[..., Any], axes: Axes, *, called: bool = False
    ) -> Callable[..., Any]:
        """The transformed function, to be traced, or to be called with numbers."""
        order = 0
        for step in self.steps:
            function = step(function, axes, differentiated=order > 0, called=called)
            order += step.order
        return function

    def primal(self, function: Callable[..., Any], axes: Axes) -> Callable[..., Any]:
        """The function that the composition differentiates: a mean over a batch, or itself."""
        if self.equals.batch != "gradient of mean":
            return function
        mapped = TRANSFORMS["vmap"](function, axes, differentiated=False)
        return TRANSFORMS["mean"](mapped, axes, differentiated=False)

    def mean(self, axes: Axes) -> Callable[[Any], Any]:
        """How it takes the mean of gradients that lie along axis 0."""
        identity: Callable[[Any], Any] = lambda batch: batch  # noqa: E731
        return TRANSFORMS["mean"](identity, replace(axes, out_axis=0), differentiated=True)
