"""The claims of "Gradient with jax.grad"."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import sympy

from gradlaw.conformance.bitwise import difference
from gradlaw.conformance.claims.behaviours import NO_ERROR, error_of
from gradlaw.conformance.claims.claim import Answer, Claim
from gradlaw.conformance.claims.closed_forms import exactly, gradient, quadratic, vector
from gradlaw.conformance.documents import GRADIENT

(W, B), X = vector("p", 2), vector("x", 3)
_AT = {W: 2, X[0]: 1, X[1]: 3}
_ELSEWHERE = {W: 3, B: -2, X[0]: 1, X[1]: -4, X[2]: 5}
_WEIGHTED = sympy.Add(*(W * x for x in X[:2]))
_claim = partial(Claim, document=GRADIENT)


def _weighted_sum(w: Any, x: Any) -> Any:
    return jnp.sum(w * x)


def _quadratic(w: Any, b: Any, x: Any) -> Any:
    return jnp.sum((w * x + b) ** 2)


def _row() -> Any:
    return jnp.array([1.0, 3.0])


def _stated_formula() -> str:
    by_w = sympy.Add(*(2 * (W * x + B) * x for x in X))
    return f"{by_w.subs(exactly(_ELSEWHERE))}.0"


def _defaults_to_first() -> bool:
    first = jax.grad(_weighted_sum, argnums=0)(2.0, _row())
    return difference(jax.grad(_weighted_sum)(2.0, _row()), first.tolist()) is None


GRADIENT_CLAIMS: tuple[Claim, ...] = (
    _claim(
        name="gradient-first_argument",
        statement="The derivative of Σ w·xᵢ by w at w=2, x=[1, 3].",
        kind="number",
        stated="4.0",
        oracle=lambda: gradient(_WEIGHTED, W, _AT),
        jax=lambda: jax.grad(_weighted_sum)(2.0, _row()),
    ),
    _claim(
        name="gradient-second_argument",
        statement="The gradient of Σ w·xᵢ by x there, with argnums=1.",
        kind="number",
        stated=("2.0", "2.0"),
        oracle=lambda: gradient(_WEIGHTED, X[:2], _AT),
        jax=lambda: jax.grad(_weighted_sum, argnums=1)(2.0, _row()),
    ),
    _claim(
        name="gradient-both_arguments",
        statement="Both, as a tuple, with argnums=(0, 1).",
        kind="number",
        stated=("4.0", ("2.0", "2.0")),
        oracle=lambda: gradient(_WEIGHTED, (W, X[:2]), _AT),
        jax=lambda: jax.grad(_weighted_sum, argnums=(0, 1))(2.0, _row()),
    ),
    _claim(
        name="gradient-default_argument",
        statement="Without argnums the gradient is the first argument's.",
        kind="truth",
        stated=True,
        oracle=lambda: Answer(value=True, reason="jax.grad's signature says argnums=0"),
        jax=_defaults_to_first,
    ),
    _claim(
        name="gradient-non_scalar_output",
        statement="A function whose output is not a scalar raises this error.",
        kind="error",
        stated="TypeError",
        oracle=lambda: Answer(value="TypeError", reason="a gradient belongs to a scalar function"),
        jax=lambda: error_of(lambda: jax.grad(lambda w, x: w * x)(2.0, _row())),
    ),
    _claim(
        name="gradient-jacobian",
        statement="jax.jacobian differentiates a function with a vector for its output.",
        kind="error",
        stated=NO_ERROR,
        oracle=lambda: Answer(value=NO_ERROR, reason="its derivative is the Jacobian matrix"),
        jax=lambda: error_of(lambda: jax.jacobian(lambda w, x: w * x)(2.0, _row())),
    ),
    _claim(
        name="gradient-integer_input",
        statement="An integer argument is refused; it must be cast to a float first.",
        kind="truth",
        stated=True,
        oracle=lambda: Answer(value=True, reason="integers have no neighbourhood to vary in"),
        jax=lambda: (
            error_of(lambda: jax.grad(_weighted_sum)(2, _row())) != NO_ERROR
            and error_of(lambda: jax.grad(_weighted_sum)(float(2), _row())) == NO_ERROR
        ),
    ),
    _claim(
        name="gradient-value_for_function",
        statement="grad of the function's value, and not of the function, is wrong.",
        kind="truth",
        stated=True,
        oracle=lambda: Answer(value=True, reason="a value is not callable"),
        jax=lambda: error_of(lambda: jax.grad(_weighted_sum(2.0, _row()))) != NO_ERROR,
    ),
    _claim(
        name="gradient-closed_form",
        statement="Σ 2·(w·xᵢ+b)·xᵢ is the derivative of Σ(w·xᵢ+b)² by w: here at w=3, b=−2, "
        "x=[1, −4, 5].",
        kind="number",
        stated=_stated_formula(),
        oracle=lambda: gradient(quadratic(W, B, X), W, _ELSEWHERE),
        jax=lambda: jax.grad(_quadratic)(3.0, -2.0, jnp.array([1.0, -4.0, 5.0])),
    ),
    _claim(
        name="gradient-first_example",
        statement="The derivative of Σ(w·xᵢ+b)² by w at w=0, b=1, x=[1, 2].",
        kind="number",
        stated="6.0",
        oracle=lambda: gradient(quadratic(W, B, X[:2]), W, {W: 0, B: 1, X[0]: 1, X[1]: 2}),
        jax=lambda: jax.grad(_quadratic)(0.0, 1.0, jnp.array([1.0, 2.0])),
    ),
    _claim(
        name="gradient-second_example",
        statement="The derivative of Σ(w·xᵢ+b)² by w at w=1, b=2, x=[3].",
        kind="number",
        stated="30.0",
        oracle=lambda: gradient(quadratic(W, B, X[:1]), W, {W: 1, B: 2, X[0]: 3}),
        jax=lambda: jax.grad(_quadratic)(1.0, 2.0, jnp.array([3.0])),
    ),
)
