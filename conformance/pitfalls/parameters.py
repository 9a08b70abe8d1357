"""Parameters in a pytree: what is one, and what its leaves may be."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.messages import not_inexact
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, family
from gradlaw.conformance.pitfalls.sources import AUTODIFF, PYTREES

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
        expects=(
            Raises(
                error="ValueError",
                message="Expected dict, got (…",
                releases=">=0.5,<0.10.2",
            ),
            Raises(
                error="ValueError",
                message=(
                    "pytree structure error: different types at key path\n"
                    "    tree_map tree\n"
                    "At that key path, the prefix pytree tree_map tree has a subtree of type\n"
                    "    <class 'dict'>\n"
                    "but at the same key path the full pytree has a subtree of different type\n"
                    "    <class 'tuple'>."
                ),
                releases=">=0.10.2",
            ),
        ),
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
        expects=(
            Raises(
                error="TypeError",
                message="Argument 'layer' of type <class 'str'> is not a valid JAX type.",
            ),
        ),
        remedy="Keep what is no number apart from the parameters.",
        remedied="jax.grad(lambda p: p['w'] * p['w'])({'w': 3.0})['w']",
        right=6.0,
        source=PYTREES,
    ),
    Pitfall(
        name="integer_among_the_parameters",
        misuse="jax.grad(lambda p: p['w'] * p['step'])({'w': 3.0, 'step': 2})",
        expects=(not_inexact("int32"),),
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
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Argument '<Layer object at …>' of type <class 'Layer'> is not a valid JAX "
                    "type."
                ),
            ),
        ),
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
            "step = lambda w: jax.tree.map(lambda p, g: p - g, {'w': w}, {'w': None})\nstep(3.0)"
        ),
        expects=(
            Raises(
                error="TypeError",
                message="unsupported operand type(s) for -: … and 'NoneType'",
            ),
        ),
        remedy="None is a tree without leaves: give zeros, or is_leaf.",
        remedied="jax.tree.map(lambda p, g: p - g, {'w': 3.0}, {'w': 1.0})['w']",
        right=2.0,
        source=PYTREES,
    ),
    Pitfall(
        name="keys_without_an_order",
        misuse="jax.grad(lambda p: p['w'] * p[0])({'w': 3.0, 0: 2.0})",
        expects=(
            Raises(
                error="ValueError",
                message="Comparator raised exception while sorting pytree dictionary keys.",
            ),
        ),
        remedy="A dict's keys must be sortable: all text, or all integers.",
        remedied="jax.grad(lambda p: p['w'] * p['0'])({'w': 3.0, '0': 2.0})['w']",
        right=2.0,
        source=PYTREES,
    ),
    Pitfall(
        name="list_given_for_a_tuple",
        misuse="jax.vjp(lambda p: (p[0] * p[1],), (2.0, 3.0))[1]([1.0])",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "unexpected tree structure of argument to vjp function: got PyTreeDef([*]), "
                    "but expected to match PyTreeDef((*,))"
                ),
                releases=">=0.5,<0.8.1",
            ),
            Raises(
                error="ValueError",
                message=(
                    "unexpected tree structure.\n"
                    "\n"
                    "The argument to a VJP function returned by `jax.vjp` must match the pytree\n"
                    "structure of the differentiated function <lambda> at ….\n"
                    "\n"
                    "But the tree structures differ:\n"
                    "  * out was a <class 'tuple'> in the original…output, but a <class 'list'> "
                    "here, so their Python types differ."
                ),
                releases=">=0.8.1",
            ),
        ),
        remedy="A list is another structure than a tuple.",
        remedied="jax.vjp(lambda p: (p[0] * p[1],), (2.0, 3.0))[1]((1.0,))[0]",
        right=(3.0, 2.0),
        source=AUTODIFF,
    ),
)
