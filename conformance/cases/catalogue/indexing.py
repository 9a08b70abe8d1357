"""Indexing: slices, gathers, `.at[…]`, scatters, sorting and searching."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from gradlaw.conformance.cases.catalogue.entry import Entry, entry
from gradlaw.conformance.cases.catalogue.places import NONZERO
from gradlaw.strategies.domains import Domain

CYCLE = np.array([2, 0, 1], dtype=np.int32)
REPEATED = np.array([1, 3, 1, 0], dtype=np.int32)
OUTSIDE = np.array([0, 7, -9, 2], dtype=np.int32)
"""Indices of an axis of four; two of them lie outside. JAX refuses an array of int64 as an index
with 64-bit types, if the same array was an index before without them."""


def at(
    signature: str,
    variant: str,
    call: Callable[..., Any],
    *domains: Domain | None,
    min_size: int = 0,
) -> Entry:
    """An update or a lookup by ``x.at[…]``."""
    return entry(
        "jnp.ndarray.at",
        signature,
        *domains,
        variant=variant,
        call=lambda _, *arguments: call(*arguments),
        min_size=min_size,
    )


AT = (
    at("(4),()", "one,set", lambda x, y: x.at[2].set(y)),
    at("(4),()", "slice,set", lambda x, y: x.at[1:3].set(y)),
    at("(4,n),(n)", "row,set", lambda x, y: x.at[-1].set(y)),
    at("(4,n),(4)", "column,add", lambda x, y: x.at[:, 0].add(y), min_size=1),
    at("(4),(3)", "permuted,set", lambda x, y: x.at[CYCLE].set(y)),
    at("(4),(4)", "repeated,add", lambda x, y: x.at[REPEATED].add(y)),
    at("(4),(4)", "repeated,subtract", lambda x, y: x.at[REPEATED].subtract(y)),
    at("(4),(3)", "unique,mul", lambda x, y: x.at[CYCLE].mul(y, unique_indices=True)),
    at("(4),(3)", "divide", lambda x, y: x.at[CYCLE].divide(y, unique_indices=True), None, NONZERO),
    at("(4),(4)", "repeated,min", lambda x, y: x.at[REPEATED].min(y)),
    at("(4),(4)", "repeated,max", lambda x, y: x.at[REPEATED].max(y)),
    at("(4)", "power", lambda x: x.at[CYCLE].power(2)),
    at("(4),(4)", "outside,add,drop", lambda x, y: x.at[OUTSIDE].add(y, mode="drop")),
    at("(4),(4)", "outside,add,clip", lambda x, y: x.at[OUTSIDE].add(y, mode="clip")),
    at("(4),(4)", "outside,set,drop", lambda x, y: x.at[OUTSIDE].set(y, mode="drop")),
    at("(4)", "outside,get,fill", lambda x: x.at[OUTSIDE].get(mode="fill", fill_value=0.5)),
    at("(4)", "outside,get,clip", lambda x: x.at[OUTSIDE].get(mode="clip")),
    at("(4)", "get", lambda x: x.at[CYCLE].get(mode="promise_in_bounds")),
    at("(3,4),(3)", "pairs,add", lambda x, y: x.at[np.array([0, 2, 0]), CYCLE].add(y)),
    at("(3,4),(2,4)", "rows,max", lambda x, y: x.at[np.array([2, 0])].max(y)),
)

BRACKETS = (
    at("(4,n)", "x[1]", lambda x: x[1]),
    at("(4,n)", "x[-1]", lambda x: x[-1]),
    at("(7,n)", "x[5:1:-2]", lambda x: x[5:1:-2]),
    at("(m,4)", "x[:,1:3]", lambda x: x[:, 1:3]),
    at("(4,n)", "x[cycle]", lambda x: x[CYCLE]),
    at("(4,n)", "x[repeated]", lambda x: x[REPEATED]),
    at("(3,4)", "x[pairs]", lambda x: x[np.array([0, 2, 0]), CYCLE]),
    at("(3,4)", "x[mask]", lambda x: x[np.arange(12).reshape(3, 4) % 5 < 2]),
    at("(n)", "x[None,...]", lambda x: x[None, ..., None]),
    at("(4)", "x[sorted]", lambda x: x[jnp.argsort(x)]),
)

TAKING = (
    entry("jnp.take", "(4,n)", variant="axis=0", indices=REPEATED, axis=0),
    entry("jnp.take", "(m,4)", variant="axis=1,clip", indices=OUTSIDE, axis=1, mode="clip"),
    entry("jnp.take", "(4)", variant="fill", indices=OUTSIDE, mode="fill", fill_value=0.0),
    entry("jnp.take", "(4)", variant="wrap", indices=OUTSIDE, mode="wrap"),
    entry(
        "jnp.take_along_axis",
        "(3,4)",
        call=lambda take, x: take(x, np.array([[3, 1], [0, 0], [2, 3]]), axis=1),
    ),
    entry(
        "jnp.put_along_axis",
        "(3,4),(3,2)",
        call=lambda put, x, y: put(x, np.array([[3, 1], [0, 2], [2, 3]]), y, axis=1, inplace=False),
    ),
    entry("jnp.put", "(4),(2)", call=lambda put, x, y: put(x, np.array([3, 1]), y, inplace=False)),
    entry(
        "jnp.place", "(4),(2)", call=lambda f, x, y: f(x, np.arange(4) % 2 == 1, y, inplace=False)
    ),
    entry(
        "jnp.choose",
        "(3),(3)",
        call=lambda choose, x, y: choose(np.array([1, 0, 1]), [x, y], mode="clip"),
    ),
    entry(
        "jnp.compress",
        "(4,n)",
        call=lambda f, x: f(np.array([True, False, True, True]), x, axis=0, size=3),
    ),
    entry(
        "jnp.extract", "(4)", call=lambda f, x: f(np.array([True, False, True, True]), x, size=3)
    ),
    entry("jnp.delete", "(4,n)", obj=1, axis=0),
    entry("jnp.insert", "(n),()", call=lambda insert, x, y: insert(x, 1, y), min_size=1),
    entry("jnp.fill_diagonal", "(3,4),()", call=lambda f, x, y: f(x, y, inplace=False)),
    entry("jnp.diag", "(n)", max_size=20),
    entry("jnp.diag", "(3,4)", k=1),
    entry("jnp.diagflat", "(2,3)"),
    entry("jnp.diagonal", "(3,4)", offset=-1),
    entry("jnp.diagonal", "(3,4,n)", axis1=0, axis2=1),
    entry("jnp.tril", "(m,n)", k=-1),
    entry("jnp.triu", "(m,n)", k=1),
    entry("jnp.trace", "(m,n)"),
    entry("jnp.trace", "(3,4)", offset=1),
    entry(
        "jnp.unique",
        "(n)",
        variant="size",
        call=lambda f, x: f(x, size=x.size, fill_value=0),
        min_size=1,
    ),
    entry(
        "jnp.histogram",
        "(n),(n)",
        variant="by weights",
        call=lambda f, x, y: f(lax.stop_gradient(x), bins=3, weights=y)[0],
        min_size=2,
    ),
    entry(
        "jnp.bincount",
        "(4)",
        variant="by weights",
        call=lambda f, x: f(REPEATED, weights=x, length=5),
    ),
)

SLICING = (
    entry(
        "lax.slice",
        "(6,n)",
        variant="strided",
        call=lambda f, x: f(x, (1, 0), (6, x.shape[1]), (2, 1)),
    ),
    entry(
        "lax.slice_in_dim",
        "(m,6)",
        variant="strided",
        start_index=1,
        limit_index=6,
        stride=3,
        axis=1,
    ),
    entry("lax.index_in_dim", "(4,n)", index=2, axis=0, keepdims=False),
    entry("lax.index_take", "(4,n)", call=lambda f, x: f(x, (CYCLE,), (0,))),
    entry("lax.dynamic_slice", "(4,5)", variant="inside", call=lambda f, x: f(x, (1, 2), (2, 3))),
    entry("lax.dynamic_slice", "(4,5)", variant="clamped", call=lambda f, x: f(x, (3, 9), (2, 3))),
    entry("lax.dynamic_slice_in_dim", "(m,5)", start_index=1, slice_size=2, axis=1),
    entry("lax.dynamic_index_in_dim", "(5,n)", index=3, axis=0, keepdims=False),
    entry("lax.dynamic_update_slice", "(4,5),(2,3)", call=lambda f, x, y: f(x, y, (1, 2))),
    entry(
        "lax.dynamic_update_slice",
        "(4,5),(2,3)",
        variant="clamped",
        call=lambda f, x, y: f(x, y, (3, 3)),
    ),
    entry("lax.dynamic_update_slice_in_dim", "(5),(2)", start_index=1, axis=0),
    entry("lax.dynamic_update_index_in_dim", "(5,n),(n)", index=4, axis=0),
)

_ROWS = np.array([[1], [3], [1]], dtype=np.int32)
_FAR = np.array([[1], [9], [0]], dtype=np.int32)


def _numbers() -> lax.ScatterDimensionNumbers:
    return lax.ScatterDimensionNumbers(
        update_window_dims=(1,), inserted_window_dims=(0,), scatter_dims_to_operand_dims=(0,)
    )


def scattered(name: str, variant: str, indices: Any, **options: Any) -> Entry:
    """A scatter of three rows into an array of four."""
    return entry(
        f"lax.{name}",
        "(4,n),(3,n)",
        variant=variant,
        call=lambda scatter, x, y: scatter(x, indices, y, _numbers(), **options),
    )


GATHERING = (
    entry(
        "lax.gather",
        "(4,5)",
        variant="windows",
        call=lambda gather, x: gather(
            x,
            np.array([[0, 1], [2, 3], [0, 0]]),
            lax.GatherDimensionNumbers(
                offset_dims=(1, 2), collapsed_slice_dims=(), start_index_map=(0, 1)
            ),
            slice_sizes=(2, 2),
        ),
    ),
    entry(
        "lax.gather",
        "(4,5)",
        variant="fill",
        call=lambda gather, x: gather(
            x,
            _FAR,
            lax.GatherDimensionNumbers(
                offset_dims=(1,), collapsed_slice_dims=(0,), start_index_map=(0,)
            ),
            slice_sizes=(1, 5),
            mode="fill",
            fill_value=0,
        ),
    ),
    entry(
        "lax.gather",
        "(4,5)",
        variant="clip",
        call=lambda gather, x: gather(
            x,
            _FAR,
            lax.GatherDimensionNumbers(
                offset_dims=(1,), collapsed_slice_dims=(0,), start_index_map=(0,)
            ),
            slice_sizes=(1, 5),
            mode="clip",
        ),
    ),
    scattered("scatter_add", "repeated", _ROWS),
    scattered("scatter_add", "outside,clip", _FAR, mode="clip"),
    scattered("scatter_add", "outside,drop", _FAR, mode="drop"),
    scattered("scatter_sub", "repeated", _ROWS),
    scattered("scatter_mul", "unique", _ROWS[:2][[0, 1, 1]] - [[0], [0], [1]], unique_indices=True),
    scattered("scatter_min", "repeated", _ROWS),
    scattered("scatter_max", "repeated", _ROWS),
    scattered("scatter", "outside,drop", _FAR, mode="drop"),
    scattered("scatter", "unique", np.array([[3], [0], [2]], np.int32), unique_indices=True),
)

SORTING = (
    entry("jnp.sort", "(n)"),
    entry("jnp.sort", "(m,n)", axis=0),
    entry("jnp.sort", "(m,n)", axis=1, descending=True),
    entry("jnp.partition", "(5)", kth=2),
    entry(
        "jnp.interp",
        "(m)",
        variant="by x",
        call=lambda f, x: f(
            x, jnp.array([-1.0, 0.5, 2.0], x.dtype), jnp.array([1.0, 3.0, -2.0], x.dtype)
        ),
    ),
    entry(
        "jnp.interp",
        "(m),(3)",
        variant="by fp",
        call=lambda f, x, y: f(x, jnp.array([-1.0, 0.5, 2.0], x.dtype), y),
    ),
    entry(
        "jnp.interp",
        "(m),(3)",
        variant="period",
        call=lambda f, x, y: f(x, jnp.array([-1.0, 0.5, 2.0], x.dtype), y, period=4.0),
    ),
    entry("lax.sort", "(m,n)", dimension=0),
    entry("lax.sort", "(n),(n)", variant="pairs", call=lambda sort, x, y: sort((x, y), num_keys=1)),
    entry("lax.sort_key_val", "(n),(n)"),
    entry("lax.top_k", "(m,5)", k=3),
    entry("jnp.top_k", "(m,5)", variant="3", call=lambda f, x: f(x, 3), since="0.12"),
    # Of as many as there are, none can be missed.
    entry("lax.approx_max_k", "(m,5)", k=5),
    entry("lax.approx_max_k", "(5,n)", k=5, reduction_dimension=0),
    entry("jnp.argmax", "(n)", variant="of its own values", call=lambda f, x: x[f(x)], min_size=1),
    entry("jnp.argmin", "(n)", variant="of its own values", call=lambda f, x: x[f(x)], min_size=1),
    *(
        entry(
            f"jnp.{name}",
            "(m,n)",
            variant="of a matrix's own values",
            call=lambda f, x: jnp.take_along_axis(x, f(x, axis=1, keepdims=True), axis=1),
            min_size=1,
        )
        for name in ("argmax", "argmin")
    ),
    entry("lax.top_k", "(5)", k=2),
    entry("lax.approx_min_k", "(m,5)", k=5),
    entry(
        "jnp.searchsorted",
        "(5),()",
        variant="the value found",
        call=lambda f, x, y: jnp.sort(x)[jnp.minimum(f(jnp.sort(x), y), 4)],
    ),
)

INDEXING = (*AT, *BRACKETS, *TAKING, *SLICING, *GATHERING, *SORTING)
