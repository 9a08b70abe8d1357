"""Gradients that are zero without a word, and callbacks, which have none."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, Yields, family
from gradlaw.conformance.pitfalls.sources import (
    ADVANCED_AUTODIFF,
    AUTODIFF,
    CALLBACKS,
    SHARP_BITS,
)

_ROW = "jnp.array([1.0, 3.0])"
_CALL = "out = jax.ShapeDtypeStruct((), jnp.float32)\n"

ZEROS = family(
    "Gradients that are silently zero",
    Pitfall(
        name="gradient_through_stop_gradient",
        misuse="jax.jit(jax.grad(lambda x: jax.lax.stop_gradient(x) * 2.0))(3.0)",
        expects=(
            Yields(
                value=0.0,
            ),
        ),
        remedy="Stop only the part that is held fixed.",
        remedied="jax.grad(lambda x: jax.lax.stop_gradient(x) * x)(3.0)",
        right=3.0,
        source=ADVANCED_AUTODIFF,
    ),
    Pitfall(
        name="gradient_through_an_integer_cast",
        misuse="jax.jit(jax.grad(lambda x: x.astype(int) * 2.0))(3.0)",
        expects=(
            Yields(
                value=0.0,
            ),
        ),
        remedy="Stay with floats; where a whole number is meant, pass the gradient straight.",
        remedied=(
            "whole = lambda x: x + jax.lax.stop_gradient(x.astype(int).astype(float) - x)\n"
            "jax.grad(lambda x: whole(x) * 2.0)(3.0)"
        ),
        right=2.0,
        source=AUTODIFF,
    ),
    Pitfall(
        name="gradient_through_round",
        misuse="jax.jit(jax.grad(lambda x: jnp.round(x) ** 2))(3.25)",
        expects=(
            Yields(
                value=0.0,
            ),
        ),
        remedy="The straight-through estimator: x + stop_gradient(round(x) - x).",
        remedied=(
            "rounded = lambda x: x + jax.lax.stop_gradient(jnp.round(x) - x)\n"
            "jax.grad(lambda x: rounded(x) ** 2)(3.25)"
        ),
        right=6.0,
        source=ADVANCED_AUTODIFF,
    ),
    Pitfall(
        name="gradient_through_floor",
        misuse="jax.jit(jax.grad(lambda x: jnp.floor(x) * x))(3.25)  # 3, without the floor's",
        expects=(
            Yields(
                value=3.0,
            ),
        ),
        remedy="Between its steps a floor is constant: leave it out, or smooth it.",
        remedied="jax.grad(lambda x: x * x)(3.25)",
        right=6.5,
        source=AUTODIFF,
    ),
    Pitfall(
        name="gradient_through_a_comparison",
        misuse="jax.jit(jax.grad(lambda x: jnp.sum(x > 2.0) * 1.0))(jnp.array([1.0, 3.0]))",
        expects=(
            Yields(
                value=[0.0, 0.0],
            ),
        ),
        remedy="A smooth count: jax.nn.sigmoid of the distance.",
        remedied=(
            "jax.jit(jax.grad(lambda x: jnp.sum(jax.nn.sigmoid(x - 2.0))))(jnp.array([2.0, 2.0]))"
        ),
        right=[0.25, 0.25],
        source=AUTODIFF,
    ),
    Pitfall(
        name="gradient_through_argmax",
        misuse=f"jax.jit(jax.grad(lambda x: jnp.argmax(x) * 1.0))({_ROW})",
        expects=(
            Yields(
                value=[0.0, 0.0],
            ),
        ),
        remedy="A soft argmax: the softmax' mean of the indices.",
        remedied=(
            "soft = lambda x: jnp.sum(jax.nn.softmax(x) * jnp.arange(2))\n"
            "jax.jit(jax.grad(soft))(jnp.array([1.0, 1.0]))"
        ),
        right=[-0.25, 0.25],
        source=AUTODIFF,
    ),
    Pitfall(
        name="gradient_through_an_index",
        misuse=f"table = {_ROW}\njax.jit(jax.grad(lambda x: table[x.astype(int)]))(0.5)",
        expects=(
            Yields(
                value=0.0,
            ),
        ),
        remedy="Interpolate: jnp.interp.",
        remedied=(
            f"table = {_ROW}\n"
            "between = lambda x: jnp.interp(x, jnp.arange(2.0), table)\n"
            "jax.jit(jax.grad(between))(0.5)"
        ),
        right=2.0,
        source=AUTODIFF,
    ),
    Pitfall(
        name="gradient_by_what_is_not_used",
        misuse="jax.jit(jax.grad(lambda w, x: x * x))(2.0, 3.0)  # by w, which it does not hold",
        expects=(
            Yields(
                value=0.0,
            ),
        ),
        remedy="argnums names the argument.",
        remedied="jax.grad(lambda w, x: x * x, argnums=1)(2.0, 3.0)",
        right=6.0,
        source=AUTODIFF,
    ),
    Pitfall(
        name="where_beside_a_pole",
        misuse=(
            "f = lambda x: jnp.where(x > -1.0, jnp.log(x + 1.0), 0.0)\n"
            "jax.jit(jax.grad(f))(-1.0)  # nan"
        ),
        expects=(
            Yields(
                value=float("nan"),
            ),
        ),
        remedy="Replace the argument too: both branches are differentiated, and 0 × ∞ is NaN.",
        remedied=(
            "def f(x):\n"
            "    inside = x > -1.0\n"
            "    return jnp.where(inside, jnp.log(jnp.where(inside, x, 0.0) + 1.0), 0.0)\n"
            "jax.jit(jax.grad(f))(-1.0)"
        ),
        right=0.0,
        source=SHARP_BITS,
    ),
)

CALLBACK = family(
    "Callbacks",
    Pitfall(
        name="gradient_through_pure_callback",
        misuse=(
            f"{_CALL}square = lambda x: jax.pure_callback(lambda v: np.square(v), out, x)\n"
            "jax.grad(square)(3.0)"
        ),
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Pure callbacks do not support JVP. Please use `jax.custom_jvp` to use "
                    "callbacks while taking gradients."
                ),
            ),
        ),
        remedy="Give the function a rule: jax.custom_jvp.",
        remedied=(
            "square = jax.custom_jvp(lambda x: x * x)\n"
            "square.defjvp(lambda p, t: (square(p[0]), 2.0 * p[0] * t[0]))\n"
            "jax.grad(square)(3.0)"
        ),
        right=6.0,
        source=CALLBACKS,
    ),
    Pitfall(
        name="gradient_through_io_callback",
        misuse=(
            "from jax.experimental import io_callback\n"
            f"{_CALL}square = lambda x: io_callback(lambda v: np.square(v), out, x)\n"
            "jax.grad(square)(3.0)"
        ),
        expects=(
            Raises(
                error="ValueError",
                message="IO callbacks do not support JVP.",
            ),
        ),
        remedy="Give the function a rule: jax.custom_jvp.",
        remedied=(
            "square = jax.custom_jvp(lambda x: x * x)\n"
            "square.defjvp(lambda p, t: (square(p[0]), 2.0 * p[0] * t[0]))\n"
            "jax.grad(square)(3.0)"
        ),
        right=6.0,
        source=CALLBACKS,
    ),
    Pitfall(
        name="callback_under_vmap_without_a_method",
        misuse=(
            f"{_CALL}square = lambda x: jax.pure_callback(lambda v: np.square(v), out, x)\n"
            "jax.vmap(square)(jnp.array([1.0, 3.0]))"
        ),
        expects=(
            Yields(
                value=[1.0, 9.0],
                warning="DeprecationWarning",
                message=(
                    "The default behavior of pure_callback under vmap will soon change. Currently, "
                    "the default behavior is to generate a sequential vmap (i.e. a loop), but in "
                    "the future the default will be to raise an error. To keep the current "
                    "default, set vmap_method='sequential'."
                ),
                releases=">=0.5,<0.6",
            ),
            Raises(
                error="NotImplementedError",
                message=(
                    "vmap is only supported for the pure_callback primitive when vmap_method is "
                    "one of 'sequential', 'sequential_unrolled', 'expand_dims', 'broadcast_all', "
                    "or 'legacy_vectorized'. Got vmap_method=None."
                ),
                releases=">=0.6",
            ),
            Raises(
                error="ValueError",
                message=(
                    "Pure callbacks do not support JVP. Please use `jax.custom_jvp` to use "
                    "callbacks while taking gradients."
                ),
                releases=">=0.5,<0.6",
                modes=("grad",),
            ),
        ),
        remedy="vmap_method='expand_dims' calls it once with the batch, 'sequential' row by row.",
        remedied=(
            f"{_CALL}"
            "def square(x):\n"
            "    method = 'expand_dims'\n"
            "    return jax.pure_callback(lambda v: np.square(v), out, x, vmap_method=method)\n"
            "jax.vmap(square)(jnp.array([1.0, 3.0]))"
        ),
        right=[1.0, 9.0],
        source=CALLBACKS,
    ),
    Pitfall(
        name="ordered_callback_under_vmap",
        misuse=(
            "from jax.experimental import io_callback\n"
            f"{_CALL}square = lambda x: io_callback(lambda v: np.square(v), out, x, ordered=True)\n"
            "jax.vmap(square)(jnp.array([1.0, 3.0]))"
        ),
        expects=(
            Raises(
                error="ValueError",
                message="Cannot `vmap` ordered IO callback.",
            ),
        ),
        remedy="A batch has no order: ordered=False.",
        remedied=(
            "from jax.experimental import io_callback\n"
            f"{_CALL}square = lambda x: io_callback(lambda v: np.square(v), out, x)\n"
            "jax.vmap(square)(jnp.array([1.0, 3.0]))"
        ),
        right=[1.0, 9.0],
        source=CALLBACKS,
    ),
)
