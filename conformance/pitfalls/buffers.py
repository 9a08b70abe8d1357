"""Arrays that are gone, that cannot be changed, or that live elsewhere."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, Yields, family
from gradlaw.conformance.pitfalls.sources import DONATION, INDEXING, SHARDING, SHARP_BITS

_ROW = "jnp.array([1.0, 3.0])"
_MESH = "mesh = jax.sharding.Mesh(np.array(jax.devices()[:2]), ('rows',))\n"
_OVER = "jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec('rows'))"

BUFFERS = family(
    "Donated and deleted buffers",
    Pitfall(
        name="donated_and_used_again",
        misuse=(
            "double = jax.jit(lambda x: 2.0 * x, donate_argnums=0)\n"
            "x = jnp.ones(2)\n"
            "double(x)\n"
            "x + 1.0"
        ),
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "INVALID_ARGUMENT: Invalid buffer passed: buffer has been deleted or donated."
                ),
                phase="call",
                releases=">=0.5,<0.9",
            ),
            Raises(
                error="ValueError",
                message=(
                    "INVALID_ARGUMENT: Invalid buffer passed to Execute() as argument 0 to replica "
                    "0: INVALID_ARGUMENT: Buffer has been deleted or donated."
                ),
                phase="call",
                releases=">=0.9,<0.12",
            ),
            Raises(
                error="RuntimeError",
                message="Array has been deleted with shape=float32[2].",
                phase="compile",
                releases=">=0.12",
            ),
            Raises(
                error="RuntimeError",
                message="Array has been deleted with shape=float32[2].",
                releases=">=0.5,<0.12",
                modes=(
                    "jit",
                    "scan",
                ),
            ),
        ),
        remedy="Take the new name for the result: x = double(x).",
        remedied=(
            "double = jax.jit(lambda x: 2.0 * x, donate_argnums=0)\n"
            "x = double(jnp.ones(2))\n"
            "x + 1.0"
        ),
        right=[3.0, 3.0],
        source=DONATION,
    ),
    Pitfall(
        name="donated_twice_in_one_call",
        misuse=(
            "add = jax.jit(lambda x, y: (x + y, x - y), donate_argnums=(0, 1))\n"
            "(lambda x: add(x, x))(jnp.ones(2) + 0.0)"
        ),
        expects=(
            Raises(
                error="XlaRuntimeError",
                message=(
                    "INVALID_ARGUMENT: Attempt to donate the same buffer twice in Execute() "
                    "(flattened argument 1, replica 0, partition 0, first use: 0). Toy example for "
                    "this bug: `f(donate(a), donate(a))`."
                ),
                phase="call",
                releases=">=0.5,<0.8",
            ),
            Raises(
                error="JaxRuntimeError",
                message=(
                    "INVALID_ARGUMENT: Attempt to donate the same buffer twice in Execute() "
                    "(flattened argument 1, replica 0, partition 0, first use: 0). Toy example for "
                    "this bug: `f(donate(a), donate(a))`."
                ),
                phase="call",
                releases=">=0.8",
            ),
            Yields(
                value=([2.0, 2.0], [0.0, 0.0]),
                modes=(
                    "jit",
                    "vmap",
                    "scan",
                ),
            ),
        ),
        remedy="Donate a buffer once.",
        remedied=(
            "add = jax.jit(lambda x, y: (x + y, x - y), donate_argnums=(0, 1))\n"
            "add(jnp.array([1.0, 1.0]), jnp.array([1.0, 1.0]))"
        ),
        right=([2.0, 2.0], [0.0, 0.0]),
        source=DONATION,
    ),
    Pitfall(
        name="donated_for_nothing",
        misuse=("jax.jit(lambda x: jnp.sum(x), donate_argnums=0)(jnp.ones(2))"),
        expects=(
            Yields(
                value=2.0,
                warning="UserWarning",
                message=(
                    "Some donated buffers were not usable: ShapedArray(float32[2]).\n"
                    "See an explanation at "
                    "…/en/latest/faq.html#buffer-donation."
                ),
                releases=">=0.5,<0.6.1",
            ),
            Yields(
                value=2.0,
                warning="UserWarning",
                message=(
                    "Some donated buffers were not usable: float32[2].\n"
                    "See an explanation at https://docs.jax.dev/en/latest/faq.html#buffer-donation."
                ),
                releases=">=0.6.1,<0.12",
            ),
            Yields(
                value=2.0,
                warning="UserWarning",
                message=(
                    "Some donated buffers were not usable: float32[2].\n"
                    "See an explanation at "
                    "https://docs.jax.dev/en/latest/201/jit.html#jax-201-buffer-donation."
                ),
                releases=">=0.12",
            ),
            Yields(
                value=2.0,
                modes=(
                    "jit",
                    "scan",
                ),
            ),
            Yields(
                value=2.0,
                warning="UserWarning",
                message=(
                    "Some donated buffers were not usable: ShapedArray(float32[2,2]).\n"
                    "See an explanation at "
                    "…/en/latest/faq.html#buffer-donation."
                ),
                releases=">=0.5,<0.6.1",
                modes=("vmap",),
            ),
            Yields(
                value=2.0,
                warning="UserWarning",
                message=(
                    "Some donated buffers were not usable: float32[2,2].\n"
                    "See an explanation at https://docs.jax.dev/en/latest/faq.html#buffer-donation."
                ),
                releases=">=0.6.1,<0.12",
                modes=("vmap",),
            ),
            Yields(
                value=2.0,
                warning="UserWarning",
                message=(
                    "Some donated buffers were not usable: float32[2,2].\n"
                    "See an explanation at "
                    "https://docs.jax.dev/en/latest/201/jit.html#jax-201-buffer-donation."
                ),
                releases=">=0.12",
                modes=("vmap",),
            ),
        ),
        remedy="A donated buffer needs an output of its shape and dtype.",
        remedied="jax.jit(lambda x: x + jnp.sum(x), donate_argnums=0)(jnp.ones(2))",
        right=[3.0, 3.0],
        source=DONATION,
    ),
    Pitfall(
        name="deleted_and_used_again",
        misuse=f"x = {_ROW}\nx.delete()\nx * 2.0",
        expects=(
            Raises(
                error="RuntimeError",
                message="Array has been deleted with shape=float32[2].",
                phase="compile",
            ),
        ),
        remedy="Delete what is used no more.",
        remedied=f"x = {_ROW}\ny = x * 2.0\nx.delete()\ny",
        right=[2.0, 6.0],
        source=DONATION,
    ),
)

ASSIGNMENT = family(
    "Assignment and indices",
    Pitfall(
        name="assignment_to_an_element",
        misuse=(f"def zeroed(x):\n    x[0] = 0.0\n    return x\nzeroed({_ROW})"),
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "JAX arrays are immutable and do not support in-place item assignment. Instead "
                    "of x[idx] = y, use x = x.at[idx].set(y) or another .at[] method: "
                    "https://…jax.…/en/latest/_autosummary/jax.numpy.ndarray.at.html"
                ),
            ),
        ),
        remedy="x.at[0].set(0.0) returns a new array.",
        remedied=f"(lambda x: x.at[0].set(0.0))({_ROW})",
        right=[0.0, 3.0],
        source=SHARP_BITS,
    ),
    Pitfall(
        name="set_and_thrown_away",
        misuse=(f"def zeroed(x):\n    x.at[0].set(0.0)\n    return x\nzeroed({_ROW})  # unchanged"),
        expects=(
            Yields(
                value=[1.0, 3.0],
            ),
        ),
        remedy="x = x.at[0].set(0.0).",
        remedied=f"(lambda x: x.at[0].set(0.0))({_ROW})",
        right=[0.0, 3.0],
        source=INDEXING,
    ),
    Pitfall(
        name="assignment_to_a_numpy_view",
        misuse=f"view = np.asarray({_ROW})\nview.__setitem__(0, 0.0)",
        expects=(
            Raises(
                error="ValueError",
                message="assignment destination is read-only",
            ),
        ),
        remedy="np.array copies; np.asarray looks at JAX's own buffer, which is read-only.",
        remedied=f"copy = np.array({_ROW})\ncopy[0] = 0.0\ncopy",
        right=[0.0, 3.0],
        source=SHARP_BITS,
    ),
    Pitfall(
        name="index_out_of_range_is_clamped",
        misuse=f"(lambda x: x[7])({_ROW})  # the last element",
        expects=(
            Yields(
                value=3.0,
            ),
        ),
        remedy="x.at[i].get(mode='fill') returns NaN where there is none.",
        remedied=f"(lambda x: x.at[7].get(mode='fill'))({_ROW})",
        right=float("nan"),
        source=SHARP_BITS,
    ),
    Pitfall(
        name="update_out_of_range_is_dropped",
        misuse=f"(lambda x: x.at[7].set(0.0))({_ROW})  # unchanged",
        expects=(
            Yields(
                value=[1.0, 3.0],
            ),
        ),
        remedy="mode='clip' sets the last element; check the index where it is made.",
        remedied=f"(lambda x: x.at[7].set(0.0, mode='clip'))({_ROW})",
        right=[1.0, 0.0],
        source=SHARP_BITS,
    ),
    Pitfall(
        name="gradient_of_a_clamped_index",
        misuse=f"jax.jit(jax.grad(lambda x: x[7]))({_ROW})  # of the last element",
        expects=(
            Yields(
                value=[0.0, 0.0],
                releases=">=0.5,<0.9",
            ),
            Yields(
                value=[0.0, 1.0],
                releases=">=0.9",
            ),
        ),
        remedy="mode='fill' has a gradient of 0 where there is no element.",
        remedied=f"jax.grad(lambda x: x.at[7].get(mode='fill', fill_value=0.0))({_ROW})",
        right=[0.0, 0.0],
        source=SHARP_BITS,
    ),
    Pitfall(
        name="index_by_a_list",
        misuse=f"(lambda x: x[[1, 0]])({_ROW})",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Using a non-tuple sequence for multidimensional indexing is not allowed; use "
                    "`arr[array(seq)]` instead of `arr[seq]`. See "
                    "https://github.com/jax-ml/jax/issues/4564 for more information."
                ),
            ),
        ),
        remedy="x[jnp.array([1, 0])], or a tuple for several axes.",
        remedied=f"(lambda x: x[jnp.array([1, 0])])({_ROW})",
        right=[3.0, 1.0],
        source=SHARP_BITS,
    ),
    Pitfall(
        name="index_by_a_float",
        misuse=f"(lambda x: x[1.0])({_ROW})",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Indexer must have integer or boolean type, got indexer with type float32 at "
                    "position 0, indexer value 1.0"
                ),
                releases=">=0.5,<0.8.2",
            ),
            Raises(
                error="TypeError",
                message="Indexer must have integer or boolean type, got indexer with type float64",
                releases=">=0.8.2",
            ),
        ),
        remedy="An index is an integer: x[int(i)], i.astype(int) where it is traced.",
        remedied=f"(lambda x: x[1])({_ROW})",
        right=3.0,
        source=SHARP_BITS,
    ),
    Pitfall(
        name="sum_of_a_list",
        misuse="(lambda x: jnp.sum([x, 2.0 * x]))(3.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "sum requires ndarray or scalar arguments, got <class 'list'> at position 0."
                ),
            ),
        ),
        remedy="jnp.sum(jnp.array([...])): JAX's functions take no lists.",
        remedied="(lambda x: jnp.sum(jnp.array([x, 2.0 * x])))(3.0)",
        right=9.0,
        source=SHARP_BITS,
    ),
)

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
