"""Functions of sparse arrays, and transformations, against the same of dense arrays."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from gradlaw.conformance.cases.catalogue.forward_mode import by_forward_mode
from gradlaw.conformance.cases.catalogue.places import ABOVE_ONE
from gradlaw.conformance.cases.catalogue.sparse import (
    BY_ROW,
    OTHERS,
    PLACES,
    ROWS,
    SHAPE,
    UNIQUE,
    bcoo,
    bcsr,
    dense,
    dense_batches,
    in_batches,
    in_front,
    masked,
    sparse,
    taken,
)

PADDED = np.array([[0, 1], [0, 4], [1, 0], [1, 3], [2, 2], [2, 4]], dtype=np.int32)
"""For each row of a masked matrix two places; what lies outside stands for nothing."""

BY_COORDINATES = (
    sparse("bcoo_todense", "(6)", lambda f, x: f(bcoo(x)), dense),
    sparse("bcoo_todense", "(2,3)", lambda f, x: f(in_batches(x)), dense_batches, "batched"),
    sparse(
        "bcoo_todense",
        "(4,n)",
        lambda f, x: f(bcoo(x, ROWS, (3, x.shape[1]))),
        lambda x: dense(x, ROWS, (3, x.shape[1])),
        "rows",
    ),
    sparse("todense", "(6)", lambda f, x: f(bcoo(x)), dense),
    sparse("todense", "(3,4)", lambda f, x: f(x), lambda x: x, "dense"),
    sparse("todense", "(5)", lambda f, x: f(bcsr(x)), lambda x: dense(x, BY_ROW), "rows"),
    sparse(
        "bcoo_fromdense",
        "(3,4)",
        lambda f, x: f(masked(x), nse=4).data,
        lambda x: taken(x, UNIQUE),
        domains=(ABOVE_ONE,),
    ),
    sparse(
        "bcoo_fromdense",
        "(3,4)",
        lambda f, x: f(masked(x), nse=2, n_batch=1).data,
        lambda x: taken(x, PADDED).reshape(3, 2),
        "n_batch=1",
        domains=(ABOVE_ONE,),
    ),
    sparse(
        "bcoo_fromdense",
        "(3,4)",
        lambda f, x: f(masked(x), nse=4).todense(),
        masked,
        "made dense again",
        domains=(ABOVE_ONE,),
    ),
    sparse(
        "bcoo_extract",
        "(4),(3,4)",
        lambda f, x, y: f(bcoo(x, UNIQUE), in_front(y), assume_unique=True).data * x,
        lambda x, y: taken(y, UNIQUE) * x,
    ),
    sparse(
        "bcoo_reduce_sum",
        "(6)",
        lambda f, x: f(bcoo(x), axes=(1,)).todense(),
        lambda x: dense(x).sum(axis=1),
    ),
    sparse(
        "bcoo_reduce_sum",
        "(2,3)",
        lambda f, x: f(in_batches(x), axes=(0, 2)).todense(),
        lambda x: dense_batches(x).sum(axis=(0, 2)),
        "batched",
    ),
    sparse(
        "bcoo_multiply_dense",
        "(6),(3,4)",
        lambda f, x, y: bcoo(f(bcoo(x), in_front(y))).todense(),
        lambda x, y: dense(x) * y,
    ),
    sparse(
        "bcoo_multiply_sparse",
        "(6),(5)",
        lambda f, x, y: f(bcoo(x), bcoo(y, OTHERS)).todense(),
        lambda x, y: dense(x) * dense(y, OTHERS),
    ),
    sparse(
        "bcoo_transpose",
        "(6)",
        lambda f, x: f(bcoo(x), permutation=(1, 0)).todense(),
        lambda x: dense(x).T,
    ),
    sparse(
        "bcoo_transpose",
        "(2,3)",
        lambda f, x: f(in_batches(x), permutation=(0, 2, 1)).todense(),
        lambda x: dense_batches(x).transpose(0, 2, 1),
        "batched",
    ),
    sparse(
        "bcoo_reshape",
        "(6)",
        lambda f, x: f(bcoo(x), new_sizes=(2, 6)).todense(),
        lambda x: dense(x).reshape(2, 6),
    ),
    sparse(
        "bcoo_rev",
        "(6)",
        lambda f, x: f(bcoo(x), dimensions=(1,)).todense(),
        lambda x: dense(x)[:, ::-1],
    ),
    sparse(
        "bcoo_slice",
        "(6)",
        lambda f, x: f(bcoo(x), start_indices=(1, 0), limit_indices=(3, 4)).todense(),
        lambda x: dense(x)[1:3],
    ),
    sparse(
        "bcoo_dynamic_slice",
        "(6)",
        lambda f, x: f(bcoo(x), (np.int32(1), np.int32(3)), (2, 2)).todense(),
        lambda x: dense(x)[1:3, 2:4],
    ),
    sparse(
        "bcoo_concatenate",
        "(6),(5)",
        lambda f, x, y: f([bcoo(x), bcoo(y, OTHERS)], dimension=0).todense(),
        lambda x, y: jnp.concatenate([dense(x), dense(y, OTHERS)]),
    ),
    sparse(
        "bcoo_squeeze",
        "(6)",
        lambda f, x: f(bcoo(x, PLACES * [0, 1], (1, 4)), dimensions=(0,)).todense(),
        lambda x: dense(x, PLACES[:, 1:], (4,)),
    ),
    sparse(
        "bcoo_broadcast_in_dim",
        "(6)",
        lambda f, x: f(bcoo(x), shape=(2, *SHAPE), broadcast_dimensions=(1, 2)).todense(),
        lambda x: jnp.broadcast_to(dense(x), (2, *SHAPE)),
    ),
    sparse(
        "bcoo_sum_duplicates",
        "(6)",
        lambda f, x: (f(bcoo(x), nse=6).todense(), f(bcoo(x), nse=4).data),
        lambda x: (dense(x), jnp.stack([x[4], x[1], x[5], x[0] + x[2]])),
    ),
    sparse(
        "bcoo_sort_indices",
        "(6)",
        lambda f, x: (f(bcoo(x)).todense(), f(bcoo(x)).data[:3]),
        lambda x: (dense(x), x[np.array([4, 1, 5])]),
    ),
    sparse(
        "bcoo_sort_indices",
        "(2,6)",
        lambda f, x: jax.vmap(lambda row: f(bcoo(row)).data[:3])(x),
        lambda x: x[:, np.array([4, 1, 5])],
        variant="mapped",
    ),
    sparse(
        "bcoo_update_layout",
        "(2,3)",
        lambda f, x: f(in_batches(x), n_batch=0).todense(),
        dense_batches,
    ),
    sparse(
        "bcoo_dot_general",
        "(6),(3,4)",
        lambda f, x, y: f(bcoo(x), y, dimension_numbers=(((0, 1), (0, 1)), ((), ()))),
        lambda x, y: jnp.sum(dense(x) * y),
    ),
    sparse(
        "bcoo_dot_general",
        "(9)",
        lambda f, x: by_forward_mode(
            lambda z: f(
                bcoo(z[:4], UNIQUE),
                bcoo(z[4:], OTHERS),
                dimension_numbers=(((1,), (1,)), ((), ())),
            ).todense()
        )(x),
        lambda x: dense(x[:4], UNIQUE) @ dense(x[4:], OTHERS).T,
        "of two sparse, by forward mode",
        once=True,
        reverse_only=True,
    ),
    sparse(
        "bcoo_dot_general_sampled",
        "(3,n),(n,4)",
        lambda f, x, y: f(x, y, PLACES, dimension_numbers=(((1,), (0,)), ((), ()))),
        lambda x, y: taken(x @ y),
    ),
)

TRANSFORMED = (
    sparse(
        "sparsify",
        "(4),(4)",
        lambda f, x, y: f(lambda m, v: jnp.sin(m) @ v * 2)(bcoo(x, UNIQUE), y),
        lambda x, y: jnp.sin(dense(x, UNIQUE)) @ y * 2,
    ),
    sparse(
        "value_and_grad",
        "(6),(4)",
        lambda f, x, y: f(lambda v, m: jnp.sum((m @ v) ** 2))(y, bcoo(x)),
        lambda x, y: (jnp.sum((dense(x) @ y) ** 2), 2 * dense(x).T @ (dense(x) @ y)),
    ),
    sparse(
        "grad",
        "(6),(4)",
        lambda f, x, y: f(lambda m, v: jnp.sum((m @ v) ** 2))(bcoo(x), y).data,
        lambda x, y: taken(2 * jnp.outer(dense(x) @ y, y)),
    ),
)

SPARSE_FUNCTIONS = (*BY_COORDINATES, *TRANSFORMED)
