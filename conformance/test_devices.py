"""Laws on several devices: of one process, and of two that find each other by loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gradlaw.conformance.devices.judges import Judges
from gradlaw.conformance.devices.nodes import (
    SHARED_COUNT,
    Node,
    Repeated,
    device_nodes,
    repeated_nodes,
    shared_nodes,
)
from gradlaw.conformance.devices.tasks import VIRTUAL_DEVICES, Setting, Task
from gradlaw.conformance.pitfalls.pitfall import Pitfall
from gradlaw.conformance.pitfalls.table import TOGETHER
from gradlaw.reports.record import Record

PROCESSES = 2

REPEATABLE = {"gpu": "--xla_gpu_deterministic_ops=true"}
"""Flags of XLA without which a platform may compute otherwise from call to call.

Source: OpenXLA, "Determinism (GPU)".
"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One node for each case, law, number of devices and dtype; backends are the plugin's."""
    options = metafunc.config.option
    asked = options.profile, options.seed
    named: list[tuple[Any, str]] = []
    if metafunc.function is test_device_law:
        named = [(node, _name(node, _counted(node[2]))) for node in device_nodes(*asked)]
    elif metafunc.function is test_two_processes:
        where = f"{SHARED_COUNT} devices of {PROCESSES} processes"
        named = [(node, _name(node, where)) for node in shared_nodes(*asked)]
    elif metafunc.function is test_repeated:
        named = [
            (node, f"{node[0].name}-{node[1].name} {node[2]}-{node[3]}")
            for node in repeated_nodes(*asked)
        ]
    if "node" in metafunc.fixturenames:
        metafunc.parametrize("node", [node for node, _ in named], ids=[name for _, name in named])


def _counted(devices: int) -> str:
    return f"{devices} device{'s' if devices > 1 else ''}"


def _name(node: Node, where: str) -> str:
    case, law, _, dtype = node
    return f"{case.name}-{law.title}-{where}-{dtype}"


@pytest.fixture(scope="session")
def judges() -> Iterator[Judges]:
    """The processes that judge; none is there before the first task."""
    with Judges() as started:
        yield started


def _cache() -> str:
    import jax

    return str(jax.config.jax_compilation_cache_dir or "")


def _setting(backend: str, **options: Any) -> Setting:
    return Setting(backend=backend, cache=_cache(), **options)


def _keep(record: Record, keep: Callable[[Record], None]) -> None:
    keep(record)
    if record.verdict == "skipped":
        pytest.skip(record.failures[0].explanation)  # recorded just above


def _device_law(node: Node, setting: Setting, request: pytest.FixtureRequest) -> Task:
    case, law, devices, dtype = node
    options = request.config.option
    return Task(
        setting=setting,
        kind="device law",
        subject=case.name,
        law=law.title,
        dtype=dtype,
        devices=devices,
        seed=options.seed,
        profile=options.profile,
    )


def test_device_law(
    node: Node,
    backend: str,
    judges: Judges,
    request: pytest.FixtureRequest,
    keep: Callable[[Record], None],
) -> None:
    """Judge one law on the devices of one process."""
    setting = _setting(backend, devices=VIRTUAL_DEVICES)
    _keep(judges.judge(_device_law(node, setting, request)), keep)


def test_two_processes(
    node: Node,
    backend: str,
    judges: Judges,
    request: pytest.FixtureRequest,
    keep: Callable[[Record], None],
) -> None:
    """Judge one law on a mesh of which each of two processes has a half."""
    setting = _setting(backend, devices=SHARED_COUNT // PROCESSES, processes=PROCESSES)
    _keep(judges.judge(_device_law(node, setting, request)), keep)


def test_repeated(
    node: Repeated,
    backend: str,
    judges: Judges,
    request: pytest.FixtureRequest,
    keep: Callable[[Record], None],
) -> None:
    """Call one compiled law again, or from many threads."""
    case, law, how, dtype = node
    options = request.config.option
    task = Task(
        setting=_setting(backend, flags=REPEATABLE.get(backend, "")),
        kind="repetition",
        subject=case.name,
        law=law.name,
        how=how,
        dtype=dtype,
        seed=options.seed,
        profile=options.profile,
    )
    _keep(judges.judge(task), keep)


@pytest.mark.parametrize("pitfall", TOGETHER, ids=lambda pitfall: pitfall.name)
def test_device_pitfall(
    pitfall: Pitfall, backend: str, judges: Judges, keep: Callable[[Record], None]
) -> None:
    """Commit one misuse of several devices, then apply its remedy."""
    setting = _setting(backend)
    task = Task(setting=setting, kind="pitfall", subject=pitfall.name, devices=pitfall.devices)
    _keep(judges.judge(task), keep)
