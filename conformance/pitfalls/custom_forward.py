"""Forward rules and primitives that people write, and what they leave out."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, Yields, family
from gradlaw.conformance.pitfalls.sources import CUSTOM_JVP, CUSTOM_RULES, PRIMITIVES

_FORWARD = "square = jax.custom_jvp(lambda x: x * x)\n"
_GOOD_FORWARD = f"{_FORWARD}square.defjvp(lambda p, t: (p[0] * p[0], 2.0 * p[0] * t[0]))\n"
_GRAD = "jax.grad(square)(3.0)"
_ROW = "jax.grad(lambda x: jnp.sum(square(x)))(jnp.array([1.0, 3.0]))"

CUSTOM_FORWARD = family(
    "custom_jvp, and primitives without rules",
    Pitfall(
        name="jvp_rule_missing",
        misuse=_FORWARD + _GRAD,
        expects=(
            Raises(
                error="AttributeError",
                message="No JVP defined for custom_jvp function <lambda> using defjvp.",
            ),
        ),
        remedy="Give the rule: square.defjvp(rule).",
        remedied=_GOOD_FORWARD + _GRAD,
        right=6.0,
        source=CUSTOM_JVP,
    ),
    Pitfall(
        name="jvp_rule_without_a_pair",
        misuse=f"{_FORWARD}square.defjvp(lambda p, t: 2.0 * p[0] * t[0])\n{_GRAD}",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Custom JVP rule <lambda> for function <lambda> must produce a pair (list or "
                    "tuple of length two) representing primal and tangent outputs, but got …."
                ),
            ),
        ),
        remedy="The rule returns (output, tangent).",
        remedied=_GOOD_FORWARD + _GRAD,
        right=6.0,
        source=CUSTOM_JVP,
    ),
    Pitfall(
        name="jvp_rule_of_another_structure",
        misuse=f"{_FORWARD}square.defjvp(lambda p, t: (p[0] * p[0], (p[0] * t[0],)))\n{_GRAD}",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Custom JVP rule <lambda> for function <lambda> must produce primal and "
                    "tangent outputs with equal container (pytree) structures, but got "
                    "PyTreeDef(*) and PyTreeDef((*,)) respectively."
                ),
            ),
        ),
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
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Custom JVP rule must produce primal and tangent outputs with corresponding "
                    "shapes and dtypes. Expected float32[2] (tangent type of float32[2]) but got "
                    "float32[]."
                ),
            ),
        ),
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
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Custom JVP rule must produce primal and tangent outputs with corresponding "
                    "shapes and dtypes. Expected float32[2] (tangent type of float32[2]) but got "
                    "float16[2]."
                ),
            ),
        ),
        remedy="The tangent has the output's dtype.",
        remedied=_GOOD_FORWARD + _ROW,
        right=[2.0, 6.0],
        source=CUSTOM_JVP,
    ),
    Pitfall(
        name="jvp_rule_not_linear",
        misuse=(
            f"{_FORWARD}square.defjvp(lambda p, t: (p[0] * p[0], p[0] * t[0] * t[0]))\n{_GRAD}"
        ),
        expects=(
            Raises(
                error="AssertionError",
                message="",
                releases=">=0.5,<0.10.1",
            ),
            Raises(
                error="AssertionError",
                message="(ValAccum(…float32[]), ValAccum(…float32[]))",
                releases=">=0.10.1",
            ),
        ),
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
            "jax.jit(jax.grad(scaled))(2.0, 3.0)"
        ),
        expects=(
            Yields(
                value=0.0,
            ),
        ),
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
        expects=(
            Raises(
                error="NotImplementedError",
                message="Differentiation rule for 'triple' not implemented",
            ),
        ),
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
        expects=(
            Raises(
                error="NotImplementedError",
                message="MLIR translation rule for primitive 'triple' not found for platform …",
                phase="compile",
            ),
            Raises(
                error="NotImplementedError",
                message="Batching rule for 'triple' not implemented",
                modes=("vmap",),
            ),
            Raises(
                error="NotImplementedError",
                message="Differentiation rule for 'triple' not implemented",
                modes=("grad",),
            ),
        ),
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
        expects=(
            Raises(
                error="NotImplementedError",
                message="Batching rule for 'triple' not implemented",
            ),
        ),
        remedy="Register a batching rule, or write it in JAX's own.",
        remedied="jax.vmap(lambda x: 3.0 * x)(jnp.array([1.0, 3.0]))",
        right=[3.0, 9.0],
        source=PRIMITIVES,
    ),
)
