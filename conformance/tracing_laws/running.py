"""Ways of running: not compiled, ahead of time, with donated buffers, watched for leaks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from gradlaw.conformance.tracing import Counted, Run, TracingLaw
from gradlaw.conformance.tracing_laws.counting import (
    LONG,
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


def _disabled(function: Function) -> Function:
    jitted = jit(function)

    def call(x: Any) -> Any:
        with jax.disable_jit():
            return jitted(x)

    return call


def _ahead() -> Run:
    counted = Counted(sum_of_squares)
    compiled = jax.jit(jax.grad(counted.function)).lower(jnp.array(ROW)).compile()
    results = [compiled(jnp.array(row)) for row in (ROW, OTHER)]
    try:
        compiled(jnp.array(LONG))
    except TypeError:
        results.append(True)
    return Run(traces=counted.traces, results=tuple(results))


def _donated(argnums: tuple[int, ...]) -> Run:
    """Two steps of gradient descent; what was donated is gone, and what was not is there."""
    counted = Counted(lambda w, x: jnp.sum((w - x) ** 2))

    def step(w: Any, x: Any) -> Any:
        return w - 0.25 * jax.grad(counted.function)(w, x)

    stepped = jax.jit(step, donate_argnums=argnums)
    first, x = jnp.array([1.0, 8.0]), jnp.array([3.0, 4.0])
    second = stepped(first, x)
    kept = second.copy()
    third = stepped(second, x)
    gone = first.is_deleted(), second.is_deleted(), x.is_deleted()
    return Run(traces=counted.traces, results=(kept, third, *map(jnp.asarray, gone)))


def _watched(transformation: Transformation) -> Transformation:
    def watched(function: Function) -> Function:
        transformed = transformation(function)

        def call(x: Any) -> Any:
            with jax.checking_leaks():
                return transformed(x)

        return call

    return watched


def _leaking() -> Run:
    kept: list[Any] = []

    def leaking(x: Any) -> Any:
        kept.append(x * 2)
        return jnp.sum(x)

    counted = Counted(leaking)
    try:
        with jax.checking_leaks():
            jax.jit(counted.function)(jnp.array(ROW))
    except Exception as error:  # noqa: BLE001, RUF100 - JAX documents no narrower type
        noticed = "Leaked" in str(error)
    else:
        noticed = False
    finally:
        kept.clear()
    return Run(traces=counted.traces, results=(jnp.asarray(noticed),))


_WATCHED: tuple[tuple[str, Transformation], ...] = (
    ("jit(grad)", lambda f: jax.jit(jax.grad(f))),
    ("grad(jit)", lambda f: jax.grad(jax.jit(f))),
    ("jit(jacfwd)", lambda f: jax.jit(jax.jacfwd(f))),
    ("jit(grad(scan))", lambda f: jax.jit(jax.grad(_scanned(f)))),
    ("vmap(grad(jit))", lambda f: _unbatched(jax.vmap(jax.grad(jit(f))))),
    ("jit(vmap(grad))", lambda f: _unbatched(jit(jax.vmap(jax.grad(f))))),
)


def _scanned(function: Function) -> Function:
    def scanned(x: Any) -> Any:
        return jax.lax.scan(lambda c, _: (c, function(c)), x, None, length=2)[1][-1]

    return scanned


def _unbatched(function: Function) -> Function:
    return lambda x: function(x[None])[0]


def _without_leaks() -> Iterator[TracingLaw]:
    for name, transformation in _WATCHED:
        yield TracingLaw(
            name=f"no_leak-{name}",
            statement="Nothing leaks a tracer, and watching for it costs no trace of f.",
            expected=1,
            results=(gradient(ROW), gradient(OTHER)),
            run=partial(calls_of_rows, _watched(transformation), ROW, OTHER),
            source="JAX documentation, jax.checking_leaks",
        )


DONATION = "JAX documentation, Buffer donation"

RUNNING: tuple[TracingLaw, ...] = (
    TracingLaw(
        name="disabled-jit",
        statement="In jax.disable_jit() each call runs f's Python.",
        expected=3,
        results=(value(ROW), value(OTHER), value(ROW)),
        run=lambda: calls_of_rows(_disabled, ROW, OTHER, ROW),
        source="JAX documentation, jax.disable_jit",
    ),
    TracingLaw(
        name="ahead_of_time-jit(grad)",
        statement="A program compiled ahead of time traces f no more, and refuses another shape.",
        expected=1,
        results=(gradient(ROW), gradient(OTHER), True),
        run=_ahead,
        source="JAX documentation, Ahead-of-time lowering and compilation",
    ),
    TracingLaw(
        name="donated-jit(grad)",
        statement="A donated argument's buffer is gone, another's is not, and f is traced once.",
        expected=1,
        results=([2.0, 6.0], [2.5, 5.0], True, True, False),
        run=lambda: _donated((0,)),
        source=DONATION,
    ),
    TracingLaw(
        name="not_donated-jit(grad)",
        statement="Without donation every buffer stays.",
        expected=1,
        results=([2.0, 6.0], [2.5, 5.0], False, False, False),
        run=lambda: _donated(()),
        source=DONATION,
    ),
    TracingLaw(
        name="leak-jit",
        statement="A function that keeps a tracer is refused where leaks are watched for.",
        expected=1,
        results=(True,),
        run=_leaking,
        source="JAX documentation, jax.checking_leaks",
    ),
    *_without_leaks(),
)
"""Laws of how a program is run."""
