"""Functions that keep, read or change something beside their arguments."""

from __future__ import annotations

from gradlaw.conformance.documents import REVISITED
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, Yields, family
from gradlaw.conformance.pitfalls.sources import CONTROL_FLOW, ERRORS, SHARP_BITS

LEAKS = family(
    "Tracers that escape",
    Pitfall(
        name="leaked_tracer",
        misuse=(
            "kept = []\n"
            "def double(x):\n"
            "    kept.append(x)\n"
            "    return 2.0 * x\n"
            "jax.jit(double)(3.0)\n"
            "kept[0] + 1.0"
        ),
        expects=(
            Raises(
                error="UnexpectedTracerError",
                message=(
                    "Encountered an unexpected tracer. A function transformed by JAX had a side "
                    "effect, allowing for a reference to an intermediate value with type float32[] "
                    "wrapped in a … to escape the scope of the transformation.\n"
                    "JAX transformations require that functions explicitly return their outputs, "
                    "and disallow saving intermediate values to global state.\n"
                    "The function being traced when the value leaked was double at … traced for "
                    "jit.\n"
                    "…See …#jax.errors.UnexpectedTracerError"
                ),
                phase="call",
            ),
        ),
        remedy="Return whatever is wanted later.",
        remedied=("kept, doubled = jax.jit(lambda x: (x, 2.0 * x))(3.0)\n(kept + 1.0, doubled)"),
        right=(4.0, 6.0),
        source=REVISITED,
    ),
    Pitfall(
        name="leaked_by_grad",
        misuse=(
            "kept = []\n"
            "def square(x):\n"
            "    kept.append(x * x)\n"
            "    return kept[0]\n"
            "(lambda x: jax.grad(square)(x) + kept[0])(3.0)"
        ),
        expects=(
            Raises(
                error="UnexpectedTracerError",
                message=(
                    "Encountered an unexpected tracer. A function transformed by JAX had a side "
                    "effect, allowing for a reference to an intermediate value with type float32[] "
                    "wrapped in a … to escape the scope of the transformation.\n"
                    "JAX transformations require that functions explicitly return their outputs, "
                    "and disallow saving intermediate values to global state.\n"
                    "To catch the leak earlier, try setting the environment variable "
                    "JAX_CHECK_TRACER_LEAKS or using the `jax.checking_leaks` context manager.\n"
                    "See …#jax.errors.UnexpectedTracerError"
                ),
                phase="call",
                releases=">=0.5,<0.11.1",
            ),
            Raises(
                error="UnexpectedTracerError",
                message=(
                    "Encountered an unexpected tracer. A function transformed by JAX had a side "
                    "effect, allowing for a reference to an intermediate value with type float32[] "
                    "wrapped in a … to escape the scope of the transformation.\n"
                    "JAX transformations require that functions explicitly return their outputs, "
                    "and disallow saving intermediate values to global state.\n"
                    "To catch the leak earlier, try setting the environment variable "
                    "JAX_CHECK_TRACER_LEAKS or using the `jax.checking_leaks` context manager.\n"
                    "See …#jax.errors.UnexpectedTracerError"
                ),
                releases=">=0.11.1",
            ),
        ),
        remedy="has_aux=True passes on what comes beside the scalar.",
        remedied="jax.grad(lambda x: (x * x, x * x), has_aux=True)(3.0)",
        right=(6.0, 9.0),
        source=ERRORS,
    ),
    Pitfall(
        name="leaked_by_a_scan",
        misuse=(
            "kept = []\n"
            "def step(total, x):\n"
            "    kept.append(total)\n"
            "    return total + x, None\n"
            "(lambda x: jax.lax.scan(step, 0.0, x)[0] + kept[0])(jnp.array([1.0, 3.0]))"
        ),
        expects=(
            Raises(
                error="UnexpectedTracerError",
                message=(
                    "Encountered an unexpected tracer. A function transformed by JAX had a side "
                    "effect, allowing for a reference to an intermediate value with type float32[] "
                    "wrapped in a … to escape the scope of the transformation.\n"
                    "JAX transformations require that functions explicitly return their outputs, "
                    "and disallow saving intermediate values to global state.\n"
                    "The function being traced when the value leaked was step at … traced for "
                    "scan.\n"
                    "…See …#jax.errors.UnexpectedTracerError"
                ),
                phase="call",
            ),
        ),
        remedy="Return it: the scan stacks each step's output.",
        remedied="jax.lax.scan(lambda t, x: (t + x, t), 0.0, jnp.array([1.0, 3.0]))",
        right=(4.0, [0.0, 1.0]),
        source=ERRORS,
    ),
    Pitfall(
        name="leaked_by_vmap",
        misuse=(
            "kept = []\n"
            "def double(x):\n"
            "    kept.append(x)\n"
            "    return 2.0 * x\n"
            "(lambda x: jax.vmap(double)(x) + kept[0])(jnp.array([1.0, 3.0]))"
        ),
        expects=(
            Raises(
                error="UnexpectedTracerError",
                message=(
                    "Encountered an unexpected tracer. A function transformed by JAX had a side "
                    "effect, allowing for a reference to an intermediate value with type float32[] "
                    "wrapped in a … to escape the scope of the transformation.\n"
                    "JAX transformations require that functions explicitly return their outputs, "
                    "and disallow saving intermediate values to global state.\n"
                    "To catch the leak earlier, try setting the environment variable "
                    "JAX_CHECK_TRACER_LEAKS or using the `jax.checking_leaks` context manager.\n"
                    "See …#jax.errors.UnexpectedTracerError"
                ),
            ),
        ),
        remedy="Return it.",
        remedied="jax.vmap(lambda x: (2.0 * x, x))(jnp.array([1.0, 3.0]))",
        right=([2.0, 6.0], [1.0, 3.0]),
        source=ERRORS,
    ),
    Pitfall(
        name="leaked_by_a_memory_of_results",
        misuse=(
            "from functools import lru_cache\n"
            "@lru_cache\n"
            "def scale():\n"
            "    return jnp.sum(jnp.ones(2))\n"
            "jax.jit(lambda x: x * scale())(3.0)\n"
            "(lambda x: x * scale())(3.0)"
        ),
        expects=(
            Raises(
                error="UnexpectedTracerError",
                message=(
                    "Encountered an unexpected tracer. A function transformed by JAX had a side "
                    "effect, allowing for a reference to an intermediate value with type float32[] "
                    "wrapped in a … to escape the scope of the transformation.\n"
                    "JAX transformations require that functions explicitly return their outputs, "
                    "and disallow saving intermediate values to global state.\n"
                    "The function being traced when the value leaked was <lambda> at … traced for "
                    "jit.\n"
                    "…See …#jax.errors.UnexpectedTracerError"
                ),
                phase="call",
            ),
        ),
        remedy="Under jit even constants are traced: remember NumPy's, or make it outside.",
        remedied=(
            "from functools import lru_cache\n"
            "@lru_cache\n"
            "def scale():\n"
            "    return np.sum(np.ones(2))\n"
            "jax.jit(lambda x: x * scale())(3.0)\n"
            "3.0 * scale()"
        ),
        right=6.0,
        source=ERRORS,
    ),
)

