"""Axes of `jax.vmap`: sizes, specifications, and names that nobody bound."""

from __future__ import annotations

from gradlaw.conformance.documents import COMBINING
from gradlaw.conformance.pitfalls.pitfall import Pitfall, family
from gradlaw.conformance.pitfalls.sources import VECTORIZATION, VMAP

_THREE = "jnp.array([1.0, 2.0, 5.0])"
_TWO = "jnp.array([1.0, 3.0])"
_PRODUCT = "product = lambda w, x: w * x\n"

BATCHES = family(
    "Batches",
    Pitfall(
        name="vmap_inconsistent_sizes",
        misuse=f"jax.vmap(lambda w, x: jnp.sum(w) * x)({_TWO}, {_THREE})",
        expects=(),
        remedy="Map only what is batched: in_axes=(None, 0) shares the parameters.",
        remedied=f"jax.vmap(lambda w, x: jnp.sum(w) * x, in_axes=(None, 0))({_TWO}, {_THREE})",
        right=[4.0, 8.0, 20.0],
        source=COMBINING,
    ),
    Pitfall(
        name="vmap_axis_of_a_scalar",
        misuse=f"{_PRODUCT}jax.vmap(product)(2.0, {_THREE})",
        expects=(),
        remedy="A parameter without a batch axis gets None in in_axes.",
        remedied=f"{_PRODUCT}jax.vmap(product, in_axes=(None, 0))(2.0, {_THREE})",
        right=[2.0, 4.0, 10.0],
        source=COMBINING,
    ),
    Pitfall(
        name="vmap_in_axes_out_of_range",
        misuse=f"jax.vmap(lambda x: x * x, in_axes=1)({_TWO})",
        expects=(),
        remedy="Count the array's own axes from 0.",
        remedied=f"jax.vmap(lambda x: x * x, in_axes=0)({_TWO})",
        right=[1.0, 9.0],
        source=VMAP,
    ),
    Pitfall(
        name="vmap_in_axes_too_few",
        misuse=f"{_PRODUCT}jax.vmap(product, in_axes=(0,))({_TWO}, {_TWO})",
        expects=(),
        remedy="One entry for each argument.",
        remedied=f"{_PRODUCT}jax.vmap(product, in_axes=(0, 0))({_TWO}, {_TWO})",
        right=[1.0, 9.0],
        source=VMAP,
    ),
    Pitfall(
        name="vmap_in_axes_of_another_structure",
        misuse=(
            "dot = lambda p: p['w'] * p['x']\n"
            f"jax.vmap(dot, in_axes=({{'w': 0}},))({{'w': {_TWO}, 'x': {_TWO}}})"
        ),
        expects=(),
        remedy="An entry is one axis for all of an argument, or a tree like it.",
        remedied=(
            "dot = lambda p: p['w'] * p['x']\n"
            f"jax.vmap(dot, in_axes=({{'w': 0, 'x': 0}},))({{'w': {_TWO}, 'x': {_TWO}}})"
        ),
        right=[1.0, 9.0],
        source=VMAP,
    ),
    Pitfall(
        name="vmap_in_axes_as_text",
        misuse=f"jax.vmap(lambda x: x * x, in_axes='batch')({_TWO})",
        expects=(),
        remedy="in_axes are positions; a name is given by axis_name.",
        remedied=f"jax.vmap(lambda x: x * x, axis_name='batch')({_TWO})",
        right=[1.0, 9.0],
        source=VMAP,
    ),
    Pitfall(
        name="vmap_of_nothing",
        misuse=f"jax.vmap(lambda x: x * x, in_axes=None)({_TWO})",
        expects=(),
        remedy="Some argument is mapped, or axis_size= says how many rows there are.",
        remedied="jax.vmap(lambda x: x * x, in_axes=None, axis_size=2)(3.0)",
        right=[9.0, 9.0],
        source=VMAP,
    ),
    Pitfall(
        name="vmap_axis_size_that_differs",
        misuse=f"jax.vmap(lambda x: x * x, axis_size=3)({_TWO})",
        expects=(),
        remedy="Leave axis_size= out where an argument is mapped.",
        remedied=f"jax.vmap(lambda x: x * x)({_TWO})",
        right=[1.0, 9.0],
        source=VMAP,
    ),
    Pitfall(
        name="vmap_out_axes_none_of_a_batch",
        misuse=f"jax.vmap(lambda x: x * x, out_axes=None)({_TWO})",
        expects=(),
        remedy="None is for what is equal in all rows: reduce it, or give its axis.",
        remedied=f"jax.vmap(lambda x: x * x, out_axes=0)({_TWO})",
        right=[1.0, 9.0],
        source=VMAP,
    ),
    Pitfall(
        name="vmap_out_axes_out_of_range",
        misuse=f"jax.vmap(lambda x: x * x, out_axes=2)({_TWO})",
        expects=(),
        remedy="The output has one axis more than a row's: count from 0.",
        remedied=f"jax.vmap(lambda x: x * x, out_axes=0)({_TWO})",
        right=[1.0, 9.0],
        source=VMAP,
    ),
    Pitfall(
        name="vmap_out_axes_of_another_structure",
        misuse=f"jax.vmap(lambda x: (x, x * x), out_axes=(0, 0, 0))({_TWO})",
        expects=(),
        remedy="One entry for each output.",
        remedied=f"jax.vmap(lambda x: (x, x * x), out_axes=(0, 0))({_TWO})[1]",
        right=[1.0, 9.0],
        source=VMAP,
    ),
    Pitfall(
        name="vmap_of_a_keyword",
        misuse=f"{_PRODUCT}jax.vmap(product, in_axes=(0, None))({_TWO}, x=2.0)",
        expects=(),
        remedy="Keywords are always mapped over axis 0: pass it by position.",
        remedied=f"{_PRODUCT}jax.vmap(product, in_axes=(0, None))({_TWO}, 2.0)",
        right=[2.0, 6.0],
        source=VMAP,
    ),
    Pitfall(
        name="collective_without_an_axis_name",
        misuse=f"jax.vmap(lambda x: x / jax.lax.psum(x, 'batch'))({_TWO})",
        expects=(),
        remedy="axis_name='batch' binds it.",
        remedied=f"jax.vmap(lambda x: x / jax.lax.psum(x, 'batch'), axis_name='batch')({_TWO})",
        right=[0.25, 0.75],
        source=VMAP,
    ),
    Pitfall(
        name="collective_with_another_name",
        misuse=f"jax.vmap(lambda x: x / jax.lax.psum(x, 'rows'), axis_name='batch')({_TWO})",
        expects=(),
        remedy="The same name in both places.",
        remedied=f"jax.vmap(lambda x: x / jax.lax.psum(x, 'rows'), axis_name='rows')({_TWO})",
        right=[0.25, 0.75],
        source=VMAP,
    ),
    Pitfall(
        name="axis_index_without_an_axis_name",
        misuse="(lambda x: x * jax.lax.axis_index('batch'))(3.0)",
        expects=(),
        remedy="It is the row's number, and only a mapped function has rows.",
        remedied=(
            "jax.vmap(lambda x: x * jax.lax.axis_index('batch'), axis_name='batch')"
            f"({_TWO})"
        ),
        right=[0.0, 3.0],
        source=VMAP,
    ),
)
