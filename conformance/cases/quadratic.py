"""Sums of scaled elements and of their squares."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from sympy import IndexedBase, Sum, symbols

from gradlaw.conformance.case import Case
from gradlaw.conformance.documents import COMPOSITION, GRADIENT

w, b, n = symbols("w b n")
i = symbols("i", integer=True)
x = IndexedBase("x")


def quadratic(w: Any, b: Any, x: Any) -> Any:
    """Σ (w·xᵢ + b)²."""
    return jnp.sum((w * x + b) ** 2)


def scaled_square(w: Any, x: Any) -> Any:
    """Σ (w·xᵢ)²."""
    return jnp.sum((w * x) ** 2)


def weighted_sum(w: Any, x: Any) -> Any:
    """Σ w·xᵢ."""
    return jnp.sum(w * x)


QUADRATIC = (
    Case(
        name="quadratic",
        function=quadratic,
        formula=Sum((w * x[i] + b) ** 2, (i, 0, n - 1)),
        signature="(),(),(*n)->()",
        source=f"{GRADIENT}, problem",
    ),
    Case(
        name="scaled_square",
        function=scaled_square,
        formula=Sum((w * x[i]) ** 2, (i, 0, n - 1)),
        signature="(),(*n)->()",
        source=f"{COMPOSITION}, worked example",
    ),
    Case(
        name="weighted_sum",
        function=weighted_sum,
        formula=Sum(w * x[i], (i, 0, n - 1)),
        signature="(),(*n)->()",
        source=f"{GRADIENT}, worked example",
    ),
)
