"""Batches that the devices do not divide: the documented error, and what to do instead."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, family
from gradlaw.conformance.pitfalls.sources import SHARDING

_MESH = (
    "mesh = jax.sharding.Mesh(np.array(jax.devices()[:{devices}]), ('i',))\n"
    "all, split = (\n"
    "    jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec(*axes))\n"
    "    for axes in ('', 'i')\n"
    ")\n"
)
_ARGUMENTS = "w, x = jnp.float32(2.0), jnp.array([1.0, 2.0, 3.0, 5.0, 6.0, 7.0])\n"
_GRADIENTS = "f = jax.vmap(jax.grad(lambda w, x: (w * x) ** 2), in_axes=(None, 0))\n"
_SHARD_MAP = (
    "try:\n    from jax import shard_map\n"
    "except ImportError:\n    from jax.experimental.shard_map import shard_map\n"
    "specs = jax.sharding.PartitionSpec(), jax.sharding.PartitionSpec('i')\n"
    "f = lambda w, x: w * w * x * x\n"
)
_IN_PARTS = (
    "g = shard_map(f, mesh=mesh, in_specs=specs, out_specs=specs[1])\n"
    "jax.grad(lambda w: jnp.sum(g(w, x)))(w)"
)
_RIGHT = [4.0 * x * x for x in (1.0, 2.0, 3.0, 5.0, 6.0, 7.0)]
_REMEDY = "Pad the batch, or take a mesh whose devices divide it."


def _unevenly(what: str) -> tuple[Raises, ...]:
    """The error of an array that a sharding does not divide, in the words of each release."""
    uneven = (
        "NamedSharding(…) implies that array axis 0 is partitioned 4 times, but the dimension size "
        "is 6 (full shape: (6,), per-dimension tiling factors: "
    )
    return (
        Raises(
            error="ValueError",
            message=(
                f"One of {what} was given the sharding of NamedSharding(…), which implies that "
                "the global size of its dimension 0 should be divisible by 4, but it is equal to "
                "6 (full shape: (6,))"
            ),
            phase="call",
            releases="<0.9",
        ),
        Raises(
            error="IndivisibleError",
            message=f"Sharding {uneven}[4] should evenly divide the shape)",
            phase="call",
            releases=">=0.9,<0.11",
        ),
        Raises(
            error="IndivisibleError",
            message=(
                f"One of {what} was given the sharding {uneven}(4,) should evenly divide the "
                "shape)…"
            ),
            phase="call",
            releases=">=0.11",
        ),
    )


INDIVISIBLE = family(
    "Devices and shardings",
    Pitfall(
        name="batch_not_divided_by_in_shardings",
        misuse=(
            f"{_MESH.format(devices=4)}{_ARGUMENTS}{_GRADIENTS}"
            "jax.jit(f, in_shardings=(all, split))(w, x)"
        ),
        expects=_unevenly("pjit arguments with pytree key path x"),
        remedy=_REMEDY,
        remedied=(
            f"{_MESH.format(devices=2)}{_ARGUMENTS}{_GRADIENTS}"
            "jax.jit(f, in_shardings=(all, split))(w, x)"
        ),
        right=_RIGHT,
        source=SHARDING,
        devices=4,
        modes=("eager",),
    ),
    Pitfall(
        name="batch_not_divided_by_device_put",
        misuse=(
            f"{_MESH.format(devices=4)}{_ARGUMENTS}{_GRADIENTS}"
            "(lambda w, x: f(jax.device_put(w, all), jax.device_put(x, split)))(w, x)"
        ),
        expects=_unevenly("device_put args"),
        remedy=_REMEDY,
        remedied=(
            f"{_MESH.format(devices=2)}{_ARGUMENTS}{_GRADIENTS}"
            "(lambda w, x: f(jax.device_put(w, all), jax.device_put(x, split)))(w, x)"
        ),
        right=_RIGHT,
        source=SHARDING,
        devices=4,
        modes=("eager",),
    ),
    Pitfall(
        name="batch_not_divided_by_shard_map",
        misuse=f"{_MESH.format(devices=4)}{_ARGUMENTS}{_SHARD_MAP}{_IN_PARTS}",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "shard_map applied to the function '<lambda>' was given argument arrays with "
                    "axis sizes that are not evenly divisible by the corresponding mesh axis "
                    "sizes:…which maps array axis 0 (of size 6) to mesh axis 'i' (of size 4), but "
                    "4 does not evenly divide 6…"
                ),
                phase="call",
            ),
        ),
        remedy=_REMEDY,
        remedied=f"{_MESH.format(devices=2)}{_ARGUMENTS}{_SHARD_MAP}{_IN_PARTS}",
        right=4.0 * 124.0,
        source=SHARDING,
        devices=4,
        modes=("eager",),
    ),
)
"""Misuses on four devices."""
