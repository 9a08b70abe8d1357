"""The claims of "jit + grad Composition"."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import sympy

from gradlaw.conformance.bitwise import difference
from gradlaw.conformance.claims.behaviours import (
    NO_ERROR,
    error_of,
    traces_by_call,
    traces_by_remaking,
)
from gradlaw.conformance.claims.claim import Answer, Claim
from gradlaw.conformance.claims.closed_forms import gradient, quadratic, vector
from gradlaw.conformance.documents import COMPOSITION

(W, B), X = vector("p", 2), vector("x", 2)
_claim = partial(Claim, document=COMPOSITION)


def _scaled_square(w: Any, x: Any) -> Any:
    return jnp.sum((w * x) ** 2)


def _quadratic(w: Any, b: Any, x: Any) -> Any:
    return jnp.sum((w * x + b) ** 2)


def _row() -> Any:
    return jnp.array([1.0, 3.0])


def _of_scaled_square() -> Answer:
    return gradient(quadratic(W, sympy.S.Zero, X), W, {W: 2, X[0]: 1, X[1]: 3})


def _of_first_example() -> Answer:
    return gradient(quadratic(W, B, X), W, {W: 0, B: 1, X[0]: 1, X[1]: 2})


def _of_second_example() -> Answer:
    return gradient(quadratic(W, B, X[:1]), W, {W: 1, B: 2, X[0]: 3})


def _second_call() -> object:
    jitted = jax.jit(jax.grad(_scaled_square))
    jitted(2.0, _row())
    return jitted(2.0, _row())


def _three_uses() -> object:
    return tuple(
        gradient_of(2.0, _row())
        for gradient_of in (
            jax.grad(_scaled_square),
            jax.jit(jax.grad(_scaled_square)),
            lambda w, x: jax.jit(jax.value_and_grad(_scaled_square))(w, x)[1],
        )
    )


def _three_times(answer: Answer) -> Answer:
    return Answer(value=(answer.value,) * 3)


def _both_orders() -> object:
    return jax.jit(jax.grad(_scaled_square))(2.0, _row()), jax.grad(jax.jit(_scaled_square))(
        2.0, _row()
    )


def _identical() -> bool:
    examples = ((0.0, 1.0, [1.0, 2.0]), (1.0, 2.0, [3.0]))
    plain, jitted = (
        tuple(gradient_of(w, b, jnp.array(x)) for w, b, x in examples)
        for gradient_of in (jax.grad(_quadratic), jax.jit(jax.grad(_quadratic)))
    )
    return difference(jitted, tuple(each.tolist() for each in plain)) is None


def _at(w: float) -> Any:
    return lambda x: _scaled_square(w, x)


COMPOSITION_CLAIMS: tuple[Claim, ...] = (
    _claim(
        name="composition-first_call",
        statement="The first call of jit(grad) gives this derivative of Σ(w·xᵢ)².",
        kind="number",
        stated="40.0",
        oracle=_of_scaled_square,
        jax=lambda: jax.jit(jax.grad(_scaled_square))(2.0, _row()),
    ),
    _claim(
        name="composition-second_call",
        statement="The second call, from the cache, gives the same.",
        kind="number",
        stated="40.0",
        oracle=_of_scaled_square,
        jax=_second_call,
    ),
    _claim(
        name="composition-cache",
        statement="The first call traces, later ones reuse what was compiled.",
        kind="count",
        stated=(1, 0, 0),
        oracle=lambda: Answer(value=(1, 0, 0), reason="shape and dtype are those of call one"),
        jax=lambda: traces_by_call(_at(2.0), lambda f: jax.jit(jax.grad(f)), [_row()] * 3),
    ),
    _claim(
        name="composition-three_uses",
        statement="grad, jit(grad) and jit(value_and_grad) give one gradient.",
        kind="number",
        stated=("40.0", "40.0", "40.0"),
        oracle=lambda: _three_times(_of_scaled_square()),
        jax=_three_uses,
    ),
    _claim(
        name="composition-both_orders",
        statement="jit(grad(f)) and grad(jit(f)) are both legal.",
        kind="error",
        stated=NO_ERROR,
        oracle=lambda: Answer(value=NO_ERROR, reason="both transform a function into a function"),
        jax=lambda: error_of(_both_orders),
    ),
    _claim(
        name="composition-new_shape",
        statement="A call with another shape traces again.",
        kind="count",
        stated=(1, 1),
        oracle=lambda: Answer(value=(1, 1), reason="a program is compiled for one shape"),
        jax=lambda: traces_by_call(
            _at(2.0), lambda f: jax.jit(jax.grad(f)), [_row(), jnp.array([1.0, 3.0, 5.0])]
        ),
    ),
    _claim(
        name="composition-new_lambda",
        statement="jit(grad(…)) of a new lambda, made in a loop, traces each time round.",
        kind="count",
        stated=(1, 1, 1),
        oracle=lambda: Answer(value=(1, 1, 1), reason="each lambda is another function"),
        jax=lambda: traces_by_remaking(
            _at(2.0), lambda f: jax.jit(jax.grad(lambda x: 3.0 * f(x))), [_row()] * 3
        ),
    ),
    _claim(
        name="composition-first_example",
        statement="The derivative of Σ(w·xᵢ+b)² by w at w=0, b=1, x=[1, 2].",
        kind="number",
        stated="6.0",
        oracle=_of_first_example,
        jax=lambda: jax.jit(jax.grad(_quadratic))(0.0, 1.0, jnp.array([1.0, 2.0])),
    ),
    _claim(
        name="composition-second_example",
        statement="The derivative of Σ(w·xᵢ+b)² by w at w=1, b=2, x=[3].",
        kind="number",
        stated="30.0",
        oracle=_of_second_example,
        jax=lambda: jax.jit(jax.grad(_quadratic))(1.0, 2.0, jnp.array([3.0])),
    ),
    _claim(
        name="composition-identical_to_grad",
        statement="With jit the two examples' gradients are identical to those without.",
        kind="truth",
        stated=True,
        oracle=lambda: Answer(
            value=True, reason="every number on the way is a small integer, so nothing is rounded"
        ),
        jax=_identical,
    ),
)
