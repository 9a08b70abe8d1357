"""`jax.grad` wants one real scalar; `has_aux` says that something else comes beside it."""

from __future__ import annotations

from gradlaw.conformance.documents import COMPILATION, GRADIENT
from gradlaw.conformance.pitfalls.messages import not_scalar
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, family
from gradlaw.conformance.pitfalls.sources import ADVANCED_AUTODIFF, AUTODIFF, GRAD, JIT

_ROW = "jnp.array([1.0, 3.0])"

NOT_SCALARS = family(
    "Not a scalar",
    Pitfall(
        name="non_scalar_output",
        misuse=f"jax.grad(lambda w, x: w * x)(2.0, {_ROW})",
        expects=not_scalar("(2,)"),
        remedy="Reduce the output with jnp.sum or jnp.mean, or ask jax.jacobian for all of it.",
        remedied=(
            f"x = {_ROW}\n"
            "(\n"
            "    jax.grad(lambda w, x: jnp.sum(w * x))(2.0, x),\n"
            "    jax.jit(jax.jacobian(lambda w, x: w * x))(2.0, x),\n"
            ")"
        ),
        right=(4.0, [1.0, 3.0]),
        source=GRADIENT,
    ),
    Pitfall(
        name="non_scalar_layer",
        misuse=(
            f"A = np.array([[2.0, 0.0], [1.0, 4.0]])\njax.jit(jax.grad(lambda b: A @ b))({_ROW})"
        ),
        expects=not_scalar("(2,)"),
        remedy="Differentiate a scalar loss of the layer's output, or ask for the Jacobian.",
        remedied=(
            "A = np.array([[2.0, 0.0], [1.0, 4.0]])\n"
            f"jax.jit(jax.grad(lambda b: jnp.sum(A @ b)))({_ROW})"
        ),
        right=[3.0, 4.0],
        source=COMPILATION,
    ),
    Pitfall(
        name="output_of_one_element",
        misuse="jax.grad(lambda x: x * x)(jnp.array([3.0]))",
        expects=not_scalar("(1,)"),
        remedy="Shape (1,) is not shape (): index the element, or squeeze.",
        remedied="jax.grad(lambda x: (x * x)[0])(jnp.array([3.0]))",
        right=[6.0],
        source=GRADIENT,
    ),
    Pitfall(
        name="output_is_none",
        misuse=("def loss(x):\n    x * x  # and no return\njax.grad(loss)(3.0)"),
        expects=(
            Raises(
                error="TypeError",
                message="Gradient only defined for scalar-output functions. Output was None.",
            ),
        ),
        remedy="Return the loss.",
        remedied="jax.grad(lambda x: x * x)(3.0)",
        right=6.0,
        source=GRADIENT,
    ),
    Pitfall(
        name="output_is_a_dict",
        misuse="jax.grad(lambda x: {'loss': x * x})(3.0)",
        expects=(
            Raises(
                error="TypeError",
                message="Gradient only defined for scalar-output functions. Output was {'loss': …",
            ),
        ),
        remedy="Take the scalar out of its container.",
        remedied="jax.grad(lambda x: {'loss': x * x}['loss'])(3.0)",
        right=6.0,
        source=GRAD,
    ),
    Pitfall(
        name="output_is_a_string",
        misuse="jax.jit(lambda x: 'loss')(3.0)",
        expects=(
            Raises(
                error="TypeError",
                message="Argument 'loss' of type <class 'str'> is not a valid JAX type",
                releases=">=0.5,<0.6.2",
            ),
            Raises(
                error="TypeError",
                message=(
                    "function <lambda> at … traced for jit returned a value of type <class "
                    "'str'>…, which is not a valid JAX type"
                ),
                releases=">=0.6.2",
            ),
        ),
        remedy="Return arrays; text belongs to the caller.",
        remedied="jax.jit(lambda x: x * x)(3.0)",
        right=9.0,
        source=JIT,
    ),
    Pitfall(
        name="hessian_as_grad_of_grad",
        misuse=f"jax.grad(jax.grad(lambda x: jnp.sum(x * x)))({_ROW})",
        expects=not_scalar("(2,)"),
        remedy="The gradient is a vector: ask jax.hessian, or jax.jacfwd of jax.grad.",
        remedied=f"jax.jit(jax.jacfwd(jax.grad(lambda x: jnp.sum(x * x))))({_ROW})",
        right=[[2.0, 0.0], [0.0, 2.0]],
        source=ADVANCED_AUTODIFF,
    ),
)

