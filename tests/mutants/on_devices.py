"""Faults of several devices, and the process in which they are planted."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

import jax
import jax.numpy as jnp
import msgspec
import numpy as np
from jax.core import Tracer

from gradlaw.conformance.devices.nursery import serve
from gradlaw.conformance.devices.tasks import Task, judge_task
from gradlaw.reports.record import Record


class PlantedTask(Task, frozen=True, kw_only=True):
    """A task with a fault.

    Attributes:
        fault: by its name among ``FAULTS``; empty for none.
        place: of the process that alone has it, where only one has.
    """

    fault: str = ""
    place: int | None = None


@contextmanager
def psum_for_pmean() -> Iterator[None]:
    """A sum over the devices in place of their mean."""
    with patch.object(jax.lax, "pmean", jax.lax.psum):
        yield


@contextmanager
def shard_lost_by_psum() -> Iterator[None]:
    """What the last device holds is not summed."""
    true = jax.lax.psum

    def lossy(results: Any, names: Any) -> Any:
        count = true(1, names)
        kept = jax.lax.axis_index(names) < count - 1
        return true(jax.tree.map(lambda x: jnp.where(kept, x, jnp.zeros_like(x)), results), names)

    with patch.object(jax.lax, "psum", lossy):
        yield


@contextmanager
def transposed_to_a_sum() -> Iterator[None]:
    """A mean whose cotangents are not divided by the number of devices."""
    true = jax.lax.pmean

    def averaged(results: Any, names: Any) -> Any:
        count = jax.lax.psum(1, names)
        means = true(results, names)

        def scaled(mean: Any) -> Any:
            return mean * count - jax.lax.stop_gradient(mean) * (count - 1)

        return jax.tree.map(scaled, means)

    with patch.object(jax.lax, "pmean", averaged):
        yield


@contextmanager
def _compiled_to(change: Callable[[Any], Any]) -> Iterator[None]:
    """A ``jit`` whose program is right, and whose arrays are changed when they are there."""
    true: Any = jax.jit

    def faulty(function: Any, **options: Any) -> Any:
        compiled = true(function, **options)

        def call(*arguments: Any) -> Any:
            results = compiled(*arguments)
            if any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves(results)):
                return results
            return jax.tree.map(change, results)

        return call

    with patch.object(jax, "jit", faulty):
        yield


def _rebuilt(array: Any, parts: Sequence[Any]) -> Any:
    """An array that lies where another does, of other parts."""
    devices = [shard.device for shard in array.addressable_shards]
    placed = [
        jax.device_put(np.asarray(part), device)
        for part, device in zip(parts, devices, strict=True)
    ]
    return jax.make_array_from_single_device_arrays(array.shape, array.sharding, placed)


def _parts(array: Any) -> list[Any]:
    return [np.asarray(shard.data) for shard in array.addressable_shards]


def _last_lost(array: Any) -> Any:
    *parts, last = _parts(array)
    return _rebuilt(array, [*parts, np.zeros_like(last)])


def _in_another_order(array: Any) -> Any:
    first, *others = _parts(array)
    return _rebuilt(array, [*others, first])


def _nudged(array: Any) -> Any:
    """The next number everywhere."""
    return np.nextafter(array, np.asarray(np.inf, array.dtype))


def _one_copy_off(array: Any) -> Any:
    *parts, last = _parts(array)
    return _rebuilt(array, [*parts, _nudged(last)])


def _on_one_device(array: Any) -> Any:
    return jax.device_put(np.asarray(array), array.addressable_shards[0].device)


@contextmanager
def changing_from_call_to_call() -> Iterator[None]:
    """Every second call gives the next number."""
    calls = 0

    def change(array: Any) -> Any:
        nonlocal calls
        calls += 1
        return _rebuilt(array, [_nudged(part) for part in _parts(array)]) if calls % 2 else array

    with _compiled_to(change):
        yield


@contextmanager
def racing() -> Iterator[None]:
    """Calls that are in hand at once give the next number; one after the other they are right."""
    inside, lock = 0, threading.Lock()

    def change(array: Any) -> Any:
        nonlocal inside
        with lock:
            inside += 1
        time.sleep(0.01)
        with lock:
            raced, inside = inside > 1, inside - 1
        return jnp.asarray(_nudged(np.asarray(array))) if raced else array

    with _compiled_to(change):
        yield


@contextmanager
def dying() -> Iterator[None]:
    """XLA gives up, and takes the process with it."""
    with _compiled_to(lambda array: array):
        print("collective is stuck", flush=True)
        os.abort()
        yield


@contextmanager
def hanging() -> Iterator[None]:
    """A collective waits for a device that never comes."""
    time.sleep(10_000)
    yield


FAULTS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "": nullcontext,
    "psum for pmean": psum_for_pmean,
    "a shard lost by psum": shard_lost_by_psum,
    "pmean transposed to a sum": transposed_to_a_sum,
    "a shard lost": lambda: _compiled_to(_last_lost),
    "devices in another order": lambda: _compiled_to(_in_another_order),
    "one copy off": lambda: _compiled_to(_one_copy_off),
    "all on one device": lambda: _compiled_to(_on_one_device),
    "changing from call to call": changing_from_call_to_call,
    "a race": racing,
    "dying": dying,
    "hanging": hanging,
}


def judge_planted(task: PlantedTask) -> Record:
    """Judge a task with its fault in JAX."""
    here = task.place is None or task.place == jax.process_index()
    with FAULTS[task.fault if here else ""]():
        return judge_task(task)


def planted(task: Task, fault: str, place: int | None = None) -> PlantedTask:
    """A task with a fault."""
    return PlantedTask(**msgspec.structs.asdict(task), fault=fault, place=place)


if __name__ == "__main__":
    serve(PlantedTask, judge_planted)
