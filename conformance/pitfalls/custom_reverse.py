"""Reverse rules that people write: missing, of another structure, shape or dtype."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, Yields, family
from gradlaw.conformance.pitfalls.sources import CUSTOM_RULES, CUSTOM_VJP

_SQUARE = "square = jax.custom_vjp(lambda x: x * x)\n"
_GOOD = f"{_SQUARE}square.defvjp(lambda x: (x * x, x), lambda x, ct: (2.0 * x * ct,))\n"
_FORWARD = "square = jax.custom_jvp(lambda x: x * x)\n"
_GOOD_FORWARD = f"{_FORWARD}square.defjvp(lambda p, t: (p[0] * p[0], 2.0 * p[0] * t[0]))\n"
_GRAD = "jax.grad(square)(3.0)"
_ROW = "jax.grad(lambda x: jnp.sum(square(x)))(jnp.array([1.0, 3.0]))"

CUSTOM_REVERSE = family(
    "custom_vjp",
    Pitfall(
        name="vjp_rule_missing",
        misuse=_SQUARE + _GRAD,
        expects=(
            Raises(
                error="AttributeError",
                message="No VJP defined for custom_vjp function <lambda> using defvjp.",
            ),
        ),
        remedy="Give both rules: square.defvjp(forward, backward).",
        remedied=_GOOD + _GRAD,
        right=6.0,
        source=CUSTOM_VJP,
    ),
    Pitfall(
        name="vjp_forward_without_a_pair",
        misuse=f"{_SQUARE}square.defvjp(lambda x: x * x, lambda x, ct: (2.0 * x * ct,))\n{_GRAD}",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Custom VJP fwd rule <lambda> for function <lambda> must produce a pair (list "
                    "or tuple of length two) where the first element represents the primal output "
                    "(equal to those of the custom_vjp-decorated function <lambda>) and the second "
                    "element represents residuals (i.e. values stored from the forward pass for "
                    "use on the backward pass), but instead of a pair the fwd rule <lambda> "
                    "produced …"
                ),
            ),
        ),
        remedy="The forward rule returns (output, residuals).",
        remedied=_GOOD + _GRAD,
        right=6.0,
        source=CUSTOM_VJP,
    ),
    Pitfall(
        name="vjp_forward_of_another_structure",
        misuse=(
            f"{_SQUARE}square.defvjp(lambda x: ((x * x,), x), lambda x, ct: (2.0 * x * ct[0],))\n"
            "jax.grad(jax.jit(square))(3.0)"
        ),
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Custom VJP fwd rule <lambda> for function <lambda> must produce a pair (list "
                    "or tuple of length two) where the first element represents the primal output "
                    "(equal to the output of the custom_vjp-decorated function <lambda>) and the "
                    "second element represents residuals (i.e. values stored from the forward pass "
                    "for use on the backward pass), but instead the fwd rule output's first "
                    "element had container/pytree structure:\n"
                    "    (float32[],)\n"
                    "while the custom_vjp-decorated function <lambda> had output container/pytree "
                    "structure:\n"
                    "    float32[]."
                ),
            ),
        ),
        remedy="The forward rule's output has the function's structure.",
        remedied=_GOOD + _GRAD,
        right=6.0,
        source=CUSTOM_VJP,
    ),
    Pitfall(
        name="vjp_forward_of_another_shape",
        misuse=(
            f"{_SQUARE}square.defvjp(lambda x: (jnp.ones(2) * x, x), "
            f"lambda x, ct: (x * jnp.sum(ct),))\njax.grad(jax.jit(square))(3.0)"
        ),
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Custom VJP fwd rule <lambda> for function <lambda> must produce a pair (list "
                    "or tuple of length two) where the first element represents the primal output "
                    "(equal to the output of the custom_vjp-decorated function <lambda>) and the "
                    "second element represents residuals (i.e. values stored from the forward pass "
                    "for use on the backward pass), but instead the fwd rule output's first "
                    "element had shapes/dtypes of:\n"
                    "    float32[2]\n"
                    "while the custom_vjp-decorated function <lambda> had output shapes/dtypes "
                    "of:\n"
                    "    float32[]"
                ),
            ),
        ),
        remedy="The forward rule's output has the function's shape.",
        remedied=_GOOD + _GRAD,
        right=6.0,
        source=CUSTOM_VJP,
    ),
    Pitfall(
        name="vjp_backward_not_a_tuple",
        misuse=f"{_SQUARE}square.defvjp(lambda x: (x * x, x), lambda x, ct: 2.0 * x * ct)\n{_GRAD}",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Custom VJP bwd rule must produce an output with the same container (pytree) "
                    "structure as the args tuple of the primal function, and in particular must "
                    "produce a tuple of length equal to the number of arguments to the primal "
                    "function, but got bwd output structure PyTreeDef(*) for primal input "
                    "structure PyTreeDef((*,))."
                ),
            ),
        ),
        remedy="The backward rule returns a tuple, one cotangent for each argument.",
        remedied=_GOOD + _GRAD,
        right=6.0,
        source=CUSTOM_VJP,
    ),
    Pitfall(
        name="vjp_backward_with_too_many",
        misuse=(
            f"{_SQUARE}square.defvjp(lambda x: (x * x, x), lambda x, ct: (2.0 * x * ct, ct))\n"
            f"{_GRAD}"
        ),
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Custom VJP bwd rule must produce an output with the same container (pytree) "
                    "structure as the args tuple of the primal function, and in particular must "
                    "produce a tuple of length equal to the number of arguments to the primal "
                    "function, but got bwd output structure PyTreeDef((*, *)) for primal input "
                    "structure PyTreeDef((*,))."
                ),
            ),
        ),
        remedy="One cotangent for each argument.",
        remedied=_GOOD + _GRAD,
        right=6.0,
        source=CUSTOM_VJP,
    ),
    Pitfall(
        name="vjp_backward_of_another_shape",
        misuse=(
            f"{_SQUARE}square.defvjp(lambda x: (x * x, x), "
            f"lambda x, ct: (jnp.sum(2.0 * x * ct),))\n{_ROW}"
        ),
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Custom VJP bwd rule must produce an output with the same … as the args tuple "
                    "of the primal function, but at output[0] the bwd rule produced an output of … "
                    "float32[] corresponding to an input of … float32[2]…"
                ),
                releases=">=0.5,<0.11.1",
            ),
            Raises(
                error="ValueError",
                message=(
                    "Custom VJP bwd rule attached to <lambda> at … must produce an output with the "
                    "same type as the args tuple of the primal function, but at output[0] the bwd "
                    "rule produced an output of type float32[] corresponding to an input of type "
                    "float32[2], so the shapes do not match"
                ),
                releases=">=0.11.1",
            ),
        ),
        remedy="A cotangent has its argument's shape.",
        remedied=_GOOD + _ROW,
        right=[2.0, 6.0],
        source=CUSTOM_VJP,
    ),
    Pitfall(
        name="vjp_backward_of_another_dtype",
        misuse=(
            f"{_SQUARE}square.defvjp(lambda x: (x * x, x), "
            "lambda x, ct: ((2.0 * x * ct).astype(jnp.float16),))\n"
            "jax.jit(jax.grad(lambda x: jnp.sum(square(x))))(jnp.array([1.0, 4097.0]))"
        ),
        expects=(
            Yields(
                value=[2.0, 8192.0],
            ),
        ),
        remedy="A cotangent has its argument's dtype: compute it in that.",
        remedied=(f"{_GOOD}jax.grad(lambda x: jnp.sum(square(x)))(jnp.array([1.0, 4097.0]))"),
        right=[2.0, 8194.0],
        source=CUSTOM_VJP,
    ),
    Pitfall(
        name="vjp_under_forward_mode",
        misuse=f"{_GOOD}jax.jvp(square, (3.0,), (1.0,))",
        expects=(
            Raises(
                error="TypeError",
                message="can't apply forward-mode autodiff (jvp) to a custom_vjp function.",
                phase="compile",
            ),
            Raises(
                error="NotImplementedError",
                message="Differentiation rule for 'custom_lin' not implemented",
                modes=("grad",),
            ),
        ),
        remedy="custom_jvp serves both modes: the reverse is its transpose.",
        remedied=f"{_GOOD_FORWARD}jax.jvp(square, (3.0,), (1.0,))",
        right=(9.0, 6.0),
        source=CUSTOM_RULES,
    ),
    Pitfall(
        name="vjp_reverse_over_forward",
        misuse=f"{_GOOD}jax.jacrev(jax.jacfwd(square))(3.0)",
        expects=(
            Raises(
                error="TypeError",
                message="can't apply forward-mode autodiff (jvp) to a custom_vjp function.",
            ),
        ),
        remedy="Reverse mode comes first: jax.hessian is forward over reverse.",
        remedied=f"{_GOOD}jax.jit(jax.hessian(square))(3.0)",
        right=2.0,
        source=CUSTOM_RULES,
    ),
    Pitfall(
        name="vjp_wrong_by_a_factor",
        misuse=f"{_SQUARE}square.defvjp(lambda x: (x * x, x), lambda x, ct: (x * ct,))\n{_GRAD}",
        expects=(
            Yields(
                value=3.0,
            ),
        ),
        remedy="JAX believes a rule: hold it against the function without one.",
        remedied=f"{_GOOD}(jax.grad(square)(3.0), jax.grad(lambda x: x * x)(3.0))",
        right=(6.0, 6.0),
        source=CUSTOM_RULES,
    ),
    Pitfall(
        name="vjp_nondiff_argnums_out_of_range",
        misuse=(
            "scaled = jax.custom_vjp(lambda n, x: n * x, nondiff_argnums=(2,))\n"
            "scaled.defvjp(lambda n, x: (n * x, None), lambda n, _, ct: (n * ct,))\n"
            "jax.grad(scaled, argnums=1)(2, 3.0)"
        ),
        expects=(
            Raises(
                error="IndexError",
                message="tuple index out of range",
            ),
        ),
        remedy="Count the arguments from 0.",
        remedied=(
            "scaled = jax.custom_vjp(lambda n, x: n * x, nondiff_argnums=(0,))\n"
            "scaled.defvjp(lambda n, x: (n * x, None), lambda n, _, ct: (n * ct,))\n"
            "jax.grad(scaled, argnums=1)(2, 3.0)"
        ),
        right=2.0,
        source=CUSTOM_VJP,
    ),
    Pitfall(
        name="vjp_nondiff_argument_differentiated",
        misuse=(
            "scaled = jax.custom_vjp(lambda s, x: s * x, nondiff_argnums=(0,))\n"
            "scaled.defvjp(lambda s, x: (s * x, None), lambda s, _, ct: (s * ct,))\n"
            "jax.grad(scaled)(2.0, 3.0)"
        ),
        expects=(
            Raises(
                error="UnexpectedTracerError",
                message=(
                    "Found a JAX Tracer object passed as an argument to a custom_vjp function in a "
                    "position indicated by nondiff_argnums as non-differentiable. Tracers cannot "
                    "be passed as non-differentiable arguments to custom_vjp functions; instead, "
                    "nondiff_argnums should only be used for arguments that can't be or contain "
                    "JAX tracers, e.g. function-valued arguments. In particular, array-valued "
                    "arguments should typically not be indicated as nondiff_argnums.\n"
                    "See …#jax.errors.UnexpectedTracerError"
                ),
            ),
        ),
        remedy="Only what is never traced may be nondiff: functions, flags, shapes.",
        remedied=(
            "scaled = jax.custom_vjp(lambda s, x: s * x)\n"
            "scaled.defvjp(lambda s, x: (s * x, (s, x)), lambda r, ct: (r[1] * ct, r[0] * ct))\n"
            "jax.grad(scaled)(2.0, 3.0)"
        ),
        right=3.0,
        source=CUSTOM_RULES,
    ),
    Pitfall(
        name="vjp_nondiff_argument_in_the_wrong_place",
        misuse=(
            "scaled = jax.custom_vjp(lambda x, n: n * x, nondiff_argnums=(1,))\n"
            "scaled.defvjp(lambda x, n: (n * x, None), lambda _, n, ct: (n * ct,))\n"
            "jax.grad(scaled)(3.0, 2)"
        ),
        expects=(
            Raises(
                error="TypeError",
                message="unsupported operand type(s) for *: 'NoneType' and …",
            ),
        ),
        remedy="The backward rule gets nondiff arguments first: (n, residuals, cotangent).",
        remedied=(
            "scaled = jax.custom_vjp(lambda x, n: n * x, nondiff_argnums=(1,))\n"
            "scaled.defvjp(lambda x, n: (n * x, None), lambda n, _, ct: (n * ct,))\n"
            "jax.grad(scaled)(3.0, 2)"
        ),
        right=2.0,
        source=CUSTOM_RULES,
    ),
    Pitfall(
        name="vjp_closes_over_what_is_differentiated",
        misuse=(
            "def loss(w):\n"
            "    scaled = jax.custom_vjp(lambda x: w * x)\n"
            "    scaled.defvjp(lambda x: (w * x, None), lambda _, ct: (w * ct,))\n"
            "    return scaled(3.0)\n"
            "jax.grad(loss)(2.0)"
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
            ),
        ),
        remedy="Pass it as an argument, and give its cotangent.",
        remedied=(
            "scaled = jax.custom_vjp(lambda w, x: w * x)\n"
            "scaled.defvjp(lambda w, x: (w * x, (w, x)), lambda r, ct: (r[1] * ct, r[0] * ct))\n"
            "jax.grad(lambda w: scaled(w, 3.0))(2.0)"
        ),
        right=3.0,
        source=CUSTOM_RULES,
    ),
)
