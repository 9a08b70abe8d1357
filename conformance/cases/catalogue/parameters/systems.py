"""Linear systems of the other triangle, with what a solver has besides."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.matrices import (
    ELIMINATION,
    definite,
    graded,
    matrices,
    separated,
)
from gradlaw.conformance.cases.catalogue.places import SQUARE, SYMMETRIC


def _with_aux(solution: Any, *, has_aux: bool = False) -> Any:
    return (solution, {"found": 1.0}) if has_aux else solution


LINEAR = (
    matrices(
        "jax.scipy.linalg.cholesky",
        "(n,n)",
        SYMMETRIC,
        variant="lower",
        call=lambda f, x: f(definite(x), lower=True),
    ),
    matrices(
        "jax.scipy.linalg.solve",
        "(n,n),(n)",
        SYMMETRIC,
        variant="lower,definite",
        call=lambda f, x, y: f(definite(x), y, lower=True, assume_a="pos"),
    ),
    matrices(
        "jax.scipy.linalg.lu",
        "(3,3)",
        SYMMETRIC,
        variant="permuted",
        call=lambda f, x: f(graded(x), permute_l=True),
    ),
    *(
        matrices(
            "jax.scipy.linalg.lu_solve",
            "(3,3),(3,2)",
            SYMMETRIC,
            variant=f"trans={trans}",
            call=lambda f, x, y, trans=trans: f(
                jax.scipy.linalg.lu_factor(graded(x)), y, trans=trans
            ),
        )
        for trans in (1, 2)
    ),
    matrices(
        "jax.scipy.linalg.cho_solve",
        "(n,n),(n,2)",
        SYMMETRIC,
        variant="upper",
        call=lambda f, x, y: f((jnp.linalg.cholesky(definite(x)).T, False), y),
    ),
    matrices(
        "jax.scipy.linalg.expm",
        "(3,3)",
        SYMMETRIC,
        variant="upper triangular",
        call=lambda f, x: f(jnp.triu(x), upper_triangular=True),
    ),
    entry("jax.scipy.linalg.toeplitz", "(m),(n)", variant="r", min_size=1),
    entry("jax.scipy.linalg.hankel", "(m),(n)", variant="r", min_size=1, since="0.10"),
    matrices(
        "lax.linalg.triangular_solve",
        "(n,n),(n,k)",
        SQUARE,
        left_side=True,
        unit_diagonal=True,
    ),
    *(
        matrices(
            "lax.custom_linear_solve",
            "(n,n),(n)",
            SYMMETRIC,
            variant=variant,
            call=lambda f, x, y, told=told: f(
                lambda v: separated(x) @ v,
                y,
                lambda _, b: _with_aux(jnp.linalg.solve(separated(x), b), **told),
                symmetric=True,
                **told,
            ),
            # Dominant by rows, too.
            solve_backward_error=ELIMINATION,
        )
        for variant, told in {"symmetric": {}, "symmetric,has_aux": {"has_aux": True}}.items()
    ),
    matrices(
        "jax.scipy.sparse.linalg.cg",
        "(2,2),(2)",
        SYMMETRIC,
        variant="preconditioned",
        call=lambda f, x, y: f(
            definite(x), y, x0=jnp.ones_like(y), M=jnp.diag(1 / jnp.diag(definite(x)))
        )[0],
    ),
)
