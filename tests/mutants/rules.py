"""Faults in the rules of primitives: derivatives, transposes, batching, lowering."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from typing import Any

import jax.numpy as jnp
from jax import lax

from mutants.internals import (
    changed_batching,
    changed_jvp,
    changed_lowering,
    changed_transpose,
)

Fault = AbstractContextManager[None]


def _times(tangent: Any, factor: float) -> Any:
    return lax.mul(tangent, jnp.full_like(tangent, factor))


def sine_off_by_a_billionth() -> Fault:
    """Make sin'(x) = (1 + 1e-9)·cos(x)."""
    return changed_jvp(lax.sin_p, lambda _primals, _given, out, _params: _times(out, 1 + 1e-9))


def sine_negated() -> Fault:
    """Make sin'(x) = -cos(x)."""
    return changed_jvp(lax.sin_p, lambda _primals, _given, out, _params: lax.neg(out))


def sine_beyond_two() -> Fault:
    """Make sin'(x) = -cos(x) where x > 2, and right elsewhere."""

    def change(primals: Any, _given: Any, out: Any, _params: Any) -> Any:
        (x,) = primals
        sign = lax.select(lax.gt(x, jnp.full_like(x, 2)), -jnp.ones_like(x), jnp.ones_like(x))
        return lax.mul(out, sign)

    return changed_jvp(lax.sin_p, change)


def sine_in_float16() -> Fault:
    """Make sin' wrong for float16 alone."""

    def change(_primals: Any, _given: Any, out: Any, _params: Any) -> Any:
        return _times(out, 1.0625) if out.dtype == jnp.float16 else out

    return changed_jvp(lax.sin_p, change)


def log_of_the_next() -> Fault:
    """Make log'(x) = 1/(x + 1/1024)."""

    def change(primals: Any, given: Any, _out: Any, _params: Any) -> Any:
        (x,), (tangent,) = primals, given
        return lax.div(tangent, lax.add(x, jnp.full_like(x, 2.0**-10)))

    return changed_jvp(lax.log_p, change)


def power_at_second_order() -> Fault:
    """Make (xⁿ)' right, and its own derivative zero."""

    def change(primals: Any, given: Any, _out: Any, params: Any) -> Any:
        (x,), (tangent,), n = primals, given, params["y"]
        slope = _times(lax.integer_pow(lax.stop_gradient(x), n - 1), float(n))
        return lax.mul(tangent, slope)

    return changed_jvp(lax.integer_pow_p, change)


def product_in_one_argument() -> Fault:
    """Make (x·y)' = x'·y wherever both factors vary."""

    def change(primals: Any, given: Any, out: Any, _params: Any) -> Any:
        return out if None in given else lax.mul(given[0], primals[1])

    return changed_jvp(lax.mul_p, change)


def inner_product_by_the_right() -> Fault:
    """Make the cotangent of a matrix product's right factor a thousandth too large."""

    def change(position: int, found: Any, _cotangent: Any) -> Any:
        return _times(found, 1.001) if position == 1 else found

    return changed_transpose(lax.dot_general_p, change)


def sum_transposed_as_mean() -> Fault:
    """Spread a sum's cotangent as a mean's."""

    def change(_position: int, found: Any, cotangent: Any) -> Any:
        return _times(found, 1 / max(1, found.size // max(1, cotangent.size)))

    return changed_transpose(lax.reduce_sum_p, change)


def broadcast_transposed_as_mean() -> Fault:
    """Gather a broadcast's cotangents by their mean and not their sum."""

    def change(_position: int, found: Any, cotangent: Any) -> Any:
        return _times(found, 1 / max(1, cotangent.size // max(1, found.size)))

    return changed_transpose(lax.broadcast_in_dim_p, change)


def _reshaped(operand: Any, axis: int) -> tuple[Any, int]:
    """Bring the batch to the front by a reshape where axes had to be moved."""
    if axis == 0:
        return operand, axis
    shape = list(operand.shape)
    shape.insert(0, shape.pop(axis))
    return lax.reshape(operand, tuple(shape)), 0


def inner_product_batched_by_reshape() -> Fault:
    """Take a matrix product's batch axis for the first."""
    return changed_batching(lax.dot_general_p, _reshaped)


def product_batched_by_reshape() -> Fault:
    """Take a product's batch axis for the first."""
    return changed_batching(lax.mul_p, _reshaped)


def sum_batched_by_reshape() -> Fault:
    """Take a sum's batch axis for the first."""
    return changed_batching(lax.reduce_sum_p, _reshaped)


def cosine_by_shifted_sine() -> Fault:
    """Compile cos(x) as sin(x + 64π + π/2), whose argument rounds."""
    return changed_lowering(lax.cos_p, lambda x: lax.sin(x + x.dtype.type(64.5 * math.pi)))


def cosine_off_by_a_thousandth() -> Fault:
    """Compile cos(x) as 1.001·sin(x + π/2)."""
    shift = math.pi / 2
    return changed_lowering(lax.cos_p, lambda x: lax.sin(x + x.dtype.type(shift)) * 1.001)


def cosine_by_double_angle() -> Fault:
    """Compile cos(x) as sin(2x)/(2 sin x), which is NaN at 0."""
    return changed_lowering(lax.cos_p, lambda x: lax.sin(x + x) / (lax.sin(x) + lax.sin(x)))


def cosine_overflowing() -> Fault:
    """Compile cos(x) with a factor that overflows: infinity for every argument."""
    return changed_lowering(lax.cos_p, lambda x: lax.sign(lax.sin(x + 1)) / (x - x))
