"""Whose trace it is: of functions made anew, of what they close over, and of cleared caches."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from gradlaw.conformance.documents import COMPOSITION, REVISITED
from gradlaw.conformance.tracing import Counted, Run, TracingLaw
from gradlaw.conformance.tracing_laws.counting import (
    OTHER,
    ROW,
    Function,
    Transformation,
    calls_of_rows,
    gradient,
    jit,
    sum_of_squares,
    value,
)


def _remade(remake: Transformation) -> Run:
    counted = Counted(sum_of_squares)
    results = tuple(remake(counted.function)(jnp.array(row)) for row in (ROW, OTHER, ROW))
    return Run(traces=counted.traces, results=results)


def _side_effects() -> Run:
    log: list[str] = []

    def squared(x: Any) -> Any:
        log.append("traced")
        return x * x

    jitted = jax.jit(squared)
    results = tuple(jitted(x) for x in (3.0, 5.0, 7.0))
    return Run(traces=len(log), results=results)


def _closure() -> Run:
    scale = [2.0]
    counted = Counted(lambda x: x * scale[0])
    scaled = jax.jit(counted.function)
    before = scaled(3.0)
    scale[0] = 5.0
    results = before, scaled(3.0), scaled(4.0)
    return Run(traces=counted.traces, results=results)


def _closures() -> Run:
    """Two functions of one code, each with a number of its own."""
    traces, results = 0, list[Any]()
    for scale in (2.0, 5.0, 2.0):
        counted = Counted(lambda x, scale=scale: x * x * scale)
        results.append(jax.jit(jax.grad(counted.function))(3.0))
        traces += counted.traces
    return Run(traces=traces, results=tuple(results))


def _cleared(function: Function) -> Function:
    jitted = jit(function)

    def call(x: Any) -> Any:
        jax.clear_caches()
        return jitted(x)

    return call


_GRADIENTS = (gradient(ROW), gradient(OTHER), gradient(ROW))

FUNCTIONS: tuple[TracingLaw, ...] = (
    TracingLaw(
        name="new_lambda_in_a_loop-jit(grad)",
        statement="jit(grad(lambda …)) written inside a loop traces each time round.",
        expected=3,
        results=tuple([3.0 * entry for entry in each] for each in _GRADIENTS),
        run=lambda: _remade(lambda f: jax.jit(jax.grad(lambda x: 3.0 * f(x)))),
        source=COMPOSITION,
    ),
    TracingLaw(
        name="remade_in_a_loop-jit(grad)",
        statement="jit(grad(f)) made inside a loop traces each time round, f being one function.",
        expected=3,
        results=_GRADIENTS,
        run=lambda: _remade(lambda f: jax.jit(jax.grad(f))),
        source=COMPOSITION,
    ),
    TracingLaw(
        name="remade_in_a_loop-jit",
        statement="jit(f) made inside a loop traces once: its cache belongs to f.",
        expected=1,
        results=(value(ROW), value(OTHER), value(ROW)),
        run=lambda: _remade(jit),
        source="JAX documentation, Just-in-time compilation: JIT and caching",
    ),
    TracingLaw(
        name="side_effects_while_tracing-jit",
        statement="A side effect happens while f is traced and not when its program runs.",
        expected=1,
        results=(9.0, 25.0, 49.0),
        run=_side_effects,
        source=REVISITED,
    ),
    TracingLaw(
        name="changed_closure-jit",
        statement="A changed value of a closed-over Python number does not trace f again.",
        expected=1,
        results=(6.0, 6.0, 8.0),
        run=_closure,
        source="JAX documentation, The Sharp Bits: Pure functions",
    ),
    TracingLaw(
        name="closures_of_one_code-jit(grad)",
        statement="Functions of one code that close over other numbers are traced each for itself.",
        expected=3,
        results=(12.0, 30.0, 12.0),
        run=_closures,
        source="JAX documentation, Just-in-time compilation: JIT and caching",
    ),
    TracingLaw(
        name="cleared_caches-jit",
        statement="After jax.clear_caches() a call traces f again.",
        expected=3,
        results=(value(ROW), value(OTHER), value(ROW)),
        run=lambda: calls_of_rows(_cleared, ROW, OTHER, ROW),
        source="JAX documentation, jax.clear_caches",
    ),
)
"""Laws of which function a trace belongs to."""
