"""Tasks: what a process that has the devices is asked to judge."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from gradlaw.conformance.cases import case_named
from gradlaw.conformance.devices.examining import DeviceExamination
from gradlaw.conformance.devices.laws import WORDS, law_titled
from gradlaw.conformance.profiles import PROFILES
from gradlaw.reports.record import DeviceEvidence, Failure, LawEvidence, Record, Verdict

VIRTUAL_DEVICES = 8
"""Of the CPU, in a process that judges alone."""

EXAMPLES = 3
"""Drawn for each node."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What processes must be started for.

    Attributes:
        backend: the platform.
        devices: virtual devices of each process, where the platform is the CPU.
        processes: how many take part.
        flags: of XLA.
        cache: the directory of compiled programs; empty where there is none.
    """

    backend: str
    devices: int = VIRTUAL_DEVICES
    processes: int = 1
    flags: str = ""
    cache: str = ""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A node that is judged where the devices are.

    Attributes:
        setting: the processes that judge it.
        case, law, dtype: the node's; a device law by its title.
        devices: how many the mesh has.
        seed, profile: of the run.
    """

    setting: Setting
    case: str
    law: str
    dtype: str
    devices: int
    seed: int
    profile: str


def judge_task(task: Task) -> Record:
    """Judge a task in a process that has its devices."""
    import jax

    setting = task.setting
    found = len(jax.devices(setting.backend))
    if found < task.devices:
        why = f"{setting.backend} has {found} of {task.devices} devices"
        return unjudged(task, "skipped", why)
    profile = replace(PROFILES[task.profile], plans=1, examples=EXAMPLES)
    examination = DeviceExamination(
        case=case_named(task.case),
        law=law_titled(task.law),
        dtype=task.dtype,
        backend=setting.backend,
        seed=task.seed,
        profile=profile,
        devices=task.devices,
        processes=setting.processes,
    )
    return examination.record()


def unjudged(task: Task, verdict: Verdict, explanation: str) -> Record:
    """The record of a task that came to no verdict of its own."""
    law = law_titled(task.law)
    evidence = DeviceEvidence(
        devices=task.devices, processes=task.setting.processes, placement=WORDS[law.placement]
    )
    return Record(
        node="",
        room="device",
        subject=task.case,
        verdict=verdict,
        backend=task.setting.backend,
        failures=(Failure(verdict=verdict, explanation=explanation),),
        law=LawEvidence(case=task.case, law=law.name, dtype=task.dtype),
        device=evidence,
    )
