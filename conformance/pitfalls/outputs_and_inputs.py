"""Misuses of what `jax.grad` differentiates: its output, its inputs, its `argnums`."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from gradlaw.conformance.documents import COMPILATION, GRADIENT
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises

_SCALAR = r"Gradient only defined for scalar-output functions\. Output had shape: \(2,\)\."
_HINT = (
    r" To get the gradient, reduce the output to a scalar with output\.sum\(\), or use "
    r"jax\.jacobian to differentiate a function with a non-scalar output\."
)
_NOT_SCALAR = (
    Raises(error="TypeError", message=_SCALAR, phase="trace", releases=">=0.5,<0.12"),
    Raises(error="TypeError", message=_SCALAR + _HINT, phase="trace", releases=">=0.12"),
)
_INTEGER = (
    r"grad requires real- or complex-valued inputs \(input dtype that is a sub-dtype of "
    r"np\.inexact\), but got int(32|64)\. If you want to use Boolean- or integer-valued inputs, "
    r"use vjp or set allow_int to True\."
)
_TOO_FEW = (
    r"differentiating with respect to argnums={argnums} requires at least 4 positional arguments "
    r"to be passed by the caller, but got only 3 positional arguments\."
)


def _scaled(w: Any, x: Any) -> Any:
    return w * x


def _weighted_sum(w: Any, x: Any) -> Any:
    return jnp.sum(w * x)


def _quadratic(w: Any, b: Any, x: Any) -> Any:
    return jnp.sum((w * x + b) ** 2)


def _layer(b: Any) -> Any:
    return jnp.array([[2.0, 0.0], [1.0, 4.0]]) @ b


def _row() -> Any:
    return jnp.array([1.0, 3.0])


OUTPUTS = (
    Pitfall(
        name="non_scalar_output",
        misuse="jax.grad(lambda w, x: w * x)(2.0, jnp.array([1.0, 3.0]))",
        wrap=lambda: jax.grad(_scaled),
        arguments=lambda: (2.0, _row()),
        raises=_NOT_SCALAR,
        remedy="Reduce the output with jnp.sum or jnp.mean, or ask jax.jacobian for all of it.",
        remedied=lambda: (
            jax.grad(lambda w, x: jnp.sum(w * x))(2.0, _row()),
            jax.grad(lambda w, x: jnp.mean(w * x))(2.0, _row()),
            jax.jacobian(_scaled)(2.0, _row()),
        ),
        right=(4.0, 2.0, [1.0, 3.0]),
        source=GRADIENT,
    ),
    Pitfall(
        name="non_scalar_layer",
        misuse=(
            "A = jnp.array([[2.0, 0.0], [1.0, 4.0]])\n"
            "jax.jit(jax.grad(lambda b: A @ b))(jnp.array([1.0, 3.0]))"
        ),
        wrap=lambda: jax.jit(jax.grad(_layer)),
        arguments=lambda: (_row(),),
        raises=_NOT_SCALAR,
        remedy="Differentiate a scalar loss of the layer's output, or ask for the Jacobian.",
        remedied=lambda: (
            jax.jit(jax.grad(lambda b: jnp.sum(_layer(b))))(_row()),
            jax.jit(jax.jacobian(_layer))(_row()),
        ),
        right=([3.0, 4.0], [[2.0, 0.0], [1.0, 4.0]]),
        source=COMPILATION,
    ),
)

INPUTS = (
    Pitfall(
        name="integer_input",
        misuse="jax.grad(lambda w, x: jnp.sum(w * x))(2, jnp.array([1.0, 3.0]))",
        wrap=lambda: jax.grad(_weighted_sum),
        arguments=lambda: (2, _row()),
        raises=(Raises(error="TypeError", message=_INTEGER, phase="trace"),),
        remedy="Cast the differentiated argument to a float first.",
        remedied=lambda: jax.grad(_weighted_sum)(float(2), _row()),
        right=4.0,
        source=GRADIENT,
    ),
    Pitfall(
        name="integer_array_input",
        misuse="jax.grad(lambda x: jnp.sum(x**2))(jnp.arange(1, 4))",
        wrap=lambda: jax.grad(lambda x: jnp.sum(x**2)),
        arguments=lambda: (jnp.arange(1, 4),),
        raises=(Raises(error="TypeError", message=_INTEGER, phase="trace"),),
        remedy="Cast the array with astype(float) first.",
        remedied=lambda: jax.grad(lambda x: jnp.sum(x**2))(jnp.arange(1, 4).astype(float)),
        right=[2.0, 4.0, 6.0],
        source=GRADIENT,
    ),
)

ARGNUMS = (
    Pitfall(
        name="argnums_out_of_range",
        misuse=(
            "loss = lambda w, b, x: jnp.sum((w * x + b) ** 2)\n"
            "jax.grad(loss, argnums=3)(1.0, 2.0, jnp.array([1.0, 3.0]))"
        ),
        wrap=lambda: jax.grad(_quadratic, argnums=3),
        arguments=lambda: (1.0, 2.0, _row()),
        raises=(Raises(error="TypeError", message=_TOO_FEW.format(argnums="3"), phase="trace"),),
        remedy="Count the arguments from 0: the third is argnums=2.",
        remedied=lambda: jax.grad(_quadratic, argnums=2)(1.0, 2.0, _row()),
        right=[6.0, 10.0],
        source=GRADIENT,
    ),
    Pitfall(
        name="argnums_tuple_out_of_range",
        misuse=(
            "loss = lambda w, b, x: jnp.sum((w * x + b) ** 2)\n"
            "jax.grad(loss, argnums=(0, 3))(1.0, 2.0, jnp.array([1.0, 3.0]))"
        ),
        wrap=lambda: jax.grad(_quadratic, argnums=(0, 3)),
        arguments=lambda: (1.0, 2.0, _row()),
        raises=(
            Raises(error="TypeError", message=_TOO_FEW.format(argnums=r"\(0, 3\)"), phase="trace"),
        ),
        remedy="Count the arguments from 0: the first and the third are argnums=(0, 2).",
        remedied=lambda: jax.grad(_quadratic, argnums=(0, 2))(1.0, 2.0, _row()),
        right=(36.0, [6.0, 10.0]),
        source=GRADIENT,
    ),
    Pitfall(
        name="argnums_negative_out_of_range",
        misuse=(
            "loss = lambda w, b, x: jnp.sum((w * x + b) ** 2)\n"
            "jax.grad(loss, argnums=-4)(1.0, 2.0, jnp.array([1.0, 3.0]))"
        ),
        wrap=lambda: jax.grad(_quadratic, argnums=-4),
        arguments=lambda: (1.0, 2.0, _row()),
        raises=(
            Raises(
                error="ValueError",
                message=(
                    r"Positional argument indices, e\.g\. for `static_argnums`, must have value "
                    r"greater than or equal to -len\(args\) and less than len\(args\), but got "
                    r"value -4 for len\(args\) == 3\."
                ),
                phase="trace",
            ),
        ),
        remedy="Count from the end: -1 is the last argument, -3 the first of three.",
        remedied=lambda: jax.grad(_quadratic, argnums=-3)(1.0, 2.0, _row()),
        right=36.0,
        source=GRADIENT,
    ),
    Pitfall(
        name="forgotten_argnums",
        misuse="jax.grad(lambda w, x: jnp.sum(w * x))(2.0, jnp.array([1.0, 3.0]))  # by x?",
        wrap=lambda: jax.grad(_weighted_sum),
        arguments=lambda: (2.0, _row()),
        yields=4.0,
        remedy="Name the argument: argnums=1 differentiates by the second.",
        remedied=lambda: jax.grad(_weighted_sum, argnums=1)(2.0, _row()),
        right=[2.0, 2.0],
        source=GRADIENT,
    ),
)
