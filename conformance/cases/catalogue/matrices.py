"""How entries of matrices are made, and matrices of which a factorization is well determined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np

from gradlaw.conformance.cases.catalogue.entry import Entry, entry
from gradlaw.conformance.cases.catalogue.places import (
    MATRIX_DTYPES,
)
from gradlaw.strategies.domains import Domain, WellConditioned
from gradlaw.strategies.matrices import Graded


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
