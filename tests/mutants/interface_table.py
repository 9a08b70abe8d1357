"""Faults in transformations, each in the cell that must report it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from gradlaw.conformance.plan import Plan
from mutants.interface import (
    argnums_changed,
    concrete,
    doubled_at_second_order,
    first_alone,
    flattened,
    halved,
    ignoring_out_axes,
    in_float32,
    in_tuples,
    negative_as_positive,
    one_element_far_off,
    one_infinity,
    one_nan,
    over_one_fewer,
    raising,
    refusing_to_trace,
    replaced,
    returning,
    stale,
    swapped_argnums,
    value_in_float16,
    value_off,
)
from mutants.plans import (
    batched,
    by_array,
    by_pair,
    by_params,
    last_from_the_end,
    out_axis_not_first,
    small,
    two_scalars,
    two_shapes,
)
from mutants.planted import Planted


def _fault(
    name: str,
    fault: Callable[[], Any],
    case: str,
    law: str,
    verdict: str,
    plan: Callable[[Plan], bool] = small,
    dtype: str = "float32",
) -> Planted:
    return Planted(
        name=name, fault=fault, case=case, law=law, verdict=verdict, plan=plan, dtype=dtype
    )


STRUCTURES = (
    _fault("tuple reversed", swapped_argnums, "quadratic", "grad", "wrong structure", two_shapes),
    _fault(
        "first of a tuple alone",
        argnums_changed(first_alone),
        "quadratic",
        "grad(jit)",
        "wrong structure",
        by_pair,
    ),
    _fault(
        "float16 as float32",
        returning("grad", in_float32),
        "quadratic",
        "jit(grad)",
        "wrong structure",
        dtype="float16",
    ),
    _fault(
        "value in float16",
        returning("value_and_grad", value_in_float16),
        "squared_error",
        "jit(value_and_grad)",
        "wrong structure",
    ),
    _fault(
        "list as tuple",
        returning("grad", in_tuples),
        "squared_error_in_list",
        "vmap(grad)",
        "wrong structure",
        by_params,
    ),
    _fault(
        "scalar as array",
        returning("grad", flattened),
        "linear_predict",
        "vmap(jit(grad))",
        "wrong structure",
    ),
    _fault(
        "out_axes ignored",
        lambda: replaced(jax, "vmap", ignoring_out_axes),
        "weighted_sum",
        "vmap(grad)",
        "wrong structure",
        out_axis_not_first,
    ),
)

PROGRAMS = (
    _fault("tuple reversed", swapped_argnums, "quadratic", "jit(grad)", "wrong rule", two_scalars),
    _fault(
        "negative argnums from the wrong end",
        argnums_changed(negative_as_positive),
        "linear_predict",
        "grad",
        "wrong rule",
        last_from_the_end,
    ),
    _fault(
        "value off by 2**-20",
        returning("value_and_grad", value_off),
        "linear_predict",
        "value_and_grad",
        "wrong rule",
    ),
    _fault(
        "second derivative doubled",
        lambda: replaced(jax, "grad", doubled_at_second_order),
        "linear_predict",
        "grad(grad)",
        "wrong rule",
        lambda plan: {plan.argnums, plan.outer_argnums} == {0, 1},
    ),
    _fault(
        "mean over one fewer",
        lambda: replaced(jnp, "mean", over_one_fewer),
        "linear_predict",
        "mean(vmap(grad))",
        "wrong rule",
        batched,
    ),
    _fault(
        "mean over one fewer",
        lambda: replaced(jnp, "mean", over_one_fewer),
        "linear_predict",
        "grad(mean(vmap))",
        "wrong rule",
        batched,
    ),
    _fault(
        "gradient halved",
        returning("grad", halved),
        "squared_error_in_dict",
        "jit(grad(mean(vmap)))",
        "wrong rule",
    ),
)

NUMBERS = (
    _fault(
        "one element wrong",
        returning("jit", concrete(one_element_far_off)),
        "quadratic",
        "jit(grad)",
        "wrong number",
        by_array,
    ),
    _fault(
        "one element wrong",
        returning("jit", concrete(one_element_far_off)),
        "quadratic",
        "jit(grad)",
        "wrong number",
        by_array,
        dtype="float16",
    ),
    _fault(
        "one element wrong",
        returning("jit", concrete(one_element_far_off)),
        "mean_squared_error",
        "jit(vmap(grad))",
        "wrong number",
    ),
    _fault(
        "one element wrong",
        returning("vmap", concrete(one_element_far_off)),
        "scaled_square",
        "vmap(grad)",
        "wrong number",
        by_array,
        dtype="bfloat16",
    ),
    _fault(
        "stale result",
        lambda: replaced(jax, "jit", stale),
        "linear_predict",
        "jit(value_and_grad)",
        "wrong number",
    ),
    _fault(
        "stale result",
        lambda: replaced(jax, "jit", stale),
        "affine",
        "jit(vmap(grad))",
        "wrong number",
        dtype="float64",
    ),
    _fault(
        "NaN",
        returning("jit", concrete(one_nan)),
        "weighted_sum",
        "jit(grad(mean(vmap)))",
        "not finite",
    ),
    _fault(
        "NaN",
        returning("jit", concrete(one_nan)),
        "quadratic",
        "jit(grad)",
        "not finite",
        dtype="float16",
    ),
    _fault(
        "infinity", returning("grad", concrete(one_infinity)), "affine", "grad(jit)", "not finite"
    ),
)

REFUSALS = (
    _fault(
        "TypeError when called",
        lambda: replaced(jax, "grad", raising),
        "linear_predict",
        "grad",
        "refused",
        dtype="python",
    ),
    _fault(
        "ValueError when traced",
        lambda: replaced(jax, "vmap", refusing_to_trace),
        "linear_predict",
        "vmap(grad(jit))",
        "refused",
    ),
)

INTERFACE = (*STRUCTURES, *PROGRAMS, *NUMBERS, *REFUSALS)
