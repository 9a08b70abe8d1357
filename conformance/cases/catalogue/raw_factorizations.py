"""Factorisations of matrices as they are drawn, and of batches along the second or third axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from gradlaw.conformance.cases.catalogue.entry import Entry
from gradlaw.conformance.cases.catalogue.matrices import (
    GRADED,
    definite,
    graded,
    matrices,
    separated,
    signless,
)
from gradlaw.conformance.cases.catalogue.places import SQUARE, SYMMETRIC

RAW = (
    matrices("lax.linalg.svd", "(n,n)", SQUARE, variant="raw,values", compute_uv=False),
    matrices(
        "lax.linalg.svd",
        "(n,n)",
        GRADED,
        variant="raw,vectors",
        call=lambda f, x: signless(f(x, full_matrices=False)[2]),
    ),
    matrices(
        "lax.linalg.svd",
        "(4,4)",
        GRADED,
        variant="raw,tall",
        call=lambda f, x: f(lax.slice(x, (0, 0), (4, 3)), compute_uv=False),
    ),
    matrices(
        "lax.linalg.qr",
        "(4,4)",
        SQUARE,
        variant="raw,tall",
        call=lambda f, x: f(lax.slice(x, (0, 0), (4, 3)), full_matrices=False),
    ),
)
"""Matrices that are factorized as they are drawn.

What is added to a matrix first brings the batch's axis to the front: here it stays where it is.
"""


def along(
    function: Callable[..., Any],
    signature: str,
    *axes: int | None,
    prepared: Callable[[Any], Any],
    results: Callable[[Any], Any] | None = None,
    **parameters: Any,
) -> Entry:
    """A function mapped along axes of its own, whatever the law maps.

    Its batching rule meets these axes in every law. The oracle is the function's program without a
    batch, one matrix after the other.

    Args:
        function: of matrices.
        signature: of stacks of matrices.
        axes: of the stacks' batch, in each argument.
        prepared: what makes a matrix of elements in (-1, 1) one that the function takes; of the
            first argument.
        results: what is summed; all results where it is None.
        parameters: of the function.
    """

    def one(f: Callable[..., Any], *arguments: Any) -> Any:
        found = f(*arguments, **parameters)
        return found if results is None else results(found)

    def each(stacks: tuple[Any, ...]) -> list[list[Any]]:
        pairs = list(zip(stacks, axes, strict=True))
        size = next(stack.shape[axis] for stack, axis in pairs if axis is not None)
        return [
            [
                stack if axis is None else lax.index_in_dim(stack, place, axis, keepdims=False)
                for stack, axis in pairs
            ]
            for place in range(size)
        ]

    def mapped(f: Callable[..., Any], *stacks: Any) -> Any:
        first = [prepared(matrix) for matrix, *_ in each(stacks)]
        ready = first[0] if axes[0] is None else jnp.stack(first, axes[0])
        return jax.vmap(lambda *arguments: one(f, *arguments), in_axes=axes)(ready, *stacks[1:])

    def in_turn(*stacks: Any) -> Any:
        found = [one(function, prepared(matrix), *others) for matrix, *others in each(stacks)]
        return jax.tree.map(lambda *parts: jnp.stack(parts), *found)

    return matrices(
        f"lax.linalg.{function.__name__}",
        signature,
        *[SYMMETRIC] * len(axes),
        variant=f"along {','.join(map(str, axes))}",
        call=mapped,
        reference=in_turn,
    )


def exchanging(a: Any) -> Any:
    """A matrix whose pivots are in its last row, then in the one before, and so on."""
    return graded(a)[::-1]


ALONG = (
    along(lax.linalg.cholesky, "(3,2,3)", 1, prepared=definite, symmetrize_input=False),
    along(lax.linalg.cholesky, "(2,2,3)", 2, prepared=definite, symmetrize_input=False),
    along(
        lax.linalg.eigh,
        "(3,2,3)",
        1,
        prepared=separated,
        results=lambda found: found[1],
        symmetrize_input=False,
    ),
    along(
        lax.linalg.eigh,
        "(2,2,3)",
        2,
        prepared=separated,
        results=lambda found: found[1],
        symmetrize_input=False,
    ),
    along(lax.linalg.svd, "(3,2,2)", 1, prepared=graded, compute_uv=False),
    along(
        lax.linalg.svd,
        "(2,3,2)",
        2,
        prepared=graded,
        results=lambda found: (found[1], signless(found[0]), signless(found[2])),
        full_matrices=False,
    ),
    along(lax.linalg.lu, "(3,2,3)", 1, prepared=exchanging),
    along(lax.linalg.lu, "(3,2,3)", 2, prepared=exchanging),
    along(lax.linalg.qr, "(3,2,2)", 1, prepared=graded, full_matrices=False),
    along(lax.linalg.qr, "(2,2,3)", 2, prepared=graded),
    along(lax.linalg.triangular_solve, "(3,2,3),(3,2,2)", 1, 2, prepared=graded, left_side=True),
    along(lax.linalg.triangular_solve, "(2,2,3),(2,3,2)", 2, 1, prepared=graded, lower=True),
    along(lax.linalg.triangular_solve, "(3,3),(3,2,2)", None, 2, prepared=graded, left_side=True),
    along(lax.linalg.triangular_solve, "(3,2,3),(2,3)", 1, None, prepared=graded, lower=True),
)
"""Factorizations whose batch is on an axis that is not the first."""

RAW_FACTORIZATIONS = (*RAW, *ALONG)
