"""Primal, tangent and cotangent must have one structure, one shape, one dtype."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, family
from gradlaw.conformance.pitfalls.sources import AUTODIFF, COOKBOOK, JVP, PYTREES, VJP

_ROW = "jnp.array([1.0, 3.0])"
_SQUARE = "square = lambda x: x * x\n"
_BACK = f"{_SQUARE}value, back = jax.vjp(square, {_ROW})\n"
_PARAMS = "loss = lambda p: p['w'] * p['b']\nparams = {'w': 2.0, 'b': 3.0}\n"

TANGENTS = family(
    "Tangents and cotangents",
    Pitfall(
        name="tangents_not_a_tuple",
        misuse=f"{_SQUARE}jax.jvp(square, 3.0, 1.0)",
        expects=(),
        remedy="Primals and tangents come in tuples, however few they are.",
        remedied=f"{_SQUARE}jax.jvp(square, (3.0,), (1.0,))",
        right=(9.0, 6.0),
        source=JVP,
    ),
    Pitfall(
        name="too_few_tangents",
        misuse="jax.jvp(lambda w, x: w * x, (2.0, 3.0), (1.0,))",
        expects=(),
        remedy="One tangent for each primal: 0.0 where nothing moves.",
        remedied="jax.jvp(lambda w, x: w * x, (2.0, 3.0), (1.0, 0.0))",
        right=(6.0, 3.0),
        source=JVP,
    ),
    Pitfall(
        name="tangent_of_another_structure",
        misuse=f"{_PARAMS}jax.jvp(loss, (params,), ({{'w': 1.0}},))",
        expects=(),
        remedy="The tangent has all of the primal's leaves: 0.0 where nothing moves.",
        remedied=f"{_PARAMS}jax.jvp(loss, (params,), ({{'w': 1.0, 'b': 0.0}},))",
        right=(6.0, 3.0),
        source=JVP,
    ),
    Pitfall(
        name="tangent_of_another_shape",
        misuse=f"{_SQUARE}jax.jvp(square, ({_ROW},), (1.0,))",
        expects=(),
        remedy="A tangent has its primal's shape: nothing is broadcast.",
        remedied=f"{_SQUARE}jax.jvp(square, ({_ROW},), (jnp.ones(2),))",
        right=([1.0, 9.0], [2.0, 6.0]),
        source=JVP,
    ),
    Pitfall(
        name="tangent_of_another_dtype",
        misuse=f"{_SQUARE}jax.jvp(square, ({_ROW},), (jnp.ones(2, jnp.float16),))",
        expects=(),
        remedy="A tangent has its primal's dtype: astype(x.dtype).",
        remedied=f"{_SQUARE}jax.jvp(square, ({_ROW},), (jnp.ones(2),))",
        right=([1.0, 9.0], [2.0, 6.0]),
        source=JVP,
    ),
    Pitfall(
        name="linearized_at_another_shape",
        misuse=f"{_SQUARE}value, push = jax.linearize(square, {_ROW})\npush(1.0)",
        expects=(),
        remedy="What linearize returns takes tangents of the point's shape.",
        remedied=f"{_SQUARE}value, push = jax.linearize(square, {_ROW})\npush(jnp.ones(2))",
        right=[2.0, 6.0],
        source=COOKBOOK,
    ),
    Pitfall(
        name="cotangent_of_another_structure",
        misuse=f"{_BACK}back((jnp.ones(2), jnp.ones(2)))",
        expects=(),
        remedy="The cotangent has the output's structure: one array here.",
        remedied=f"{_BACK}back(jnp.ones(2))[0]",
        right=[2.0, 6.0],
        source=VJP,
    ),
    Pitfall(
        name="cotangent_of_another_shape",
        misuse=f"{_BACK}back(1.0)",
        expects=(),
        remedy="The cotangent has the output's shape: jnp.ones_like(value).",
        remedied=f"{_BACK}back(jnp.ones_like(value))[0]",
        right=[2.0, 6.0],
        source=VJP,
    ),
    Pitfall(
        name="cotangent_of_another_dtype",
        misuse=f"{_BACK}back(jnp.ones(2, jnp.float16))",
        expects=(),
        remedy="The cotangent has the output's dtype: astype(value.dtype).",
        remedied=f"{_BACK}back(jnp.ones(2, jnp.float16).astype(value.dtype))[0]",
        right=[2.0, 6.0],
        source=VJP,
    ),
    Pitfall(
        name="too_many_cotangents",
        misuse=f"{_BACK}back(jnp.ones(2), jnp.ones(2))",
        expects=(),
        remedy="One cotangent, shaped as the output; the result is a tuple over the primals.",
        remedied=f"{_BACK}back(jnp.ones(2))[0]",
        right=[2.0, 6.0],
        source=VJP,
    ),
    Pitfall(
        name="pull_back_not_unpacked",
        misuse=f"{_BACK}(lambda ct: 2.0 * back(ct))(jnp.ones(2))",
        expects=(),
        remedy="A pull-back returns a tuple with a cotangent for each primal: unpack it.",
        remedied=f"{_BACK}(gradient,) = back(jnp.ones(2))\n2.0 * gradient",
        right=[4.0, 12.0],
        source=VJP,
    ),
    Pitfall(
        name="transpose_of_what_is_not_linear",
        misuse="jax.linear_transpose(lambda x: x * x, 3.0)(1.0)",
        expects=(),
        remedy="Linearize first: jax.vjp transposes the linear part.",
        remedied="jax.vjp(lambda x: x * x, 3.0)[1](1.0)[0]",
        right=6.0,
        source=COOKBOOK,
    ),
    Pitfall(
        name="linear_transpose_of_another_shape",
        misuse=f"jax.linear_transpose(lambda x: 2.0 * x, {_ROW})(1.0)",
        expects=(),
        remedy="It takes a cotangent of the output's shape.",
        remedied=f"jax.linear_transpose(lambda x: 2.0 * x, {_ROW})(jnp.ones(2))[0]",
        right=[2.0, 2.0],
        source=COOKBOOK,
    ),
)

PARAMETERS = family(
    "Parameters as pytrees",
    Pitfall(
        name="gradients_of_another_structure",
        misuse=(
            "def step(w):\n"
            "    params = {'w': w, 'b': 3.0}\n"
            "    gradients = jax.grad(lambda w, b: w * b, argnums=(0, 1))(w, 3.0)\n"
            "    return jax.tree.map(lambda p, g: p - g, params, gradients)\n"
            "step(2.0)"
        ),
        expects=(),
        remedy="Differentiate by the tree itself: its gradient has its structure.",
        remedied=(
            "params = {'w': 2.0, 'b': 3.0}\n"
            "gradients = jax.grad(lambda p: p['w'] * p['b'])(params)\n"
            "jax.tree.map(lambda p, g: p - g, params, gradients)['w']"
        ),
        right=-1.0,
        source=PYTREES,
    ),
    Pitfall(
        name="text_among_the_parameters",
        misuse="jax.grad(lambda p: p['w'] * p['w'])({'w': 3.0, 'name': 'layer'})",
        expects=(),
        remedy="Keep what is no number apart from the parameters.",
        remedied="jax.grad(lambda p: p['w'] * p['w'])({'w': 3.0})['w']",
        right=6.0,
        source=PYTREES,
    ),
    Pitfall(
        name="integer_among_the_parameters",
        misuse="jax.grad(lambda p: p['w'] * p['step'])({'w': 3.0, 'step': 2})",
        expects=(),
        remedy="Keep counters apart from the parameters.",
        remedied="jax.grad(lambda p, step: p['w'] * step)({'w': 3.0}, 2)['w']",
        right=2.0,
        source=PYTREES,
    ),
    Pitfall(
        name="class_that_is_no_pytree",
        misuse=(
            "class Layer:\n"
            "    def __init__(self, w):\n"
            "        self.w = w\n"
            "(lambda w: jax.grad(lambda layer: layer.w * layer.w)(Layer(w)))(3.0)"
        ),
        expects=(),
        remedy="Register it: jax.tree_util.register_dataclass or register_pytree_node_class.",
        remedied=(
            "@jax.tree_util.register_pytree_node_class\n"
            "class Layer:\n"
            "    def __init__(self, w):\n"
            "        self.w = w\n"
            "    def tree_flatten(self):\n"
            "        return (self.w,), None\n"
            "    @classmethod\n"
            "    def tree_unflatten(cls, _, leaves):\n"
            "        return cls(*leaves)\n"
            "jax.grad(lambda layer: layer.w * layer.w)(Layer(3.0)).w"
        ),
        right=6.0,
        source=PYTREES,
    ),
    Pitfall(
        name="none_where_a_leaf_was",
        misuse=(
            "step = lambda w: jax.tree.map(lambda p, g: p - g, {'w': w}, {'w': None})\n"
            "step(3.0)"
        ),
        expects=(),
        remedy="None is a tree without leaves: give zeros, or is_leaf.",
        remedied="jax.tree.map(lambda p, g: p - g, {'w': 3.0}, {'w': 1.0})['w']",
        right=2.0,
        source=PYTREES,
    ),
    Pitfall(
        name="keys_without_an_order",
        misuse="jax.grad(lambda p: p['w'] * p[0])({'w': 3.0, 0: 2.0})",
        expects=(),
        remedy="A dict's keys must be sortable: all text, or all integers.",
        remedied="jax.grad(lambda p: p['w'] * p['0'])({'w': 3.0, '0': 2.0})['w']",
        right=2.0,
        source=PYTREES,
    ),
    Pitfall(
        name="list_given_for_a_tuple",
        misuse="jax.vjp(lambda p: (p[0] * p[1],), (2.0, 3.0))[1]([1.0])",
        expects=(),
        remedy="A list is another structure than a tuple.",
        remedied="jax.vjp(lambda p: (p[0] * p[1],), (2.0, 3.0))[1]((1.0,))[0]",
        right=(3.0, 2.0),
        source=AUTODIFF,
    ),
)
