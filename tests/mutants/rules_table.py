"""Faults in rules, each in the cell that must report it."""

from __future__ import annotations

from mutants.functions import SPREAD_PRODUCT, SQUARE_OF_SUM
from mutants.plans import batch_axis_not_first, by_both_factors, by_first, by_last, several
from mutants.planted import Planted
from mutants.rules import (
    broadcast_transposed_as_mean,
    cosine_by_double_angle,
    cosine_by_shifted_sine,
    cosine_overflowing,
    inner_product_batched_by_reshape,
    inner_product_by_the_right,
    log_of_the_next,
    power_at_second_order,
    product_batched_by_reshape,
    product_in_one_argument,
    sine_beyond_two,
    sine_in_float16,
    sine_negated,
    sine_off_by_a_billionth,
    sum_batched_by_reshape,
    sum_transposed_as_mean,
)

DERIVATIVES = (
    Planted(
        name="sin' off by a billionth",
        fault=sine_off_by_a_billionth,
        case="sine_log",
        law="grad",
        verdict="wrong rule",
        plan=several,
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
        plan=several,
    ),
    Planted(
        name="sin' negated beyond 2",
        fault=sine_beyond_two,
        case="sine_square",
        law="jit(grad)",
        verdict="wrong rule",
        plan=several,
    ),
    Planted(
        name="sin' wrong in float16",
        fault=sine_in_float16,
        case="sine_log",
        law="jit(grad)",
        dtype="float16",
        verdict="wrong rule",
        plan=several,
    ),
    Planted(
        name="log' off by a little",
        fault=log_of_the_next,
        case="sine_log",
        law="grad(jit)",
        verdict="wrong rule",
        plan=several,
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
        plan=by_both_factors,
    ),
)

TRANSPOSES = (
    Planted(
        name="inner product by the right factor",
        fault=inner_product_by_the_right,
        case="affine_square",
        law="jit(grad)",
        verdict="wrong rule",
        plan=by_last,
    ),
    Planted(
        name="sum transposed as mean",
        fault=sum_transposed_as_mean,
        case="weighted_sum",
        law="grad",
        dtype="bfloat16",
        verdict="wrong rule",
        plan=by_last,
    ),
    Planted(
        name="broadcast transposed as mean",
        fault=broadcast_transposed_as_mean,
        case=SPREAD_PRODUCT,
        law="jit(value_and_grad)",
        verdict="wrong rule",
        plan=by_first,
    ),
)

BATCHINGS = (
    Planted(
        name="inner product batched by reshape",
        fault=inner_product_batched_by_reshape,
        case="affine_square",
        law="jit(vmap(grad))",
        verdict="wrong rule",
        plan=batch_axis_not_first,
    ),
    Planted(
        name="product batched by reshape",
        fault=product_batched_by_reshape,
        case="scaled_square",
        law="vmap(grad(jit))",
        verdict="wrong rule",
        plan=batch_axis_not_first,
    ),
    Planted(
        name="sum batched by reshape",
        fault=sum_batched_by_reshape,
        case=SQUARE_OF_SUM,
        law="jit(vmap(grad))",
        verdict="wrong rule",
        plan=batch_axis_not_first,
    ),
)

LOWERINGS = (
    Planted(
        name="cos compiled as a shifted sin",
        fault=cosine_by_shifted_sine,
        case="sine_square",
        law="jit(grad)",
        verdict="wrong number",
        plan=several,
    ),
    Planted(
        name="cos compiled as NaN at 0",
        fault=cosine_by_double_angle,
        case="sine_log",
        law="jit(grad)",
        verdict="not finite",
        plan=several,
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
