"""A traced value where a shape, a slice or a mask must be known."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.messages import tracer_error
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, Yields, family
from gradlaw.conformance.pitfalls.sources import ERRORS, JIT, SHARP_BITS

_ROW = "jnp.array([1.0, 3.0])"
_THREE = "jnp.array([1.0, 3.0, 5.0])"

SHAPES = family(
    "Shapes that depend on values",
    Pitfall(
        name="arange_of_a_traced_value",
        misuse="jax.jit(lambda x, n: jnp.sum(x * jnp.arange(n)))(2.0, 3)",
        expects=(
            tracer_error(
                "ConcretizationTypeError",
                (
                    "Abstract tracer value encountered where concrete value is expected: traced "
                    "array with shape int32[]\n"
                    "It arose in the jnp.arange argument 'stop'"
                ),
                depends="the value of the argument n",
            ),
        ),
        remedy="What decides a shape is static.",
        remedied="jax.jit(lambda x, n: jnp.sum(x * jnp.arange(n)), static_argnums=1)(2.0, 3)",
        right=6.0,
        source=JIT,
    ),
    Pitfall(
        name="zeros_of_a_traced_value",
        misuse="jax.jit(lambda x, n: x + jnp.zeros(n))(3.0, 2)",
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
        remedied="jax.jit(lambda x, n: x + jnp.zeros(n), static_argnums=1)(3.0, 2)",
        right=[3.0, 3.0],
        source=ERRORS,
    ),
    Pitfall(
        name="reshape_to_a_traced_size",
        misuse="jax.jit(lambda x, n: jnp.reshape(x, (n, 1)))(jnp.array([1.0, 3.0]), 2)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Shapes must be 1D sequences of concrete values of integer type, got (…, 1).\n"
                    "If using `jit`, try using `static_argnums` or applying `jit` to smaller "
                    "subfunctions.\n"
                    "The error occurred while tracing the function <lambda> at … for jit. This "
                    "concrete value was not available in Python because it depends on the value of "
                    "the argument n."
                ),
            ),
        ),
        remedy="-1 stands for what is left; a shape is known while tracing: x.shape.",
        remedied="jax.jit(lambda x: jnp.reshape(x, (-1, 1)))(jnp.array([1.0, 3.0]))",
        right=[[1.0], [3.0]],
        source=SHARP_BITS,
    ),
    Pitfall(
        name="size_by_jnp_prod",
        misuse=("jax.jit(lambda x: x.reshape(jnp.prod(jnp.array(x.shape))))(jnp.ones((2, 1)))"),
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Shapes must be 1D sequences of concrete values of integer type, got […].\n"
                    "If using `jit`, try using `static_argnums` or applying `jit` to smaller "
                    "subfunctions.\n"
                    "The error occurred while tracing the function <lambda> at … for jit. This "
                    "value became a tracer due to JAX operations on these lines:\n"
                    "\n"
                    "  operation a:i32[…] = …] b\n"
                    "    from line …"
                ),
            ),
        ),
        remedy="Shapes are Python's: x.size, math.prod or np.prod.",
        remedied="jax.jit(lambda x: x.reshape(np.prod(x.shape)))(jnp.ones((2, 1)))",
        right=[1.0, 1.0],
        source=JIT,
    ),
    Pitfall(
        name="slice_to_a_traced_bound",
        misuse=f"jax.jit(lambda x, n: x[:n])({_THREE}, 2)",
        expects=(
            Raises(
                error="IndexError",
                message=(
                    "Array slice indices must have static start/stop/step to be used with NumPy "
                    "indexing syntax. Found slice(None, …, None). To index a statically sized "
                    "array at a dynamic position, try lax.dynamic_slice/dynamic_update_slice (JAX "
                    "does not support dynamically sized arrays within JIT compiled functions)."
                ),
                releases=">=0.5,<0.8.2",
            ),
            Raises(
                error="IndexError",
                message=(
                    "Slice entries must be static integers. Got slice(None, …, None) at position 0"
                ),
                releases=">=0.8.2,<0.11.1",
            ),
            Raises(
                error="IndexError",
                message=(
                    "Array slice indices must have static start/stop/step to be used with NumPy "
                    "indexing syntax. Got slice(None, …, None) at position 0. To index an array at "
                    "a dynamic position with a static slice size, use x[jax.ds(start, size)] or "
                    "lax.dynamic_slice/dynamic_update_slice instead (JAX does not support "
                    "dynamically sized arrays within traced functions).\n"
                    "The error occurred while tracing the function <lambda> at … for jit. This "
                    "concrete value was not available in Python because it depends on the value of "
                    "the argument n."
                ),
                releases=">=0.11.1",
            ),
        ),
        remedy="A fixed length from a traced start: jax.lax.dynamic_slice; or mask the rest.",
        remedied=f"jax.jit(lambda x, i: jax.lax.dynamic_slice(x, (i,), (2,)))({_THREE}, 1)",
        right=[3.0, 5.0],
        source=ERRORS,
    ),
    Pitfall(
        name="boolean_mask",
        misuse=f"jax.jit(lambda x: x[x > 2.0])({_THREE})",
        expects=(
            Raises(
                error="NonConcreteBooleanIndexError",
                message=(
                    "Array boolean indices must be concrete; got …bool[3]…\n"
                    "\n"
                    "See …#jax.errors.NonConcreteBooleanIndexError"
                ),
            ),
        ),
        remedy="The count is not known: keep the shape, and zero what is left out.",
        remedied=f"jax.jit(lambda x: jnp.where(x > 2.0, x, 0.0))({_THREE})",
        right=[0.0, 3.0, 5.0],
        source=ERRORS,
    ),
    Pitfall(
        name="mean_over_a_boolean_mask",
        misuse=f"jax.jit(jax.grad(lambda x: jnp.mean(x[x > 2.0])))({_THREE})",
        expects=(
            Raises(
                error="NonConcreteBooleanIndexError",
                message=(
                    "Array boolean indices must be concrete; got …bool[3]…\n"
                    "\n"
                    "See …#jax.errors.NonConcreteBooleanIndexError"
                ),
            ),
        ),
        remedy="Reductions take where=.",
        remedied=f"jax.jit(jax.grad(lambda x: jnp.mean(x, where=x > 2.0)))({_THREE})",
        right=[0.0, 0.5, 0.5],
        source=ERRORS,
    ),
    Pitfall(
        name="nonzero_without_a_size",
        misuse=f"jax.jit(lambda x: jnp.nonzero(x > 2.0)[0])({_THREE})",
        expects=(
            tracer_error(
                "ConcretizationTypeError",
                (
                    "Abstract tracer value encountered where concrete value is expected: traced "
                    "array with shape int32[]\n"
                    "The size argument of jnp.nonzero must be statically specified to use "
                    "jnp.nonzero within JAX transformations."
                ),
            ),
        ),
        remedy="size= says how many, fill_value= what pads.",
        remedied=f"jax.jit(lambda x: jnp.nonzero(x > 2.0, size=3, fill_value=-1)[0])({_THREE})",
        right=[1, 2, -1],
        source=ERRORS,
    ),
    Pitfall(
        name="unique_without_a_size",
        misuse="jax.jit(lambda x: jnp.unique(x))(jnp.array([3.0, 1.0, 3.0]))",
        expects=(
            tracer_error(
                "ConcretizationTypeError",
                (
                    "Abstract tracer value encountered where concrete value is expected: traced "
                    "array with shape float32[3]\n"
                    "The error arose for the first argument of jnp.unique(). To make jnp.unique() "
                    "compatible with JIT and other transforms, you can specify a concrete value "
                    "for the size argument, which will determine the output size."
                ),
            ),
        ),
        remedy="size= says how many.",
        remedied="jax.jit(lambda x: jnp.unique(x, size=2))(jnp.array([3.0, 1.0, 3.0]))",
        right=[1.0, 3.0],
        source=ERRORS,
    ),
    Pitfall(
        name="repeat_by_traced_counts",
        misuse=f"jax.jit(lambda x, n: jnp.repeat(x, n))({_ROW}, jnp.array([1, 2]))",
        expects=(
            tracer_error(
                "ConcretizationTypeError",
                (
                    "Abstract tracer value encountered where concrete value is expected: traced "
                    "array with shape int32[2]\n"
                    "When jit-compiling jnp.repeat, the total number of repeats must be static. To "
                    "fix this, either specify a static value for `repeats`, or pass a static value "
                    "to `total_repeat_length`."
                ),
                depends="the value of the argument n",
            ),
        ),
        remedy="total_repeat_length= says how many in all.",
        remedied=(
            "repeat = lambda x, n: jnp.repeat(x, n, total_repeat_length=3)\n"
            f"jax.jit(repeat)({_ROW}, jnp.array([1, 2]))"
        ),
        right=[1.0, 3.0, 3.0],
        source=ERRORS,
    ),
    Pitfall(
        name="bincount_without_a_length",
        misuse="jax.jit(lambda x: jnp.bincount(x.astype(int)))(jnp.array([1.0, 3.0]))",
        expects=(
            tracer_error(
                "ConcretizationTypeError",
                (
                    "Abstract tracer value encountered where concrete value is expected: traced "
                    "array with shape int32[2]\n"
                    "The error occurred because of argument 'x' of jnp.bincount. To avoid this "
                    "error, pass a static `length` argument."
                ),
            ),
        ),
        remedy="length= says how many bins.",
        remedied="jax.jit(lambda x: jnp.bincount(x.astype(int), length=4))(jnp.array([1.0, 3.0]))",
        right=[0, 1, 0, 1],
        source=ERRORS,
    ),
    Pitfall(
        name="identity_of_a_traced_size",
        misuse="jax.jit(lambda x, n: x * jnp.eye(n))(3.0, 2)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Shapes must be 1D sequences of concrete values of integer type, got (…,). "
                    "argument of 'N' jnp.eye().\n"
                    "If using `jit`, try using `static_argnums` or applying `jit` to smaller "
                    "subfunctions.\n"
                    "The error occurred while tracing the function <lambda> at … for jit. This "
                    "concrete value was not available in Python because it depends on the value of "
                    "the argument n."
                ),
            ),
        ),
        remedy="What decides a shape is static.",
        remedied="jax.jit(lambda x, n: x * jnp.eye(n), static_argnums=1)(3.0, 2)",
        right=[[3.0, 0.0], [0.0, 3.0]],
        source=ERRORS,
    ),
    Pitfall(
        name="shape_that_does_not_broadcast",
        misuse="jax.jit(lambda x: x + jnp.ones(3))(jnp.array([1.0, 3.0]))",
        expects=(
            Raises(
                error="TypeError",
                message="add got incompatible shapes for broadcasting: (2,), (3,).",
            ),
        ),
        remedy="Shapes are compared from their ends: add an axis where an outer sum is meant.",
        remedied="jax.jit(lambda x: x[:, None] + jnp.ones(3))(jnp.array([1.0, 3.0]))",
        right=[[2.0, 2.0, 2.0], [4.0, 4.0, 4.0]],
        source=ERRORS,
    ),
    Pitfall(
        name="targets_of_shape_n_1",
        misuse=(
            "loss = lambda y: jnp.sum((y - jnp.array([[1.0], [3.0]])) ** 2)\n"
            "jax.jit(jax.grad(loss))(jnp.array([1.0, 3.0]))  # of all pairs: not zero"
        ),
        expects=(
            Yields(
                value=[-4.0, 4.0],
            ),
        ),
        remedy="(2,) and (2, 1) broadcast to (2, 2): give both one shape.",
        remedied=(
            "loss = lambda y: jnp.sum((y - jnp.array([[1.0], [3.0]])[:, 0]) ** 2)\n"
            "jax.jit(jax.grad(loss))(jnp.array([1.0, 3.0]))"
        ),
        right=[0.0, 0.0],
        source=SHARP_BITS,
    ),
)
