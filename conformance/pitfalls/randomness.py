"""Keys: used twice, given where a number is wanted, or not given at all."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, Yields, family
from gradlaw.conformance.pitfalls.sources import KEYS, RANDOM, SHARP_BITS

_KEY = "key = jax.random.key(0)\n"

RANDOMNESS = family(
    "Random keys",
    Pitfall(
        name="key_used_twice",
        misuse=(
            f"{_KEY}"
            "pair = lambda s: (s * jax.random.uniform(key), s * jax.random.uniform(key))\n"
            "(lambda s: pair(s)[0] - pair(s)[1])(2.0)  # 0: the same number twice"
        ),
        expects=(
            Yields(
                value=0.0,
            ),
        ),
        remedy="Split the key: each is used once.",
        remedied=(
            f"{_KEY}first, second = jax.random.split(key)\n"
            "jax.random.uniform(first) != jax.random.uniform(second)"
        ),
        right=True,
        source=RANDOM,
    ),
    Pitfall(
        name="key_used_twice_and_checked",
        misuse=(
            "def pair(s):\n"
            "    with jax.debug_key_reuse(True):\n"
            "        key = jax.random.key(0)\n"
            "        return s * jax.random.uniform(key, (3,)) - s * jax.random.uniform(key, (3,))\n"
            "pair(2.0)"
        ),
        expects=(
            Raises(
                error="KeyReuseError",
                message=(
                    "Previously-consumed key passed to jit-compiled function at index 0\n"
                    "See …#jax.errors.KeyReuseError"
                ),
                phase="call",
            ),
            Yields(value=[0.0, 0.0, 0.0], modes=("jit", "scan")),
        ),
        remedy="Split the key: each is used once. Inside jit nothing is checked: check outside.",
        remedied=(
            "def apart():\n"
            "    with jax.debug_key_reuse(True):\n"
            "        first, second = jax.random.split(jax.random.key(0))\n"
            "        return jax.random.uniform(first) != jax.random.uniform(second)\n"
            "apart()"
        ),
        right=True,
        source=KEYS,
    ),
    Pitfall(
        name="seed_where_a_key_is_wanted",
        misuse="(lambda s: s * jax.random.uniform(0))(2.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "JAX encountered invalid PRNG key data: expected key_data to have ndim, shape, "
                    "and dtype attributes. Got 0"
                ),
            ),
        ),
        remedy="jax.random.key(seed) makes the key.",
        remedied="jnp.isfinite(jax.random.uniform(jax.random.key(0)))",
        right=True,
        source=KEYS,
    ),
    Pitfall(
        name="seed_that_is_a_float",
        misuse="(lambda s: jax.random.key(s))(0.0)",
        expects=(
            Raises(
                error="TypeError",
                message="PRNG key seed must be an integer; got …",
                phase="compile",
            ),
        ),
        remedy="A seed is an integer.",
        remedied="jnp.isfinite(jax.random.uniform(jax.random.key(0)))",
        right=True,
        source=KEYS,
    ),
    Pitfall(
        name="arithmetic_with_a_key",
        misuse=f"{_KEY}(lambda s: key + s)(1.0)",
        expects=(
            Raises(
                error="TypeError",
                message="add does not accept dtypes key<fry>, float32.",
            ),
        ),
        remedy="jax.random.fold_in(key, number).",
        remedied=f"{_KEY}jnp.isfinite(jax.random.uniform(jax.random.fold_in(key, 1)))",
        right=True,
        source=KEYS,
    ),
    Pitfall(
        name="batch_of_keys_for_one",
        misuse=(f"{_KEY}(lambda s: s * jax.random.uniform(jax.random.split(key)))(2.0)"),
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "uniform accepts a single key, but was given a key array of shape (2,) != (). "
                    "Use jax.vmap for batching."
                ),
            ),
        ),
        remedy="jax.vmap over the keys, or unpack them.",
        remedied=(f"{_KEY}jnp.isfinite(jax.vmap(jax.random.uniform)(jax.random.split(key)))"),
        right=[True, True],
        source=KEYS,
    ),
    Pitfall(
        name="draw_of_a_traced_shape",
        misuse=f"{_KEY}jax.jit(lambda s, n: s * jax.random.uniform(key, (n,)))(2.0, 2)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Shapes must be 1D sequences of concrete values of integer type, got (…,).\n"
                    "If using `jit`, try using `static_argnums` or applying `jit` to smaller "
                    "subfunctions.\n"
                    "The error occurred while tracing the function <lambda> at … for jit. This "
                    "concrete value was not available in Python because it depends on the value of "
                    "the argument n."
                ),
            ),
        ),
        remedy="What decides a shape is static.",
        remedied=(
            f"{_KEY}draw = lambda s, n: s * jax.random.uniform(key, (n,))\n"
            "jnp.isfinite(jax.jit(draw, static_argnums=1)(2.0, 2))"
        ),
        right=[True, True],
        source=KEYS,
    ),
    Pitfall(
        name="key_under_jvp",
        misuse=(
            f"{_KEY}draw = lambda key, s: s * jax.random.uniform(key)\n"
            "jax.jvp(draw, (key, 2.0), (key, 1.0))"
        ),
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "primal and tangent arguments to jax.jvp do not match; dtypes must be equal, "
                    "or in case of int/bool primal dtype the tangent dtype must be float0.…Got "
                    "primal dtype key<fry> and so expected tangent dtype [('float0', 'V')], but "
                    "got tangent dtype key<fry> instead."
                ),
            ),
        ),
        remedy="Differentiate by another argument: a lambda holds the key.",
        remedied=(
            f"{_KEY}draw = lambda s: s + 0.0 * jax.random.uniform(key)\n"
            "jax.jvp(draw, (2.0,), (1.0,))[1]"
        ),
        right=1.0,
        source=KEYS,
    ),
    Pitfall(
        name="numpy_random_under_jit",
        misuse=(
            "rng = np.random.default_rng(0)\n"
            "noisy = jax.jit(lambda x: x + rng.normal())\n"
            "(lambda x: noisy(x) - noisy(x))(2.0)  # 0: drawn once, while it was traced"
        ),
        expects=(
            Yields(
                value=0.0,
            ),
        ),
        remedy="jax.random, with a key for each call.",
        remedied=(
            "noisy = jax.jit(lambda x, key: x + jax.random.uniform(key))\n"
            "first, second = jax.random.split(jax.random.key(0))\n"
            "noisy(2.0, first) != noisy(2.0, second)"
        ),
        right=True,
        source=SHARP_BITS,
    ),
)
