"""Python where traced values flow: each of JAX's tracer errors by each of its causes."""

from __future__ import annotations

from gradlaw.conformance.documents import COMPILATION, REVISITED
from gradlaw.conformance.pitfalls.messages import boolean_error, tracer_error
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, family
from gradlaw.conformance.pitfalls.sources import CONTROL_FLOW, ERRORS, SHARP_BITS

_SOLVE = (
    "def solve(b):\n"
    "    x = jnp.zeros_like(b)\n"
    "    for _ in range(9):\n"
    "        left = b - A @ x\n"
    "        if jnp.max(jnp.abs(left)) < 0.5:\n"
    "            break\n"
    "        x = x + left / jnp.diag(A)\n"
    "    return x\n"
)
_SYSTEM = "A = np.array([[2.0, 0.0], [2.0, 4.0]])\n"
_POWER = (
    "def power(x, n):\n"
    "    product = 1.0\n"
    "    for _ in range(n):\n"
    "        product = product * x\n"
    "    return product\n"
)

BOOLEANS = family(
    "A traced value where Python wants True or False",
    Pitfall(
        name="jitted_solver_that_breaks",
        misuse=f"{_SYSTEM}{_SOLVE}jax.jit(solve)(jnp.array([2.0, 10.0]))",
        expects=(boolean_error(depends="the value of the argument b", function="solve"),),
        remedy="Let jax.lax.while_loop decide when to stop; without jit, Python may.",
        remedied=(
            f"{_SYSTEM}"
            "def solve(b):\n"
            "    unsolved = lambda x: jnp.max(jnp.abs(b - A @ x)) >= 0.5\n"
            "    improve = lambda x: x + (b - A @ x) / jnp.diag(A)\n"
            "    return jax.lax.while_loop(unsolved, improve, jnp.zeros_like(b))\n"
            "jax.jit(solve)(jnp.array([2.0, 10.0]))"
        ),
        right=[1.0, 2.0],
        source=COMPILATION,
    ),
    Pitfall(
        name="branch_in_a_jitted_gradient",
        misuse="jax.jit(jax.grad(lambda x: 3.0 * x if x > 0 else 5.0 * x))(-2.0)",
        expects=(boolean_error(),),
        remedy="Choose with jnp.where or jax.lax.cond; grad without jit follows Python's branch.",
        remedied=(
            "(\n"
            "    jax.jit(jax.grad(lambda x: jnp.where(x > 0, 3.0 * x, 5.0 * x)))(-2.0),\n"
            "    jax.grad(lambda x: 3.0 * x if x > 0 else 5.0 * x)(-2.0),\n"
            ")"
        ),
        right=(5.0, 5.0),
        source=REVISITED,
    ),
    Pitfall(
        name="while_on_a_traced_value",
        misuse=(
            "def halve(x):\n"
            "    while x > 1.0:\n"
            "        x = x / 2.0\n"
            "    return x\n"
            "jax.jit(halve)(6.0)"
        ),
        expects=(boolean_error(function="halve"),),
        remedy="jax.lax.while_loop.",
        remedied=(
            "halve = lambda x: jax.lax.while_loop(lambda x: x > 1.0, lambda x: x / 2.0, x)\n"
            "jax.jit(halve)(6.0)"
        ),
        right=0.75,
        source=CONTROL_FLOW,
    ),
    Pitfall(
        name="and_of_traced_values",
        misuse="jax.jit(lambda x: jnp.where(x > 1.0 and x < 5.0, x, 0.0))(3.0)",
        expects=(boolean_error(),),
        remedy="jnp.logical_and, or & with its operands in parentheses.",
        remedied="jax.jit(lambda x: jnp.where((x > 1.0) & (x < 5.0), x, 0.0))(3.0)",
        right=3.0,
        source=CONTROL_FLOW,
    ),
    Pitfall(
        name="not_of_a_traced_value",
        misuse="jax.jit(lambda x: jnp.where(not x > 1.0, x, 0.0))(0.5)",
        expects=(boolean_error(),),
        remedy="jnp.logical_not, or ~ of a boolean.",
        remedied="jax.jit(lambda x: jnp.where(~(x > 1.0), x, 0.0))(0.5)",
        right=0.5,
        source=CONTROL_FLOW,
    ),
    Pitfall(
        name="chained_comparison",
        misuse="jax.jit(lambda x: jnp.where(1.0 < x < 5.0, x, 0.0))(3.0)",
        expects=(boolean_error(),),
        remedy="Python reads it as an and: compare twice, and join by &.",
        remedied="jax.jit(lambda x: jnp.where((1.0 < x) & (x < 5.0), x, 0.0))(3.0)",
        right=3.0,
        source=CONTROL_FLOW,
    ),
    Pitfall(
        name="assert_on_a_traced_value",
        misuse=("def root(x):\n    assert x >= 0.0\n    return jnp.sqrt(x)\njax.jit(root)(9.0)"),
        expects=(boolean_error(function="root"),),
        remedy="jax.experimental.checkify, or an answer where there is none.",
        remedied=("root = lambda x: jnp.sqrt(jnp.where(x >= 0.0, x, jnp.nan))\njax.jit(root)(9.0)"),
        right=3.0,
        source=ERRORS,
    ),
    Pitfall(
        name="builtin_max",
        misuse="jax.jit(lambda x, y: max(x, y))(2.0, 3.0)",
        expects=(boolean_error(depends="the values of the arguments x and y"),),
        remedy="jnp.maximum.",
        remedied="jax.jit(lambda x, y: jnp.maximum(x, y))(2.0, 3.0)",
        right=3.0,
        source=CONTROL_FLOW,
    ),
    Pitfall(
        name="membership_of_a_traced_value",
        misuse="jax.jit(lambda x: 3.0 in x)(jnp.array([1.0, 3.0]))",
        expects=(boolean_error(),),
        remedy="jnp.any(x == 3.0).",
        remedied="jax.jit(lambda x: jnp.any(x == 3.0))(jnp.array([1.0, 3.0]))",
        right=True,
        source=CONTROL_FLOW,
    ),
    Pitfall(
        name="if_of_an_array",
        misuse=(
            "def relu(x):\n"
            "    if x > 0.0:\n"
            "        return x\n"
            "    return 0.0 * x\n"
            "relu(jnp.array([1.0, -3.0]))"
        ),
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "The truth value of an array with more than one element is ambiguous. Use "
                    "a.any() or a.all()"
                ),
            ),
        ),
        remedy="Choose element by element: jnp.where.",
        remedied="(lambda x: jnp.where(x > 0.0, x, 0.0))(jnp.array([1.0, -3.0]))",
        right=[1.0, 0.0],
        source=CONTROL_FLOW,
    ),
    Pitfall(
        name="branch_under_vmap",
        misuse="jax.vmap(lambda x: 3.0 * x if x > 0 else 5.0 * x)(jnp.array([1.0, -2.0]))",
        expects=(
            Raises(
                error="TracerBoolConversionError",
                message=(
                    "Attempted boolean conversion of traced array with shape bool[].\n"
                    "This … with object id … was created on line:\n"
                    "  …\n"
                    "See …#jax.errors.TracerBoolConversionError"
                ),
            ),
        ),
        remedy="Each row may branch another way: jnp.where.",
        remedied=("jax.vmap(lambda x: jnp.where(x > 0, 3.0 * x, 5.0 * x))(jnp.array([1.0, -2.0]))"),
        right=[3.0, -10.0],
        source=CONTROL_FLOW,
    ),
)

