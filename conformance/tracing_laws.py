"""All tracing laws: when a function is traced, and when its program is used again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np

from gradlaw.conformance.documents import COMPILATION, COMPOSITION, REVISITED
from gradlaw.conformance.tracing import Counted, Run, TracingLaw

Transformation = Callable[[Callable[..., Any]], Callable[..., Any]]


def _sum_of_squares(x: Any) -> Any:
    return jnp.sum(x * x)


def _calls(transformation: Transformation, arguments: Iterable[Any]) -> Run:
    counted = Counted(_sum_of_squares)
    transformed = transformation(counted.function)
    results = tuple(transformed(argument) for argument in arguments)
    return Run(traces=counted.traces, results=results)


_ROW = [1.0, 2.0, 4.0]
_OTHER = [3.0, 5.0, 1.0]
_LONG = [1.0, 2.0, 4.0, 8.0]


def _value(row: list[float]) -> float:
    return sum(x * x for x in row)


def _gradient(row: list[float]) -> list[float]:
    return [2 * x for x in row]


def _value_and_gradient(row: list[float]) -> tuple[float, list[float]]:
    return _value(row), _gradient(row)


def _jit(function: Callable[..., Any]) -> Callable[..., Any]:
    return cast("Callable[..., Any]", jax.jit(function))


# Each composition, what it must return, and that a new shape or dtype is a new trace of f.
_COMPOSITIONS: tuple[tuple[str, Transformation, Callable[[list[float]], object], str], ...] = (
    ("jit", _jit, _value, REVISITED),
    ("jit(grad)", lambda f: jax.jit(jax.grad(f)), _gradient, COMPOSITION),
    ("grad(jit)", lambda f: jax.grad(jax.jit(f)), _gradient, COMPOSITION),
    (
        "jit(value_and_grad)",
        lambda f: jax.jit(jax.value_and_grad(f)),
        _value_and_gradient,
        COMPOSITION,
    ),
)


def _of_composition(
    name: str,
    transformation: Transformation,
    answer: Callable[[list[float]], object],
    source: str,
) -> Iterable[TracingLaw]:
    def law(
        kind: str, statement: str, expected: int, rows: list[list[float]], dtypes: str
    ) -> TracingLaw:
        return TracingLaw(
            name=f"{kind}-{name}",
            statement=statement,
            expected=expected,
            results=tuple(answer(row) for row in rows),
            run=lambda: _calls(
                transformation,
                (jnp.array(row, dtype) for row, dtype in zip(rows, dtypes.split(), strict=True)),
            ),
            source=source,
        )

    single = "float32 float32 float32"
    yield law(
        "same_shape",
        "Calls with one shape and dtype trace f once.",
        1,
        [_ROW, _OTHER, _ROW],
        single,
    )
    yield law(
        "new_shape",
        "A new shape traces f once more, and the old shape's program is kept.",
        2,
        [_ROW, _LONG, _OTHER],
        single,
    )
    yield law(
        "new_dtype",
        "A new dtype traces f once more, and the old dtype's program is kept.",
        2,
        [_ROW, _OTHER, _OTHER, _ROW],
        "float32 float16 float32 float16",
    )


def _batches(transformation: Transformation) -> Run:
    return _calls(transformation, (jnp.array([_ROW]), jnp.array([_OTHER, _ROW])))


def _remade(remake: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Run:
    counted = Counted(_sum_of_squares)
    results = tuple(remake(counted.function)(jnp.array(row)) for row in (_ROW, _OTHER, _ROW))
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


def _on(function: Callable[..., Any], calls: list[tuple[Any, ...]], **options: Any) -> Run:
    counted = Counted(function)
    jitted = cast("Callable[..., Any]", jax.jit(counted.function, **options))
    results = tuple(jitted(*arguments) for arguments in calls)
    return Run(traces=counted.traces, results=results)


_GRADIENTS = (_gradient(_ROW), _gradient(_OTHER), _gradient(_ROW))

_SINGLE_LAWS = (
    TracingLaw(
        name="new_batch_size-jit(vmap(grad))",
        statement="A new batch size traces f once more where jit is outside vmap.",
        expected=2,
        results=([_gradient(_ROW)], [_gradient(_OTHER), _gradient(_ROW)]),
        run=lambda: _batches(lambda f: jax.jit(jax.vmap(jax.grad(f)))),
        source=REVISITED,
    ),
    TracingLaw(
        name="new_batch_size-vmap(jit(grad))",
        statement="A new batch size does not trace f again where jit is inside vmap.",
        expected=1,
        results=([_gradient(_ROW)], [_gradient(_OTHER), _gradient(_ROW)]),
        run=lambda: _batches(lambda f: jax.vmap(jax.jit(jax.grad(f)))),
        source=REVISITED,
    ),
    TracingLaw(
        name="every_call-grad",
        statement="Without jit, each call of grad(f) runs f's Python.",
        expected=3,
        results=_GRADIENTS,
        run=lambda: _calls(jax.grad, (jnp.array(row) for row in (_ROW, _OTHER, _ROW))),
        source=COMPOSITION,
    ),
    TracingLaw(
        name="new_lambda_in_a_loop-jit(grad)",
        statement="jit(grad(lambda …)) written inside a loop traces each time round.",
        expected=3,
        results=tuple([3.0 * entry for entry in gradient] for gradient in _GRADIENTS),
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
        results=(_value(_ROW), _value(_OTHER), _value(_ROW)),
        run=lambda: _remade(_jit),
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
        name="python_numbers-jit",
        statement="Python floats of different values share one trace.",
        expected=1,
        results=(4.0, 9.0),
        run=lambda: _on(lambda x: x * x, [(2.0,), (3.0,)]),
        source=COMPILATION,
    ),
    TracingLaw(
        name="weak_and_strong_type-jit",
        statement="A Python float (weakly typed) and a float32 scalar are traced apart.",
        expected=2,
        results=(4.0, 9.0, 16.0),
        run=lambda: _on(lambda x: x * x, [(2.0,), (jnp.float32(3.0),), (4.0,)]),
        source="JAX documentation, Type promotion semantics: Weak types",
    ),
    TracingLaw(
        name="numpy_and_jax_arrays-jit",
        statement="A NumPy array and a JAX array of one shape and dtype share one trace.",
        expected=1,
        results=([1.0, 4.0, 16.0], [9.0, 25.0, 1.0]),
        run=lambda: _on(
            lambda x: x * x,
            [(np.array(_ROW, np.float32),), (jnp.array(_OTHER, jnp.float32),)],
        ),
        source=COMPILATION,
    ),
    TracingLaw(
        name="containers-jit",
        statement="A tuple and a list of the same numbers are traced apart.",
        expected=2,
        results=(6.0, 20.0, 10.0),
        run=lambda: _on(
            lambda params: params[0] * params[1], [((2.0, 3.0),), ([4.0, 5.0],), ((5.0, 2.0),)]
        ),
        source="JAX documentation, Pytrees",
    ),
    TracingLaw(
        name="static_argument-jit",
        statement="Each new value of a static argument traces f once.",
        expected=2,
        results=(6.0, 15.0, 8.0),
        run=lambda: _on(
            lambda x, scale: x * scale, [(3.0, 2), (3.0, 5), (4.0, 2)], static_argnums=1
        ),
        source="JAX documentation, Just-in-time compilation",
    ),
)

TRACING_LAWS: tuple[TracingLaw, ...] = (
    *(law for composition in _COMPOSITIONS for law in _of_composition(*composition)),
    *_SINGLE_LAWS,
)
"""All tracing laws, in the order in which a report shows them."""
