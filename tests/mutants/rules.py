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
from mutants.functions import SPREAD_PRODUCT, SQUARE_OF_SUM
from mutants.planted import Planted

from gradlaw.conformance.plan import Plan

Fault = AbstractContextManager[None]


def _times(tangent: Any, factor: float) -> Any:
    return lax.mul(tangent, jnp.full_like(tangent, factor))


def sine_off_by_a_billionth() -> Fault:
    """Make sin'(x) = (1 + 1e-9)·cos(x)."""
    return changed_jvp(lax.sin_p, lambda primals, given, out, params: _times(out, 1 + 1e-9))


def sine_negated() -> Fault:
    """Make sin'(x) = -cos(x)."""
    return changed_jvp(lax.sin_p, lambda primals, given, out, params: lax.neg(out))


def sine_beyond_two() -> Fault:
    """Make sin'(x) = -cos(x) where x > 2, and right elsewhere."""

    def change(primals: Any, given: Any, out: Any, params: Any) -> Any:
        (x,) = primals
        sign = lax.select(lax.gt(x, jnp.full_like(x, 2)), -jnp.ones_like(x), jnp.ones_like(x))
        return lax.mul(out, sign)

    return changed_jvp(lax.sin_p, change)


def sine_in_float16() -> Fault:
    """Make sin' wrong for float16 alone."""

    def change(primals: Any, given: Any, out: Any, params: Any) -> Any:
        return _times(out, 1.0625) if out.dtype == jnp.float16 else out

    return changed_jvp(lax.sin_p, change)


def log_of_the_next() -> Fault:
    """Make log'(x) = 1/(x + 1/1024)."""

    def change(primals: Any, given: Any, out: Any, params: Any) -> Any:
        (x,), (tangent,) = primals, given
        return lax.div(tangent, lax.add(x, jnp.full_like(x, 2.0**-10)))

    return changed_jvp(lax.log_p, change)


def power_at_second_order() -> Fault:
    """Make (xⁿ)' right, and its own derivative zero."""

    def change(primals: Any, given: Any, out: Any, params: Any) -> Any:
        (x,), (tangent,), n = primals, given, params["y"]
        slope = _times(lax.integer_pow(lax.stop_gradient(x), n - 1), float(n))
        return lax.mul(tangent, slope)

    return changed_jvp(lax.integer_pow_p, change)


def product_in_one_argument() -> Fault:
    """Make (x·y)' = x'·y wherever both factors vary."""

    def change(primals: Any, given: Any, out: Any, params: Any) -> Any:
        return out if None in given else lax.mul(given[0], primals[1])

    return changed_jvp(lax.mul_p, change)


def inner_product_by_the_right() -> Fault:
    """Make the cotangent of a matrix product's right factor a thousandth too large."""

    def change(position: int, found: Any, cotangent: Any, params: Any) -> Any:
        return _times(found, 1.001) if position == 1 else found

    return changed_transpose(lax.dot_general_p, change)


