"""Products of matrices and vectors, and norms."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.places import (
    NONZERO,
    POSITIVE,
)

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
