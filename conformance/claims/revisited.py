"""The claims of "Revisiting jit, grad, and vmap"."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy

from gradlaw.conformance.claims.behaviours import error_of, traces_by_call
from gradlaw.conformance.claims.claim import Answer, Claim
from gradlaw.conformance.claims.closed_forms import gradient, vector
from gradlaw.conformance.documents import REVISITED

W, X, (B, Y) = vector("w", 2), vector("x", 2), vector("s", 2)
_LOSS = (W[0] * X[0] + W[1] * X[1] + B - Y) ** 2
_AT = {W[0]: "1.5", W[1]: "-0.5", B: "0.3", X[0]: "0.2", X[1]: "0.8", Y: "2.5"}
_RESIDUAL = "the residual is 0.2 − 2.5 = −2.3, the gradient 2·(−2.3)·(x, 1)"
_claim = partial(Claim, document=REVISITED)


def _loss(params: Any, x: Any, y: Any) -> Any:
    w, b = params
    return jnp.mean((jnp.dot(w, x) + b - y) ** 2)


def _params() -> Any:
    return jnp.array([1.5, -0.5]), jnp.array(0.3)


def _gradients() -> Any:
    # "highest": an accelerator's default would round the factors of a product to 11 bits.
    with jax.default_matmul_precision("highest"):
        return jax.grad(_loss)(_params(), jnp.array([0.2, 0.8]), jnp.array(2.5))


def _batched_shapes() -> tuple[tuple[int, ...], ...]:
    gradients = jax.jit(jax.vmap(jax.grad(_loss), in_axes=(None, 0, 0)))
    by_w, by_b = gradients(_params(), jnp.ones((16, 2)), jnp.ones(16))
    return by_w.shape, by_b.shape


def _affine_shapes() -> tuple[tuple[int, ...], ...]:
    points = jnp.arange(8.0).reshape(4, 2)
    affine = jax.vmap(lambda W, b, x: jnp.dot(W, x) + b, in_axes=(None, None, 0))
    return points.shape, affine(jnp.ones((3, 2)), jnp.ones(3), points).shape


def _draws() -> Any:
    return jax.random.normal(jax.random.PRNGKey(0), (1000, 1000))


def _sine_and_logarithm(x: Any) -> Any:
    return jnp.sin(x) * x + jnp.log(x + 1)


def _each_equals_itself() -> bool:
    jitted = jax.jit(_sine_and_logarithm)
    draws = _draws()
    # Equal numbers are close whatever is meant by close, and a NaN is close to nothing.
    return bool(jnp.all(jitted(draws) == jitted(draws)))


def _closeness() -> Answer:
    draws = np.asarray(_draws())
    below = int(np.count_nonzero(draws < -1))
    real = sympy.log(sympy.Rational(float(draws.min())) + 1).is_real
    return Answer(
        value=bool(real),
        reason=f"{below} of {draws.size} draws lie below −1, where log(x + 1) is not real; both "
        "results are NaN there, and NaN is not close to NaN",
    )


def _closure_traces() -> tuple[int, ...]:
    scale = [2.0]

    def rescaled(_: Any) -> Any:
        scale[0] += 3.0
        return jnp.array(3.0)

    return traces_by_call(lambda x: x * scale[0], jax.jit, (rescaled(call) for call in range(2)))


REVISITED_CLAIMS: tuple[Claim, ...] = (
    _claim(
        name="revisited-tracing_once",
        statement="The first call traces, and a call with the same shapes and dtypes does not.",
        kind="count",
        stated=(1, 0),
        oracle=lambda: Answer(value=(1, 0), reason="jit's cache is keyed by shapes and dtypes"),
        jax=lambda: traces_by_call(
            _sine_and_logarithm, jax.jit, (jnp.ones(3), jnp.array([2.0, 3.0, 4.0]))
        ),
    ),
    _claim(
        name="revisited-results_close",
        statement="Two calls of the jitted sin(x)·x + log(x+1) on normal draws are close.",
        kind="truth",
        stated=True,
        oracle=_closeness,
        jax=_each_equals_itself,
    ),
    _claim(
        name="revisited-new_shape_or_dtype",
        statement="A changed shape or dtype triggers a new trace.",
        kind="count",
        stated=(1, 1, 1),
        oracle=lambda: Answer(value=(1, 1, 1), reason="jit's cache is keyed by shapes and dtypes"),
        jax=lambda: traces_by_call(
            _sine_and_logarithm, jax.jit, (jnp.ones(3), jnp.ones(4), jnp.ones(3, jnp.float16))
        ),
    ),
    _claim(
        name="revisited-changed_closure",
        statement="A changed value of a closed-over Python constant can trigger a new trace.",
        kind="count",
        stated=(1, 1),
        oracle=lambda: Answer(
            value=(1, 0),
            reason="jit's cache does not see what a function closes over: the old value stays in "
            "the program, and only another function object is traced anew (JAX documentation, "
            "The Sharp Bits: Pure functions)",
        ),
        jax=_closure_traces,
    ),
    _claim(
        name="revisited-gradient_by_w",
        statement="The squared error's gradient by w at w=[1.5, −0.5], b=0.3, x=[0.2, 0.8], y=2.5.",
        kind="number",
        stated=("-0.392", "-1.568"),
        # A term 2·xᵢ·wⱼ·xⱼ meets its three inputs' roundings, then ·, +, +b, −y and ·xᵢ.
        oracle=lambda: gradient(_LOSS, W, _AT, roundings=8, reason=_RESIDUAL),
        jax=lambda: _gradients()[0],
    ),
    _claim(
        name="revisited-gradient_by_b",
        statement="The squared error's derivative by b there.",
        kind="number",
        stated="-1.96",
        oracle=lambda: gradient(_LOSS, B, _AT, roundings=8, reason=_RESIDUAL),
        jax=lambda: _gradients()[1],
    ),
    _claim(
        name="revisited-scalar_output",
        statement="grad expects one scalar; a vector output is refused.",
        kind="error",
        stated="TypeError",
        oracle=lambda: Answer(value="TypeError", reason="a gradient belongs to a scalar function"),
        jax=lambda: error_of(lambda: jax.grad(lambda w: w * jnp.ones(3))(2.0)),
    ),
    _claim(
        name="revisited-affine_shapes",
        statement="An affine map from R² to R³ over four points: their shape, its output's.",
        kind="shape",
        stated=((4, 2), (4, 3)),
        oracle=lambda: Answer(
            value=((4, 2), (4, 3)), reason="a 3×2 matrix maps R² to R³, for each of four points"
        ),
        jax=_affine_shapes,
    ),
    _claim(
        name="revisited-batched_gradient_shapes",
        statement="Per-example gradients by w and b of a batch of sixteen have these shapes.",
        kind="shape",
        stated=((16, 2), (16,)),
        oracle=lambda: Answer(
            value=((16, 2), (16,)), reason="w and b have shapes (2,) and (), the batch in front"
        ),
        jax=_batched_shapes,
    ),
)
