"""What JAX gives: many derivatives compiled as one, the others operation by operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from gradlaw.conformance.conventions.ways import Reading, derivative
from gradlaw.oracles.x64 import x64

Found = float | str
"""A number, or the error that came instead."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One derivative to compute.

    Attributes:
        function: of one real scalar.
        point: where.
        reading: which derivative of it.
    """

    function: Callable[[Any], Any]
    point: float
    reading: Reading

    def __call__(self, x: Any) -> Any:
        """The derivative at a scalar of the reading's dtype."""
        return derivative(self.function, self.reading.way)(x)


def measure(asks: Sequence[Ask]) -> list[Found]:
    """Compute derivatives: those under jit in one program for each dtype, each other on its own.

    What is not under jit runs under ``jax.disable_jit``, so that XLA sees one operation at a time
    even where a function of ``jax.numpy`` is compiled by itself.

    Args:
        asks: any number of them.

    Returns:
        What came of each, in their order.
    """
    found: dict[int, Found] = {}
    for dtype in dict.fromkeys(ask.reading.dtype for ask in asks):
        mine = [i for i, ask in enumerate(asks) if ask.reading.dtype == dtype]
        with x64(dtype == "float64"):
            jitted = [i for i in mine if asks[i].reading.jitted]
            found.update(zip(jitted, _together([asks[i] for i in jitted]), strict=True))
            with jax.disable_jit():
                found.update((i, _alone(asks[i])) for i in mine if not asks[i].reading.jitted)
    return [found[i] for i in range(len(asks))]


def _together(asks: Sequence[Ask]) -> Iterable[Found]:
    """All in one program; each in its own where one of them raises."""

    def every(points: Sequence[Any]) -> list[Any]:
        return [ask(point) for ask, point in zip(asks, points, strict=True)]

    try:
        values = jax.jit(every)([_point(ask) for ask in asks])
        return [float(value) for value in jax.device_get(values)]
    except Exception:  # whichever it is, it raises again below, alone
        return [_alone(ask, jax.jit) for ask in asks]


def _alone(ask: Ask, transform: Callable[[Any], Any] = lambda function: function) -> Found:
    try:
        return float(transform(ask)(_point(ask)))
    except Exception as error:  # noqa: BLE001, RUF100 - whatever comes is what is judged
        return f"{type(error).__name__}: {error}"


def _point(ask: Ask) -> Any:
    return jnp.asarray(ask.point, dtype=ask.reading.dtype)
