"""Arrays that are gone."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, Yields, family
from gradlaw.conformance.pitfalls.sources import DONATION

_ROW = "jnp.array([1.0, 3.0])"

BUFFERS = family(
    "Donated and deleted buffers",
    Pitfall(
        name="donated_and_used_again",
        misuse=(
            "double = jax.jit(lambda x: 2.0 * x, donate_argnums=0)\n"
            "x = jnp.ones(2)\n"
            "x + 1.0\n"
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
                releases=">=0.9,<0.11.2",
            ),
            Raises(
                error="RuntimeError",
                message="Array has been deleted with shape=float32[2].",
                phase="compile",
                releases=">=0.11.2",
            ),
            Raises(
                error="RuntimeError",
                message="Array has been deleted with shape=float32[2].",
                releases=">=0.5,<0.11.2",
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
