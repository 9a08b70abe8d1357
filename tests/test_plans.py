"""Plans: what is drawn for a law on a case before any number is."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from mutants.planted import array_case

from gradlaw.conformance.answers import Example
from gradlaw.conformance.cases import case_named
from gradlaw.conformance.cases.curves import along_a_curve
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.laws import Law, law_named
from gradlaw.conformance.outcome import Outcome
from gradlaw.conformance.plan import plan_pool
from gradlaw.conformance.preparation import Prepared
from gradlaw.conformance.profiles import Profile
from gradlaw.conformance.rule import judge_rule

SEEDS = range(60)


def test_batches_of_what_is_only_read_mostly_show_a_wrong_batch() -> None:
    case, law = case_named("jnp.cumsum"), law_named("vmap(value_and_grad)")
    drawn = [plan_pool(case, law, "float32", 1, seed)[0] for seed in SEEDS]
    sizes = [plan.batching.size for plan in drawn if plan.batching is not None]
    assert sum(size >= 2 for size in sizes) > 0.8 * len(drawn)
    assert min(sizes) < 2
    axes = [plan.batching.in_axes[0] for plan in drawn if plan.batching is not None]
    assert sum(axis not in (None, 0) for axis in axes) > 0.4 * len(drawn)


def test_a_second_derivative_in_a_batch_maps_what_became_a_number() -> None:
    case, law = case_named("squared_error"), Law(name="vmap(grad(grad))")
    for seed in SEEDS:
        (plan,) = plan_pool(case, law, "float32", 1, seed)
        assert plan.batching is not None
        assert any(axis is not None for axis in plan.batching.in_axes)
        for (name, shape), axis in zip(plan.shapes.items(), plan.batching.in_axes, strict=True):
            assert axis is None or -len(shape) - 1 <= axis <= len(shape), name
        assert plan.batching.out_axis in (0, -1)


def test_along_a_curve_a_batch_maps_the_arrays_too() -> None:
    curve, law = along_a_curve(case_named("jnp.cumsum")), Law(name="vmap(hessian)")
    mapped = [plan_pool(curve, law, "float32", 1, seed)[0].mapped(curve) for seed in SEEDS]
    assert any(axes["x"] not in (None, 0) for axes in mapped)
    assert any(axes["along"] is None for axes in mapped)


@pytest.mark.parametrize(
    ("examples", "passed", "judged"), [(3, 1, 2), (1, 1, 2), (1, 0, 2), (2, 0, 2)]
)
def test_ordinary_numbers_are_judged_beside_the_simplest_which_may_be_passed_over(
    examples: int, passed: int, judged: int
) -> None:
    """Where there is no other, it is judged."""
    seen: list[bool] = []

    def judge(prepared: Prepared, example: Example, dtype: str) -> Outcome:
        seen.append(bool(np.any(example.leaves["x"])))
        return judge_rule(prepared, example, dtype)

    case = array_case(lambda x: jnp.sum(x * x), min_size=3, max_size=3, regions=("ordinary",))
    examination = Examination(
        case=case,
        law=law_named("grad"),
        dtype="float32",
        backend="exact",
        seed=0,
        profile=Profile(plans=1, examples=examples),
        judge=judge,
        passed=passed,
    )
    record = examination.record()
    assert record.law is not None
    assert record.law.examples == judged == len(seen)
    assert seen[-1]
    assert seen[0] == (examples > 1 and passed > 0)