INTEGERS = family(
    "A traced value where Python wants an integer",
    Pitfall(
        name="loop_bound_that_is_traced",
        misuse=f"{_POWER}jax.jit(power)(2.0, 3)",
        expects=(
            tracer_error(
                "TracerIntegerConversionError",
                "The __index__() method was called on traced array with shape int32[]",
                depends="the value of the argument n",
                function="power",
            ),
        ),
        remedy="Declare the count static: static_argnums, or give it before jit.",
        remedied=f"{_POWER}jax.jit(jax.grad(power), static_argnums=1)(2.0, 3)",
        right=12.0,
        source=COMPILATION,
    ),
    Pitfall(
        name="traced_index_of_a_list",
        misuse="jax.jit(lambda x, i: [x, 2.0 * x][i])(3.0, 1)",
        expects=(
            tracer_error(
                "TracerIntegerConversionError",
                "The __index__() method was called on traced array with shape int32[]",
                depends="the value of the argument i",
            ),
        ),
        remedy="Stack the list into an array, or jax.lax.switch.",
        remedied="jax.jit(lambda x, i: jnp.stack([x, 2.0 * x])[i])(3.0, 1)",
        right=6.0,
        source=ERRORS,
    ),
    Pitfall(
        name="traced_axis",
        misuse="jax.jit(lambda x, axis: jnp.sum(x, axis=axis))(jnp.ones((2, 3)), 1)",
        expects=(
            tracer_error(
                "ConcretizationTypeError",
                (
                    "Abstract tracer value encountered where concrete value is expected: traced "
                    "array with shape int32[]\n"
                    "The axis argument must be known statically."
                ),
                depends="the value of the argument axis",
            ),
        ),
        remedy="An axis decides the result's shape: make it static.",
        remedied=(
            "jax.jit(lambda x, axis: jnp.sum(x, axis=axis), static_argnums=1)(jnp.ones((2, 3)), 1)"
        ),
        right=[3.0, 3.0],
        source=ERRORS,
    ),
    Pitfall(
        name="list_repeated_by_a_traced_count",
        misuse="jax.jit(lambda x, n: jnp.stack([x] * n))(3.0, 2)",
        expects=(
            Raises(
                error="TypeError",
                message="unsupported operand type(s) for *: 'list' and …",
            ),
        ),
        remedy="The count decides the shape: make it static.",
        remedied="jax.jit(lambda x, n: jnp.stack([x] * n), static_argnums=1)(3.0, 2)",
        right=[3.0, 3.0],
        source=ERRORS,
    ),
)

