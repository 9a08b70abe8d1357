"""A transformation as laws compose it: what it does to a function, and to what must come out."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Axes:
    """What the transformations of one plan are told.

    Attributes:
        argnums: for the innermost differentiation.
        outer_argnums: for differentiations of that gradient.
        in_axes: for ``vmap``, a tuple with a pytree for each argument.
        out_axis: where ``vmap`` of a gradient puts the batch.
        batch: its size.
        holomorphic: whether a complex function of complex numbers is differentiated.
    """

    argnums: int | tuple[int, ...]
    outer_argnums: int | None = None
    in_axes: tuple[Any, ...] | None = None
    out_axis: int = 0
    batch: int = 0
    holomorphic: bool = False


Function = Callable[..., Any]


def of_jax(name: str) -> Callable[..., Function]:
    """The public transformation ``jax.name``, as it is when a law is composed."""

    def make(function: Function, **options: Any) -> Function:
        import jax

        transformed: Function = getattr(jax, name)(function, **options)
        return transformed

    return make


@dataclass(frozen=True, kw_only=True)
class Transform:
    """A transformation of functions.

    Attributes:
        make: ``(function, **options) -> function``.
        called: likewise, for what exists only where a law is called with numbers: ``make`` then
            gives the program that is read.
        told: options that it is always given.
        spelled: how a script calls it; by its own name, with its source, where JAX has no such
            function.
        order: how often it differentiates.
        with_value: whether it gives the value of what it differentiates, too.
        forward: whether it differentiates in forward mode, or gives a rule that does.
        scalar: whether it differentiates by one argument of rank 0 alone.
        batch: whether it maps a batch, or takes the mean over one.
        alike: the transformations of the table that must give the same derivative; empty where it
            must change nothing.
        promised: whether it must be told of a function that is holomorphic.
        refuses_forward: whether no forward mode may go through it.
        refuses_holomorphic: whether a holomorphic function may not be differentiated by it.
    """

    make: Callable[..., Function]
    alike: str
    called: Callable[..., Function] | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    spelled: str = ""
    order: int = 0
    with_value: bool = False
    forward: bool = False
    scalar: bool = False
    batch: str = ""
    promised: bool = False
    refuses_forward: bool = False
    refuses_holomorphic: bool = False

    def options(self, axes: Axes, *, differentiated: bool) -> dict[str, Any]:
        """What it is told, by the names of its parameters."""
        out_axis = axes.out_axis if differentiated else 0
        told = dict(self.told)
        if self.order:
            outer = axes.outer_argnums if differentiated else axes.argnums
            promise = {"holomorphic": True} if axes.holomorphic and self.promised else {}
            return {**told, "argnums": outer, **promise}
        match self.batch:
            case "mapped":
                return {**told, "in_axes": axes.in_axes, "out_axes": out_axis}
            case "mean":
                return {**told, "axis": out_axis}
            case _:
                return told

    @property
    def only_called(self) -> bool:
        """Whether it exists only where a law is called with numbers."""
        return self.called is not None

    @property
    def written(self) -> Callable[..., Function]:
        """What a script calls."""
        return self.called or self.make

    @property
    def spelled_out(self) -> bool:
        """Whether a script must hold its source."""
        return not self.spelled

    @property
    def source(self) -> str:
        """Its source, for a script that has imported ``jax``."""
        return textwrap.dedent(inspect.getsource(self.written))

    def __call__(
        self, function: Function, axes: Axes, *, differentiated: bool, called: bool = False
    ) -> Function:
        """The transformed function.

        Args:
            function: any.
            axes: what the plan tells its transformations.
            differentiated: whether the function is a derivative already.
            called: whether it is to be called with numbers, and not only traced.
        """
        make = self.written if called else self.make
        return make(function, **self.options(axes, differentiated=differentiated))
