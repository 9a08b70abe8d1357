"""A law: a composition, read from its name, and what it must equal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from gradlaw.conformance.laws.transforms import TRANSFORMS, Axes

Batch = Literal["none", "stacked", "mean of gradients", "gradient of mean"]


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


@dataclass(frozen=True, kw_only=True)
class Law:
    """A composition of transformations.

    Attributes:
        name: as the composition is written in JAX, the function left out: ``jit(vmap(grad))``.

    Raises:
        ValueError: if the name holds an unknown transformation, or composes what has no meaning.
    """

    name: str

    def __post_init__(self) -> None:
        if unknown := [t for t in self.transforms if t not in TRANSFORMS]:
            message = (
                f"law {self.name!r} composes {', '.join(unknown)}; "
                f"known transformations: {', '.join(TRANSFORMS)}"
            )
            raise ValueError(message)
        if self.equals.order == 0:
            message = f"law {self.name!r} differentiates nothing"
            raise ValueError(message)

    @cached_property
    def transforms(self) -> tuple[str, ...]:
        """The transformations from the outermost to the innermost."""
        return tuple(re.findall(r"[a-z_]+", self.name))

    @cached_property
    def equals(self) -> Composition:
        """What the composition must equal, derived from its transformations."""
        order, with_value, batch = 0, False, "none"
        for transform in reversed(self.transforms):
            match transform:
                case "grad" | "jacfwd":
                    order += 1
                case "value_and_grad":
                    order, with_value = order + 1, True
                case "vmap":
                    batch = "stacked"
                case "mean" if batch == "stacked":
                    batch = "mean of gradients" if order else "gradient of mean"
                case "mean":
                    message = f"law {self.name!r} takes a mean where there is no batch"
                    raise ValueError(message)
        return Composition(order=order, with_value=with_value, batch=batch)  # type: ignore[arg-type]

    @property
    def batched(self) -> bool:
        """Whether arguments carry a batch."""
        return self.equals.batch != "none"

    @property
    def compiled(self) -> bool:
        """Whether the composition is compiled as a whole, or its operations one by one."""
        return self.transforms[0] == "jit"

    @property
    def forward(self) -> bool:
        """Whether it differentiates in forward mode, once for each component of its arguments."""
        return "jacfwd" in self.transforms

    def compose(self, function: Callable[..., Any], axes: Axes) -> Callable[..., Any]:
        """The transformed function."""
        differentiated = False
        for transform in reversed(self.transforms):
            function = TRANSFORMS[transform](function, axes, differentiated)
            differentiated |= transform in {"grad", "value_and_grad", "jacfwd"}
        return function

    def primal(self, function: Callable[..., Any], axes: Axes) -> Callable[..., Any]:
        """The function that the composition differentiates: a mean over a batch, or itself."""
        if self.equals.batch != "gradient of mean":
            return function
        return TRANSFORMS["mean"](TRANSFORMS["vmap"](function, axes, False), axes, False)
