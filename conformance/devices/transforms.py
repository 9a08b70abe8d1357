"""Transformations over a mesh of devices, as device laws compose them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from gradlaw.conformance.devices.releases import pvary, shard_map, unchecked_shard_map
from gradlaw.conformance.laws.composition import Batch
from gradlaw.conformance.laws.transform import Axes, Function, Transform
from gradlaw.conformance.laws.transforms import TRANSFORMS


@dataclass(frozen=True, kw_only=True)
class MeshAxes(Axes):
    """What the transformations of one plan are told of the mesh, too.

    Attributes:
        mesh: a ``jax.sharding.Mesh``.
        in_specs: for each argument a pytree of ``PartitionSpec``.
        over: the mesh axes that the batch lies over.
        meaning: what becomes of the examples in a batch.
    """

    mesh: Any
    in_specs: tuple[Any, ...]
    over: tuple[str, ...]
    meaning: Batch

    @property
    def parts(self) -> int:
        """How many parts the batch has."""
        return math.prod(self.mesh.shape[name] for name in self.over)


@dataclass(frozen=True, kw_only=True)
class MeshTransform(Transform):
    """A transformation that is told of the mesh.

    Attributes:
        parameters: the names of the parameters by which it is.
    """

    parameters: tuple[str, ...]

    def options(self, axes: Axes, *, differentiated: bool) -> dict[str, Any]:
        """What it is told, by the names of its parameters."""
        assert isinstance(axes, MeshAxes)
        options: dict[str, Any] = {
            "mesh": axes.mesh,
            "in_specs": axes.in_specs,
            "names": axes.over,
            "parts": axes.parts,
            "in_axes": axes.in_axes,
            "out_axis": axes.out_axis if axes.meaning == "stacked" else None,
            "out_specs": _out_specs(axes, differentiated=differentiated),
        }
        return {name: options[name] for name in self.parameters}


def _out_specs(axes: MeshAxes, *, differentiated: bool) -> Any:
    """Where results lie: along the batch, with their arguments, or on all devices alike."""
    from jax.sharding import PartitionSpec

    if axes.meaning == "stacked":
        return PartitionSpec(*(None,) * axes.out_axis, axes.over)
    if axes.meaning == "mean of gradients" or not differentiated:
        return PartitionSpec()
    if isinstance(axes.argnums, int):
        return axes.in_specs[axes.argnums]
    return tuple(axes.in_specs[place] for place in axes.argnums)


def jit(function: Function, mesh: Any, in_specs: tuple[Any, ...]) -> Function:
    """Compile for arguments that lie on the mesh."""
    import jax
    from jax.sharding import NamedSharding, PartitionSpec

    shardings = jax.tree.map(
        lambda spec: NamedSharding(mesh, spec),
        in_specs,
        is_leaf=lambda tree: isinstance(tree, PartitionSpec),
    )
    compiled: Function = jax.jit(function, in_shardings=shardings)
    return compiled


def device_put(function: Function, mesh: Any, in_specs: tuple[Any, ...]) -> Function:
    """Put the arguments onto the mesh, and let the computation follow them."""
    import jax
    from jax.sharding import NamedSharding, PartitionSpec

    shardings = jax.tree.map(
        lambda spec: NamedSharding(mesh, spec),
        in_specs,
        is_leaf=lambda tree: isinstance(tree, PartitionSpec),
    )
    return lambda *arguments: function(*map(jax.device_put, arguments, shardings))


def pmean(function: Function, names: tuple[str, ...]) -> Function:
    """Take the mean over the devices of all that a function returns."""
    import jax

    return lambda *arguments: jax.lax.pmean(function(*arguments), names)


def psum(function: Function, names: tuple[str, ...], parts: int) -> Function:
    """Sum over the devices what a function returns, divided by their number."""
    import jax

    def summed(*arguments: Any) -> Any:
        results = function(*arguments)
        return jax.lax.psum(jax.tree.map(lambda result: result / parts, results), names)

    return summed


def pmap(
    function: Function,
    parts: int,
    names: tuple[str, ...],
    in_axes: tuple[Any, ...],
    out_axis: int | None,
    mesh: Any,
) -> Function:
    """Split the batch into a part for each device, call by ``jax.pmap``, and join the results."""
    import jax

    mapped = jax.pmap(
        function,
        axis_name=names[0],
        in_axes=in_axes,
        out_axes=out_axis,
        devices=list(mesh.devices.flat),
    )

    def split(axes: Any, argument: Any) -> Any:
        def parted(axis: int | None, leaf: Any) -> Any:
            if axis is None:
                return leaf
            shape = (parts, leaf.shape[axis] // parts)
            return leaf.reshape((*leaf.shape[:axis], *shape, *leaf.shape[axis + 1 :]))

        if axes is None:
            return argument
        return jax.tree.map(parted, axes, argument, is_leaf=lambda axis: axis is None)

    def join(result: Any) -> Any:
        if out_axis is None:
            return result
        shape = result.shape
        whole = (*shape[:out_axis], shape[out_axis] * shape[out_axis + 1], *shape[out_axis + 2 :])
        return result.reshape(whole)

    return lambda *arguments: jax.tree.map(join, mapped(*map(split, in_axes, arguments)))


_SPECS = ("mesh", "in_specs", "out_specs")

COLLECTIVE: dict[str, Transform] = {
    "pmean": MeshTransform(make=pmean, alike="", parameters=("names",)),
    "psum": MeshTransform(make=psum, alike="", parameters=("names", "parts")),
    "pvary": MeshTransform(make=pvary, alike="", parameters=("in_specs", "names")),
    "device_put": MeshTransform(make=device_put, alike="", parameters=_SPECS[:2]),
    "shard_map": MeshTransform(make=shard_map, alike="", parameters=_SPECS),
    "unchecked_shard_map": MeshTransform(make=unchecked_shard_map, alike="", parameters=_SPECS),
    "pmap": MeshTransform(
        make=pmap, alike="", parameters=("parts", "names", "in_axes", "out_axis", "mesh")
    ),
}
"""What says by itself where it runs; another ``jit`` around or inside it says nothing of that."""

SAYS_WHERE = frozenset(COLLECTIVE) - {"pmean", "psum", "pvary"}

IN_PARTS = SAYS_WHERE - {"device_put"}
"""What runs a function on each device's part of the arguments."""

TOLD_WHERE: dict[str, Transform] = {
    **TRANSFORMS,
    "jit": MeshTransform(make=jit, alike="", parameters=_SPECS[:2]),
}
"""Those of a law that ``jit`` tells where it runs."""

TELLING_WHERE: dict[str, Transform] = {**TRANSFORMS, **COLLECTIVE}
"""Those of a law that has a transformation for it."""
