"""Axes of `jax.vmap`: sizes, specifications, and names that nobody bound."""

from __future__ import annotations

from gradlaw.conformance.documents import COMBINING
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, family
from gradlaw.conformance.pitfalls.sources import VMAP

_THREE = "jnp.array([1.0, 2.0, 5.0])"
_TWO = "jnp.array([1.0, 3.0])"
_PRODUCT = "product = lambda w, x: w * x\n"

BATCHES = family(
    "Batches",
    Pitfall(
        name="vmap_inconsistent_sizes",
        misuse=f"jax.vmap(lambda w, x: jnp.sum(w) * x)({_TWO}, {_THREE})",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "vmap got inconsistent sizes for array axes to be mapped:\n"
                    "  * one axis had size 2: axis 0 of argument w of type float32[2];\n"
                    "  * one axis had size 3: axis 0 of argument x of type float32[3]"
                ),
            ),
        ),
        remedy="Map only what is batched: in_axes=(None, 0) shares the parameters.",
        remedied=f"jax.vmap(lambda w, x: jnp.sum(w) * x, in_axes=(None, 0))({_TWO}, {_THREE})",
        right=[4.0, 8.0, 20.0],
        source=COMBINING,
    ),
    Pitfall(
        name="vmap_axis_of_a_scalar",
        misuse=f"{_PRODUCT}jax.vmap(product)(2.0, {_THREE})",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "vmap was requested to map its argument along axis 0, which implies that its "
                    "rank should be at least 1, but is only 0 (its shape is ())"
                ),
            ),
        ),
        remedy="A parameter without a batch axis gets None in in_axes.",
        remedied=f"{_PRODUCT}jax.vmap(product, in_axes=(None, 0))(2.0, {_THREE})",
        right=[2.0, 4.0, 10.0],
        source=COMBINING,
    ),
    Pitfall(
        name="vmap_in_axes_out_of_range",
        misuse=f"jax.vmap(lambda x: x * x, in_axes=1)({_TWO})",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "vmap was requested to map its argument along axis 1, which implies that its "
                    "rank should be at least 2, but is only 1 (its shape is (2,))"
                ),
            ),
        ),
        remedy="Count the array's own axes from 0.",
        remedied=f"jax.vmap(lambda x: x * x, in_axes=0)({_TWO})",
        right=[1.0, 9.0],
        source=VMAP,
    ),
    Pitfall(
        name="vmap_in_axes_too_few",
        misuse=f"{_PRODUCT}jax.vmap(product, in_axes=(0,))({_TWO}, {_TWO})",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "vmap in_axes must be an int, None, or a tuple of entries corresponding to the "
                    "positional arguments passed to the function, but got len(in_axes)=1, "
                    "len(args)=2…"
                ),
            ),
        ),
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
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "vmap in_axes specification must be a tree prefix of the corresponding value, "
                    "got specification ({'w': 0},) for value tree PyTreeDef(({'w': *, 'x': *},))."
                ),
                releases=">=0.5,<0.9",
            ),
            Raises(
                error="ValueError",
                message=(
                    "vmap in_axes specification must be a tree prefix of the corresponding value; "
                    "\n"
                    "  Mismatch details (1 found):\n"
                    "  pytree structure error: different numbers of pytree children at key path\n"
                    "    vmap in_axes[0]\n"
                    "At that key path, the prefix pytree vmap in_axes has a subtree of type\n"
                    "    <class 'dict'>\n"
                    "with 1 child keys\n"
                    "    …w…\n"
                    "but at the same key path the full pytree has a subtree of the same type but "
                    "with 2 child keys\n"
                    "    …w…x…\n"
                    "so the symmetric difference on key sets is\n"
                    "    …x…"
                ),
                releases=">=0.9",
            ),
        ),
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
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "vmap in_axes must be an int, None, or a tuple of entries corresponding to the "
                    "positional arguments passed to the function, but got batch."
                ),
                phase="wrap",
            ),
        ),
        remedy="in_axes are positions; a name is given by axis_name.",
        remedied=f"jax.vmap(lambda x: x * x, axis_name='batch')({_TWO})",
        right=[1.0, 9.0],
        source=VMAP,
    ),
    Pitfall(
        name="vmap_of_nothing",
        misuse=f"jax.vmap(lambda x: x * x, in_axes=None)({_TWO})",
        expects=(
            Raises(
                error="ValueError",
                message="vmap must have at least one non-None value in in_axes",
                releases=">=0.5,<0.10",
            ),
            Raises(
                error="ValueError",
                message=(
                    "vmap must have at least one non-None value in in_axes or axis_size must be "
                    "specified"
                ),
                releases=">=0.10",
            ),
        ),
        remedy="Some argument is mapped, or axis_size= says how many rows there are.",
        remedied="jax.vmap(lambda x: x * x, in_axes=None, axis_size=2)(3.0)",
        right=[9.0, 9.0],
        source=VMAP,
    ),
    Pitfall(
        name="vmap_axis_size_that_differs",
        misuse=f"jax.vmap(lambda x: x * x, axis_size=3)({_TWO})",
        expects=(
            Raises(
                error="XlaRuntimeError",
                message=(
                    "INVALID_ARGUMENT: Executable expected parameter 0 of size … but got buffer "
                    "with incompatible size …"
                ),
                phase="call",
                releases=">=0.5,<0.8",
            ),
            Raises(
                error="JaxRuntimeError",
                message=(
                    "INVALID_ARGUMENT: Executable expected parameter 0 of size … but got buffer "
                    "with incompatible size …"
                ),
                phase="call",
                releases=">=0.8,<0.9",
            ),
            Raises(
                error="JaxRuntimeError",
                message=(
                    "INVALID_ARGUMENT: E0102: RuntimeProgramInputMismatch:\n"
                    "Executable(jit_multiply) expected parameter 0 of size … (f32[…3]{…0}) but got "
                    "buffer with incompatible size … (f32[2…0})\n"
                    "See https://openxla.org/xla/errors/error_0102 for more details."
                ),
                phase="call",
                releases=">=0.9,<0.10",
            ),
            Raises(
                error="ValueError",
                message=(
                    "vmap got inconsistent sizes for array axes to be mapped:\n"
                    "  * the `axis_size` argument was 3;\n"
                    "  * one axis had size 2: axis 0 of argument x of type float32[2]"
                ),
                releases=">=0.10",
            ),
            Raises(
                error="ValueError",
                message=(
                    "Cannot lower jaxpr with verifier errors:\n"
                    "	size of operand dimension 0 (2) is not equal to 1 or size of result "
                    "dimension 0 (3)\n"
                    "		at …\n"
                    "Define JAX_DUMP_IR_TO to dump the module."
                ),
                releases=">=0.5,<0.10",
                modes=(
                    "jit",
                    "scan",
                ),
            ),
        ),
        remedy="Leave axis_size= out where an argument is mapped.",
        remedied=f"jax.vmap(lambda x: x * x)({_TWO})",
        right=[1.0, 9.0],
        source=VMAP,
    ),
    Pitfall(
        name="vmap_out_axes_none_of_a_batch",
        misuse=f"jax.vmap(lambda x: x * x, out_axes=None)({_TWO})",
        expects=(
            Raises(
                error="ValueError",
                message="at vmap out_axes, got axis spec None but output was batched on axis 0",
            ),
        ),
        remedy="None is for what is equal in all rows: reduce it, or give its axis.",
        remedied=f"jax.vmap(lambda x: x * x, out_axes=0)({_TWO})",
        right=[1.0, 9.0],
        source=VMAP,
    ),
    Pitfall(
        name="vmap_out_axes_out_of_range",
        misuse=f"jax.vmap(lambda x: x * x, out_axes=2)({_TWO})",
        expects=(
            Raises(
                error="ValueError",
                message="axis 2 is out of bounds for array of dimension 1",
            ),
        ),
        remedy="The output has one axis more than a row's: count from 0.",
        remedied=f"jax.vmap(lambda x: x * x, out_axes=0)({_TWO})",
        right=[1.0, 9.0],
        source=VMAP,
    ),
    Pitfall(
        name="vmap_out_axes_of_another_structure",
        misuse=f"jax.vmap(lambda x: (x, x * x), out_axes=(0, 0, 0))({_TWO})",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "vmap out_axes specification must be a tree prefix of the corresponding value, "
                    "got specification (0, 0, 0) for value tree PyTreeDef((*, *))."
                ),
                releases=">=0.5,<0.9",
            ),
            Raises(
                error="ValueError",
                message=(
                    "vmap out_axes specification must be a tree prefix of the corresponding value; "
                    "\n"
                    "  Mismatch details (1 found):\n"
                    "  pytree structure error: different lengths of tuple at key path\n"
                    "    vmap out_axes\n"
                    "At that key path, the prefix pytree vmap out_axes has a subtree of type tuple "
                    "of length 3, but the full pytree has a subtree of the same type but of length "
                    "2."
                ),
                releases=">=0.9",
            ),
        ),
        remedy="One entry for each output.",
        remedied=f"jax.vmap(lambda x: (x, x * x), out_axes=(0, 0))({_TWO})[1]",
        right=[1.0, 9.0],
        source=VMAP,
    ),
    Pitfall(
        name="vmap_of_a_keyword",
        misuse=f"{_PRODUCT}jax.vmap(product, in_axes=(0, None))({_TWO}, x=2.0)",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "vmap in_axes must be an int, None, or a tuple of entries corresponding to the "
                    "positional arguments passed to the function, but got len(in_axes)=2, "
                    "len(args)=1"
                ),
                releases=">=0.5,<0.11.1",
            ),
            Raises(
                error="ValueError",
                message=(
                    "vmap in_axes must be an int, None, or a tuple of entries corresponding to the "
                    "positional arguments passed to the function, but got len(in_axes)=2, "
                    "len(args)=1. Note that the function was called with keyword arguments ['x'], "
                    "which the entries of a tuple in_axes never correspond to: keyword arguments "
                    "are always mapped along their leading axis (axis 0). If that is the intended "
                    "mapping, make in_axes correspond to the positional arguments only; otherwise "
                    "pass the arguments positionally, or bind unmapped keyword arguments with "
                    "functools.partial before applying vmap."
                ),
                releases=">=0.11.1",
            ),
        ),
        remedy="Keywords are always mapped over axis 0: pass it by position.",
        remedied=f"{_PRODUCT}jax.vmap(product, in_axes=(0, None))({_TWO}, 2.0)",
        right=[2.0, 6.0],
        source=VMAP,
    ),
    Pitfall(
        name="collective_without_an_axis_name",
        misuse=f"jax.vmap(lambda x: x / jax.lax.psum(x, 'batch'))({_TWO})",
        expects=(
            Raises(
                error="NameError",
                message="unbound axis name: batch",
                releases=">=0.5,<0.7",
            ),
            Raises(
                error="NameError",
                message=(
                    "Found an unbound axis name: batch. To fix this, please call psum under "
                    "`jax.shard_map`."
                ),
                releases=">=0.7",
            ),
        ),
        remedy="axis_name='batch' binds it.",
        remedied=f"jax.vmap(lambda x: x / jax.lax.psum(x, 'batch'), axis_name='batch')({_TWO})",
        right=[0.25, 0.75],
        source=VMAP,
    ),
    Pitfall(
        name="collective_with_another_name",
        misuse=f"jax.vmap(lambda x: x / jax.lax.psum(x, 'rows'), axis_name='batch')({_TWO})",
        expects=(
            Raises(
                error="NameError",
                message="unbound axis name: rows",
                releases=">=0.5,<0.7",
            ),
            Raises(
                error="NameError",
                message=(
                    "Found an unbound axis name: rows. To fix this, please call psum under "
                    "`jax.shard_map`."
                ),
                releases=">=0.7",
            ),
        ),
        remedy="The same name in both places.",
        remedied=f"jax.vmap(lambda x: x / jax.lax.psum(x, 'rows'), axis_name='rows')({_TWO})",
        right=[0.25, 0.75],
        source=VMAP,
    ),
    Pitfall(
        name="axis_index_without_an_axis_name",
        misuse="(lambda x: x * jax.lax.axis_index('batch'))(3.0)",
        expects=(
            Raises(
                error="NameError",
                message="unbound axis name: batch",
                releases=">=0.5,<0.7",
            ),
            Raises(
                error="NameError",
                message=(
                    "Found an unbound axis name: batch. To fix this, please call axis_index under "
                    "`jax.shard_map`."
                ),
                releases=">=0.7",
            ),
        ),
        remedy="It is the row's number, and only a mapped function has rows.",
        remedied=(
            f"jax.vmap(lambda x: x * jax.lax.axis_index('batch'), axis_name='batch')({_TWO})"
        ),
        right=[0.0, 3.0],
        source=VMAP,
    ),
)
