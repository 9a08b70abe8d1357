"""Device laws report what devices can get wrong, with the right verdict, and outlive XLA."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mutants.on_devices import FAULTS, planted

from gradlaw.conformance.cases import case_named
from gradlaw.conformance.devices.judges import Judges
from gradlaw.conformance.devices.laws import law_titled
from gradlaw.conformance.devices.nursery import HANGS
from gradlaw.conformance.devices.plans import DevicePlan, device_plans
from gradlaw.conformance.devices.tasks import Setting, Task
from gradlaw.reports.record import Record

CASE, DEVICES = "quadratic", 8
ALONE, TOGETHER = Setting(backend="cpu"), Setting(backend="cpu", devices=2, processes=2)

MEAN = "jit(shard_map(pvary(pmean(mean(vmap(grad)))))) sharded by batch"
SUM = "jit(shard_map(pvary(psum(mean(vmap(grad)))))) sharded by batch"
OF_MEAN = "jit(grad(shard_map(pmean(mean(vmap))))) sharded by batch"
STACKED = "jit(vmap(grad)) sharded by batch"
REPLICATED = "jit(grad) replicated"


@pytest.fixture(scope="module")
def judges() -> Iterator[Judges]:
    with Judges("mutants.on_devices") as started:
        yield started


def telling(plan: DevicePlan) -> bool:
    """Whether many different numbers are differentiated by on every device."""
    shared = plan.batching is None or plan.batching.size > DEVICES
    return shared and plan.argnums == 0


def task(title: str, setting: Setting = ALONE, devices: int = DEVICES) -> Task:
    """A task whose plan can show a fault."""
    case, law = case_named(CASE), law_titled(title)
    for seed in range(2000):
        (plan,) = device_plans(case, law, "float32", "cpu", devices, size=1, seed=seed)
        if telling(plan):
            return Task(
                setting=setting,
                kind="device law",
                subject=CASE,
                law=title,
                dtype="float32",
                devices=devices,
                seed=seed,
            )
    message = f"no seed draws a plan of {title} that can show a fault"
    raise LookupError(message)


def again(how: str) -> Task:
    return Task(
        setting=ALONE,
        kind="repetition",
        subject=CASE,
        law="jit(grad)",
        how=how,
        dtype="float32",
    )


def reported(judges: Judges, asked: Task, fault: str, verdict: str) -> Record:
    """Assert that a node is sound, and earns its verdict with the fault."""
    sound = judges.judge(planted(asked, ""))
    assert not sound.failed, sound.failures
    assert sound.law is not None
    assert sound.law.components > 0
    record = judges.judge(planted(asked, fault))
    assert record.verdict == verdict, (record.verdict, record.failures)
    assert record.room == "device"
    assert record.subject == CASE
    return record


SHOWN = {
    "psum for pmean": (MEAN, "wrong rule"),
    "a shard lost by psum": (SUM, "wrong rule"),
    "pmean transposed to a sum": (OF_MEAN, "wrong rule"),
    "a shard lost": (STACKED, "wrong number"),
    "devices in another order": (STACKED, "wrong number"),
    "one copy off": (REPLICATED, "wrong number"),
    "all on one device": (STACKED, "wrong structure"),
    "changing from call to call": (REPLICATED, "wrong number"),
}


@pytest.mark.parametrize("fault", SHOWN)
def test_a_fault_of_devices_is_reported(judges: Judges, fault: str) -> None:
    title, verdict = SHOWN[fault]
    record = reported(judges, task(title), fault, verdict)
    (failure,) = record.failures
    assert failure.verdict == verdict
    assert record.device is not None
    assert record.device.devices == DEVICES
    compile(failure.reproducer, fault, "exec")
    assert "Mesh(" in failure.reproducer


def test_a_script_runs_by_itself(judges: Judges, tmp_path: Path) -> None:
    record = reported(judges, task(MEAN), "psum for pmean", "wrong rule")
    script = tmp_path / "script.py"
    script.write_text(record.failures[0].reproducer)
    ran = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True, timeout=300
    )
    assert ran.stdout.strip()


def test_a_change_from_call_to_call_is_reported_as_such(judges: Judges) -> None:
    record = reported(judges, again("called again"), "changing from call to call", "wrong number")
    assert "other bits than the first" in record.failures[0].explanation


def test_a_race_is_reported_from_threads_alone(judges: Judges) -> None:
    record = reported(judges, again("called from 8 threads"), "a race", "wrong number")
    assert "other bits than the first" in record.failures[0].explanation
    alone = judges.judge(planted(again("called again"), "a race"))
    assert alone.verdict == "conforms"
    assert alone.device is not None
    assert alone.device.identical > 0


def test_a_process_that_dies_takes_one_node_with_it(judges: Judges) -> None:
    record = judges.judge(planted(task(STACKED), "dying"))
    assert record.verdict == "crashed"
    assert "signal 6" in record.failures[0].explanation
    assert "collective is stuck" in record.failures[0].explanation
    assert judges.judge(planted(task(STACKED), "")).verdict == "conforms"


@pytest.mark.parametrize("setting", [ALONE, TOGETHER], ids=["alone", "one of two processes"])
def test_what_hangs_ends_as_timed_out_and_ends_the_run(setting: Setting) -> None:
    asked = task(MEAN, setting, 4)
    hanging = planted(asked, "hanging", place=setting.processes - 1)
    with Judges("mutants.impatient") as judges:
        records = [judges.judge(hanging) for _ in range(HANGS + 1)]
    assert {record.verdict for record in records} == {"timed out"}
    assert "not tried" in records[-1].failures[0].explanation


def test_two_processes_report_what_one_of_them_gets_wrong(judges: Judges) -> None:
    asked = task(MEAN, TOGETHER, 4)
    record = reported(judges, asked, "psum for pmean", "wrong rule")
    assert record.device is not None
    assert record.device.processes == 2


def test_one_of_two_processes_that_dies_hangs_no_run(judges: Judges) -> None:
    asked = task(MEAN, TOGETHER, 4)
    assert judges.judge(planted(asked, "dying", place=1)).verdict == "crashed"
    assert judges.judge(planted(asked, "")).verdict == "conforms"


def test_too_few_devices_are_no_failure(judges: Judges) -> None:
    record = judges.judge(planted(task(STACKED, devices=16), ""))
    assert record.verdict == "skipped"
    assert record.failures[0].explanation == "cpu has 8 of 16 devices"


def test_a_nursery_that_is_not_there_is_a_crash() -> None:
    with Judges("mutants.no_such_module") as absent:
        assert absent.judge(task(STACKED)).verdict == "crashed"


def test_every_fault_is_planted() -> None:
    elsewhere = {"", "a race", "dying", "hanging"}
    assert set(FAULTS) == {*SHOWN, *elsewhere}
