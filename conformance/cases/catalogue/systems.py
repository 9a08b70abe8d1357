"""Linear systems, functions of matrices, and polynomials."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.matrices import (
    ELIMINATION,
    definite,
    graded,
    matrices,
)
from gradlaw.conformance.cases.catalogue.places import (
    DOMINANT,
    POSITIVE,
    SQUARE,
    SYMMETRIC,
)
from gradlaw.strategies.domains import Domain

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
        )
        for solver in ("gmres", "bicgstab")
    ),
)
