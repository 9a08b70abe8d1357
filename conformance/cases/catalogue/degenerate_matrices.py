"""Matrices where factorizations have no derivative though the function has, or leave the range."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from gradlaw.conformance.cases.catalogue.entry import Entry
from gradlaw.conformance.cases.catalogue.matrices import (
    definite,
    graded,
    matrices,
    separated,
    signless,
)
from gradlaw.conformance.cases.catalogue.places import SQUARE, SYMMETRIC
from gradlaw.strategies.domains import Domain


def moving(a: Any) -> Any:
    """Zeros that move with the elements of A."""
    return a - lax.stop_gradient(a)


def around_identity(a: Any) -> Any:
    """The unit matrix, whose singular values are all alike, moving with the elements of A."""
    return jnp.eye(a.shape[0], dtype=a.dtype) + moving(a)


def symmetric_part(a: Any) -> Any:
    """Half of A + Aᵀ."""
    return (a + a.T) / 2


def squared(values: Any, vectors: Any) -> Any:
    """The square of the matrix with these eigenvalues and eigenvectors."""
    return (vectors * values**2) @ vectors.T


def shrunk(a: Any) -> Any:
    """A matrix scaled by a power of two so small that products of its elements underflow."""
    return a * 2.0 ** (2 * int(jnp.finfo(a.dtype).minexp) // 3)


def grown(a: Any) -> Any:
    """A matrix scaled by a power of two beside which 1 is no more than a roundoff."""
    return a * 2.0 ** (int(jnp.finfo(a.dtype).maxexp) // 3)


ORDERS = np.array(list(permutations(range(4))), dtype=np.int32)
SIGNS = np.array([np.linalg.det(np.eye(4)[order]) for order in ORDERS]).round()


def by_permutations(a: Any) -> Any:
    """The determinant of a matrix of four rows, by Leibniz's formula."""
    products = jnp.prod(a[np.arange(4, dtype=np.int32), ORDERS], axis=1)
    return jnp.sum(products * SIGNS.astype(a.dtype))


def with_zeros(a: Any) -> Any:
    """A matrix whose second column is 0, moving with the elements of A."""
    return a.at[:, 1].add(-lax.stop_gradient(a[:, 1]))


def with_equal_rows(a: Any) -> Any:
    """A matrix whose third row is like the first, and does not move with it."""
    return a.at[2].set(lax.stop_gradient(a[0]) + moving(a[2]))


SINGULAR = (
    matrices(
        "jnp.linalg.det",
        "(4,4)",
        Domain(lower=0.5, upper=4.0),
        variant="positive",
        reference=by_permutations,
    ),
    matrices(
        "jnp.linalg.det",
        "(4,4)",
        Domain(lower=0.5, upper=4.0),
        variant="two rows alike",
        call=lambda f, x: f(with_equal_rows(x)),
        reference=lambda x: by_permutations(with_equal_rows(x)),
    ),
    matrices(
        "jnp.linalg.det",
        "(4,4)",
        Domain(lower=0.5, upper=4.0),
        variant="a column of zeros",
        call=lambda f, x: f(with_zeros(x)),
        reference=lambda x: by_permutations(with_zeros(x)),
    ),
    matrices(
        "jnp.linalg.lstsq",
        "(3,3),(3)",
        SYMMETRIC,
        variant="equal singular values",
        call=lambda f, x, y: f(around_identity(x), y)[0],
        reference=lambda x, y: jnp.linalg.solve(around_identity(x), y),
    ),
    matrices(
        "jax.scipy.linalg.polar",
        "(3,3)",
        SYMMETRIC,
        variant="equal singular values",
        call=lambda f, x: f(around_identity(x), method="svd")[0],
        # One step of Newton's iteration, which is right to second order about the unit matrix.
        reference=lambda x: (around_identity(x) + jnp.linalg.inv(around_identity(x)).T) / 2,
    ),
    matrices(
        "jnp.linalg.eigh",
        "(3,3)",
        SYMMETRIC,
        variant="square,equal eigenvalues",
        call=lambda f, x: squared(*f(around_identity(x))),
        reference=lambda x: jnp.linalg.matrix_power(symmetric_part(around_identity(x)), 2),
    ),
)


def scaled(scale: Callable[[Any], Any]) -> tuple[Entry, ...]:
    """Factorizations at the ends of the dtype's range."""
    return (
        matrices(
            "jnp.linalg.slogdet",
            "(n,n)",
            SQUARE,
            variant=scale.__name__,
            call=lambda f, x: f(scale(x))[1],
        ),
        matrices(
            "jnp.linalg.cholesky",
            "(n,n)",
            SYMMETRIC,
            variant=scale.__name__,
            call=lambda f, x: f(scale(definite(x))),
        ),
        matrices(
            "jnp.linalg.qr",
            "(4,3)",
            SYMMETRIC,
            variant=scale.__name__,
            call=lambda f, x: f(scale(graded(x))),
        ),
        matrices(
            "jnp.linalg.eigh",
            "(n,n)",
            SYMMETRIC,
            variant=f"vectors,{scale.__name__}",
            call=lambda f, x: signless(f(scale(separated(x)))[1]),
        ),
        matrices(
            "jnp.linalg.svd",
            "(3,4)",
            SYMMETRIC,
            variant=f"vectors,{scale.__name__}",
            call=lambda f, x: signless(f(scale(graded(x)), full_matrices=False)[2]),
        ),
        matrices(
            "jnp.linalg.norm",
            "(4,3)",
            SYMMETRIC,
            variant=f"matrix,ord=2,{scale.__name__}",
            call=lambda f, x: f(scale(graded(x)), ord=2),
        ),
        matrices(
            "jax.scipy.linalg.polar",
            "(n,n)",
            SYMMETRIC,
            variant=scale.__name__,
            call=lambda f, x: f(scale(graded(x)), method="svd")[0],
        ),
    )


RANGES = (*scaled(shrunk), *scaled(grown))

DEGENERATE_MATRICES = (*SINGULAR, *RANGES)
