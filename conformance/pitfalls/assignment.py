"""Arrays that cannot be changed, and the indices they are read and updated by."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, Yields, family
from gradlaw.conformance.pitfalls.sources import INDEXING, SHARP_BITS

_ROW = "jnp.array([1.0, 3.0])"

ASSIGNMENT = family(
    "Assignment and indices",
    Pitfall(
        name="assignment_to_an_element",
        misuse=(f"def zeroed(x):\n    x[0] = 0.0\n    return x\nzeroed({_ROW})"),
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "JAX arrays are immutable and do not support in-place item assignment. Instead "
                    "of x[idx] = y, use x = x.at[idx].set(y) or another .at[] method: "
                    "https://…jax.…/en/latest/_autosummary/jax.numpy.ndarray.at.html"
                ),
            ),
        ),
        remedy="x.at[0].set(0.0) returns a new array.",
        remedied=f"(lambda x: x.at[0].set(0.0))({_ROW})",
        right=[0.0, 3.0],
        source=SHARP_BITS,
    ),
    Pitfall(
        name="set_and_thrown_away",
        misuse=(f"def zeroed(x):\n    x.at[0].set(0.0)\n    return x\nzeroed({_ROW})  # unchanged"),
        expects=(
            Yields(
                value=[1.0, 3.0],
            ),
        ),
        remedy="x = x.at[0].set(0.0).",
        remedied=f"(lambda x: x.at[0].set(0.0))({_ROW})",
        right=[0.0, 3.0],
        source=INDEXING,
    ),
    Pitfall(
        name="assignment_to_a_numpy_view",
        misuse=f"view = np.asarray({_ROW})\nview.__setitem__(0, 0.0)",
        expects=(
            Raises(
                error="ValueError",
                message="assignment destination is read-only",
            ),
        ),
        remedy="np.array copies; np.asarray looks at JAX's own buffer, which is read-only.",
        remedied=f"copy = np.array({_ROW})\ncopy[0] = 0.0\ncopy",
        right=[0.0, 3.0],
        source=SHARP_BITS,
    ),
    Pitfall(
        name="index_out_of_range_is_clamped",
        misuse=f"(lambda x: x[7])({_ROW})  # the last element",
        expects=(
            Yields(
                value=3.0,
            ),
        ),
        remedy="x.at[i].get(mode='fill') returns NaN where there is none.",
        remedied=f"(lambda x: x.at[7].get(mode='fill'))({_ROW})",
        right=float("nan"),
        source=SHARP_BITS,
    ),
    Pitfall(
        name="update_out_of_range_is_dropped",
        misuse=f"(lambda x: x.at[7].set(0.0))({_ROW})  # unchanged",
        expects=(
            Yields(
                value=[1.0, 3.0],
            ),
        ),
        remedy="mode='clip' sets the last element; check the index where it is made.",
        remedied=f"(lambda x: x.at[7].set(0.0, mode='clip'))({_ROW})",
        right=[1.0, 0.0],
        source=SHARP_BITS,
    ),
    Pitfall(
        name="gradient_of_a_clamped_index",
        misuse=f"jax.jit(jax.grad(lambda x: x[7]))({_ROW})  # of the last element",
        expects=(
            Yields(
                value=[0.0, 0.0],
                releases=">=0.5,<0.9",
            ),
            Yields(
                value=[0.0, 1.0],
                releases=">=0.9",
            ),
        ),
        remedy="mode='fill' has a gradient of 0 where there is no element.",
        remedied=f"jax.grad(lambda x: x.at[7].get(mode='fill', fill_value=0.0))({_ROW})",
        right=[0.0, 0.0],
        source=SHARP_BITS,
    ),
    Pitfall(
        name="index_by_a_list",
        misuse=f"(lambda x: x[[1, 0]])({_ROW})",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Using a non-tuple sequence for multidimensional indexing is not allowed; use "
                    "`arr[array(seq)]` instead of `arr[seq]`. See "
                    "https://github.com/jax-ml/jax/issues/4564 for more information."
                ),
            ),
        ),
        remedy="x[jnp.array([1, 0])], or a tuple for several axes.",
        remedied=f"(lambda x: x[jnp.array([1, 0])])({_ROW})",
        right=[3.0, 1.0],
        source=SHARP_BITS,
    ),
    Pitfall(
        name="index_by_a_float",
        misuse=f"(lambda x: x[1.0])({_ROW})",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Indexer must have integer or boolean type, got indexer with type float32 at "
                    "position 0, indexer value 1.0"
                ),
                releases=">=0.5,<0.8.2",
            ),
            Raises(
                error="TypeError",
                message="Indexer must have integer or boolean type, got indexer with type float64",
                releases=">=0.8.2",
            ),
        ),
        remedy="An index is an integer: x[int(i)], i.astype(int) where it is traced.",
        remedied=f"(lambda x: x[1])({_ROW})",
        right=3.0,
        source=SHARP_BITS,
    ),
    Pitfall(
        name="sum_of_a_list",
        misuse="(lambda x: jnp.sum([x, 2.0 * x]))(3.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "sum requires ndarray or scalar arguments, got <class 'list'> at position 0."
                ),
            ),
        ),
        remedy="jnp.sum(jnp.array([...])): JAX's functions take no lists.",
        remedied="(lambda x: jnp.sum(jnp.array([x, 2.0 * x])))(3.0)",
        right=9.0,
        source=SHARP_BITS,
    ),
)
