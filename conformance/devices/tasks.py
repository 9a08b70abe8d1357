"""Tasks: what a process that has the devices is asked to judge."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import msgspec

from gradlaw.conformance.cases import case_named
from gradlaw.conformance.devices.examining import DeviceExamination
from gradlaw.conformance.devices.laws import WORDS, law_titled
from gradlaw.conformance.devices.repeating import REPETITIONS, RepetitionExamination
from gradlaw.conformance.laws import Law
from gradlaw.conformance.layout import LARGEST_TRACED_BATCH
from gradlaw.conformance.pitfalls.judge import judge_pitfall
from gradlaw.conformance.pitfalls.table import TOGETHER
from gradlaw.conformance.profiles import PROFILES, Profile
from gradlaw.reports.record import Failure, Record
from gradlaw.reports.rooms import DeviceEvidence, LawEvidence
from gradlaw.reports.verdict import Verdict

VIRTUAL_DEVICES = 8
"""Of the CPU, in a process that judges alone."""

EXAMPLES, PASSED = 4, 1
"""Drawn for each node, and passed over: the simplest hides which device has what."""

REGIONS = ("ordinary", "cancellation")
"""Of the values: which number a device has, and in which order they are added, shows in these."""

Kind = Literal["device law", "repetition", "pitfall"]


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
        kind: what is judged: a device law, a law that is called again, or a pitfall.
        subject: the case's or the pitfall's name.
        law: a device law's title, or another law's name.
        how: how often it is called, where it is called again.
        dtype: of the arguments.
        devices: how many the mesh has.
        seed, profile: of the run.
    """

    setting: Setting
    kind: Kind
    subject: str
    law: str = ""
    how: str = ""
    dtype: str = ""
    devices: int = 1
    seed: int = 0
    profile: str = "default"


def judge_task(task: Task) -> Record:
    """Judge a task in a process that has its devices."""
    import jax

    found = len(jax.devices(task.setting.backend))
    if found < task.devices:
        why = f"{task.setting.backend} has {found} of {task.devices} devices"
        return unjudged(task, "skipped", why)
    match task.kind:
        case "device law":
            return _device_law(task).record()
        case "repetition":
            return _repetition(task).record()
        case "pitfall":
            return judge_pitfall(next(p for p in TOGETHER if p.name == task.subject))


def _profile(task: Task) -> Profile:
    return replace(PROFILES[task.profile], plans=1, examples=EXAMPLES)


def _device_law(task: Task) -> DeviceExamination:
    return DeviceExamination(
        case=replace(case_named(task.subject), regions=REGIONS),
        law=law_titled(task.law),
        dtype=task.dtype,
        backend=task.setting.backend,
        seed=task.seed,
        profile=_profile(task),
        passed=PASSED,
        devices=task.devices,
        processes=task.setting.processes,
    )


def _repetition(task: Task) -> RepetitionExamination:
    case = case_named(task.subject)
    if case.formula is None:
        case = replace(case, max_batch=min(case.max_batch, LARGEST_TRACED_BATCH))
    return RepetitionExamination(
        case=case,
        law=Law(name=task.law),
        dtype=task.dtype,
        backend=task.setting.backend,
        seed=task.seed,
        profile=_profile(task),
        passed=PASSED,
        how=next(how for how in REPETITIONS if how == task.how),
    )


def unjudged(task: Task, verdict: Verdict, explanation: str) -> Record:
    """The record of a task that came to no verdict of its own."""
    record = Record(
        node="",
        room="pitfall" if task.kind == "pitfall" else "device",
        subject=task.subject,
        verdict=verdict,
        backend=task.setting.backend,
        failures=(Failure(verdict=verdict, explanation=explanation),),
    )
    if task.kind == "pitfall":
        return record
    law, placement = task.law, task.how
    if task.kind == "device law":
        titled = law_titled(task.law)
        law, placement = titled.name, WORDS[titled.placement]
    return msgspec.structs.replace(
        record,
        law=LawEvidence(case=task.subject, law=law, dtype=task.dtype),
        device=DeviceEvidence(
            devices=task.devices, processes=task.setting.processes, placement=placement
        ),
    )
