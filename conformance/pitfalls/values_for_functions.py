"""A transformation is given a function's value where it wants the function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from gradlaw.conformance.documents import COMBINING, COMPOSITION, GRADIENT
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises

_LOSS = "loss = lambda w, b, x: jnp.sum((w * x + b) ** 2)\n"
_VALUE = "loss(1.0, 2.0, jnp.array([1.0, 2.0]))"


def _loss(w: Any, b: Any, x: Any) -> Any:
    return jnp.sum((w * x + b) ** 2)


def _value() -> Any:
    return _loss(1.0, 2.0, jnp.array([1.0, 2.0]))


def _pitfall(
    name: str,
    *,
    code: str,
    wrap: Callable[[], Callable[..., object]],
    remedied: Callable[[], object],
    right: object,
    source: str,
) -> Pitfall:
    return Pitfall(
        name=name,
        misuse=_LOSS + code.format(value=_VALUE),
        wrap=wrap,
        raises=(
            Raises(
                error="TypeError", message=r"Expected a callable value, got 25\.0", phase="wrap"
            ),
        ),
        remedy=f"Wrap the function, call the result: {code.format(value='loss')}(w, b, x).",
        remedied=remedied,
        right=right,
        source=source,
    )


VALUES = (
    _pitfall(
        "grad_of_a_value",
        code="jax.grad({value})",
        wrap=lambda: jax.grad(_value()),
        remedied=lambda: jax.grad(_loss)(1.0, 2.0, jnp.array([1.0, 2.0])),
        right=22.0,
        source=GRADIENT,
    ),
    _pitfall(
        "value_and_grad_of_a_value",
        code="jax.value_and_grad({value})",
        wrap=lambda: jax.value_and_grad(_value()),
        remedied=lambda: jax.value_and_grad(_loss)(1.0, 2.0, jnp.array([1.0, 2.0])),
        right=(25.0, 22.0),
        source=COMPOSITION,
    ),
    _pitfall(
        "jit_of_grad_of_a_value",
        code="jax.jit(jax.grad({value}))",
        wrap=lambda: jax.jit(jax.grad(_value())),
        remedied=lambda: jax.jit(jax.grad(_loss))(1.0, 2.0, jnp.array([1.0, 2.0])),
        right=22.0,
        source=COMPOSITION,
    ),
    _pitfall(
        "jit_of_a_value",
        code="jax.jit({value})",
        wrap=lambda: jax.jit(_value()),
        remedied=lambda: jax.jit(_loss)(1.0, 2.0, jnp.array([1.0, 2.0])),
        right=25.0,
        source=COMPOSITION,
    ),
    _pitfall(
        "vmap_of_a_value",
        code="jax.vmap({value})",
        wrap=lambda: jax.vmap(_value()),
        remedied=lambda: jax.vmap(_loss)(
            jnp.array([1.0, 2.0]), jnp.array([2.0, 0.0]), jnp.array([[1.0, 2.0], [1.0, 2.0]])
        ),
        right=[25.0, 20.0],
        source=COMBINING,
    ),
)
