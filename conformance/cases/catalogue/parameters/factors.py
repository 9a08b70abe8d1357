"""Factorizations of the other triangle, with pivots, by eigenvectors."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.matrices import graded, matrices, separated, signless
from gradlaw.conformance.cases.catalogue.parameters.presence import taking
from gradlaw.conformance.cases.catalogue.places import NONZERO, SYMMETRIC
from gradlaw.strategies.domains import Domain


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


DECOMPOSED = (
    matrices(
        "jnp.linalg.eigh",
        "(n,n)",
        SYMMETRIC,
        variant="UPLO",
        call=lambda f, x: f(separated(x), UPLO="U", symmetrize_input=False)[0],
    ),
    matrices(
        "jnp.linalg.eigvalsh",
        "(n,n)",
        SYMMETRIC,
        variant="UPLO",
        call=lambda f, x: f(separated(x), UPLO="U"),
    ),
    matrices(
        "jnp.linalg.svd",
        "(n,n)",
        SYMMETRIC,
        variant="hermitian",
        call=lambda f, x: f(separated(x), hermitian=True, compute_uv=False),
    ),
    matrices(
        "jnp.linalg.svd",
        "(n,n)",
        SYMMETRIC,
        variant="hermitian,vectors",
        call=lambda f, x: signless(f(separated(x), hermitian=True)[0]),
    ),
    matrices(
        "jnp.linalg.pinv",
        "(n,n)",
        SYMMETRIC,
        variant="hermitian",
        call=lambda f, x: f(separated(x), hermitian=True),
    ),
    matrices(
        "jnp.linalg.pinv",
        "(4,3)",
        SYMMETRIC,
        variant="tall",
        # Of a graded matrix no singular value is as small as that, so that all are inverted.
        call=lambda f, x: f(graded(x), rtol=0.001),
    ),
    matrices(
        "jnp.linalg.matrix_norm",
        "(4,3)",
        SYMMETRIC,
        variant="nuc",
        call=lambda f, x: f(graded(x), ord="nuc", keepdims=True),
    ),
    matrices(
        "jnp.linalg.matrix_norm",
        "(4,3)",
        SYMMETRIC,
        variant="2",
        call=lambda f, x: f(graded(x), ord=2),
    ),
    matrices(
        "jnp.linalg.matrix_norm",
        "(4,3)",
        SYMMETRIC,
        variant="1",
        call=lambda f, x: f(graded(x), ord=1),
    ),
    entry("jnp.linalg.norm", "(m,n)", NONZERO, ord=3, axis=1, keepdims=True, min_size=1),
    entry("jnp.linalg.vector_norm", "(m,n)", NONZERO, ord=4, axis=0, keepdims=True, min_size=1),
)