IMPURE = family(
    "Side effects",
    Pitfall(
        name="changed_closure",
        misuse=(
            "def before_and_after(x):\n"
            "    scale = [2.0]\n"
            "    scaled = jax.jit(lambda v: v * scale[0])\n"
            "    before = scaled(x)\n"
            "    scale[0] = 5.0\n"
            "    return before, scaled(x)\n"
            "before_and_after(3.0)  # both 6.0"
        ),
        expects=(
            Yields(
                value=(6.0, 6.0),
            ),
        ),
        remedy="Pass what changes as an argument.",
        remedied=(
            "scaled = jax.jit(lambda v, scale: v * scale)\n(scaled(3.0, 2.0), scaled(3.0, 5.0))"
        ),
        right=(6.0, 15.0),
        source=REVISITED,
    ),
    Pitfall(
        name="side_effect_under_jit",
        misuse=(
            "def logged(x):\n"
            "    log = []\n"
            "    squared = jax.jit(lambda v: (log.append('called'), v * v)[1])\n"
            "    for _ in range(3):\n"
            "        squared(x)\n"
            "    return len(log)\n"
            "logged(3.0)  # 1, not 3"
        ),
        expects=(
            Yields(
                value=1,
            ),
        ),
        remedy="jax.debug.print and jax.debug.callback run at each call.",
        remedied=(
            "log = []\n"
            "def squared(v):\n"
            "    jax.debug.callback(lambda: log.append('called'))\n"
            "    return v * v\n"
            "squared = jax.jit(squared)\n"
            "for _ in range(3):\n"
            "    jax.block_until_ready(squared(3.0))\n"
            "jax.effects_barrier()\n"
            "len(log)"
        ),
        right=3,
        source=REVISITED,
    ),
    Pitfall(
        name="side_effect_of_both_branches",
        misuse=(
            "def logged(x):\n"
            "    log = []\n"
            "    jax.lax.cond(x > 0, lambda: log.append(1), lambda: log.append(2))\n"
            "    return len(log)\n"
            "logged(3.0)  # 2: both are traced"
        ),
        expects=(
            Yields(
                value=2,
            ),
        ),
        remedy="Python's own if, where the value is known.",
        remedied=("log = []\nlog.append(1) if 3.0 > 0 else log.append(2)\nlen(log)"),
        right=1,
        source=CONTROL_FLOW,
    ),
    Pitfall(
        name="iterator_under_jit",
        misuse=(
            "def total(x):\n"
            "    data = iter([1.0, 2.0, 4.0])\n"
            "    step = jax.jit(lambda t: t + next(data))\n"
            "    return step(step(step(x)))\n"
            "total(0.0)  # 3: three times the first"
        ),
        expects=(
            Yields(
                value=3.0,
            ),
        ),
        remedy="Pass what is next as an argument, or scan over an array.",
        remedied="jax.lax.scan(lambda t, v: (t + v, None), 0.0, jnp.array([1.0, 2.0, 4.0]))[0]",
        right=7.0,
        source=SHARP_BITS,
    ),
)
