"""Sparse arrays: what is stored, and where it belongs in a dense array."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from gradlaw.oracles.interpreter.arrays import Array
from gradlaw.oracles.interpreter.implementations import by_program
from gradlaw.oracles.interpreter.reading import Reader, handles


@handles(
    "todense",
    "bcoo_todense",
    "bcoo_fromdense",
    "bcoo_extract",
    "bcoo_transpose",
    "bcoo_dot_general_sampled",
    "bcoo_spdot_general",
    "bcoo_sort_indices",
    "bcoo_sum_duplicates",
    "bcsr_fromdense",
    "bcsr_todense",
    "bcsr_extract",
)
def _by_implementation(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Gathers, scatters and dense products, as JAX itself makes of it.

    Source: JAX documentation, ``jax.experimental.sparse``.
    """
    implementation = partial(equation.primitive.impl, **equation.params)
    return by_program(reader, implementation, equation, operands)


@handles("bcoo_dot_general")
def _bcoo_dot_general(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """For each stored number its products, added to where they belong.

    Source: JAX documentation, ``jax.experimental.sparse.bcoo_dot_general``.
    """
    return by_program(reader, partial(_products, equation.params), equation, operands)


@handles("bcsr_dot_general")
def _bcsr_dot_general(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """As ``bcoo_dot_general``, with the row of each stored number.

    Source: JAX documentation, ``jax.experimental.sparse.bcsr_dot_general``.
    """
    return by_program(reader, partial(_products_by_row, equation.params), equation, operands)


def _products_by_row(params: Any, data: Any, columns: Any, pointers: Any, right: Any) -> Any:
    """What lies behind the end of the last row gets a row that there is not."""
    import jax.numpy as jnp

    stored = jnp.arange(columns.shape[-1], dtype=pointers.dtype)
    rows = jnp.sum(stored[:, None] >= pointers[..., None, 1:], axis=-1, dtype=pointers.dtype)
    rows, columns = jnp.broadcast_arrays(rows, columns)
    return _products(params, data, jnp.stack([rows, columns], axis=-1), right)


def _products(params: Any, data: Any, indices: Any, right: Any) -> Any:
    """The general product of a sparse and a dense array.

    Each axis of the sparse array's batch is taken for one more coordinate of what it stores.
    """
    import jax
    import jax.numpy as jnp

    (left_by, right_by), (left_batch, right_batch) = params["dimension_numbers"]
    shape, batches = params["lhs_spinfo"].shape, indices.ndim - 2
    batch, stored = shape[:batches], indices.shape[-2]
    dense, count = data.shape[batches + 1 :], math.prod((*batch, stored))
    data = jnp.broadcast_to(data, (*batch, stored, *dense)).reshape(count, *dense)
    indices = jnp.broadcast_to(indices, (*batch, *indices.shape[-2:]))
    places = [
        *(
            jax.lax.broadcasted_iota(indices.dtype, (*batch, stored), axis)
            for axis in range(batches)
        ),
        *jnp.moveaxis(indices, -1, 0),
    ]
    places = [place.reshape(-1) for place in places]
    shared, kept = [*left_batch, *left_by], set(range(len(places))) - {*left_batch, *left_by}
    met, free = (*right_batch, *right_by), set(range(right.ndim)) - {*right_batch, *right_by}
    right = right.transpose(*met, *sorted(free))
    if shared:
        right = right.at[tuple(places[axis] for axis in shared)].get(mode="fill", fill_value=0)
    else:
        right = jnp.broadcast_to(right, (count, *right.shape))
    products = jax.lax.dot_general(
        data,
        right,
        (((), ()), ((0,), (0,))),
        preferred_element_type=params["preferred_element_type"],
    )
    axes = [*left_batch, *sorted(kept)]
    if not axes:
        return jnp.sum(products, axis=0, dtype=products.dtype)
    total = jnp.zeros((*(shape[axis] for axis in axes), *products.shape[1:]), products.dtype)
    return total.at[tuple(places[axis] for axis in axes)].add(products, mode="drop")
