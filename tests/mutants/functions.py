"""Functions that are at fault themselves: badly differentiated, overflowing, raising, unread."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from sympy import IndexedBase, Sum, log, sqrt, symbols

from gradlaw.conformance.case import Case
from gradlaw.strategies.domains import Domain

c, n = symbols("c n")
i: Any = symbols("i", integer=True)
x: Any = IndexedBase("x")
total: Any = Sum
_SOURCE = "the suite's own tests"


def square_of_sum(x: Any) -> Any:
    """(Σ xᵢ)²."""
    return jnp.sum(x) ** 2


def spread_product(c: Any, x: Any) -> Any:
    """Σ c·xᵢ, with c spread over the array first."""
    return jnp.sum(jnp.broadcast_to(c, jnp.shape(x)) * x)


@jax.custom_jvp
def cancelling(x: Any) -> Any:
    """x², of which the derivative is (x + 1)² - x² - 1: right, and with few digits or none."""
    return x * x


@cancelling.defjvp
def _cancelling_jvp(primals: Any, tangents: Any) -> Any:
    (x,) = primals
    return x * x, tangents[0] * ((x + 1) * (x + 1) - x * x - 1)


def sum_of_cancelling(x: Any) -> Any:
    """Σ xᵢ², badly differentiated."""
    return jnp.sum(cancelling(x))


@jax.custom_jvp
def doubling(x: Any) -> Any:
    """x², of which the derivative is 2x."""
    return x * x


@doubling.defjvp
def _doubling_jvp(primals: Any, tangents: Any) -> Any:
    (x,) = primals
    return x * x, tangents[0] * (2 * x)


def sum_of_doubling(x: Any) -> Any:
    """Σ xᵢ², well differentiated."""
    return jnp.sum(doubling(x))


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
    """Σᵢ Σⱼ≤ᵢ xⱼ, by a primitive that the tests make unknown."""
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


SPREAD_PRODUCT = Case(
    name="spread_product",
    function=spread_product,
    formula=total(c * x[i], (i, 0, n - 1)),
    signature="(),(n)->()",
    source=_SOURCE,
    min_size=2,
    max_size=50,
    max_batch=7,
)
SQUARE_OF_SUM = _elementwise(square_of_sum, total(x[i], (i, 0, n - 1)) ** 2, min_size=2)
_SQUARES, _MODERATE = total(x[i] ** 2, (i, 0, n - 1)), {"x": Domain(lower=-1e6, upper=1e6)}
CANCELLING = _elementwise(sum_of_cancelling, _SQUARES, domains=_MODERATE, min_size=1)
DOUBLING = _elementwise(sum_of_doubling, _SQUARES, domains=_MODERATE, min_size=1)
OVERFLOWING_RULE = _elementwise(
    sum_of_overflowing,
    total(sqrt(x[i] ** 2 + 1), (i, 0, n - 1)),
    domains={"x": Domain(lower=1e12, upper=1e18)},
    min_size=1,
)
OVERFLOWING = _elementwise(
    log_of_exponential,
    total(x[i], (i, 0, n - 1)),
    domains={"x": Domain(lower=100.0)},
    min_size=1,
)
REFUSING = _elementwise(refusing_numbers, total(log(x[i]), (i, 0, n - 1)))
WITH_EFFECT = _elementwise(sum_with_effect, total(x[i], (i, 0, n - 1)), min_size=1)
CUMULATIVE = _elementwise(sum_of_cumulative, total((n - i) * x[i], (i, 0, n - 1)), min_size=1)
