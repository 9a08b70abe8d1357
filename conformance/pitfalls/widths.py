"""64-bit types that are asked for, or given, while JAX's flag for them is off."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, Yields, family
from gradlaw.conformance.pitfalls.sources import DEFAULT_DTYPES, PROMOTION, SHARP_BITS


def _with_64_bits(expression: str) -> str:
    return (
        "before = jax.config.jax_enable_x64\n"
        "jax.config.update('jax_enable_x64', True)  # at the start of a program\n"
        f"value = {expression}\n"
        "jax.config.update('jax_enable_x64', before)\n"
        "value"
    )


_FLAG = "jax.config.update('jax_enable_x64', True) before anything is computed."

WIDTHS = family(
    "64-bit types while they are off",
    Pitfall(
        name="float64_asked_for",
        misuse="(lambda x: jnp.asarray(x, dtype=jnp.float64).dtype.itemsize)(0.5)  # 4 bytes",
        expects=(
            Yields(
                value=4,
                warning="UserWarning",
                message=(
                    "Explicitly requested dtype <class '…'> requested in asarray is not available, "
                    "and will be truncated to dtype float32. To enable more dtypes, set the "
                    "jax_enable_x64 configuration option or the JAX_ENABLE_X64 shell environment "
                    "variable. See https://github.com/jax-ml/jax#current-gotchas for more."
                ),
                releases=">=0.5,<0.8",
            ),
            Yields(
                value=4,
                warning="UserWarning",
                message=(
                    "Explicitly requested dtype float64 requested in asarray is not available, and "
                    "will be truncated to dtype float32. To enable more dtypes, set the "
                    "jax_enable_x64 configuration option or the JAX_ENABLE_X64 shell environment "
                    "variable. See https://github.com/jax-ml/jax#current-gotchas for more."
                ),
                releases=">=0.8",
            ),
        ),
        remedy=_FLAG,
        remedied=_with_64_bits("jnp.asarray(0.5, dtype=jnp.float64).dtype.itemsize"),
        right=8,
        source=SHARP_BITS,
    ),
    Pitfall(
        name="float64_by_astype",
        misuse="(lambda x: x.astype('float64').dtype.itemsize)(jnp.ones(2))  # 4 bytes",
        expects=(
            Yields(
                value=4,
                warning="UserWarning",
                message=(
                    "Explicitly requested dtype float64 requested in astype is not available, and "
                    "will be truncated to dtype float32. To enable more dtypes, set the "
                    "jax_enable_x64 configuration option or the JAX_ENABLE_X64 shell environment "
                    "variable. See https://github.com/jax-ml/jax#current-gotchas for more."
                ),
            ),
        ),
        remedy=_FLAG,
        remedied=_with_64_bits("jnp.ones(2).astype('float64').dtype.itemsize"),
        right=8,
        source=SHARP_BITS,
    ),
    Pitfall(
        name="float64_given",
        misuse="jax.jit(lambda x: (x + 1.0) - x)(np.float64(2.0**24))  # 0, without a word",
        expects=(
            Yields(
                value=0.0,
            ),
        ),
        remedy=_FLAG,
        remedied=_with_64_bits("jax.jit(lambda x: (x + 1.0) - x)(np.float64(2.0**24))"),
        right=1.0,
        source=DEFAULT_DTYPES,
    ),
    Pitfall(
        name="float64_under_grad",
        misuse="(lambda x: jax.grad(lambda x: x * x)(x).nbytes)(np.float64(3.0))  # 4 bytes",
        expects=(
            Yields(
                value=4,
            ),
        ),
        remedy=_FLAG,
        remedied=_with_64_bits("jax.grad(lambda x: x * x)(np.float64(3.0)).nbytes"),
        right=8,
        source=DEFAULT_DTYPES,
    ),
    Pitfall(
        name="int64_asked_for",
        misuse="(lambda x: (x * jnp.ones(2, dtype=jnp.int64)).dtype.itemsize)(2)  # 4 bytes",
        expects=(
            Yields(
                value=4,
                warning="UserWarning",
                message=(
                    "Explicitly requested dtype <class '…'> requested in ones is not available, "
                    "and will be truncated to dtype int32. To enable more dtypes, set the "
                    "jax_enable_x64 configuration option or the JAX_ENABLE_X64 shell environment "
                    "variable. See https://github.com/jax-ml/jax#current-gotchas for more."
                ),
                releases=">=0.5,<0.8",
            ),
            Yields(
                value=4,
                warning="UserWarning",
                message=(
                    "Explicitly requested dtype int64 requested in ones is not available, and will "
                    "be truncated to dtype int32. To enable more dtypes, set the jax_enable_x64 "
                    "configuration option or the JAX_ENABLE_X64 shell environment variable. See "
                    "https://github.com/jax-ml/jax#current-gotchas for more."
                ),
                releases=">=0.8",
            ),
        ),
        remedy=_FLAG,
        remedied=_with_64_bits("(2 * jnp.ones(2, dtype=jnp.int64)).dtype.itemsize"),
        right=8,
        source=SHARP_BITS,
    ),
    Pitfall(
        name="integer_too_large",
        misuse="(lambda x: x * jnp.asarray(2**40))(1.0)",
        expects=(
            Raises(
                error="OverflowError",
                message="Python int … too large to convert to int32",
            ),
        ),
        remedy=_FLAG,
        remedied=_with_64_bits("jnp.asarray(2**40) // 2**38"),
        right=4,
        source=DEFAULT_DTYPES,
    ),
    Pitfall(
        name="int64_array_cut_off",
        misuse="(lambda n: jnp.asarray(n))(np.array([2**40 + 3]))  # 3, without a word",
        expects=(
            Yields(
                value=[3],
            ),
        ),
        remedy=_FLAG,
        remedied=_with_64_bits("jnp.asarray(np.array([2**40 + 3])) - 2**40"),
        right=[3],
        source=DEFAULT_DTYPES,
    ),
    Pitfall(
        name="half_precision_from_a_python_number",
        misuse="jax.jit(lambda x: x + 1e-4 - x)(jnp.float16(1.0))  # 0: 1e-4 is weakly typed",
        expects=(
            Yields(
                value=0.0,
            ),
        ),
        remedy="Compute in float32; cast once at the end.",
        remedied="jax.jit(lambda x: (x + 2.0**-14 - x) * 2**14)(jnp.float32(1.0))",
        right=1.0,
        source=PROMOTION,
    ),
)
