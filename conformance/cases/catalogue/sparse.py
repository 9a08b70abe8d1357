"""Sparse arrays: functions of what is stored, at fixed places, against the same of dense arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np

from gradlaw.conformance.cases.catalogue.entry import Entry, entry, weights
from gradlaw.conformance.cases.catalogue.places import ABOVE_ONE, MODERATE

SHAPE = (3, 4)

PLACES = np.array([[2, 3], [0, 1], [2, 3], [3, 4], [0, 0], [1, 2]], dtype=np.int32)
"""Not sorted; one comes twice, and one lies outside, which stands for nothing."""

OTHERS = np.array([[0, 1], [2, 0], [0, 1], [3, 4], [2, 3]], dtype=np.int32)
"""Likewise, some of them among the places above."""

UNIQUE = np.array([[0, 1], [1, 0], [1, 3], [2, 2]], dtype=np.int32)
"""Sorted, and none comes twice."""

IN_BATCHES = np.array([[[0, 1], [2, 0], [0, 1]], [[2, 3], [3, 4], [1, 1]]], dtype=np.int32)
"""For each of two matrices its own."""

ROWS = np.array([[2], [0], [2], [3]], dtype=np.int32)
"""Of rows that are stored whole."""

COLUMNS = np.array([1, 0, 3, 2, 4], dtype=np.int32)
POINTERS = np.array([0, 1, 3, 4], dtype=np.int32)
"""Columns by row, where each row begins and the last one ends; the last column belongs to none."""

BY_ROW = np.array([[0, 1], [1, 0], [1, 3], [2, 2], [3, 4]], dtype=np.int32)
"""The same places, each with its row."""

MASK = np.array([[0, 1, 0, 0], [1, 0, 0, 1], [0, 0, 1, 0]], dtype=bool)
"""What a matrix is not zero at."""

FACTORS = weights((4,))


def bcoo(data: Any, places: Any = PLACES, shape: tuple[int, ...] = SHAPE) -> Any:
    """An array by coordinates."""
    from jax.experimental.sparse import BCOO

    return BCOO((in_front(data), places), shape=shape)


def bcsr(data: Any, shape: tuple[int, ...] = SHAPE) -> Any:
    """A matrix by compressed rows."""
    from jax.experimental.sparse import BCSR

    stored: Any = in_front(data), COLUMNS, POINTERS
    return BCSR(stored, shape=shape)


def dense(data: Any, places: Any = PLACES, shape: tuple[int, ...] = SHAPE) -> Any:
    """The same as a dense array: what has one place is summed, what lies outside is left out."""
    indices = tuple(places[:, axis] for axis in range(places.shape[1]))
    return jnp.zeros(shape, data.dtype).at[indices].add(data, mode="drop")


def in_batches(data: Any) -> Any:
    """Two matrices by coordinates."""
    return bcoo(data, IN_BATCHES, (2, *SHAPE))


def dense_batches(data: Any) -> Any:
    """The same as dense ones."""
    return jnp.stack([dense(*one) for one in zip(data, IN_BATCHES, strict=True)])


def in_front(x: Any) -> Any:
    """The array, with the axis that vmap gave it in front: what is sparse takes no other."""
    return x * jnp.ones_like(x)


def masked(x: Any) -> Any:
    """A matrix with few elements that are not zero."""
    return jnp.where(MASK, in_front(x), jnp.zeros_like(x))


def taken(x: Any, places: Any = PLACES) -> Any:
    """The elements at the places, zero outside."""
    return x.at[places[:, 0], places[:, 1]].get(mode="fill", fill_value=0)


def sparse(
    path: str,
    signature: str,
    call: Callable[..., Any],
    reference: Callable[..., Any],
    variant: str = "",
    **options: Any,
) -> Entry:
    """A function of ``jax.experimental.sparse``; ``call`` is ``(function, *arguments)``."""
    return entry(
        f"jax.experimental.sparse.{path}",
        signature,
        *options.pop("domains", [MODERATE] * signature.count("(")),
        variant=variant,
        call=call,
        reference=reference,
        **options,
    )


def operator(
    variant: str, signature: str, call: Callable[..., Any], reference: Callable[..., Any]
) -> Entry:
    """What an array by coordinates is used for; ``call`` is ``(BCOO, *arguments)``."""
    return sparse("BCOO", signature, call, reference, variant)


OPERATORS = (
    operator("@ vector", "(6),(4)", lambda _, x, y: bcoo(x) @ y, lambda x, y: dense(x) @ y),
    operator("@ matrix", "(6),(4,n)", lambda _, x, y: bcoo(x) @ y, lambda x, y: dense(x) @ y),
    operator("vector @", "(3),(6)", lambda _, x, y: x @ bcoo(y), lambda x, y: x @ dense(y)),
    operator("matrix @", "(n,3),(6)", lambda _, x, y: x @ bcoo(y), lambda x, y: x @ dense(y)),
    operator("T @ vector", "(6),(3)", lambda _, x, y: bcoo(x).T @ y, lambda x, y: dense(x).T @ y),
    operator(
        "batched @ matrix",
        "(2,3),(4,3)",
        lambda _, x, y: in_batches(x) @ y,
        lambda x, y: dense_batches(x) @ y,
    ),
    operator(
        "batched @ vector",
        "(2,3),(4)",
        lambda _, x, y: in_batches(x) @ y,
        lambda x, y: dense_batches(x) @ y,
    ),
    operator(
        "places shared by a batch",
        "(2,6)",
        lambda _, x: bcoo(x, PLACES[None], (2, *SHAPE)) @ jnp.asarray(FACTORS, x.dtype),
        lambda x: jnp.stack([dense(x[0]), dense(x[1])]) @ jnp.asarray(FACTORS, x.dtype),
    ),
    operator(
        "vector @ rows",
        "(4,n)",
        lambda _, x: jnp.asarray(FACTORS[:3], x.dtype) @ bcoo(x, ROWS, (3, x.shape[1])),
        lambda x: jnp.asarray(FACTORS[:3], x.dtype) @ dense(x, ROWS, (3, x.shape[1])),
    ),
    operator(
        "* scalar",
        "(6),()",
        lambda _, x, y: (bcoo(x) * y).todense(),
        lambda x, y: dense(x) * y,
    ),
    operator(
        "* row", "(6),(4)", lambda _, x, y: (bcoo(x) * y).todense(), lambda x, y: dense(x) * y
    ),
    operator(
        "* sparse",
        "(6),(5)",
        lambda _, x, y: (bcoo(x) * bcoo(y, OTHERS)).todense(),
        lambda x, y: dense(x) * dense(y, OTHERS),
    ),
    operator(
        "- sparse",
        "(6),(5)",
        lambda _, x, y: (bcoo(x) - bcoo(y, OTHERS)).todense(),
        lambda x, y: dense(x) - dense(y, OTHERS),
    ),
    operator("+ dense", "(6),(3,4)", lambda _, x, y: bcoo(x) + y, lambda x, y: dense(x) + y),
    operator(
        "sum", "(6)", lambda _, x: bcoo(x).sum(axis=0).todense(), lambda x: dense(x).sum(axis=0)
    ),
    operator("[2]", "(6)", lambda _, x: bcoo(x)[2].todense(), lambda x: dense(x)[2]),
    operator(
        "[repeated]",
        "(6)",
        lambda _, x: bcoo(x)[np.array([2, 0, 2], dtype=np.int32)].todense(),
        lambda x: dense(x)[np.array([2, 0, 2], dtype=np.int32)],
    ),
    operator(
        "[:2,::2]", "(6)", lambda _, x: bcoo(x)[:2, ::2].todense(), lambda x: dense(x)[:2, ::2]
    ),
    operator("** 2", "(6)", lambda _, x: (bcoo(x) ** 2).todense(), lambda x: dense(x) ** 2),
)

COMPRESSED_ROWS = (
    sparse(
        "BCSR",
        "(5),(4)",
        lambda _, x, y: bcsr(x) @ y,
        lambda x, y: dense(x, BY_ROW) @ y,
        "@ vector",
    ),
    sparse(
        "BCSR",
        "(5),(4,n)",
        lambda _, x, y: bcsr(x) @ y,
        lambda x, y: dense(x, BY_ROW) @ y,
        "@ matrix",
    ),
    sparse("bcsr_todense", "(5)", lambda f, x: f(bcsr(x)), lambda x: dense(x, BY_ROW)),
    sparse(
        "bcsr_fromdense",
        "(3,4)",
        lambda f, x: f(masked(x), nse=4).data,
        lambda x: taken(x, UNIQUE),
        domains=(ABOVE_ONE,),
    ),
    sparse(
        "bcsr_concatenate",
        "(5),(5)",
        lambda f, x, y: f([bcsr(x), bcsr(y)], dimension=0).todense(),
        lambda x, y: jnp.concatenate([dense(x, BY_ROW), dense(y, BY_ROW)]),
    ),
    sparse(
        "bcsr_broadcast_in_dim",
        "(5)",
        lambda f, x: f(bcsr(x), shape=(2, *SHAPE), broadcast_dimensions=(1, 2)).todense(),
        lambda x: jnp.broadcast_to(dense(x, BY_ROW), (2, *SHAPE)),
    ),
    sparse(
        "bcsr_sum_duplicates",
        "(5)",
        lambda f, x: f(bcsr(x), nse=5).todense(),
        lambda x: dense(x, BY_ROW),
    ),
    sparse(
        "bcsr_extract",
        "(3,4)",
        lambda f, x: f(COLUMNS, POINTERS, in_front(x)),
        lambda x: taken(x, BY_ROW),
    ),
)


SPARSE = (*OPERATORS, *COMPRESSED_ROWS)
