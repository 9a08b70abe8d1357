"""Batches that the devices do not divide: the documented error, and what to do instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from gradlaw.conformance.devices.releases import shard_map
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises

DEVICES = 4
"""That six examples are not divided by; two devices divide them."""

_EXAMPLES = [1.0, 2.0, 3.0, 5.0, 6.0, 7.0]
_RIGHT = [4.0 * x * x for x in _EXAMPLES]
_MESHES = "JAX documentation, Distributed arrays and automatic parallelization"
_PARTS = "JAX documentation, Manual parallelism with shard_map"
_REMEDY = "Pad the batch, or take a mesh whose devices divide it."


def _gradients(w: Any, x: Any) -> Any:
    return jax.vmap(jax.grad(lambda w, x: (w * x) ** 2), in_axes=(None, 0))(w, x)


def _mesh(devices: int) -> Mesh:
    return Mesh(np.array(jax.devices()[:devices]), ("i",))


def _shardings(devices: int) -> tuple[NamedSharding, NamedSharding]:
    mesh = _mesh(devices)
    return NamedSharding(mesh, PartitionSpec()), NamedSharding(mesh, PartitionSpec("i"))


def _in_shardings(devices: int) -> Callable[..., object]:
    compiled: Callable[..., object] = jax.jit(_gradients, in_shardings=_shardings(devices))
    return compiled


def _put(devices: int) -> Callable[..., object]:
    whole, split = _shardings(devices)
    return lambda w, x: _gradients(jax.device_put(w, whole), jax.device_put(x, split))


def _in_parts(devices: int) -> Callable[..., object]:
    specs = PartitionSpec(), PartitionSpec("i")
    mapped = shard_map(lambda w, x: w * w * x * x, _mesh(devices), specs, specs[1])
    return lambda w, x: jax.grad(lambda w: jnp.sum(mapped(w, x)))(w)


def _arguments() -> tuple[object, ...]:
    return jnp.float32(2.0), jnp.array(_EXAMPLES)


def _unevenly(what: str) -> tuple[Raises, ...]:
    """The error of an array that a sharding does not divide, in the words of each release."""
    return (
        Raises(
            error="ValueError",
            message=(
                rf"One of {what} was given the sharding of NamedSharding\(.*\), which implies that "
                r"the global size of its dimension 0 should be divisible by 4, but it is equal to "
                r"6 \(full shape: \(6,\)\)"
            ),
            phase="trace",
            releases="<0.9",
        ),
        Raises(
            error="IndivisibleError",
            message=(
                rf"(Sharding|One of {what} was given the sharding) NamedSharding\(.*\) implies "
                r"that array axis 0 is partitioned 4 times, but the dimension size is 6 "
                r"\(full shape: \(6,\), per-dimension tiling factors: [\[(]4,?[\])] should evenly "
                r"divide the shape\)(.|\n)*"
            ),
            phase="trace",
            releases=">=0.9",
        ),
    )


INDIVISIBLE = (
    Pitfall(
        name="batch_not_divided_by_in_shardings",
        misuse="jax.jit(jax.vmap(jax.grad(f), (None, 0)), in_shardings=(all, by_four))(w, x[:6])",
        wrap=lambda: _in_shardings(DEVICES),
        arguments=_arguments,
        raises=_unevenly(r"pjit arguments with pytree key path .*"),
        remedy=_REMEDY,
        remedied=lambda: _in_shardings(2)(*_arguments()),
        right=_RIGHT,
        source=_MESHES,
    ),
    Pitfall(
        name="batch_not_divided_by_device_put",
        misuse="jax.device_put(x[:6], NamedSharding(mesh_of_four, PartitionSpec('i')))",
        wrap=lambda: _put(DEVICES),
        arguments=_arguments,
        raises=_unevenly("device_put args"),
        remedy=_REMEDY,
        remedied=lambda: _put(2)(*_arguments()),
        right=_RIGHT,
        source=_MESHES,
    ),
    Pitfall(
        name="batch_not_divided_by_shard_map",
        misuse="jax.grad(lambda w: jnp.sum(jax.shard_map(f, mesh=mesh_of_four, …)(w, x[:6])))(w)",
        wrap=lambda: _in_parts(DEVICES),
        arguments=_arguments,
        raises=(
            Raises(
                error="ValueError",
                message=(
                    r"shard_map applied to the function '<lambda>' was given argument arrays with "
                    r"axis sizes that are not evenly divisible by the corresponding mesh axis "
                    r"sizes:(.|\n)*which maps array axis 0 \(of size 6\) to mesh axis 'i' "
                    r"\(of size 4\), but 4 does not evenly divide 6(.|\n)*"
                ),
                phase="trace",
            ),
        ),
        remedy=_REMEDY,
        remedied=lambda: _in_parts(2)(*_arguments()),
        right=4.0 * sum(x * x for x in _EXAMPLES),
        source=_PARTS,
    ),
)
"""Misuses on four devices."""