ARRAYS = family(
    "A traced value where NumPy wants an array",
    Pitfall(
        name="numpy_on_a_traced_value",
        misuse="jax.jit(lambda x: np.square(x) + x)(3.0)",
        expects=(
            tracer_error(
                "TracerArrayConversionError",
                (
                    "The numpy.ndarray conversion method __array__() was called on traced array "
                    "with shape float32[]"
                ),
            ),
        ),
        remedy="Call jax.numpy.",
        remedied="jax.jit(lambda x: jnp.square(x) + x)(3.0)",
        right=12.0,
        source=REVISITED,
    ),
    Pitfall(
        name="numpy_under_grad",
        misuse="jax.grad(lambda x: np.square(x) + x)(3.0)",
        expects=(
            Raises(
                error="TracerArrayConversionError",
                message=(
                    "The numpy.ndarray conversion method __array__() was called on traced array "
                    "with shape float32[]\n"
                    "See …#jax.errors.TracerArrayConversionError"
                ),
            ),
        ),
        remedy="Call jax.numpy.",
        remedied="jax.grad(lambda x: jnp.square(x) + x)(3.0)",
        right=7.0,
        source=ERRORS,
    ),
    Pitfall(
        name="asarray_of_a_traced_value",
        misuse="jax.jit(lambda x: np.asarray(x) * 2.0)(jnp.array([1.0, 3.0]))",
        expects=(
            tracer_error(
                "TracerArrayConversionError",
                (
                    "The numpy.ndarray conversion method __array__() was called on traced array "
                    "with shape float32[2]"
                ),
            ),
        ),
        remedy="jnp.asarray; or jax.pure_callback, where NumPy alone can do it.",
        remedied="jax.jit(lambda x: jnp.asarray(x) * 2.0)(jnp.array([1.0, 3.0]))",
        right=[2.0, 6.0],
        source=ERRORS,
    ),
    Pitfall(
        name="numpy_array_indexed_by_a_traced_value",
        misuse="table = np.array([1.0, 3.0])\njax.jit(lambda x, i: x * table[i])(2.0, 1)",
        expects=(
            tracer_error(
                "TracerArrayConversionError",
                (
                    "The numpy.ndarray conversion method __array__() was called on traced array "
                    "with shape int32[]"
                ),
                depends="the value of the argument i",
            ),
        ),
        remedy="jnp.asarray(table)[i].",
        remedied=(
            "table = np.array([1.0, 3.0])\njax.jit(lambda x, i: x * jnp.asarray(table)[i])(2.0, 1)"
        ),
        right=6.0,
        source=ERRORS,
    ),
    Pitfall(
        name="tolist_of_a_traced_value",
        misuse="jax.jit(lambda x: sum(x.tolist()))(jnp.array([1.0, 3.0]))",
        expects=(
            Raises(
                error="ConcretizationTypeError",
                message=(
                    "Abstract tracer value encountered where concrete value is expected: traced "
                    "array with shape float32[2]\n"
                    "The tolist() method was called on traced array with shape float32[2].\n"
                    "The error occurred while tracing the function <lambda> at … for jit.…"
                ),
            ),
        ),
        remedy="jnp.sum(x).",
        remedied="jax.jit(lambda x: jnp.sum(x))(jnp.array([1.0, 3.0]))",
        right=4.0,
        source=ERRORS,
    ),
    Pitfall(
        name="traced_value_put_into_numpy",
        misuse=(
            "def doubled(x):\n"
            "    out = np.zeros(2, np.float32)\n"
            "    out[0] = 2.0 * x\n"
            "    return out\n"
            "jax.jit(doubled)(3.0)"
        ),
        expects=(
            Raises(
                error="ValueError",
                message="setting an array element with a sequence.",
            ),
        ),
        remedy="jnp.zeros(2).at[0].set(...).",
        remedied="jax.jit(lambda x: jnp.zeros(2).at[0].set(2.0 * x))(3.0)",
        right=[6.0, 0.0],
        source=SHARP_BITS,
    ),
)
