"""The time of a first call, shared out to tracing, lowering and compiling by JAX's own events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import jax

EVENTS: Mapping[str, str] = {
    "/jax/core/compile/jaxpr_trace_duration": "trace",
    "/jax/core/compile/jaxpr_to_mlir_module_duration": "lower",
    "/jax/core/compile/backend_compile_duration": "compile",
}
"""JAX's events, and the phases whose durations they tell."""

_OPEN: list[dict[str, float]] = []


@contextmanager
def heard() -> Iterator[dict[str, float]]:
    """The seconds that JAX says it spent in each phase within the block."""
    _listen()
    seconds: dict[str, float] = {}
    _OPEN.append(seconds)
    try:
        yield seconds
    finally:
        _OPEN.remove(seconds)


def shared_out(spent: float, told: Mapping[str, float]) -> dict[str, float]:
    """Processor time by phase: in proportion to what JAX told, the rest being the run itself.

    Args:
        spent: processor time of the whole, seconds.
        told: seconds of wall time by phase, which may be more where another process had the
            processor.
    """
    whole = max(spent, sum(told.values()))
    if not whole:
        return {}
    scale = spent / whole
    parts = {phase: seconds * scale for phase, seconds in told.items()}
    return {**parts, "run": max(0.0, spent - sum(parts.values()))}


@cache
def _listen() -> None:
    def hear(event: str, seconds: float, **_: Any) -> None:
        if (phase := EVENTS.get(event)) and _OPEN:
            told = _OPEN[-1]
            told[phase] = told.get(phase, 0.0) + seconds

    jax.monitoring.register_event_duration_secs_listener(hear)
