"""Functions that are at fault themselves: badly differentiated, overflowing, raising, unread."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from sympy import IndexedBase, Sum, log, sqrt, symbols, tanh

from gradlaw.conformance.case import Case
from gradlaw.strategies.domains import Domain

n = symbols("n")
i = symbols("i", integer=True)
x = IndexedBase("x")
_SOURCE = "the suite's own tests"


def square_of_sum(x: Any) -> Any:
    """(Σ xᵢ)²."""
    return jnp.sum(x) ** 2


@jax.custom_jvp
def saturating(x: Any) -> Any:
    """Tanh, of which the derivative is 1 - tanh²: right, and without a digit where tanh is 1."""
    return jnp.tanh(x)


@saturating.defjvp
def _saturating_jvp(primals: Any, tangents: Any) -> Any:
    value = jnp.tanh(primals[0])
    return value, tangents[0] * (1 - value * value)


def sum_of_saturating(x: Any) -> Any:
    """Σ tanh xᵢ."""
    return jnp.sum(saturating(x))


def sum_of_tanh(x: Any) -> Any:
    """Σ tanh xᵢ, by a derivative that does not cancel."""
    return jnp.sum(well_differentiated(x))


@jax.custom_jvp
def well_differentiated(x: Any) -> Any:
    """Tanh, of which the derivative is 1/cosh²."""
    return jnp.tanh(x)


@well_differentiated.defjvp
def _well_differentiated_jvp(primals: Any, tangents: Any) -> Any:
    return jnp.tanh(primals[0]), tangents[0] / jnp.cosh(primals[0]) ** 2


@jax.custom_jvp
def overflowing(x: Any) -> Any:
    """√(x² + 1) for large x, of which the derivative is x·|x|³/x⁴, which overflows."""
    return jnp.sqrt(x * x + 1)


@overflowing.defjvp
def _overflowing_jvp(primals: Any, tangents: Any) -> Any:
    (x,), value = primals, jnp.sqrt(primals[0] * primals[0] + 1)
    cube = value * value * value
    return value, tangents[0] * (x * cube) / (cube * value)


def sum_of_overflowing(x: Any) -> Any:
    """Σ √(xᵢ² + 1)."""
    return jnp.sum(overflowing(x))


def log_of_exponential(x: Any) -> Any:
    """Σ log exp xᵢ."""
    return jnp.sum(jnp.log(jnp.exp(x)))


def refusing_numbers(x: Any) -> Any:
    """Raise for everything."""
    message = f"no value for {np.shape(x)}"
    raise ValueError(message)


def _announced(x: Any) -> Any:
    from jax.experimental import io_callback

    shape = jax.ShapeDtypeStruct(jnp.shape(x), jnp.result_type(x))
    return io_callback(lambda a: a, shape, x)


@jax.custom_jvp
def with_effect(x: Any) -> Any:
    """Return x by way of the host, which is an effect."""
    return _announced(x)


@with_effect.defjvp
def _with_effect_jvp(primals: Any, tangents: Any) -> Any:
    return _announced(primals[0]), tangents[0]


def sum_with_effect(x: Any) -> Any:
    """Σ xᵢ by way of the host."""
    return jnp.sum(with_effect(x))


def sum_of_cumulative(x: Any) -> Any:
    """Σᵢ Σⱼ≤ᵢ xⱼ, by a primitive that the interpreter does not read."""
    return jnp.sum(jax.lax.cumsum(x))


def _elementwise(function: Any, formula: Any, **options: Any) -> Case:
    return Case(
        name=function.__name__,
        function=function,
        formula=formula,
        signature="(n)->()",
        source=_SOURCE,
        max_size=50,
        max_batch=7,
        **options,
    )


SQUARE_OF_SUM = _elementwise(square_of_sum, Sum(x[i], (i, 0, n - 1)) ** 2, min_size=2)
SATURATING = _elementwise(
    sum_of_saturating, Sum(tanh(x[i]), (i, 0, n - 1)), domains={"x": Domain(saturation=8.0)}, min_size=1
)
TANH = _elementwise(
    sum_of_tanh, Sum(tanh(x[i]), (i, 0, n - 1)), domains={"x": Domain(lower=-8.0, upper=8.0)}, min_size=1
)
OVERFLOWING_RULE = _elementwise(
    sum_of_overflowing,
    Sum(sqrt(x[i] ** 2 + 1), (i, 0, n - 1)),
    domains={"x": Domain(lower=1e12, upper=1e18)},
    min_size=1,
)
OVERFLOWING = _elementwise(
    log_of_exponential,
    Sum(x[i], (i, 0, n - 1)),
    domains={"x": Domain(lower=100.0)},
    min_size=1,
)
REFUSING = _elementwise(refusing_numbers, Sum(log(x[i]), (i, 0, n - 1)))
WITH_EFFECT = _elementwise(sum_with_effect, Sum(x[i], (i, 0, n - 1)), min_size=1)
CUMULATIVE = _elementwise(sum_of_cumulative, Sum((n - i) * x[i], (i, 0, n - 1)), min_size=1)
