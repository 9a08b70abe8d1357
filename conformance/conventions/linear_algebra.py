"""Matrices that are singular, or have repeated eigenvalues or singular values."""

from __future__ import annotations

from math import inf, nan

import jax.numpy as jnp
from jax.scipy import linalg
from sympy import Integer, log, sqrt

from gradlaw.conformance.conventions.accepted import NOTHING, across, clarke, edge, smooth
from gradlaw.conformance.conventions.convention import Convention, Gives, Remedy, X
from gradlaw.conformance.conventions.sources import LAX_LINALG, LINALG

LINEAR_ALGEBRA = (
    Convention(
        name="determinant_of_rank_1",
        function=lambda x: jnp.linalg.det(jnp.array([[x, 0.0], [0.0, 1.0]])),
        point=0.0,
        sides=(X, X),
        accepts=smooth(1),
        accepts_second=smooth(0),
        gives=(
            Gives(first=1.0, second=0.0, releases=">=0.5,<0.11.1"),
            Gives(first=0.0, second=0.0, releases=">=0.11.1"),
        ),
        why=(
            "A rule of its own by a solve for the cofactors; since 0.11.1 they are "
            "lost at a zero pivot."
        ),
        remedy=Remedy(words="Compute it by cofactors, or keep the matrix regular."),
        source=LINALG,
        dtypes=("float32", "float64"),
        ways=("jvp", "grad", "jvp(grad)"),
    ),
    Convention(
        name="log_determinant",
        function=lambda x: jnp.linalg.slogdet(jnp.array([[x, 0.0], [0.0, 1.0]]))[1],
        point=0.0,
        sides=(log(-X), log(X)),
        accepts=NOTHING,
        accepts_second=across(-inf),
        gives=(
            Gives(first=inf, second=nan, otherwise={"grad": nan}, releases=">=0.5,<0.10"),
            Gives(first=inf, second=nan, releases=">=0.10"),
        ),
        why="The trace of a solve with a singular matrix, NaN in reverse mode before 0.10.",
        source=LINALG,
        dtypes=("float32", "float64"),
        ways=("jvp", "grad", "jvp(grad)"),
    ),
    Convention(
        name="triangular_solve",
        function=lambda x: linalg.solve_triangular(
            jnp.array([[x, 0.0], [0.0, 1.0]]), jnp.array([1.0, 1.0])
        )[0],
        point=0.0,
        sides=(1 / X, 1 / X),
        accepts=across(-inf),
        accepts_second=NOTHING,
        gives=(Gives(first=-inf, second=nan, otherwise={"jvp": nan}),),
        why="A division by the 0 on the diagonal.",
        remedy=Remedy(words="Keep the diagonal away from 0."),
        source=LAX_LINALG,
        dtypes=("float32", "float64"),
        ways=("jvp", "grad", "jvp(grad)"),
    ),
    Convention(
        name="cholesky",
        function=lambda x: jnp.linalg.cholesky(jnp.array([[x, 0.0], [0.0, 1.0]]))[0, 0],
        point=0.0,
        sides=(None, sqrt(X)),
        accepts=edge(inf),
        accepts_second=edge(-inf),
        gives=(Gives(first=nan, second=nan),),
        why="The factorisation of a matrix that is not positive definite is NaN.",
        remedy=Remedy(words="Add a multiple of the identity."),
        source=LAX_LINALG,
        dtypes=("float32", "float64"),
        ways=("jvp", "grad", "jvp(grad)"),
    ),
    Convention(
        name="eigenvalue_repeated",
        function=lambda x: jnp.linalg.eigvalsh(jnp.array([[x, 0.0], [0.0, 1.0]]))[0],
        point=1.0,
        sides=(X, Integer(1)),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=1.0, second=nan),),
        why="The eigenvectors that were found; their own derivative divides by the difference 0.",
        source=LAX_LINALG,
        dtypes=("float32", "float64"),
        ways=("jvp", "grad", "jvp(grad)"),
    ),
    Convention(
        name="eigenvector_of_repeated",
        function=lambda x: jnp.linalg.eigh(jnp.array([[x, 0.0], [0.0, 1.0]]))[1][0, 0],
        point=1.0,
        sides=(None, None),
        accepts=NOTHING,
        accepts_second=NOTHING,
        gives=(Gives(first=nan, second=nan),),
        why=(
            "Each eigenvector of a repeated eigenvalue is arbitrary, and the rule "
            "divides by the difference 0."
        ),
        source=LAX_LINALG,
        dtypes=("float32", "float64"),
        ways=("jvp", "grad", "jvp(grad)"),
    ),
    Convention(
        name="singular_value_repeated",
        function=lambda x: jnp.linalg.svd(jnp.array([[x, 0.0], [0.0, 1.0]]), compute_uv=False)[0],
        point=1.0,
        sides=(Integer(1), X),
        accepts=clarke(0, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=1.0, second=nan),),
        why=(
            "The singular vectors that were found; their own derivative divides by "
            "the difference 0."
        ),
        source=LAX_LINALG,
        dtypes=("float32", "float64"),
        ways=("jvp", "grad", "jvp(grad)"),
    ),
    Convention(
        name="norm_nuclear_of_zero",
        function=lambda x: jnp.linalg.norm(jnp.array([[x, 0.0], [0.0, 0.0]]), ord="nuc"),
        point=0.0,
        sides=(-X, X),
        accepts=clarke(-1, 1),
        accepts_second=smooth(0),
        gives=(Gives(first=1.0, second=nan),),
        why="The sum of singular values, by the singular vectors that were found.",
        source=LINALG,
        dtypes=("float32", "float64"),
        ways=("jvp", "grad", "jvp(grad)"),
    ),
    Convention(
        name="qr_of_singular",
        function=lambda x: jnp.linalg.qr(jnp.array([[x, 0.0], [0.0, 1.0]]))[1][0, 0],
        point=0.0,
        sides=(X, X),
        accepts=smooth(1),
        accepts_second=smooth(0),
        gives=(Gives(first=nan, second=nan),),
        why="A triangular solve with a singular factor; this matrix is its own R.",
        remedy=Remedy(words="Keep the rank full."),
        source=LAX_LINALG,
        dtypes=("float32", "float64"),
        ways=("jvp", "grad", "jvp(grad)"),
    ),
)