def sum_transposed_as_mean() -> Fault:
    """Spread a sum's cotangent as a mean's."""

    def change(position: int, found: Any, cotangent: Any, params: Any) -> Any:
        return _times(found, 1 / max(1, found.size // max(1, cotangent.size)))

    return changed_transpose(lax.reduce_sum_p, change)


def broadcast_transposed_as_mean() -> Fault:
    """Gather a broadcast's cotangents by their mean and not their sum."""

    def change(position: int, found: Any, cotangent: Any, params: Any) -> Any:
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
    """Compile cos(x) as sin(x + π/2), whose argument rounds."""
    return changed_lowering(lax.cos_p, lambda x: lax.sin(x + x.dtype.type(math.pi / 2)))


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


def _several(plan: Plan) -> bool:
    """Whether arrays have several elements, and are small enough to be quick."""
    sizes = [size for shape in plan.shapes.values() for size in shape]
    return bool(sizes) and min(sizes) > 1 and max(math.prod(s) for s in plan.shapes.values()) < 200


def _differentiates(plan: Plan, position: int) -> bool:
    numbers = plan.argnums if isinstance(plan.argnums, tuple) else (plan.argnums,)
    return any(number % len(plan.shapes) == position for number in numbers)


def _by_first(plan: Plan) -> bool:
    return _several(plan) and _differentiates(plan, 0)


def _by_last(plan: Plan) -> bool:
    return _several(plan) and _differentiates(plan, len(plan.shapes) - 1)


def _by_both_factors(plan: Plan) -> bool:
    return _differentiates(plan, 0) and _differentiates(plan, 1)


def _batch_axis_not_first(plan: Plan) -> bool:
    """Whether some array's batch lies along another axis than the first."""
    assert plan.batching is not None
    return (
        _several(plan)
        and 1 < plan.batching.size < 10
        and any(
            axis is not None and shape and axis % (len(shape) + 1) != 0
            for axis, shape in zip(plan.batching.in_axes, plan.shapes.values(), strict=True)
        )
    )


DERIVATIVES = (
    Planted(
        name="sin' off by a billionth",
        fault=sine_off_by_a_billionth,
        case="sine_log",
        law="grad",
        verdict="wrong rule",
        plan=_several,
    ),
    Planted(
        name="sin' off by a billionth",
        fault=sine_off_by_a_billionth,
        case="sine_square",
        law="vmap(jit(grad))",
        dtype="bfloat16",
        verdict="wrong rule",
    ),
    Planted(
        name="sin' negated",
        fault=sine_negated,
        case="sine_square",
        law="value_and_grad",
        dtype="float64",
        verdict="wrong rule",
        plan=_several,
    ),
    Planted(
        name="sin' negated beyond 2",
        fault=sine_beyond_two,
        case="sine_square",
        law="jit(grad)",
        verdict="wrong rule",
        plan=_several,
    ),
    Planted(
        name="sin' wrong in float16",
        fault=sine_in_float16,
        case="sine_log",
        law="jit(grad)",
        dtype="float16",
        verdict="wrong rule",
        plan=_several,
    ),
    Planted(
        name="log' off by a little",
        fault=log_of_the_next,
        case="sine_log",
        law="grad(jit)",
        verdict="wrong rule",
        plan=_several,
    ),
    Planted(
        name="power at second order",
        fault=power_at_second_order,
        case="squared_error",
        law="grad(grad)",
        verdict="wrong rule",
    ),
    Planted(
        name="product in one argument",
        fault=product_in_one_argument,
        case="linear_predict",
        law="grad",
        dtype="python",
        verdict="wrong rule",
        plan=_by_both_factors,
    ),
)

TRANSPOSES = (
    Planted(
        name="inner product by the right factor",
        fault=inner_product_by_the_right,
        case="affine_square",
        law="jit(grad)",
        verdict="wrong rule",
        plan=_by_last,
    ),
    Planted(
        name="sum transposed as mean",
        fault=sum_transposed_as_mean,
        case="weighted_sum",
        law="grad",
        dtype="bfloat16",
        verdict="wrong rule",
        plan=_by_last,
    ),
    Planted(
        name="broadcast transposed as mean",
        fault=broadcast_transposed_as_mean,
        case=SPREAD_PRODUCT,
        law="jit(value_and_grad)",
        verdict="wrong rule",
        plan=_by_first,
    ),
)

BATCHINGS = (
    Planted(
        name="inner product batched by reshape",
        fault=inner_product_batched_by_reshape,
        case="affine_square",
        law="jit(vmap(grad))",
        verdict="wrong rule",
        plan=_batch_axis_not_first,
    ),
    Planted(
        name="product batched by reshape",
        fault=product_batched_by_reshape,
        case="scaled_square",
        law="vmap(grad(jit))",
        verdict="wrong rule",
        plan=_batch_axis_not_first,
    ),
    Planted(
        name="sum batched by reshape",
        fault=sum_batched_by_reshape,
        case=SQUARE_OF_SUM,
        law="jit(vmap(grad))",
        verdict="wrong rule",
        plan=_batch_axis_not_first,
    ),
)

LOWERINGS = (
    Planted(
        name="cos compiled as a shifted sin",
        fault=cosine_by_shifted_sine,
        case="sine_square",
        law="jit(grad)",
        verdict="wrong number",
        plan=_several,
    ),
    Planted(
        name="cos compiled as NaN at 0",
        fault=cosine_by_double_angle,
        case="sine_log",
        law="jit(grad)",
        verdict="not finite",
        plan=_several,
    ),
    Planted(
        name="cos compiled as infinity",
        fault=cosine_overflowing,
        case="sine_log",
        law="jit(vmap(grad))",
        dtype="float64",
        verdict="not finite",
    ),
)

RULES = (*DERIVATIVES, *TRANSPOSES, *BATCHINGS, *LOWERINGS)

