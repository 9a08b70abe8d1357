"""Transformations that map a function over a batch, and the mean over one."""

from __future__ import annotations

from typing import Any

from gradlaw.conformance.laws.transform import Function, Transform, of_jax


def scan_map(function: Function, in_axes: tuple[Any, ...], out_axes: int) -> Function:
    """Map as ``jax.vmap`` does, one example after the other, by ``jax.lax.map``."""
    import jax
    import jax.numpy as jnp

    def mapped(*arguments: Any) -> Any:
        leaves, tree = jax.tree.flatten(arguments)
        axes: list[Any] = []
        for argument, told in zip(arguments, in_axes, strict=True):
            each = jax.tree.leaves(told, is_leaf=lambda axis: axis is None)
            axes += [None] * len(jax.tree.leaves(argument)) if told is None else each
        stacked = [
            jnp.moveaxis(leaf, axis, 0)
            for leaf, axis in zip(leaves, axes, strict=True)
            if axis is not None
        ]

        def of_example(example: list[Any]) -> Any:
            taken = iter(example)
            whole = (
                leaf if axis is None else next(taken)
                for leaf, axis in zip(leaves, axes, strict=True)
            )
            return function(*jax.tree.unflatten(tree, whole))

        results = jax.lax.map(of_example, stacked)
        return jax.tree.map(lambda array: jnp.moveaxis(array, 0, out_axes), results)

    return mapped


def mean(function: Function, axis: int) -> Function:
    """Take the mean of every array that a function returns."""
    import jax
    import jax.numpy as jnp

    def averaged(*arguments: Any) -> Any:
        return jax.tree.map(lambda batch: jnp.mean(batch, axis=axis), function(*arguments))

    return averaged


BATCHING: dict[str, Transform] = {
    "vmap": Transform(make=of_jax("vmap"), spelled="jax.vmap", alike="vmap", batch="mapped"),
    "map": Transform(make=scan_map, alike="vmap", batch="mapped"),
    "mean": Transform(make=mean, alike="mean", batch="mean"),
}
