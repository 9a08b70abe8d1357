"""Factorizations of matrices that are made so that the factors are well determined."""

from __future__ import annotations

import jax.numpy as jnp

from gradlaw.conformance.cases.catalogue.matrices import (
    definite,
    graded,
    matrices,
    separated,
    signless,
)
from gradlaw.conformance.cases.catalogue.places import (
    SQUARE,
    SYMMETRIC,
)

FACTORIZATIONS = (
    matrices("jnp.linalg.cholesky", "(n,n)", SYMMETRIC, call=lambda f, x: f(definite(x))),
    matrices(
        "jnp.linalg.cholesky",
        "(n,n)",
        SYMMETRIC,
        variant="upper",
        call=lambda f, x: f(definite(x), upper=True),
    ),
    matrices("jax.scipy.linalg.cholesky", "(n,n)", SYMMETRIC, call=lambda f, x: f(definite(x))),
    matrices(
        "jax.scipy.linalg.cho_factor", "(n,n)", SYMMETRIC, call=lambda f, x: f(definite(x))[0]
    ),
    matrices("lax.linalg.cholesky", "(n,n)", SYMMETRIC, call=lambda f, x: f(definite(x))),
    matrices(
        "lax.linalg.cholesky",
        "(3,3)",
        SYMMETRIC,
        variant="of one triangle",
        call=lambda f, x: f(x + 16 * jnp.eye(3, dtype=x.dtype), symmetrize_input=False),
    ),
    matrices(
        "jax.scipy.linalg.cho_factor",
        "(3,3)",
        SYMMETRIC,
        variant="of one triangle",
        call=lambda f, x: jnp.tril(f(x + 16 * jnp.eye(3, dtype=x.dtype), lower=True)[0]),
    ),
    matrices("lax.linalg.lu", "(n,n)", SQUARE, call=lambda f, x: f(x)[0]),
    matrices(
        "lax.linalg.lu", "(3,2)", SYMMETRIC, variant="tall", call=lambda f, x: f(graded(x))[0]
    ),
    matrices(
        "lax.linalg.lu", "(2,3)", SYMMETRIC, variant="wide", call=lambda f, x: f(graded(x))[0]
    ),
    matrices("jax.scipy.linalg.lu", "(n,n)", SQUARE),
    matrices("jax.scipy.linalg.lu_factor", "(n,n)", SQUARE),
    matrices("jnp.linalg.qr", "(n,n)", SQUARE),
    matrices("jnp.linalg.qr", "(4,3)", SYMMETRIC, variant="tall", call=lambda f, x: f(graded(x))),
    matrices(
        "jnp.linalg.qr", "(4,3)", SYMMETRIC, variant="r", call=lambda f, x: f(graded(x), mode="r")
    ),
    matrices("jnp.linalg.qr", "(2,3)", SYMMETRIC, variant="wide", call=lambda f, x: f(graded(x))),
    matrices(
        "jnp.linalg.qr",
        "(4,3)",
        SYMMETRIC,
        variant="complete",
        call=lambda f, x: f(graded(x), mode="complete"),
    ),
    matrices("jax.scipy.linalg.qr", "(n,n)", SQUARE, mode="economic"),
    matrices(
        "lax.linalg.qr", "(4,3)", SYMMETRIC, call=lambda f, x: f(graded(x), full_matrices=False)
    ),
    matrices(
        "jnp.linalg.eigh",
        "(n,n)",
        SYMMETRIC,
        variant="values",
        call=lambda f, x: f(separated(x))[0],
    ),
    matrices(
        "jnp.linalg.eigh",
        "(n,n)",
        SYMMETRIC,
        variant="vectors",
        call=lambda f, x: signless(f(separated(x))[1]),
    ),
    matrices("jnp.linalg.eigvalsh", "(n,n)", SYMMETRIC, call=lambda f, x: f(separated(x))),
    matrices(
        "jax.scipy.linalg.eigh",
        "(n,n)",
        SYMMETRIC,
        variant="values",
        call=lambda f, x: f(separated(x), eigvals_only=True),
    ),
    matrices(
        "lax.linalg.eigh",
        "(3,3)",
        SYMMETRIC,
        variant="of one triangle",
        call=lambda f, x: f(
            x + jnp.diag(jnp.asarray([16, 32, 48], x.dtype)), symmetrize_input=False
        )[1],
    ),
    matrices(
        "lax.linalg.eigh",
        "(n,n)",
        SYMMETRIC,
        variant="values",
        call=lambda f, x: f(separated(x))[1],
    ),
    matrices(
        "jnp.linalg.eigvals",
        "(n,n)",
        SYMMETRIC,
        variant="real part",
        call=lambda f, x: jnp.sort(jnp.real(f(separated(x)))),
    ),
    matrices(
        "jnp.linalg.svd",
        "(4,3)",
        SYMMETRIC,
        variant="values",
        call=lambda f, x: f(graded(x), compute_uv=False),
    ),
    matrices(
        "jnp.linalg.svd",
        "(3,4)",
        SYMMETRIC,
        variant="vectors",
        call=lambda f, x: signless(f(graded(x), full_matrices=False)[2]),
    ),
    matrices("jnp.linalg.svdvals", "(m,n)", SYMMETRIC, call=lambda f, x: f(graded(x))),
    matrices(
        "jax.scipy.linalg.svd",
        "(3,4)",
        SYMMETRIC,
        variant="values",
        call=lambda f, x: f(graded(x), compute_uv=False),
    ),
    matrices(
        "lax.linalg.svd",
        "(4,3)",
        SYMMETRIC,
        variant="left vectors",
        call=lambda f, x: signless(f(graded(x), full_matrices=False)[0]),
    ),
    matrices(
        "jnp.linalg.norm",
        "(4,3)",
        SYMMETRIC,
        variant="matrix,ord=2",
        call=lambda f, x: f(graded(x), ord=2),
    ),
    matrices(
        "jnp.linalg.norm",
        "(4,3)",
        SYMMETRIC,
        variant="nuclear",
        call=lambda f, x: f(graded(x), ord="nuc"),
    ),
    matrices(
        "jax.scipy.linalg.polar", "(n,n)", SYMMETRIC, call=lambda f, x: f(graded(x), method="svd")
    ),
    matrices(
        "jax.scipy.linalg.polar",
        "(3,3)",
        SYMMETRIC,
        variant="qdwh",
        call=lambda f, x: f(graded(x)),
    ),
)
