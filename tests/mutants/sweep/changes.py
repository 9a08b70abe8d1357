"""What may be wrong with a rule, whichever primitive it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax import lax

Primals = tuple[Any, ...]
Derivative = Callable[[Primals, Any], Any]
"""``(primals, a tangent of the result) -> the wrong one``."""

TENTH_DIGIT = 1 + 2.0**-30
VISIBLE = 1.25


def _times(tangent: Any, factor: Any) -> Any:
    return lax.mul(tangent, jnp.asarray(factor, tangent.dtype) * jnp.ones_like(tangent))


def negated(_primals: Primals, tangent: Any) -> Any:
    """Change the sign."""
    return lax.neg(tangent)


def scaled(_primals: Primals, tangent: Any) -> Any:
    """Make it wrong in the tenth digit."""
    return _times(tangent, TENTH_DIGIT)


def _where(there: Callable[[Any], Any]) -> Derivative:
    """Wrong where the primal is somewhere."""

    def change(primals: Primals, tangent: Any) -> Any:
        x = primals[0]
        if jnp.shape(x) != tangent.shape:
            return tangent
        factor = jnp.where(there(lax.stop_gradient(x)), VISIBLE, 1.0).astype(tangent.dtype)
        return lax.mul(tangent, factor)

    return change


beyond_two = _where(lambda x: jnp.abs(x) > 2)  # type: ignore[no-untyped-call]
negative = _where(lambda x: x < 0)
near_zero = _where(lambda x: jnp.abs(x) < 2.0**-5)  # type: ignore[no-untyped-call]
large = _where(lambda x: jnp.abs(x) > 2**6)  # type: ignore[no-untyped-call]


def second_order(primals: Primals, tangent: Any) -> Any:
    """Right, with a derivative of its own that is wrong."""
    for x in primals:
        if jnp.shape(x) == tangent.shape and jnp.issubdtype(x.dtype, jnp.floating):
            return lax.mul(tangent, 1 + (x - lax.stop_gradient(x)).astype(tangent.dtype))
    return tangent


def of_dtype(dtype: str) -> Derivative:
    """Make it wrong in one dtype alone."""
    return lambda _primals, tangent: (
        _times(tangent, VISIBLE) if tangent.dtype == jnp.dtype(dtype) else tangent
    )


def of_rank(rank: int) -> Derivative:
    """Make it wrong for results of one rank alone."""
    return lambda _primals, tangent: _times(tangent, VISIBLE) if tangent.ndim == rank else tangent


def of_single_elements(_primals: Primals, tangent: Any) -> Any:
    """Make it wrong where the result has an axis of size one."""
    return _times(tangent, VISIBLE) if 1 in tangent.shape else tangent


def first_element(_primals: Primals, tangent: Any) -> Any:
    """Make the first element alone wrong."""
    if tangent.ndim == 0 or tangent.size == 0:
        return tangent
    place = jnp.arange(tangent.size).reshape(tangent.shape) == 0
    return lax.mul(tangent, jnp.where(place, VISIBLE, 1.0).astype(tangent.dtype))


Batched = tuple[Any, int]
Batching = Callable[[Any, int], Batched]
"""``(operand, its batch axis) -> (operand, its batch axis)``."""


def rolled(operand: Any, axis: int) -> Batched:
    """Let each example have its neighbour's numbers."""
    return jnp.roll(operand, 1, axis), axis


def rolled_unless_leading(operand: Any, axis: int) -> Batched:
    """Likewise, where the batch is not the leading axis."""
    return (operand, axis) if axis == 0 else rolled(operand, axis)


def rolled_at_rank_three(operand: Any, axis: int) -> Batched:
    """Let examples of rank two have their neighbour's numbers."""
    return rolled(operand, axis) if operand.ndim == 3 else (operand, axis)
