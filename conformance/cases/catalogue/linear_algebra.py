"""Products, factorizations and functions of matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np

from gradlaw.conformance.cases.catalogue.entry import Entry, entry
from gradlaw.conformance.cases.catalogue.places import (
    DOMINANT,
    MATRIX_DTYPES,
    NONZERO,
    POSITIVE,
    SQUARE,
    SYMMETRIC,
)
from gradlaw.strategies.domains import Domain, WellConditioned
from gradlaw.strategies.matrices import Graded

PRODUCTS = (
    entry("jnp.dot", "(n),(n)"),
    entry("jnp.dot", "(m,n),(n)", variant="(m,n),(n)"),
    entry("jnp.dot", "(m,n),(n,k)", variant="(m,n),(n,k)"),
    entry("jnp.dot", "(m,n),(k,n,b)", variant="(m,n),(k,n,b)", max_size=10),
    entry("jnp.vdot", "(m,n),(m,n)"),
    entry("jnp.inner", "(m,n),(k,n)"),
    entry("jnp.outer", "(m),(n)"),
    entry("jnp.matmul", "(m,n),(n,k)"),
    entry("jnp.matmul", "(b,m,n),(n,k)", variant="batched", max_size=10),
    entry("jnp.matmul", "(n),(n,k)", variant="(n),(n,k)"),
    entry("jnp.matmul", "(m,n),(n,k)", precision="highest"),
    entry("jnp.matvec", "(m,n),(n)"),
    entry("jnp.vecmat", "(m),(m,n)"),
    entry("jnp.vecdot", "(m,n),(m,n)"),
    entry("jnp.tensordot", "(m,n),(n,k)", axes=1),
    entry("jnp.tensordot", "(m,n,k),(n,m)", axes=((0, 1), (1, 0)), max_size=10),
    entry("jnp.kron", "(2,3),(3,2)"),
    entry("jnp.cross", "(m,3),(m,3)"),
    entry("jnp.einsum", "(m,n),(n)", variant="ij,j->i", call=lambda f, x, y: f("ij,j->i", x, y)),
    entry("jnp.einsum", "(n,n)", variant="ii->i", call=lambda f, x: f("ii->i", x)),
    entry("jnp.einsum", "(m,n)", variant="ij->ji", call=lambda f, x: f("ij->ji", x)),
    entry(
        "jnp.einsum",
        "(m,n),(n,k),(k)",
        variant="ij,jk,k->i",
        call=lambda f, x, y, z: f("ij,jk,k->i", x, y, z),
        max_size=10,
    ),
    entry(
        "jnp.einsum",
        "(b,m,n),(b,n,k)",
        variant="bij,bjk->kbi",
        call=lambda f, x, y: f("bij,bjk->kbi", x, y),
        max_size=10,
    ),
    entry("lax.dot", "(m,n),(n,k)"),
    entry("lax.batch_matmul", "(b,m,n),(b,n,k)", max_size=10),
    entry(
        "lax.dot_general",
        "(n,b,m),(k,n,b)",
        dimension_numbers=(((0,), (1,)), ((1,), (2,))),
        variant="batch and contraction",
        max_size=10,
    ),
    entry(
        "lax.dot_general",
        "(m,n),(n,k)",
        call=lambda f, x, y: f(
            x, y, (((1,), (0,)), ((), ())), preferred_element_type="float32"
        ).astype(x.dtype),
        variant="preferred float32",
        dtypes=("float16", "bfloat16", "float32"),
    ),
    entry("lax.ragged_dot", "(5,m),(2,m,n)", call=lambda f, x, y: f(x, y, jnp.array([2, 3]))),
    entry("jnp.linalg.multi_dot", "(m,n),(n,k),(k,b)", call=lambda f, *a: f(a), max_size=10),
    entry("jnp.linalg.matmul", "(m,n),(n,k)"),
    entry("jnp.linalg.outer", "(m),(n)"),
    entry("jnp.linalg.vecdot", "(m,n),(m,n)"),
    entry("jnp.linalg.tensordot", "(m,n),(n,k)", axes=1),
    entry("jnp.linalg.cross", "(m,3),(m,3)"),
    entry("jnp.linalg.trace", "(m,n)"),
    entry("jnp.linalg.diagonal", "(m,n)"),
    entry("jnp.linalg.matrix_transpose", "(m,n)"),
    entry("jnp.linalg.matrix_power", "(3,3)", n=3),
)

NORMS = (
    entry("jnp.linalg.norm", "(m,n)", NONZERO, ord="fro", min_size=1),
    entry("jnp.linalg.norm", "(m,n)", NONZERO, axis=1, min_size=1),
    entry("jnp.linalg.norm", "(n)", ord=1),
    entry("jnp.linalg.norm", "(n)", NONZERO, ord=3, min_size=1),
    entry("jnp.linalg.norm", "(n)", variant="ord=inf", ord=np.inf, min_size=1),
    entry("jnp.linalg.norm", "(m,n)", variant="matrix,ord=1", ord=1, min_size=1),
    entry("jnp.linalg.vector_norm", "(m,n)", NONZERO, axis=0, min_size=1),
    entry("jnp.linalg.vector_norm", "(n)", POSITIVE, ord=-1, min_size=1),
    entry("jnp.linalg.matrix_norm", "(m,n)", NONZERO, min_size=1),
    entry("jax.scipy.cluster.vq.vq", "(3,2),(4,2)", call=lambda vq, x, y: vq(x, y)[1]),
)


def matrices(
    path: str,
    signature: str,
    *domains: Domain | WellConditioned | None,
    variant: str = "",
    call: Callable[..., Any] | None = None,
    since: str = "",
    reference: Callable[..., Any] | None = None,
    **parameters: Any,
) -> Entry:
    """An entry whose function factorizes matrices."""
    return entry(
        path,
        signature,
        *domains,
        variant=variant,
        call=call,
        since=since,
        reference=reference,
        min_size=1,
        max_size=5,
        dtypes=MATRIX_DTYPES,
        **parameters,
    )


def definite(a: Any) -> Any:
    """A·Aᵀ + I: symmetric and positive definite whatever A is."""
    return a @ a.T + jnp.eye(a.shape[0], dtype=a.dtype)


def separated(a: Any) -> Any:
    """A symmetric matrix whose eigenvalues keep apart, for elements of A in (-1, 1) and n ≤ 5."""
    steps = 16 * np.arange(1, a.shape[0] + 1)
    return a + a.T + jnp.diag(jnp.asarray(steps, a.dtype))


def graded(a: Any) -> Any:
    """A rectangular matrix whose singular values keep apart, for elements of A in (-1, 1)."""
    rows, columns = a.shape
    steps = 16 * np.arange(1, min(rows, columns) + 1)
    return (
        a + jnp.asarray(steps[:, None] * np.eye(rows, columns)[: len(steps)], a.dtype)
        if (rows <= columns)
        else a + jnp.asarray(np.eye(rows, columns) * steps[None, :], a.dtype)
    )


def signless(results: Any) -> Any:
    """The squares of vectors that are determined but for their signs."""
    return results * results


GRADED = Graded()

ELIMINATION = 24.0
"""Elimination solves systems of n <= 5 unknowns that are diagonally dominant by rows within
3n (2n - 1) u, of the matrix in the maximum norm: N. J. Higham, Accuracy and Stability of Numerical
Algorithms (2002), theorems 9.4 and 9.9, in units of (n + 1) u."""

SYSTEMS = (
    matrices("jnp.linalg.solve", "(n,n),(n)", SQUARE),
    matrices("jnp.linalg.solve", "(n,n),(n,k)", SQUARE, variant="several"),
    matrices("jnp.linalg.inv", "(n,n)", SQUARE),
    matrices("jnp.linalg.det", "(n,n)", SQUARE),
    matrices("jnp.linalg.slogdet", "(n,n)", SQUARE),
    matrices("jnp.linalg.matrix_power", "(n,n)", SQUARE, n=-2),
    matrices("jnp.linalg.pinv", "(m,n)", SYMMETRIC, call=lambda f, x: f(graded(x))),
    matrices("jnp.linalg.lstsq", "(4,3),(4)", SYMMETRIC, call=lambda f, x, y: f(graded(x), y)[0]),
    matrices("jnp.linalg.tensorinv", "(n,n)", SQUARE, ind=1),
    matrices("jnp.linalg.tensorsolve", "(n,n),(n)", SQUARE),
    matrices("jnp.linalg.cond", "(n,n)", SYMMETRIC, call=lambda f, x: f(graded(x))),
    matrices("jax.scipy.linalg.solve", "(n,n),(n)", SQUARE),
    matrices(
        "jax.scipy.linalg.solve",
        "(n,n),(n)",
        SYMMETRIC,
        variant="definite",
        call=lambda f, x, y: f(definite(x), y, assume_a="pos"),
    ),
    matrices("jax.scipy.linalg.inv", "(n,n)", SQUARE),
    matrices("jax.scipy.linalg.det", "(n,n)", SQUARE),
    matrices("jax.scipy.linalg.solve_triangular", "(n,n),(n)", SQUARE),
    matrices("jax.scipy.linalg.solve_triangular", "(n,n),(n,k)", SQUARE, lower=True, trans=1),
    matrices("jax.scipy.linalg.solve_triangular", "(n,n),(n)", SQUARE, unit_diagonal=True),
    matrices("lax.linalg.triangular_solve", "(n,n),(k,n)", SQUARE, lower=True),
    matrices(
        "lax.linalg.triangular_solve", "(n,n),(n,k)", SQUARE, left_side=True, transpose_a=True
    ),
    matrices(
        "lax.linalg.tridiagonal_solve", "(3),(3),(3),(3,2)", SYMMETRIC, Domain(lower=3.0), SYMMETRIC
    ),
    matrices(
        "jax.scipy.linalg.cho_solve",
        "(n,n),(n)",
        DOMINANT,
        call=lambda f, x, y: f((jnp.tril(x), True), y),
    ),
    matrices(
        "jax.scipy.linalg.lu_solve",
        "(n,n),(n)",
        SQUARE,
        call=lambda f, x, y: f((x, np.arange(x.shape[0], dtype=np.int32)), y),
    ),
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

MATRIX_FUNCTIONS = (
    matrices("jax.scipy.linalg.expm", "(3,3)", SYMMETRIC),
    matrices(
        "jax.scipy.linalg.expm_frechet", "(3,3),(3,3)", SYMMETRIC, SYMMETRIC, compute_expm=False
    ),
    entry("jax.scipy.linalg.block_diag", "(2,3),(3,2)"),
    entry("jax.scipy.linalg.toeplitz", "(3),(4)"),
    entry("jax.scipy.linalg.circulant", "(4)", since="0.10"),
    entry("jax.scipy.linalg.companion", "(4)", POSITIVE, since="0.10"),
    entry("jax.scipy.linalg.hankel", "(3),(4)", since="0.10"),
    entry("jax.scipy.linalg.leslie", "(4),(3)", since="0.10"),
    entry("jax.scipy.linalg.fiedler", "(4)", since="0.10"),
    entry("jax.scipy.linalg.fiedler_companion", "(4)", POSITIVE, since="0.10"),
    entry("jax.scipy.linalg.convolution_matrix", "(4)", n=3, since="0.10"),
    entry("jnp.polyval", "(k),(n)", max_size=7),
    entry("jnp.polyadd", "(3),(4)"),
    entry("jnp.polysub", "(3),(4)"),
    entry("jnp.polymul", "(3),(4)"),
    entry("jnp.polyder", "(4)"),
    entry("jnp.polyint", "(4)"),
    entry("jnp.poly", "(3)"),
    matrices("jnp.polyfit", "(5)", call=lambda f, x: f(np.arange(5.0, dtype=x.dtype), x, 2)),
    entry("jnp.polydiv", "(4),(2)", None, POSITIVE),
    matrices(
        "lax.custom_linear_solve",
        "(n,n),(n)",
        SQUARE,
        call=lambda f, x, y: f(
            lambda v: x @ v,
            y,
            lambda _, b: jnp.linalg.solve(x, b),
            transpose_solve=lambda _, b: jnp.linalg.solve(x.T, b),
        ),
        solve_backward_error=ELIMINATION,
    ),
    matrices(
        "jax.scipy.sparse.linalg.cg",
        "(2,2),(2)",
        SYMMETRIC,
        call=lambda f, x, y: f(definite(x), y)[0],
    ),
    *(
        matrices(
            f"jax.scipy.sparse.linalg.{solver}",
            "(2,2),(2)",
            SQUARE,
            call=lambda f, x, y: f(x, y)[0],
            solve_backward_error=ELIMINATION,
        )
        for solver in ("gmres", "bicgstab")
    ),
)

LINEAR_ALGEBRA = (
    *PRODUCTS,
    *NORMS,
    *SYSTEMS,
    *FACTORIZATIONS,
)
