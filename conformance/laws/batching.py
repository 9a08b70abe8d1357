"""Transformations that map a function over a batch, and the mean over one."""

from __future__ import annotations

from typing import Any

from gradlaw.conformance.laws.transform import Function, Transform, of_jax


def scan_map(
    function: Function, in_axes: tuple[Any, ...], out_axes: int, batch_size: int | None = None
) -> Function:
    """Map as ``jax.vmap`` does, one example or few of them after the other, by ``jax.lax.map``."""
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

        # By few at once, jax.lax.map divides by zero where an axis of an example has size 0.
        several = None if any(jnp.size(leaf) == 0 for leaf in leaves) else batch_size
        results = jax.lax.map(of_example, stacked, batch_size=several)
        return jax.tree.map(lambda array: jnp.moveaxis(array, 0, out_axes), results)

    return mapped


def mean(function: Function, axis: int) -> Function:
    """Take the mean of every array that a function returns."""
    import jax
    import jax.numpy as jnp

    def averaged(*arguments: Any) -> Any:
        return jax.tree.map(lambda batch: jnp.mean(batch, axis=axis), function(*arguments))

    return averaged


def nested_vmap(function: Function, in_axes: tuple[Any, ...], out_axes: int) -> Function:
    """Map as ``jax.vmap`` does, by two of it: of a batch of batches, if its size is no prime."""
    import jax
    import jax.numpy as jnp

    def mapped(*arguments: Any) -> Any:
        axes = [
            axis
            for argument, told in zip(arguments, in_axes, strict=True)
            for axis in (
                [None] * len(jax.tree.leaves(argument))
                if told is None
                else jax.tree.leaves(told, is_leaf=lambda axis: axis is None)
            )
        ]
        leaves, tree = jax.tree.flatten(arguments)
        pairs = list(zip(leaves, axes, strict=True))
        size = next(jnp.shape(leaf)[axis] for leaf, axis in pairs if axis is not None)
        parts = next((part for part in range(2, size) if size % part == 0), 1)
        split = [
            leaf
            if axis is None
            else jnp.reshape(
                (first := jnp.moveaxis(leaf, axis, 0)), (parts, size // parts, *first.shape[1:])
            )
            for leaf, axis in pairs
        ]

        def of_leaves(*row: Any) -> Any:
            return function(*jax.tree.unflatten(tree, row))

        over = tuple(None if axis is None else 0 for axis in axes)
        found = jax.vmap(jax.vmap(of_leaves, in_axes=over), in_axes=over)(*split)
        whole = jax.tree.map(lambda each: each.reshape((size, *each.shape[2:])), found)
        return jax.tree.map(lambda each: jnp.moveaxis(each, 0, out_axes), whole)

    return mapped


BATCHING: dict[str, Transform] = {
    "vmap": Transform(make=of_jax("vmap"), spelled="jax.vmap", alike="vmap", batch="mapped"),
    "map": Transform(make=scan_map, alike="vmap", batch="mapped"),
    "vmap[axis_name]": Transform(
        make=of_jax("vmap"),
        spelled="jax.vmap",
        told={"axis_name": "batch"},
        alike="vmap",
        batch="mapped",
    ),
    "vmap[nested]": Transform(make=nested_vmap, alike="vmap", batch="mapped"),
    "map[batch_size]": Transform(
        make=scan_map, told={"batch_size": 3}, alike="vmap", batch="mapped"
    ),
    "mean": Transform(make=mean, alike="mean", batch="mean"),
}
