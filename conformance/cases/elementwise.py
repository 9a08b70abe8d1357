"""Sums of elementary functions of each element."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from sympy import IndexedBase, Sum, log, sin, symbols

from gradlaw.conformance.case import Case
from gradlaw.conformance.documents import COMPILATION, REVISITED
from gradlaw.strategies.domains import Domain

n = symbols("n")
i = symbols("i", integer=True)
x = IndexedBase("x")


def sine_log(x: Any) -> Any:
    """Σ sin(xᵢ)·xᵢ + log(xᵢ + 1)."""
    return jnp.sum(jnp.sin(x) * x + jnp.log(x + 1))


def sine_square(x: Any) -> Any:
    """Σ sin(xᵢ)·xᵢ²."""
    return jnp.sum(jnp.sin(x) * x**2)


ELEMENTWISE = (
    Case(
        name="sine_log",
        function=sine_log,
        formula=Sum(sin(x[i]) * x[i] + log(x[i] + 1), (i, 0, n - 1)),
        signature="(*n)->()",
        domains={"x": Domain(lower=-1.0)},
        source=f"{REVISITED}, summed over the array",
    ),
    Case(
        name="sine_square",
        function=sine_square,
        formula=Sum(sin(x[i]) * x[i] ** 2, (i, 0, n - 1)),
        signature="(*n)->()",
        source=COMPILATION,
    ),
)
