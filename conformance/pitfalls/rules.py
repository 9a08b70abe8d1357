"""Derivative rules that people write: missing, of another structure, shape or dtype."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, family
from gradlaw.conformance.pitfalls.sources import CUSTOM_JVP, CUSTOM_RULES, CUSTOM_VJP, PRIMITIVES

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
        expects=(),
        remedy="Give both rules: square.defvjp(forward, backward).",
        remedied=_GOOD + _GRAD,
        right=6.0,
        source=CUSTOM_VJP,
    ),
    Pitfall(
        name="vjp_forward_without_a_pair",
        misuse=f"{_SQUARE}square.defvjp(lambda x: x * x, lambda x, ct: (2.0 * x * ct,))\n{_GRAD}",
        expects=(),
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
        expects=(),
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
        expects=(),
        remedy="The forward rule's output has the function's shape.",
        remedied=_GOOD + _GRAD,
        right=6.0,
        source=CUSTOM_VJP,
    ),
    Pitfall(
        name="vjp_backward_not_a_tuple",
        misuse=f"{_SQUARE}square.defvjp(lambda x: (x * x, x), lambda x, ct: 2.0 * x * ct)\n{_GRAD}",
        expects=(),
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
        expects=(),
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
        expects=(),
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
            "jax.grad(lambda x: jnp.sum(square(x)))(jnp.array([1.0, 4097.0]))"
        ),
        expects=(),
        remedy="A cotangent has its argument's dtype: compute it in that.",
        remedied=(
            f"{_GOOD}jax.grad(lambda x: jnp.sum(square(x)))(jnp.array([1.0, 4097.0]))"
        ),
        right=[2.0, 8194.0],
        source=CUSTOM_VJP,
    ),
    Pitfall(
        name="vjp_under_forward_mode",
        misuse=f"{_GOOD}jax.jvp(square, (3.0,), (1.0,))",
        expects=(),
        remedy="custom_jvp serves both modes: the reverse is its transpose.",
        remedied=f"{_GOOD_FORWARD}jax.jvp(square, (3.0,), (1.0,))",
        right=(9.0, 6.0),
        source=CUSTOM_RULES,
    ),
    Pitfall(
        name="vjp_reverse_over_forward",
        misuse=f"{_GOOD}jax.jacrev(jax.jacfwd(square))(3.0)",
        expects=(),
        remedy="Reverse mode comes first: jax.hessian is forward over reverse.",
        remedied=f"{_GOOD}jax.hessian(square)(3.0)",
        right=2.0,
        source=CUSTOM_RULES,
    ),
    Pitfall(
        name="vjp_wrong_by_a_factor",
        misuse=f"{_SQUARE}square.defvjp(lambda x: (x * x, x), lambda x, ct: (x * ct,))\n{_GRAD}",
        expects=(),
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
        expects=(),
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
        expects=(),
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
        expects=(),
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
        expects=(),
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

CUSTOM_FORWARD = family(
    "custom_jvp, and primitives without rules",
    Pitfall(
        name="jvp_rule_missing",
        misuse=_FORWARD + _GRAD,
        expects=(),
        remedy="Give the rule: square.defjvp(rule).",
        remedied=_GOOD_FORWARD + _GRAD,
        right=6.0,
        source=CUSTOM_JVP,
    ),
    Pitfall(
        name="jvp_rule_without_a_pair",
        misuse=f"{_FORWARD}square.defjvp(lambda p, t: 2.0 * p[0] * t[0])\n{_GRAD}",
        expects=(),
        remedy="The rule returns (output, tangent).",
        remedied=_GOOD_FORWARD + _GRAD,
        right=6.0,
        source=CUSTOM_JVP,
    ),
    Pitfall(
        name="jvp_rule_of_another_structure",
        misuse=f"{_FORWARD}square.defjvp(lambda p, t: (p[0] * p[0], (p[0] * t[0],)))\n{_GRAD}",
        expects=(),
        remedy="The tangent has the output's structure.",
        remedied=_GOOD_FORWARD + _GRAD,
        right=6.0,
        source=CUSTOM_JVP,
    ),
    Pitfall(
        name="jvp_rule_of_another_shape",
        misuse=(
            f"{_FORWARD}square.defjvp(lambda p, t: (p[0] * p[0], jnp.sum(p[0] * t[0])))\n{_ROW}"
        ),
        expects=(),
        remedy="The tangent has the output's shape.",
        remedied=_GOOD_FORWARD + _ROW,
        right=[2.0, 6.0],
        source=CUSTOM_JVP,
    ),
    Pitfall(
        name="jvp_rule_of_another_dtype",
        misuse=(
            f"{_FORWARD}square.defjvp(lambda p, t: "
            f"(p[0] * p[0], (p[0] * t[0]).astype(jnp.float16)))\n{_ROW}"
        ),
        expects=(),
        remedy="The tangent has the output's dtype.",
        remedied=_GOOD_FORWARD + _ROW,
        right=[2.0, 6.0],
        source=CUSTOM_JVP,
    ),
    Pitfall(
        name="jvp_rule_not_linear",
        misuse=(
            f"{_FORWARD}square.defjvp(lambda p, t: (p[0] * p[0], 2.0 * p[0] * t[0] * t[0]))\n{_GRAD}"
        ),
        expects=(),
        remedy="Reverse mode transposes the rule: it must be linear in the tangents.",
        remedied=_GOOD_FORWARD + _GRAD,
        right=6.0,
        source=CUSTOM_JVP,
    ),
    Pitfall(
        name="jvp_nondiff_argument_differentiated",
        misuse=(
            "scaled = jax.custom_jvp(lambda s, x: s * x, nondiff_argnums=(0,))\n"
            "scaled.defjvp(lambda s, p, t: (s * p[0], s * t[0]))\n"
            "jax.grad(scaled)(2.0, 3.0)"
        ),
        expects=(),
        remedy="Only what is never traced may be nondiff.",
        remedied=(
            "scaled = jax.custom_jvp(lambda s, x: s * x)\n"
            "scaled.defjvp(lambda p, t: (p[0] * p[1], p[1] * t[0] + p[0] * t[1]))\n"
            "jax.grad(scaled)(2.0, 3.0)"
        ),
        right=3.0,
        source=CUSTOM_RULES,
    ),
    Pitfall(
        name="primitive_without_a_derivative",
        misuse=(
            "from jax.extend.core import Primitive\n"
            "triple = Primitive('triple')\n"
            "triple.def_impl(lambda x: 3.0 * x)\n"
            "triple.def_abstract_eval(lambda x: x)\n"
            "jax.grad(lambda x: triple.bind(x))(2.0)"
        ),
        expects=(),
        remedy="Give the function a rule, or write it in JAX's own.",
        remedied=(
            "triple = jax.custom_jvp(lambda x: 3.0 * x)\n"
            "triple.defjvp(lambda p, t: (3.0 * p[0], 3.0 * t[0]))\n"
            "jax.grad(triple)(2.0)"
        ),
        right=3.0,
        source=PRIMITIVES,
    ),
    Pitfall(
        name="primitive_without_a_lowering",
        misuse=(
            "from jax.extend.core import Primitive\n"
            "triple = Primitive('triple')\n"
            "triple.def_abstract_eval(lambda x: x)\n"
            "jax.jit(lambda x: triple.bind(x))(2.0)"
        ),
        expects=(),
        remedy="Register a lowering with jax.interpreters.mlir, or write it in JAX's own.",
        remedied="jax.jit(lambda x: 3.0 * x)(2.0)",
        right=6.0,
        source=PRIMITIVES,
    ),
    Pitfall(
        name="primitive_without_a_batching_rule",
        misuse=(
            "from jax.extend.core import Primitive\n"
            "triple = Primitive('triple')\n"
            "triple.def_impl(lambda x: 3.0 * x)\n"
            "triple.def_abstract_eval(lambda x: x)\n"
            "jax.vmap(lambda x: triple.bind(x))(jnp.array([1.0, 3.0]))"
        ),
        expects=(),
        remedy="Register a batching rule, or write it in JAX's own.",
        remedied="jax.vmap(lambda x: 3.0 * x)(jnp.array([1.0, 3.0]))",
        right=[3.0, 9.0],
        source=PRIMITIVES,
    ),
)
