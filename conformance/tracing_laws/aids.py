"""Aids within a function: what is printed or called back changes no gradient and no trace."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, cast

import jax
import jax.numpy as jnp

from gradlaw.conformance.tracing import Counted, Run, TracingLaw
from gradlaw.conformance.tracing_laws.counting import (
    OTHER,
    ROW,
    Function,
    Transformation,
    gradient,
    jvp,
    sum_of_squares,
    value,
)

DEBUGGING = "JAX documentation, Debugging"


def _unbatched(function: Function) -> Function:
    return lambda x: function(x[None])[0]


def _grad(function: Function) -> Function:
    return cast("Function", jax.grad(function))


_ROWS = (ROW, OTHER, ROW)

_LAWS: tuple[tuple[str, Transformation, Any, int], ...] = (
    ("grad", _grad, gradient, 3),
    ("jit(grad)", lambda f: jax.jit(jax.grad(f)), gradient, 1),
    ("grad(jit)", lambda f: jax.grad(jax.jit(f)), gradient, 1),
    ("jit(jacfwd)", lambda f: jax.jit(jax.jacfwd(f)), gradient, 1),
    ("jit(jacrev)", lambda f: jax.jit(jax.jacrev(f)), gradient, 1),
    ("jit(jvp)", lambda f: jax.jit(jvp(f)), lambda row: 2 * value(row), 1),
    ("jit(vmap(grad))", lambda f: _unbatched(jax.jit(jax.vmap(jax.grad(f)))), gradient, 1),
    ("vmap(grad(jit))", lambda f: _unbatched(jax.vmap(jax.grad(jax.jit(f)))), gradient, 1),
)
"""Each law, what it must return, and how often it traces the function in three calls."""


def _with_callback(transformation: Transformation) -> Run:
    """Three calls; the last result is whether the host was told of each call's numbers."""
    seen: set[float] = set()

    def function(x: Any) -> Any:
        jax.debug.callback(lambda first: seen.add(float(first)), x[0])
        return sum_of_squares(x)

    counted = Counted(function)
    transformed = transformation(counted.function)
    results = [transformed(jnp.array(row)) for row in _ROWS]
    jax.effects_barrier()
    told = seen == {row[0] for row in _ROWS}
    return Run(traces=counted.traces, results=(*results, jnp.asarray(told)))


def _with_print(transformation: Transformation) -> Run:
    def function(x: Any) -> Any:
        jax.debug.print("x = {x}", x=x)
        return sum_of_squares(x)

    counted = Counted(function)
    transformed = transformation(counted.function)
    results = tuple(transformed(jnp.array(row)) for row in _ROWS)
    jax.effects_barrier()
    return Run(traces=counted.traces, results=results)


def _aids() -> Iterator[TracingLaw]:
    for name, transformation, answer, expected in _LAWS:
        results = tuple(answer(row) for row in _ROWS)
        yield TracingLaw(
            name=f"callback-{name}",
            statement="jax.debug.callback in f sees each call's numbers, and changes nothing else.",
            expected=expected,
            results=(*results, True),
            run=partial(_with_callback, transformation),
            source=DEBUGGING,
        )
        yield TracingLaw(
            name=f"print-{name}",
            statement="jax.debug.print in f changes no result and no count of traces.",
            expected=expected,
            results=results,
            run=partial(_with_print, transformation),
            source=DEBUGGING,
        )


AIDS: tuple[TracingLaw, ...] = tuple(_aids())
"""Laws of ``jax.debug``."""
