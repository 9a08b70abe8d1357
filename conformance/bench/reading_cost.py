"""The exact reading of a gradient, against compiling and running it eagerly at a new shape."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

SIZE = 16
LIMIT = 5e-3
"""Seconds that the exact reading of the gradient may take."""

GAIN = 5.0
"""How many times cheaper tracing and reading must be than an eager gradient at a new shape."""


@dataclass(frozen=True, kw_only=True)
class ReadingTimes:
    """Seconds of wall time, each the median of several.

    Attributes:
        equations: of the gradient's program.
        trace: of ``jax.make_jaxpr``.
        read: of the exact reading.
        eager: of the first eager ``jax.grad`` at a new shape, compilation included.
    """

    equations: int
    trace: float
    read: float
    eager: float

    @property
    def gain(self) -> float:
        """How many times cheaper tracing and reading is."""
        return self.eager / (self.trace + self.read)

    def __str__(self) -> str:
        read = "met" if self.read <= LIMIT else "NOT MET"
        gain = "met" if self.gain >= GAIN else "NOT MET"
        return (
            f"{read}: exact reading of a gradient of {self.equations} equations on {SIZE} elements "
            f"at most {1e3 * LIMIT:g} ms; {1e3 * self.read:.2f} ms\n"
            f"{gain}: tracing included at least {GAIN:g} times cheaper than an eager gradient at a "
            f"new shape; {1e3 * (self.trace + self.read):.1f} against {1e3 * self.eager:.0f} ms, "
            f"{self.gain:.0f} times"
        )


def subject(x: Any, w: Any) -> Any:
    """A function whose gradient has some 30 equations."""
    import jax.numpy as jnp

    z = jnp.sin(x) * w + jnp.exp(-x * x)
    return jnp.sum(z * jnp.sqrt(z * z + 0.75) - jnp.log(w * w + 1.5))


def measure_reading(repeats: int = 5) -> ReadingTimes:
    """Trace, read and run the gradient, the last two in turn, at one new shape after another.

    Args:
        repeats: how many new shapes; of each figure the median is kept. They are new once in a
            process: a second measurement finds their programs compiled.
    """
    import jax
    import numpy as np

    from gradlaw.oracles.domains.exact import Exact
    from gradlaw.oracles.interpreter import Reader

    generator = np.random.default_rng(0)
    gradient = jax.grad(subject, (0, 1))
    traces, reads, eagers, equations = [], [], [], 0

    def read(program: Any, operands: Any) -> None:
        reader = Reader(Exact())
        reader.read(program, [reader.lift(operand) for operand in operands])

    for repeat in range(repeats + 1):
        # The first warms up what later shapes share: SymPy's functions, JAX's own imports. Each
        # shape is new and has as many elements.
        shape = (*(1,) * repeat, SIZE)
        operands = [generator.standard_normal(shape).astype(np.float32) for _ in range(2)]
        trace = _seconds(lambda: jax.make_jaxpr(gradient)(*operands))  # noqa: B023
        program = jax.make_jaxpr(gradient)(*operands)
        reading = _seconds(lambda: read(program, operands))  # noqa: B023
        eager = _seconds(lambda: jax.block_until_ready(gradient(*operands)))  # noqa: B023
        if repeat:
            traces.append(trace)
            reads.append(reading)
            eagers.append(eager)
            equations = len(program.jaxpr.eqns)
    return ReadingTimes(
        equations=equations, trace=median(traces), read=median(reads), eager=median(eagers)
    )


def _seconds(action: Callable[[], Any]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
