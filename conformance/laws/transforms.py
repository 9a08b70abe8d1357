"""The transformations that laws compose, each as JAX's public API spells it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Axes:
    """What the transformations of one plan are told.

    Attributes:
        argnums: for the innermost differentiation.
        outer_argnums: for a differentiation of that gradient.
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

    @property
    def promise(self) -> dict[str, bool]:
        """What a differentiation is told of the function, where there is anything to tell."""
        return {"holomorphic": True} if self.holomorphic else {}


Function = Callable[..., Any]
Transform = Callable[[Function, Axes, bool], Function]
"""``(function, axes, differentiated) -> function``; differentiated: a gradient already."""


def _jit(function: Function, axes: Axes, differentiated: bool) -> Function:  # noqa: ARG001
    import jax

    transformed: Function = jax.jit(function)
    return transformed


def _grad(function: Function, axes: Axes, differentiated: bool) -> Function:
    import jax

    argnums = axes.outer_argnums if differentiated else axes.argnums
    transformed: Function = jax.grad(function, argnums=argnums, **axes.promise)
    return transformed


def _value_and_grad(function: Function, axes: Axes, differentiated: bool) -> Function:
    import jax

    argnums = axes.outer_argnums if differentiated else axes.argnums
    transformed: Function = jax.value_and_grad(function, argnums=argnums, **axes.promise)
    return transformed


def _jacfwd(function: Function, axes: Axes, differentiated: bool) -> Function:
    import jax

    argnums = axes.outer_argnums if differentiated else axes.argnums
    transformed: Function = jax.jacfwd(function, argnums=argnums, **axes.promise)
    return transformed


def _vmap(function: Function, axes: Axes, differentiated: bool) -> Function:
    import jax

    out_axis = axes.out_axis if differentiated else 0
    transformed: Function = jax.vmap(function, in_axes=axes.in_axes, out_axes=out_axis)
    return transformed


def _mean(function: Function, axes: Axes, differentiated: bool) -> Function:
    import jax
    import jax.numpy as jnp

    axis = axes.out_axis if differentiated else 0

    def mean(*arguments: Any) -> Any:
        return jax.tree.map(lambda batch: jnp.mean(batch, axis=axis), function(*arguments))

    return mean


TRANSFORMS: dict[str, Transform] = {
    "jit": _jit,
    "grad": _grad,
    "value_and_grad": _value_and_grad,
    "jacfwd": _jacfwd,
    "vmap": _vmap,
    "mean": _mean,
}
"""By the name that a law's own name is composed of."""
