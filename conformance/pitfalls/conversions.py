"""A traced value where Python wants a number."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.messages import tracer_error
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, Yields, family
from gradlaw.conformance.pitfalls.sources import ERRORS

NUMBERS = family(
    "A traced value where a number must be known",
    Pitfall(
        name="float_of_a_traced_value",
        misuse="jax.jit(lambda x: float(x) * 2.0)(3.0)",
        expects=(
            tracer_error(
                "ConcretizationTypeError",
                (
                    "Abstract tracer value encountered where concrete value is expected: traced "
                    "array with shape float32[]\n"
                    "The problem arose with the `float` function. If trying to convert the data "
                    "type of a value, try using `x.astype(float)` or `jnp.array(x, float)` instead."
                ),
            ),
        ),
        remedy="A traced value is a number already; x.astype(float) changes its dtype.",
        remedied="jax.jit(lambda x: x * 2.0)(3.0)",
        right=6.0,
        source=ERRORS,
    ),
    Pitfall(
        name="float_under_grad",
        misuse="jax.grad(lambda x: float(x) * float(x))(3.0)",
        expects=(
            Raises(
                error="ConcretizationTypeError",
                message=(
                    "Abstract tracer value encountered where concrete value is expected: traced "
                    "array with shape float32[]\n"
                    "The problem arose with the `float` function. If trying to convert the data "
                    "type of a value, try using `x.astype(float)` or `jnp.array(x, float)` "
                    "instead.\n"
                    "\n"
                    "See …#jax.errors.ConcretizationTypeError"
                ),
            ),
        ),
        remedy="Leave it an array: a Python float carries no derivative.",
        remedied="jax.grad(lambda x: x * x)(3.0)",
        right=6.0,
        source=ERRORS,
    ),
    Pitfall(
        name="int_of_a_traced_value",
        misuse="jax.jit(lambda x: int(x) * 2)(3.0)",
        expects=(
            tracer_error(
                "ConcretizationTypeError",
                (
                    "Abstract tracer value encountered where concrete value is expected: traced "
                    "array with shape float32[]\n"
                    "The problem arose with the `int` function. If trying to convert the data type "
                    "of a value, try using `x.astype(int)` or `jnp.array(x, int)` instead."
                ),
            ),
        ),
        remedy="x.astype(int).",
        remedied="jax.jit(lambda x: x.astype(int) * 2)(3.0)",
        right=6,
        source=ERRORS,
    ),
    Pitfall(
        name="complex_of_a_traced_value",
        misuse="jax.jit(lambda x: complex(x) * 1j)(3.0)",
        expects=(
            tracer_error(
                "ConcretizationTypeError",
                (
                    "Abstract tracer value encountered where concrete value is expected: traced "
                    "array with shape float32[]\n"
                    "The problem arose with the `complex` function. If trying to convert the data "
                    "type of a value, try using `x.astype(complex)` or `jnp.array(x, complex)` "
                    "instead."
                ),
            ),
        ),
        remedy="x * 1j is complex of itself.",
        remedied="jax.jit(lambda x: x * 1j)(3.0)",
        right=3j,
        source=ERRORS,
    ),
    Pitfall(
        name="item_of_a_traced_value",
        misuse="jax.grad(lambda x: jnp.sum(x * x).item())(jnp.array([1.0, 3.0]))",
        expects=(
            Yields(
                value=[0.0, 0.0],
            ),
            Raises(
                error="ConcretizationTypeError",
                message=(
                    "Abstract tracer value encountered where concrete value is expected: traced "
                    "array with shape float32[]\n"
                    "This occurred in the item() method of jax.Array\n"
                    "\n"
                    "See …#jax.errors.ConcretizationTypeError"
                ),
                modes=(
                    "jit",
                    "vmap",
                    "scan",
                ),
            ),
        ),
        remedy="Return the array; item() is for the caller.",
        remedied="jax.grad(lambda x: jnp.sum(x * x))(jnp.array([1.0, 3.0]))",
        right=[2.0, 6.0],
        source=ERRORS,
    ),
    Pitfall(
        name="traced_value_as_a_key_of_a_dict",
        misuse="jax.jit(lambda x: {3.0: 1.0}[x])(3.0)",
        expects=(
            Raises(
                error="TypeError",
                message="unhashable type: …",
            ),
        ),
        remedy="jax.lax.switch by an index, or an array indexed by it.",
        remedied="jax.jit(lambda x: jnp.where(x == 3.0, 1.0, 0.0))(3.0)",
        right=1.0,
        source=ERRORS,
    ),
    Pitfall(
        name="loop_over_a_scalar",
        misuse="jax.jit(lambda x: sum(v for v in x))(3.0)",
        expects=(
            Raises(
                error="TypeError",
                message="iteration over a 0-d array",
            ),
        ),
        remedy="A scalar has no axis: jnp.atleast_1d(x) has one.",
        remedied="jax.jit(lambda x: sum(v for v in jnp.atleast_1d(x)))(3.0)",
        right=3.0,
        source=ERRORS,
    ),
    Pitfall(
        name="length_of_a_scalar",
        misuse="jax.jit(lambda x: jnp.sum(x) / len(x))(3.0)",
        expects=(
            Raises(
                error="TypeError",
                message="len() of unsized object",
            ),
        ),
        remedy="jnp.size(x), or jnp.mean.",
        remedied="jax.jit(lambda x: jnp.sum(x) / jnp.size(x))(3.0)",
        right=3.0,
        source=ERRORS,
    ),
)