AUXILIARY = family(
    "has_aux",
    Pitfall(
        name="has_aux_forgotten",
        misuse="jax.grad(lambda x: (x * x, 2.0 * x))(3.0)",
        expects=(
            Raises(
                error="TypeError",
                message="Gradient only defined for scalar-output functions. Output was (…",
            ),
        ),
        remedy="has_aux=True: the first of the pair is differentiated, the second passed on.",
        remedied="jax.grad(lambda x: (x * x, 2.0 * x), has_aux=True)(3.0)",
        right=(6.0, 6.0),
        source=AUTODIFF,
    ),
    Pitfall(
        name="has_aux_without_a_pair",
        misuse="jax.grad(lambda x: x * x, has_aux=True)(3.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "expected function with aux output to return a two-element tuple, but got type "
                    "<class '…'> with value …"
                ),
            ),
        ),
        remedy="Return the pair that has_aux promises, or leave it out.",
        remedied="jax.grad(lambda x: x * x)(3.0)",
        right=6.0,
        source=GRAD,
    ),
    Pitfall(
        name="has_aux_of_three",
        misuse="jax.grad(lambda x: (x * x, x, 2.0 * x), has_aux=True)(3.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "expected function with aux output to return a two-element tuple, but got type "
                    "<class 'tuple'> with value (…"
                ),
                releases=">=0.5,<0.7",
            ),
            Raises(
                error="TypeError",
                message=(
                    "expected function with aux output to return a two-element tuple, but got type "
                    "<class 'tuple'> with value (Linearize…, Linearize…, Linearize…)"
                ),
                releases=">=0.7,<0.8.2",
            ),
            Raises(
                error="TypeError",
                message=(
                    "expected function with aux output to return a two-element tuple, but got type "
                    "<class 'tuple'> with value (…, …, …)"
                ),
                releases=">=0.8.2",
            ),
        ),
        remedy="Pack all that comes beside the scalar into one pytree.",
        remedied="jax.grad(lambda x: (x * x, (x, 2.0 * x)), has_aux=True)(3.0)",
        right=(6.0, (3.0, 6.0)),
        source=GRAD,
    ),
    Pitfall(
        name="has_aux_in_the_wrong_order",
        misuse=f"jax.grad(lambda x: (x * x, jnp.sum(x)), has_aux=True)({_ROW})",
        expects=not_scalar("(2,)"),
        remedy="The scalar comes first, what is beside it second.",
        remedied=f"jax.grad(lambda x: (jnp.sum(x), x * x), has_aux=True)({_ROW})",
        right=([1.0, 1.0], [1.0, 9.0]),
        source=GRAD,
    ),
    Pitfall(
        name="value_and_grad_unpacked_flat",
        misuse=(
            "def step(x):\n"
            "    value, aux, grads = jax.value_and_grad(lambda x: (x * x, x), has_aux=True)(x)\n"
            "    return grads\n"
            "step(3.0)"
        ),
        expects=(
            Raises(
                error="ValueError",
                message="not enough values to unpack (expected 3, got 2)",
            ),
        ),
        remedy="It returns ((value, aux), gradients).",
        remedied=(
            "(value, aux), grads = jax.value_and_grad(lambda x: (x * x, x), has_aux=True)(3.0)\n"
            "(value, aux, grads)"
        ),
        right=(9.0, 3.0, 6.0),
        source=GRAD,
    ),
)
