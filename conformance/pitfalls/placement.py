"""Arrays that live on several devices, or on another one."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, family
from gradlaw.conformance.pitfalls.sources import SHARDING

_MESH = "mesh = jax.sharding.Mesh(np.array(jax.devices()[:2]), ('rows',))\n"
_OVER = "jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec('rows'))"

DEVICES = family(
    "Devices and shardings",
    Pitfall(
        name="operands_on_two_devices",
        misuse=("a, b = jax.devices()[:2]\njax.device_put(1.0, a) + jax.device_put(3.0, b)"),
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Received incompatible devices for jitted computation. Got argument x of add "
                    "with shape float32[] and …device ids [0] on platform … and argument y of add "
                    "with shape float32[] and …device ids [1] on platform …"
                ),
                phase="call",
            ),
        ),
        remedy="Bring both to one device: jax.device_put.",
        remedied=(
            "a, b = jax.devices()[:2]\n"
            "jax.device_put(1.0, a) + jax.device_put(jax.device_put(3.0, b), a)"
        ),
        right=4.0,
        source=SHARDING,
        devices=2,
        modes=("eager",),
    ),
    Pitfall(
        name="arguments_of_jit_on_two_devices",
        misuse=(
            "a, b = jax.devices()[:2]\n"
            "add = jax.jit(lambda x, y: x + y)\n"
            "add(jax.device_put(1.0, a), jax.device_put(3.0, b))"
        ),
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Received incompatible devices for jitted computation. Got argument x of "
                    "<lambda> with shape float32[] and …device ids [0] on platform … and argument "
                    "y of <lambda> with shape float32[] and …device ids [1] on platform …"
                ),
                phase="call",
            ),
        ),
        remedy="Bring both to one device; what was put nowhere follows by itself.",
        remedied=(
            "add = jax.jit(lambda x, y: x + y)\nadd(jax.device_put(1.0, jax.devices()[1]), 3.0)"
        ),
        right=4.0,
        source=SHARDING,
        devices=2,
        modes=("eager",),
    ),
    Pitfall(
        name="sharded_in_unequal_parts",
        misuse=f"{_MESH}jax.device_put(jnp.ones(3), {_OVER})",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "One of device_put args was given the sharding of NamedSharding(…), which "
                    "implies that the global size of its dimension 0 should be divisible by 2, "
                    "but it is equal to 3 (full shape: (3,))"
                ),
                phase="call",
                releases=">=0.5,<0.9",
            ),
            Raises(
                error="IndivisibleError",
                message=(
                    "Sharding NamedSharding(…) implies that array axis 0 is partitioned 2 times, "
                    "but the dimension size is 3 (full shape: (3,), per-dimension tiling factors: "
                    "[2] should evenly divide the shape)"
                ),
                phase="call",
                releases=">=0.9,<0.11",
            ),
            Raises(
                error="IndivisibleError",
                message=(
                    "One of device_put args was given the sharding NamedSharding(…) implies that "
                    "array axis 0 is partitioned 2 times, but the dimension size is 3 (full shape: "
                    "(3,), per-dimension tiling factors: (2,) should evenly divide the shape)…"
                ),
                phase="call",
                releases=">=0.11",
            ),
        ),
        remedy="The axis' length is a multiple of the mesh axis': pad it.",
        remedied=f"{_MESH}jax.device_put(jnp.ones(4), {_OVER})",
        right=[1.0, 1.0, 1.0, 1.0],
        source=SHARDING,
        devices=2,
        modes=("eager",),
    ),
    Pitfall(
        name="sharded_over_an_axis_that_is_none",
        misuse=f"{_MESH}jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec('columns'))",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Resource axis: columns of P…('columns',) is not found in mesh: ('rows',)."
                ),
                phase="call",
            ),
        ),
        remedy="Name an axis of the mesh.",
        remedied=f"{_MESH}jax.device_put(jnp.ones(4), {_OVER})",
        right=[1.0, 1.0, 1.0, 1.0],
        source=SHARDING,
        modes=("eager",),
    ),
)
