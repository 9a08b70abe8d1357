"""Laws on several devices: of one process, and of two that find each other by loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from gradlaw.conformance.devices.judges import Judges
from gradlaw.conformance.devices.nodes import SHARED_COUNT, Node, device_nodes, shared_nodes
from gradlaw.conformance.devices.tasks import VIRTUAL_DEVICES, Setting, Task
from gradlaw.reports.record import Record

PROCESSES = 2


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One node for each case, law, number of devices and dtype; backends are the plugin's."""
    options = metafunc.config.option
    if "node" in metafunc.fixturenames:
        shared = metafunc.function is test_two_processes
        nodes = list((shared_nodes if shared else device_nodes)(options.profile, options.seed))
        metafunc.parametrize("node", nodes, ids=[_named(node, shared=shared) for node in nodes])


def _named(node: Node, *, shared: bool) -> str:
    case, law, devices, dtype = node
    where = f"{devices} device{'s' if devices > 1 else ''}"
    return f"{case.name}-{law.title}-{where}{' of 2 processes' if shared else ''}-{dtype}"


@pytest.fixture(scope="session")
def judges() -> Iterator[Judges]:
    """The processes that judge; none is there before the first task."""
    with Judges() as started:
        yield started


def _task(node: Node, backend: str, request: pytest.FixtureRequest, processes: int = 1) -> Task:
    case, law, devices, dtype = node
    options = request.config.option
    own = VIRTUAL_DEVICES if processes == 1 else SHARED_COUNT // processes
    return Task(
        setting=Setting(
            backend=backend, devices=own, processes=processes, cache=_cache_directory()
        ),
        case=case.name,
        law=law.title,
        dtype=dtype,
        devices=devices,
        seed=options.seed,
        profile=options.profile,
    )


def _cache_directory() -> str:
    import jax

    return str(jax.config.jax_compilation_cache_dir or "")


def _keep(record: Record, keep: Callable[[Record], None]) -> None:
    keep(record)
    if record.verdict == "skipped":
        pytest.skip(record.failures[0].explanation)  # recorded just above


def test_device_law(
    node: Node,
    backend: str,
    judges: Judges,
    request: pytest.FixtureRequest,
    keep: Callable[[Record], None],
) -> None:
    """Judge one law on the devices of one process."""
    _keep(judges.judge(_task(node, backend, request)), keep)


def test_two_processes(
    node: Node,
    backend: str,
    judges: Judges,
    request: pytest.FixtureRequest,
    keep: Callable[[Record], None],
) -> None:
    """Judge one law on a mesh of which each of two processes has a half."""
    _keep(judges.judge(_task(node, backend, request, PROCESSES)), keep)
