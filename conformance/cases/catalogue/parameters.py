"""Parameters of operations that all other entries leave as they are by default."""

from __future__ import annotations

import inspect
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from gradlaw.conformance.cases.catalogue.entry import Entry, entry, resolved
from gradlaw.conformance.cases.catalogue.indexing import scattered
from gradlaw.conformance.cases.catalogue.matrices import graded, matrices, separated
from gradlaw.conformance.cases.catalogue.places import (
    ABOVE_MINUS_ONE,
    ACUTE,
    NONZERO,
    POSITIVE,
    REAL,
    SYMMETRIC,
)
from gradlaw.strategies.domains import Domain


def taking(parameter: str, path: str) -> str:
    """The path, or that of the parameter where the installed release's function lacks it."""
    function = resolved(path)
    known = function is not None and parameter in inspect.signature(function).parameters
    return path if known else f"{path}.{parameter}"


def _accurate(name: str, domain: Domain) -> Entry:
    """An elementwise function whose rule, too, is to be as accurate as can be."""
    return entry(
        taking("accuracy", f"lax.{name}"),
        "(*n)",
        domain,
        variant="highest accuracy",
        call=lambda f, x: f(x, accuracy=lax.AccuracyMode.HIGHEST),
        since="0.7",
    )


ACCURATE = tuple(
    _accurate(name, domain)
    for names, domain in {
        "exp exp2 expm1 sin cos tanh logistic": REAL,
        "log sqrt rsqrt": POSITIVE,
        "log1p": ABOVE_MINUS_ONE,
        "cbrt": NONZERO,
        "tan": ACUTE,
    }.items()
    for name in names.split()
)

_APART = np.array([[1], [9], [0]], dtype=np.int32)
"""Rows of an array of four: one lies outside, none comes twice, and clipped neither."""

_ASCENDING = np.array([[0], [1], [3]], dtype=np.int32)
_PROMISES: dict[str, Any] = {
    "indices_are_sorted": True,
    "unique_indices": True,
    "mode": "promise_in_bounds",
}

INDICES = (
    scattered("scatter", "outside,clip", _APART, mode="clip", unique_indices=True),
    scattered("scatter_sub", "outside,clip", _APART, mode="clip"),
    scattered("scatter_sub", "outside,drop", _APART, mode="drop"),
    scattered("scatter_mul", "outside,clip", _APART, mode="clip", unique_indices=True),
    scattered("scatter_mul", "outside,drop", _APART, mode="drop", unique_indices=True),
    scattered("scatter_min", "outside,clip", _APART, mode="clip"),
    scattered("scatter_max", "outside,drop", _APART, mode="drop"),
    *(
        scattered(name, "as promised", _ASCENDING, **_PROMISES)
        for name in ("scatter", "scatter_add", "scatter_sub", "scatter_mul", "scatter_min")
    ),
    entry(
        "lax.gather",
        "(4,5)",
        variant="as promised",
        call=lambda gather, x: gather(
            x,
            _ASCENDING,
            lax.GatherDimensionNumbers(
                offset_dims=(1,), collapsed_slice_dims=(0,), start_index_map=(0,)
            ),
            slice_sizes=(1, 5),
            **_PROMISES,
        ),
    ),
)

SORTED = (
    entry(
        taking("axis", "lax.top_k"),
        "(5,n)",
        variant="along the first axis",
        call=lambda f, x: f(x, 2, axis=0),
        since="0.9",
    ),
    entry("lax.sort", "(m,n)", dimension=1, is_stable=False),
    entry(
        "lax.sort",
        "(n),(n),(n)",
        variant="by two keys",
        call=lambda sort, x, y, z: sort((jnp.round(x), y, z), num_keys=2)[1:],
    ),
)


def _by_eigenvectors(eig: Any, a: Any, *, left: bool) -> Any:
    """The square of a matrix, by its eigenvalues and eigenvectors."""
    values, vectors = eig(
        separated(a),
        compute_left_eigenvectors=left,
        compute_right_eigenvectors=not left,
        enable_eigvec_derivs=True,
    )
    if left:
        adjoint = jnp.conj(vectors.T)
        return jnp.real(jnp.linalg.solve(adjoint, values[:, None] ** 2 * adjoint))
    return jnp.real(jnp.linalg.solve(vectors.T, (vectors * values**2).T).T)


FACTORIZED = (
    *(
        matrices(
            taking("enable_eigvec_derivs", "lax.linalg.eig"),
            "(n,n)",
            SYMMETRIC,
            variant=f"{side} vectors",
            call=lambda f, x, side=side: _by_eigenvectors(f, x, left=side == "left"),
            reference=lambda x: separated(x) @ separated(x),
            since="0.11",
        )
        for side in ("left", "right")
    ),
    matrices(
        "lax.linalg.eigh",
        "(3,3)",
        SYMMETRIC,
        variant="of the upper triangle",
        call=lambda f, x: f(separated(x), lower=False)[1],
    ),
    matrices(
        "lax.linalg.qr",
        "(4,3)",
        SYMMETRIC,
        variant="pivoting",
        call=lambda f, x: f(graded(x), pivoting=True, full_matrices=False)[:2],
    ),
    matrices(
        "jax.scipy.linalg.qr",
        "(3,3)",
        SYMMETRIC,
        variant="pivoting",
        call=lambda f, x: f(graded(x), pivoting=True, mode="economic")[:2],
    ),
    matrices(
        taking("perturb_singular", "lax.linalg.tridiagonal_solve"),
        "(3),(3),(3),(3,2)",
        SYMMETRIC,
        Domain(lower=3.0),
        SYMMETRIC,
        variant="perturb_singular",
        call=lambda f, *bands: f(*bands, perturb_singular=True),
        since="0.11",
    ),
)

PRODUCTS = (
    entry(
        "lax.conv_general_dilated",
        "(2,3,5),(4,3,2)",
        variant="preferred float32",
        call=lambda f, x, y: f(
            x,
            y,
            window_strides=(1,),
            padding="SAME",
            preferred_element_type=jnp.promote_types(x.dtype, "float32"),
        ).astype(x.dtype),
    ),
)

PARAMETERS = (*ACCURATE, *INDICES, *SORTED, *FACTORIZED, *PRODUCTS)
