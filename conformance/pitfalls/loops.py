"""Loops of `jax.lax`: what goes round, and which way they can be differentiated."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, family
from gradlaw.conformance.pitfalls.sources import (
    CONTROL_FLOW,
    FORI_LOOP,
    SCAN,
    WHILE_LOOP,
)

_ROW = "jnp.array([1.0, 3.0])"
_ANOTHER_LENGTH = "scan got `length` argument of 3 which disagrees with leading axis sizes [2]."

REVERSE = family(
    "Reverse mode through loops",
    Pitfall(
        name="reverse_through_while_loop",
        misuse=(
            "def cube(v):\n"
            "    more = lambda s: s[0] < 3\n"
            "    return jax.lax.while_loop(more, lambda s: (s[0] + 1, s[1] * v), (0, 1.0))[1]\n"
            "jax.grad(cube)(2.0)"
        ),
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Reverse-mode differentiation does not work for lax.while_loop or "
                    "lax.fori_loop with dynamic start/stop values. Try using lax.scan, or using "
                    "fori_loop with static start/stop."
                ),
            ),
            Raises(
                error="TypeError",
                message="unsupported operand type(s) for +: 'NoneType' and 'tuple'",
                releases=">=0.7.2,<0.10.2",
                modes=("grad",),
            ),
        ),
        remedy="A fixed count (lax.fori_loop, lax.scan), or forward mode (jax.jacfwd).",
        remedied=(
            "def cube(v):\n"
            "    more = lambda s: s[0] < 3\n"
            "    return jax.lax.while_loop(more, lambda s: (s[0] + 1, s[1] * v), (0, 1.0))[1]\n"
            "fixed = lambda v: jax.lax.fori_loop(0, 3, lambda _, p: p * v, 1.0)\n"
            "(jax.jit(jax.jacfwd(cube))(2.0), jax.jit(jax.grad(fixed))(2.0))"
        ),
        right=(12.0, 12.0),
        source=CONTROL_FLOW,
    ),
    Pitfall(
        name="reverse_through_a_dynamic_fori_loop",
        misuse=(
            "power = lambda v, n: jax.lax.fori_loop(0, n, lambda _, p: p * v, 1.0)\n"
            "jax.jit(jax.grad(power))(2.0, 3)"
        ),
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Reverse-mode differentiation does not work for lax.while_loop or "
                    "lax.fori_loop with dynamic start/stop values. Try using lax.scan, or using "
                    "fori_loop with static start/stop."
                ),
            ),
        ),
        remedy="Make the bound static: then the loop is a scan.",
        remedied=(
            "power = lambda v, n: jax.lax.fori_loop(0, n, lambda _, p: p * v, 1.0)\n"
            "jax.jit(jax.grad(power), static_argnums=1)(2.0, 3)"
        ),
        right=12.0,
        source=FORI_LOOP,
    ),
)

CARRIES = family(
    "What goes round a loop",
    Pitfall(
        name="scan_carry_of_another_dtype",
        misuse=f"jax.lax.scan(lambda c, x: (c + x, None), jnp.int32(0), {_ROW})",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "scan body function carry input and carry output must have equal types…, but "
                    "they differ:\n"
                    "\n"
                    "The input carry c has type int32[] but the corresponding output carry "
                    "component has type float32[], so the dtypes do not match.\n"
                    "\n"
                    "Revise the function so that all output types …match the corresponding input "
                    "types."
                ),
            ),
        ),
        remedy="Begin with the dtype that the step returns: 0.0.",
        remedied=f"jax.lax.scan(lambda c, x: (c + x, None), 0.0, {_ROW})[0]",
        right=4.0,
        source=SCAN,
    ),
    Pitfall(
        name="scan_carry_of_another_shape",
        misuse=f"jax.lax.scan(lambda c, x: (c + x * jnp.ones(2), None), 0.0, {_ROW})",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "scan body function carry input and carry output must have equal types…, but "
                    "they differ:\n"
                    "\n"
                    "The input carry c has type float32[] but the corresponding output carry "
                    "component has type float32[2], so the shapes do not match.\n"
                    "\n"
                    "Revise the function so that all output types …match the corresponding input "
                    "types."
                ),
            ),
        ),
        remedy="Begin with the shape that the step returns: jnp.zeros(2).",
        remedied=f"jax.lax.scan(lambda c, x: (c + x * jnp.ones(2), None), jnp.zeros(2), {_ROW})[0]",
        right=[4.0, 4.0],
        source=SCAN,
    ),
    Pitfall(
        name="scan_carry_of_another_structure",
        misuse=f"jax.lax.scan(lambda c, x: ((c, x), None), 0.0, {_ROW})",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "scan body function carry input and carry output must have the same pytree "
                    "structure, but they differ:\n"
                    "\n"
                    "The input carry c is a <class '…'> but the corresponding component of the "
                    "carry output is a <class 'tuple'>, so their Python types differ.\n"
                    "\n"
                    "Revise the function so that the carry output has the same pytree structure as "
                    "the carry input."
                ),
            ),
        ),
        remedy="The step returns (carry, output): what is collected goes into the output.",
        remedied=f"jax.lax.scan(lambda c, x: (c, x), 0.0, {_ROW})[1]",
        right=[1.0, 3.0],
        source=SCAN,
    ),
    Pitfall(
        name="scan_step_without_a_pair",
        misuse=f"jax.lax.scan(lambda c, x: c + x, 0.0, {_ROW})",
        expects=(
            Raises(
                error="TypeError",
                message="scan body output must be a pair, got ShapedArray(float32[]).",
                releases=">=0.5,<0.6.1",
            ),
            Raises(
                error="TypeError",
                message="scan body output must be a pair, got float32[].",
                releases=">=0.6.1",
            ),
        ),
        remedy="Return (carry, output): (c + x, None).",
        remedied=f"jax.lax.scan(lambda c, x: (c + x, None), 0.0, {_ROW})[0]",
        right=4.0,
        source=SCAN,
    ),
    Pitfall(
        name="scan_over_unequal_lengths",
        misuse=f"jax.lax.scan(lambda c, x: (c + x[0] * x[1], None), 0.0, ({_ROW}, jnp.ones(3)))",
        expects=(
            Raises(
                error="ValueError",
                message="scan got values with different leading axis sizes: 2, 3.",
            ),
        ),
        remedy="All that is scanned over has one leading length.",
        remedied=(
            f"jax.lax.scan(lambda c, x: (c + x[0] * x[1], None), 0.0, ({_ROW}, jnp.ones(2)))[0]"
        ),
        right=4.0,
        source=SCAN,
    ),
    Pitfall(
        name="scan_without_a_length",
        misuse="jax.lax.scan(lambda c, _: (2.0 * c, None), 3.0, None)",
        expects=(
            Raises(
                error="ValueError",
                message="scan got no values to scan over and `length` not provided.",
            ),
        ),
        remedy="length= says how many steps.",
        remedied="jax.lax.scan(lambda c, _: (2.0 * c, None), 3.0, None, length=2)[0]",
        right=12.0,
        source=SCAN,
    ),
    Pitfall(
        name="scan_of_another_length",
        misuse=f"jax.lax.scan(lambda c, x: (c + x, None), 0.0, {_ROW}, length=3)",
        expects=(
            Raises(error="ValueError", message=_ANOTHER_LENGTH, releases=">=0.5,<0.8.2"),
            Raises(error="AssertionError", message="", releases=">=0.8.2,<0.9.1"),
            Raises(error="ValueError", message=_ANOTHER_LENGTH, releases=">=0.9.1"),
        ),
        remedy="Leave length= out where something is scanned over.",
        remedied=f"jax.lax.scan(lambda c, x: (c + x, None), 0.0, {_ROW})[0]",
        right=4.0,
        source=SCAN,
    ),
    Pitfall(
        name="scan_over_a_scalar",
        misuse="jax.lax.scan(lambda c, x: (c + x, None), 0.0, 3.0)",
        expects=(
            Raises(
                error="ValueError",
                message="scan got value with no leading axis to scan over: 3.0.",
                phase="call",
            ),
            Raises(
                error="IndexError",
                message="tuple index out of range",
                modes=(
                    "jit",
                    "vmap",
                    "grad",
                    "scan",
                ),
            ),
        ),
        remedy="What is scanned over has a leading axis.",
        remedied="jax.lax.scan(lambda c, x: (c + x, None), 0.0, jnp.array([3.0]))[0]",
        right=3.0,
        source=SCAN,
    ),
    Pitfall(
        name="while_loop_carry_of_another_dtype",
        misuse=(
            "body = lambda v: v * jnp.float32(1.5)\n"
            "jax.lax.while_loop(lambda v: v < 9, body, jnp.float16(4.0))"
        ),
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "while_loop body function carry input and carry output must have equal types…, "
                    "but they differ:\n"
                    "\n"
                    "The input carry v has type float16[] but the corresponding output carry "
                    "component has type float32[], so the dtypes do not match.\n"
                    "\n"
                    "Revise the function so that all output types …match the corresponding input "
                    "types."
                ),
            ),
        ),
        remedy="Begin with the dtype that the body returns, or cast in the body.",
        remedied=(
            "body = lambda v: v * jnp.float32(1.5)\n"
            "jax.lax.while_loop(lambda v: v < 9, body, jnp.float32(4.0))"
        ),
        right=9.0,
        source=WHILE_LOOP,
    ),
    Pitfall(
        name="while_loop_condition_of_an_array",
        misuse=f"jax.lax.while_loop(lambda v: v < 9.0, lambda v: 2.0 * v, {_ROW})",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "cond_fun must return a boolean scalar, but got output type(s) "
                    "[ShapedArray(bool[2])]."
                ),
            ),
        ),
        remedy="One truth value: jnp.any or jnp.all of them.",
        remedied=f"jax.lax.while_loop(lambda v: jnp.all(v < 9.0), lambda v: 2.0 * v, {_ROW})",
        right=[4.0, 12.0],
        source=WHILE_LOOP,
    ),
    Pitfall(
        name="while_loop_condition_of_a_float",
        misuse="jax.lax.while_loop(lambda v: 9.0 - v, lambda v: v + 3.0, 3.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "cond_fun must return a boolean scalar, but got output type(s) "
                    "[ShapedArray(float32[]…)]."
                ),
            ),
        ),
        remedy="Compare: JAX takes no number for a truth value.",
        remedied="jax.lax.while_loop(lambda v: v < 9.0, lambda v: v + 3.0, 3.0)",
        right=9.0,
        source=WHILE_LOOP,
    ),
    Pitfall(
        name="fori_loop_body_without_an_index",
        misuse="jax.lax.fori_loop(0, 3, lambda v: 2.0 * v, 1.0)",
        expects=(
            Raises(
                error="TypeError",
                message="<lambda>() takes 1 positional argument but 2 were given",
            ),
        ),
        remedy="The body takes (i, value).",
        remedied="jax.lax.fori_loop(0, 3, lambda _, v: 2.0 * v, 1.0)",
        right=8.0,
        source=FORI_LOOP,
    ),
    Pitfall(
        name="fori_loop_carry_of_another_shape",
        misuse="jax.lax.fori_loop(0, 3, lambda i, v: v + jnp.ones(2), 1.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "scan body function carry input and carry output must have equal types…, but "
                    "they differ:\n"
                    "\n"
                    "The input carry component loop_carry[1] has type float32[] but the "
                    "corresponding output carry component has type float32[2], so the shapes do "
                    "not match.\n"
                    "\n"
                    "Revise the function so that all output types …match the corresponding input "
                    "types."
                ),
            ),
        ),
        remedy="Begin with the shape that the body returns.",
        remedied="jax.lax.fori_loop(0, 3, lambda i, v: v + jnp.ones(2), jnp.ones(2))",
        right=[4.0, 4.0],
        source=FORI_LOOP,
    ),
)
