"""What a plan must be for a fault to show in it."""

from __future__ import annotations

import math

from gradlaw.conformance.plan import Plan


def _elements(plan: Plan) -> int:
    """The numbers of an example, if every argument is mapped: what shrinking goes through."""
    batch = 1 if plan.batching is None else plan.batching.size
    return batch * sum(math.prod(shape) for shape in plan.shapes.values())


def several(plan: Plan) -> bool:
    """Whether arrays have several elements, and are small enough to be quick."""
    sizes = [size for shape in plan.shapes.values() for size in shape]
    return bool(sizes) and min(sizes) > 1 and _elements(plan) <= 40


def differentiates(plan: Plan, position: int) -> bool:
    numbers = plan.argnums if isinstance(plan.argnums, tuple) else (plan.argnums,)
    return any(number % len(plan.shapes) == position for number in numbers)


def by_first(plan: Plan) -> bool:
    return several(plan) and differentiates(plan, 0)


def by_last(plan: Plan) -> bool:
    return several(plan) and differentiates(plan, len(plan.shapes) - 1)


def by_both_factors(plan: Plan) -> bool:
    return differentiates(plan, 0) and differentiates(plan, 1)


def batch_axis_not_first(plan: Plan) -> bool:
    """Whether some array's batch lies along another axis than the first."""
    assert plan.batching is not None
    return (
        several(plan)
        and 1 < plan.batching.size < 10
        and any(
            axis is not None and shape and axis % (len(shape) + 1) != 0
            for axis, shape in zip(plan.batching.in_axes, plan.shapes.values(), strict=True)
        )
    )


def small(plan: Plan) -> bool:
    """Whether arrays have a few elements."""
    return 0 < _elements(plan) <= 40 and all(math.prod(shape) for shape in plan.shapes.values())


def two_scalars(plan: Plan) -> bool:
    """Whether the derivatives by two scalars are asked for, and by nothing else."""
    if not (small(plan) and isinstance(plan.argnums, tuple)):
        return False
    return {n % len(plan.shapes) for n in plan.argnums} == {0, 1}


def two_shapes(plan: Plan) -> bool:
    """Whether the derivatives by a scalar and by an array are asked for, and nothing else."""
    if not (small(plan) and isinstance(plan.argnums, tuple) and list(plan.shapes.values())[-1]):
        return False
    return {n % len(plan.shapes) for n in plan.argnums} == {0, len(plan.shapes) - 1}


def last_from_the_end(plan: Plan) -> bool:
    return small(plan) and isinstance(plan.argnums, int) and plan.argnums == -1


def by_pair(plan: Plan) -> bool:
    return small(plan) and isinstance(plan.argnums, tuple) and len(plan.argnums) > 1


def by_params(plan: Plan) -> bool:
    return small(plan) and plan.argnums in (0, -3)


def by_array(plan: Plan) -> bool:
    last = list(plan.shapes.values())[-1]
    return small(plan) and bool(last) and plan.argnums in (-1, len(plan.shapes) - 1)


def out_axis_not_first(plan: Plan) -> bool:
    assert plan.batching is not None
    shape = list(plan.shapes.values())[-1]
    return by_array(plan) and (
        plan.batching.out_axis not in (0, -len(shape) - 1) and plan.batching.size not in shape
    )


def batched(plan: Plan) -> bool:
    assert plan.batching is not None
    return small(plan) and plan.batching.size > 1
