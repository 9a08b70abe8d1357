"""Linear models and their squared errors."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from sympy import IndexedBase, Sum, symbols

from gradlaw.conformance.case import Case
from gradlaw.conformance.documents import COMBINING, REVISITED

w, b, x, y, m, n = symbols("w b x y m n")
i, j = symbols("i j", integer=True)
ws, bs, xs, ys = (IndexedBase(name) for name in "wbxy")


def linear_predict(w: Any, x: Any, b: Any) -> Any:
    """w·x + b."""
    return w * x + b


def squared_error(params: Any, x: Any, y: Any) -> Any:
    """(w·x + b - y)² for params (w, b)."""
    w, b = params
    return (w * x + b - y) ** 2


def mean_squared_error(params: Any, x: Any, y: Any) -> Any:
    """The mean of (w·xᵢ + b - yᵢ)², each prediction by ``vmap``."""
    predicted = jax.vmap(lambda params, x: params[0] * x + params[1], in_axes=(None, 0))(params, x)
    return jnp.mean((predicted - y) ** 2)


def squared_error_dot(params: Any, x: Any, y: Any) -> Any:
    """The mean, over nothing but itself, of (w·x + b - y)² for a vector w."""
    w, b = params
    return jnp.mean((jnp.dot(w, x) + b - y) ** 2)


def mean_squared_error_dot(params: Any, x: Any, y: Any) -> Any:
    """The mean of (w·xᵢ + b - yᵢ)² for a vector w and rows xᵢ."""
    w, b = params
    predicted = jax.vmap(lambda row: jnp.dot(w, row) + b)(x)
    return jnp.mean((predicted - y) ** 2)


def affine(w: Any, b: Any, x: Any) -> Any:
    """Σ (W·x + b)."""
    return jnp.sum(jnp.dot(w, x) + b)


def affine_square(w: Any, b: Any, x: Any) -> Any:
    """Σ (W·x + b)²."""
    return jnp.sum((jnp.dot(w, x) + b) ** 2)


LINEAR = (
    Case(
        name="linear_predict",
        function=linear_predict,
        formula=w * x + b,
        signature="(),(),()->()",
        source=COMBINING,
    ),
    Case(
        name="squared_error",
        function=squared_error,
        formula=(w * x + b - y) ** 2,
        arguments=(("w", "b"), "x", "y"),
        signature="((),()),(),()->()",
        source=COMBINING,
    ),
    Case(
        name="mean_squared_error",
        function=mean_squared_error,
        formula=Sum((w * xs[i] + b - ys[i]) ** 2, (i, 0, n - 1)) / n,
        arguments=(("w", "b"), "x", "y"),
        signature="((),()),(n),(n)->()",
        min_size=1,
        source=COMBINING,
    ),
    Case(
        name="squared_error_dot",
        function=squared_error_dot,
        formula=(Sum(ws[i] * xs[i], (i, 0, n - 1)) + b - y) ** 2,
        arguments=(("w", "b"), "x", "y"),
        signature="((n),()),(n),()->()",
        source=REVISITED,
    ),
    Case(
        name="mean_squared_error_dot",
        function=mean_squared_error_dot,
        formula=Sum((Sum(ws[j] * xs[i, j], (j, 0, n - 1)) + b - ys[i]) ** 2, (i, 0, m - 1)) / m,
        arguments=(("w", "b"), "x", "y"),
        signature="((n),()),(m,n),(m)->()",
        min_size=1,
        max_size=40,
        source=REVISITED,
    ),
    Case(
        name="affine",
        function=affine,
        formula=Sum(Sum(ws[i, j] * xs[j], (j, 0, n - 1)) + bs[i], (i, 0, m - 1)),
        signature="(m,n),(m),(n)->()",
        max_size=40,
        source=REVISITED,
    ),
    Case(
        name="affine_square",
        function=affine_square,
        formula=Sum((Sum(ws[i, j] * xs[j], (j, 0, n - 1)) + bs[i]) ** 2, (i, 0, m - 1)),
        signature="(m,n),(m),(n)->()",
        max_size=40,
        source=REVISITED,
    ),
)
