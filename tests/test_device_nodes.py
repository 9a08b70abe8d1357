"""What device laws a run judges, and that their plans are what their words say."""

from __future__ import annotations

import math
from pathlib import PurePath

import jax
import jax.numpy as jnp
import pytest

from gradlaw.conformance.cases import FORMULATED, case_named
from gradlaw.conformance.devices.laws import DEVICE_LAWS, DeviceLaw, law_titled
from gradlaw.conformance.devices.nodes import COUNTS, device_nodes, repeated_nodes, shared_nodes
from gradlaw.conformance.devices.plans import DevicePlan, device_plans
from gradlaw.conformance.devices.repeating import REPETITIONS, Kept
from gradlaw.conformance.devices.tasks import Setting, Task, _repetition
from gradlaw.conformance.laws import LAWS, Law
from gradlaw.conformance.layout import LARGEST_TRACED_BATCH
from gradlaw.scheduling import scope_of

PRESENT = [law for law in DEVICE_LAWS if law.present]
FAMILIES = {PurePath(case.function.__code__.co_filename).stem for case in FORMULATED}


def plans(law: DeviceLaw, case: str = "affine", devices: int = 8) -> list[DevicePlan]:
    chosen = case_named(case)
    assert law.met_by(chosen)
    return device_plans(chosen, law, "float32", "cpu", devices, size=20, seed=3)


def test_titles_are_unique_and_found() -> None:
    assert len({law.title for law in DEVICE_LAWS}) == len(DEVICE_LAWS)
    assert all(law_titled(law.title) is law for law in DEVICE_LAWS)
    with pytest.raises(KeyError, match="no device law is called 'jit'; there are jit"):
        law_titled("jit")


def test_no_law_of_one_device_is_told_of_the_mesh() -> None:
    assert not any(isinstance(law, DeviceLaw) for law in LAWS)
    with pytest.raises(ValueError, match="pmean"):
        Law(name="pmean(grad)")


@pytest.mark.parametrize("law", PRESENT, ids=lambda law: law.title)
def test_the_devices_divide_whatever_they_hold_in_parts(law: DeviceLaw) -> None:
    for plan in plans(law):
        assert sorted(plan.order) == list(range(8))
        assert math.prod(plan.mesh_shape.values()) == 8
        mapped = plan.mapped(case_named("affine"))
        for name, split in plan.splits.items():
            shape = list(plan.shapes[name])
            if (axis := mapped[name]) is not None and plan.batching is not None:
                shape.insert(axis, plan.batching.size)
            assert len(split) == len(shape)
            for size, names in zip(shape, split, strict=True):
                assert size % math.prod(plan.mesh_shape[name] for name in names) == 0


def test_placements_are_what_they_are_called() -> None:
    def split_over(title: str) -> set[str]:
        found = plans(law_titled(title))
        return {
            n for plan in found for split in plan.splits.values() for names in split for n in names
        }

    assert split_over("jit(grad) replicated") == set()
    assert split_over("jit(grad) sharded by axis") == {"i"}
    assert split_over("jit(vmap(grad)) sharded by batch and axis") == {"i", "j"}
    assert split_over("jit(vmap(grad)) partly replicated") == {"i"}
    ragged = plans(law_titled("jit(vmap(grad)) partly replicated"))
    case = case_named("affine")
    assert any(
        axis is not None and not any(plan.splits[name])
        for plan in ragged
        for name, axis in plan.mapped(case).items()
    )


def test_a_mean_of_parts_differentiates_by_what_they_share() -> None:
    law = law_titled("jit(unchecked_shard_map(pmean(grad(mean(vmap))))) sharded by batch")
    case = case_named("affine")
    for plan in plans(law):
        mapped = plan.mapped(case)
        assert all(mapped[name] is None for name in plan.selected(case))
        assert any(axis is not None for axis in mapped.values())
    assert not law.met_by(case_named("sine_log"))


def test_a_run_meets_every_law_on_the_most_devices_and_every_family() -> None:
    nodes = list(device_nodes("default", 0))
    assert {law.title for _, law, devices, _ in nodes if devices == 8} == {
        law.title for law in PRESENT
    }
    assert {devices for _, _, devices, _ in nodes} == set(COUNTS)
    assert {dtype for _, _, _, dtype in nodes} == {"float16", "bfloat16", "float32", "float64"}
    met = {PurePath(case.function.__code__.co_filename).stem for case, *_ in nodes}
    assert met == FAMILIES
    assert {how for _, _, how, _ in repeated_nodes("default", 0)} == set(REPETITIONS)
    assert len(list(shared_nodes("default", 0))) == 4


def test_seeds_turn_the_wheels_of_a_quick_run() -> None:
    runs = [list(device_nodes("quick", seed)) for seed in range(3)]
    assert {law.title for run in runs for _, law, _, _ in run} == {law.title for law in PRESENT}
    assert all(len(run) < len(PRESENT) for run in runs)
    assert len(list(shared_nodes("quick", 0))) == 1


@pytest.mark.parametrize(
    "node",
    [
        "test_device_law[quadratic-jit(grad) replicated-8 devices-float32-cpu]",
        "test_two_processes[affine-jit(grad) replicated-4 devices of 2 processes-float32-cpu]",
        "test_repeated[affine-jit(grad) called again-float32-cpu]",
        "test_device_pitfall[batch_not_divided_by_shard_map-cpu]",
    ],
)
def test_device_nodes_go_to_one_worker(node: str) -> None:
    assert scope_of(f"conformance/test_devices.py::{node}") == "devices"


def test_nodes_that_may_leak_tracers_go_to_one_worker_each_room() -> None:
    tracing = "conformance/test_tracing.py::test_tracing[leaks-jit(grad)-cpu]"
    pitfall = "conformance/test_pitfalls.py::test_pitfall[leaked_tracer-jit]"
    assert (scope_of(tracing), scope_of(pitfall)) == ("tracing", "pitfall")


def test_other_nodes_go_where_they_went() -> None:
    law = "conformance/test_laws.py::test_law[affine-jit(grad)-float32-cpu]"
    assert scope_of(law) == "affine-float32"


def test_what_keeps_its_calls_may_be_cached_by() -> None:
    kept = Kept(call=jnp.sin)
    assert jax.jit(kept)(0.0) == 0.0
    assert kept != Kept(call=jnp.sin)


def test_a_traced_case_is_repeated_on_small_batches() -> None:
    task = Task(
        setting=Setting(backend="cpu"), kind="repetition", subject="jnp.linalg.slogdet",
        law="jit(vmap(grad))", how=REPETITIONS[-1], dtype="float64",
    )  # fmt: skip
    assert _repetition(task).case.max_batch == LARGEST_TRACED_BATCH
    assert case_named("jnp.linalg.slogdet").max_batch > LARGEST_TRACED_BATCH
