"""What can be differentiated: real numbers, and complex ones if the function is holomorphic."""

from __future__ import annotations

from gradlaw.conformance.documents import GRADIENT
from gradlaw.conformance.pitfalls.messages import not_inexact
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, Yields, family
from gradlaw.conformance.pitfalls.sources import (
    ADVANCED_AUTODIFF,
    COOKBOOK,
    GRAD,
    JVP,
    KEYS,
)

_SUM = "jnp.sum(x * x)"

DTYPES = family(
    "The wrong dtype",
    Pitfall(
        name="integer_input",
        misuse="jax.grad(lambda w, x: jnp.sum(w * x))(2, jnp.array([1.0, 3.0]))",
        expects=(not_inexact("int32"),),
        remedy="Cast the differentiated argument to a float first.",
        remedied="jax.grad(lambda w, x: jnp.sum(w * x))(2.0, jnp.array([1.0, 3.0]))",
        right=4.0,
        source=GRADIENT,
    ),
    Pitfall(
        name="integer_array_input",
        misuse=f"jax.grad(lambda x: {_SUM})(jnp.arange(1, 4))",
        expects=(not_inexact("int32"),),
        remedy="Cast the array with astype(float) first.",
        remedied=f"jax.grad(lambda x: {_SUM})(jnp.arange(1, 4).astype(float))",
        right=[2.0, 4.0, 6.0],
        source=GRADIENT,
    ),
    Pitfall(
        name="boolean_input",
        misuse="jax.grad(lambda x: x * 2.0)(True)",
        expects=(not_inexact("bool"),),
        remedy="A truth value has no neighbours: differentiate by a float.",
        remedied="jax.grad(lambda x: x * 2.0)(1.0)",
        right=2.0,
        source=GRAD,
    ),
    Pitfall(
        name="string_input",
        misuse="jax.grad(lambda x: x * x)('3.0')",
        expects=(
            Raises(
                error="TypeError",
                message="Argument '3.0' of type <class 'str'> is not a valid JAX type.",
            ),
        ),
        remedy="Read the number first: float(text).",
        remedied="jax.grad(lambda x: x * x)(float('3.0'))",
        right=6.0,
        source=GRAD,
    ),
    Pitfall(
        name="object_array_input",
        misuse=f"jax.grad(lambda x: {_SUM})(np.array([1.0, 3.0], dtype=object))",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Argument '[1.0 3.0]' of type <class 'numpy.ndarray'> is not a valid JAX type."
                ),
            ),
        ),
        remedy="Give the array a numerical dtype: astype(np.float32).",
        remedied=(
            f"jax.grad(lambda x: {_SUM})(np.array([1.0, 3.0], dtype=object).astype(np.float32))"
        ),
        right=[2.0, 6.0],
        source=GRAD,
    ),
    Pitfall(
        name="ragged_list_input",
        misuse="jax.grad(lambda x: jnp.sum(jnp.array(x)))([[1.0], [1.0, 2.0]])",
        expects=(
            Raises(
                error="ValueError",
                message="All input arrays must have the same shape.",
                releases=">=0.5,<0.6.2",
            ),
            Raises(
                error="TypeError",
                message=(
                    "Cannot concatenate arrays with shapes that differ in dimensions other than "
                    "the one being concatenated: concatenating along dimension … for shapes (…1, "
                    "1), (…1, 2)."
                ),
                releases=">=0.6.2",
            ),
        ),
        remedy="Pad to one shape; what pads is multiplied by 0.",
        remedied="jax.jit(jax.grad(lambda x: jnp.sum(x * x)))(jnp.array([[1.0, 0.0], [1.0, 2.0]]))",
        right=[[2.0, 0.0], [2.0, 4.0]],
        source=GRAD,
    ),
    Pitfall(
        name="complex_input_without_holomorphic",
        misuse="jax.grad(lambda z: z * z)(1.0 + 2.0j)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "grad requires real-valued outputs (output dtype that is a sub-dtype of "
                    "np.floating), but got complex64. For holomorphic differentiation, pass "
                    "holomorphic=True. For differentiation of non-holomorphic functions involving "
                    "complex outputs, use jax.vjp directly."
                ),
            ),
        ),
        remedy="holomorphic=True, if the function is.",
        remedied="jax.grad(lambda z: z * z, holomorphic=True)(1.0 + 2.0j)",
        right=2.0 + 4.0j,
        source=COOKBOOK,
    ),
    Pitfall(
        name="complex_output_of_a_real_input",
        misuse="jax.grad(lambda x: x * 1j)(3.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "grad requires real-valued outputs (output dtype that is a sub-dtype of "
                    "np.floating), but got complex64. For holomorphic differentiation, pass "
                    "holomorphic=True. For differentiation of non-holomorphic functions involving "
                    "complex outputs, use jax.vjp directly."
                ),
            ),
        ),
        remedy="Differentiate the real and the imaginary part.",
        remedied="jax.grad(lambda x: jnp.imag(x * 1j))(3.0)",
        right=1.0,
        source=COOKBOOK,
    ),
    Pitfall(
        name="holomorphic_with_a_real_input",
        misuse="jax.grad(lambda x: x * x, holomorphic=True)(3.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "grad with holomorphic=True requires inputs with complex dtype, but got "
                    "float32."
                ),
            ),
        ),
        remedy="A holomorphic function's argument is complex: 3.0 + 0j.",
        remedied="jax.grad(lambda x: x * x, holomorphic=True)(3.0 + 0j)",
        right=6.0 + 0j,
        source=COOKBOOK,
    ),
    Pitfall(
        name="holomorphic_with_a_real_output",
        misuse="jax.grad(lambda z: jnp.real(z * z), holomorphic=True)(1.0 + 2.0j)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "grad with holomorphic=True requires outputs with complex dtype, but got "
                    "float32."
                ),
            ),
        ),
        remedy="A real function of a complex number is not holomorphic: leave it out.",
        remedied="jax.grad(lambda z: jnp.real(z * z))(1.0 + 2.0j)",
        right=2.0 + 4.0j,
        source=COOKBOOK,
    ),
    Pitfall(
        name="gradient_of_the_modulus_descended",
        misuse=(
            "z = 1.0 + 2.0j\n"
            "g = jax.grad(lambda z: jnp.real(z * jnp.conj(z)))(z)\n"
            "(lambda z: z - 0.5 * g)(z)  # away from 0, in its imaginary part"
        ),
        expects=(
            Yields(
                value=4j,
            ),
        ),
        remedy="JAX's gradient is the conjugate of the direction of steepest ascent.",
        remedied=(
            "z = 1.0 + 2.0j\n"
            "g = jax.grad(lambda z: jnp.real(z * jnp.conj(z)))(z)\n"
            "z - 0.5 * jnp.conj(g)"
        ),
        right=0j,
        source=COOKBOOK,
    ),
    Pitfall(
        name="integer_output",
        misuse="jax.grad(lambda x: jnp.argmax(x))(jnp.array([1.0, 3.0]))",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "grad requires real-valued outputs (output dtype that is a sub-dtype of "
                    "np.floating), but got int32. For differentiation of functions with integer "
                    "outputs, use jax.vjp directly."
                ),
            ),
        ),
        remedy="An index has no derivative: differentiate the value, or a soft maximum.",
        remedied="jax.grad(lambda x: jnp.max(x))(jnp.array([1.0, 3.0]))",
        right=[0.0, 1.0],
        source=GRAD,
    ),
    Pitfall(
        name="boolean_output",
        misuse="jax.grad(lambda x: x > 0.0)(3.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "grad requires real-valued outputs (output dtype that is a sub-dtype of "
                    "np.floating), but got bool. For differentiation of functions with integer "
                    "outputs, use jax.vjp directly."
                ),
            ),
        ),
        remedy="Differentiate what the comparison chooses.",
        remedied="jax.grad(lambda x: jnp.where(x > 0.0, x * x, 0.0))(3.0)",
        right=6.0,
        source=GRAD,
    ),
    Pitfall(
        name="allow_int_and_arithmetic",
        misuse=(
            "def step(w):\n"
            "    g = jax.grad(lambda n, w: n * w, allow_int=True)(2, w)\n"
            "    return 2 - 0.5 * g\n"
            "step(3.0)"
        ),
        expects=(
            Raises(
                error="UFuncTypeError",
                message=(
                    "ufunc 'multiply' did not contain a loop with signature matching types "
                    "(dtype('float64'), dtype([('float0', 'V')])) -> None"
                ),
                phase="call",
            ),
            Raises(
                error="TypeError",
                message=(
                    "Called multiply with a float0 array. float0s do not support any operations by "
                    "design because they are not compatible with non-trivial vector spaces. No "
                    "implicit dtype conversion is done. You can use np.zeros_like(arr, "
                    "dtype=np.float) to cast a float0 array to a regular zeros array. \n"
                    "If you didn't expect to get a float0 you might have accidentally taken a "
                    "gradient with respect to an integer argument."
                ),
                modes=(
                    "jit",
                    "scan",
                ),
            ),
        ),
        remedy="By an integer the gradient is of dtype float0, without numbers: leave it out.",
        remedied="jax.grad(lambda n, w: n * w, argnums=1, allow_int=True)(2, 3.0)",
        right=2.0,
        source=GRAD,
    ),
    Pitfall(
        name="jacfwd_of_an_integer",
        misuse="jax.jacfwd(lambda x: x * x)(3)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "jacfwd requires real-valued inputs (input dtype that is a sub-dtype of "
                    "np.floating), but got int32. For holomorphic differentiation, pass "
                    "holomorphic=True. For differentiation of non-holomorphic functions involving "
                    "complex inputs or integer inputs, use jax.jvp directly."
                ),
            ),
        ),
        remedy="Give a float.",
        remedied="jax.jacfwd(lambda x: x * x)(3.0)",
        right=6.0,
        source=ADVANCED_AUTODIFF,
    ),
    Pitfall(
        name="integer_tangent",
        misuse="jax.jvp(lambda n, x: n * x, (2, 3.0), (1, 1.0))",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "primal and tangent arguments to jax.jvp do not match; dtypes must be equal, "
                    "or in case of int/bool primal dtype the tangent dtype must be float0.…Got "
                    "primal dtype int32 and so expected tangent dtype [('float0', 'V')], but got "
                    "tangent dtype int32 instead."
                ),
            ),
        ),
        remedy="The tangent of an integer is of dtype float0.",
        remedied=(
            "zero = np.zeros((), jax.dtypes.float0)\n"
            "jax.jvp(lambda n, x: n * x, (2, 3.0), (zero, 1.0))"
        ),
        right=(6.0, 2.0),
        source=JVP,
    ),
    Pitfall(
        name="grad_by_a_key",
        misuse="jax.grad(lambda key, s: s * jax.random.uniform(key))(jax.random.key(0), 2.0)",
        expects=(not_inexact("key<fry>"),),
        remedy="A key has no derivative: differentiate by another argument.",
        remedied=(
            "draw = lambda key, s: s + 0.0 * jax.random.uniform(key)\n"
            "jax.grad(draw, argnums=1)(jax.random.key(0), 2.0) > 0.0"
        ),
        right=True,
        source=KEYS,
    ),
)
