"""The claims of "Combining Transformations"."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from gradlaw.conformance.claims.claim import Answer, Claim
from gradlaw.conformance.claims.closed_forms import gradient, quadratic, vector
from gradlaw.conformance.claims.judge import agrees
from gradlaw.conformance.documents import COMBINING

(W, B), X, Y = vector("p", 2), vector("x", 5), vector("y", 5)
_QUARTERS = ("0", "1/4", "1/2", "3/4", "1")
_TARGETS = ("1/2", "9/8", "7/4", "19/8", "3")
_AT = {
    W: 2,
    B: 1,
    **dict(zip(X, _QUARTERS, strict=True)),
    **dict(zip(Y, _TARGETS, strict=True)),
}
_claim = partial(Claim, document=COMBINING)


def _predict(params: Any, x: Any) -> Any:
    w, b = params
    return w * x + b


def _squared_error(params: Any, x: Any, y: Any) -> Any:
    return (_predict(params, x) - y) ** 2


def _mean_squared_error(params: Any, xs: Any, ys: Any) -> Any:
    predicted = jax.vmap(_predict, in_axes=(None, 0))(params, xs)
    return jnp.mean((predicted - ys) ** 2)


def _params() -> Any:
    return jnp.array(2.0), jnp.array(1.0)


def _batch(size: int) -> tuple[Any, Any]:
    xs = jnp.arange(float(size)) / (size - 1)
    return xs, 2.5 * xs + 0.5


def _per_example(size: int) -> Any:
    gradients = jax.vmap(jax.grad(_squared_error), in_axes=(None, 0, 0))
    return jax.jit(gradients)(_params(), *_batch(size))


def _mean_gradient() -> Any:
    return jax.grad(_mean_squared_error)(_params(), *_batch(5))


def _true_mean() -> Answer:
    # Three roundings to the residual, one each for ·x, 1/5 and its product, four for the sum.
    return gradient(quadratic(W, B, X, Y) / 5, (W, B), _AT, roundings=10)


def _means_match() -> bool:
    mean_of_gradients = tuple(jnp.mean(each) for each in _per_example(5))
    return agrees("number", _mean_gradient(), _true_mean()) and agrees(
        "number", mean_of_gradients, _true_mean()
    )


def _shapes(gradients: Any) -> tuple[tuple[int, ...], ...]:
    return tuple(each.shape for each in gradients)


def _of_batch(size: int) -> Answer:
    return Answer(
        value=((size,), (size,)),
        reason="a scalar parameter's gradient is a scalar, and vmap puts the batch in front",
    )


def _same_predictions(second: Any) -> bool:
    points = jnp.arange(10000.0)
    first = jax.vmap(_predict, in_axes=(None, 0))(_params(), points)
    return bool(jnp.all(first == second(_params(), points)))


_EXACT = "2·x + 1 is an odd integer below 2²⁴ for every x, so nothing is rounded"

COMBINING_CLAIMS: tuple[Claim, ...] = (
    _claim(
        name="combining-results_match",
        statement="vmap(predict) and jit(vmap(predict)) agree on 10,000 points.",
        kind="truth",
        stated=True,
        oracle=lambda: Answer(value=True, reason=_EXACT),
        jax=lambda: _same_predictions(jax.jit(jax.vmap(_predict, in_axes=(None, 0)))),
    ),
    _claim(
        name="combining-jit_inside",
        statement="vmap(jit(predict)) is possible too.",
        kind="truth",
        stated=True,
        oracle=lambda: Answer(value=True, reason=_EXACT),
        jax=lambda: _same_predictions(jax.vmap(jax.jit(_predict), in_axes=(None, 0))),
    ),
    _claim(
        name="combining-per_example_shapes",
        statement="Per-example gradients of a batch of five have these shapes.",
        kind="shape",
        stated=((5,), (5,)),
        oracle=lambda: _of_batch(5),
        jax=lambda: _shapes(_per_example(5)),
    ),
    _claim(
        name="combining-mean_shapes",
        statement="The mean loss's gradients have these shapes.",
        kind="shape",
        stated=((), ()),
        oracle=lambda: Answer(value=((), ()), reason="the parameters are scalars"),
        jax=lambda: _shapes(_mean_gradient()),
    ),
    _claim(
        name="combining-mean_gradients_match",
        statement="The mean loss's gradient is the mean of the per-example gradients.",
        kind="truth",
        stated=True,
        oracle=lambda: Answer(
            value=True, reason="differentiation is linear; here both are (1/8, 1/2)"
        ),
        jax=_means_match,
    ),
    _claim(
        name="combining-large_batch_shapes",
        statement="jit(vmap(grad)) over 100,000 examples gives gradients of these shapes.",
        kind="shape",
        stated=((100000,), (100000,)),
        oracle=lambda: _of_batch(100000),
        jax=lambda: _shapes(_per_example(100000)),
    ),
)
