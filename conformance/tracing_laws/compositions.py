"""Compositions with ``jit``: a new shape or dtype is a new trace, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import jax
import jax.numpy as jnp

from gradlaw.conformance.documents import COMPOSITION, REVISITED
from gradlaw.conformance.tracing import Run, TracingLaw
from gradlaw.conformance.tracing_laws.counting import (
    LONG,
    OTHER,
    ROW,
    Function,
    Transformation,
    calls,
    calls_of_rows,
    gradient,
    jit,
    jvp,
    linearize,
    sum_of_cubes,
    sum_of_squares,
    value,
    value_and_gradient,
    vjp,
)

AUTODIFF = "JAX documentation, Automatic differentiation"

Answer = Callable[[list[float]], object]

_TABLE: tuple[tuple[str, Transformation, Answer, str], ...] = (
    ("jit", jit, value, REVISITED),
    ("jit(grad)", lambda f: jax.jit(jax.grad(f)), gradient, COMPOSITION),
    ("grad(jit)", lambda f: jax.grad(jax.jit(f)), gradient, COMPOSITION),
    (
        "jit(value_and_grad)",
        lambda f: jax.jit(jax.value_and_grad(f)),
        value_and_gradient,
        COMPOSITION,
    ),
)
"""Each composition, what it must return, and where it is said."""


def _of_composition(
    name: str, transformation: Transformation, answer: Answer, source: str
) -> Iterator[TracingLaw]:
    def law(
        kind: str, statement: str, expected: int, rows: list[list[float]], dtypes: str
    ) -> TracingLaw:
        return TracingLaw(
            name=f"{kind}-{name}",
            statement=statement,
            expected=expected,
            results=tuple(answer(row) for row in rows),
            run=lambda: calls(
                transformation,
                (jnp.array(row, dtype) for row, dtype in zip(rows, dtypes.split(), strict=True)),
            ),
            source=source,
        )

    single = "float32 float32 float32"
    yield law(
        "same_shape", "Calls with one shape and dtype trace f once.", 1, [ROW, OTHER, ROW], single
    )
    yield law(
        "new_shape",
        "A new shape traces f once more, and the old shape's program is kept.",
        2,
        [ROW, LONG, OTHER],
        single,
    )
    yield law(
        "new_dtype",
        "A new dtype traces f once more, and the old dtype's program is kept.",
        2,
        [ROW, OTHER, OTHER, ROW],
        "float32 float16 float32 float16",
    )


def _diagonal(row: list[float]) -> list[list[float]]:
    """The Hessian of the sum of cubes."""
    return [[6.0 * x * (i == j) for j, x in enumerate(row)] for i in range(len(row))]


def _twice(row: list[float]) -> float:
    return 2 * value(row)


_NESTED: tuple[tuple[str, Transformation, Answer, Function], ...] = (
    ("jit(grad(jit))", lambda f: jax.jit(jax.grad(jax.jit(f))), gradient, sum_of_squares),
    (
        "value_and_grad(jit)",
        lambda f: jax.value_and_grad(jit(f)),
        value_and_gradient,
        sum_of_squares,
    ),
    ("vjp(jit)", lambda f: vjp(jit(f)), gradient, sum_of_squares),
    ("jvp(jit)", lambda f: jvp(jit(f)), _twice, sum_of_squares),
    ("linearize(jit)", lambda f: linearize(jit(f)), _twice, sum_of_squares),
    ("jacfwd(jit)", lambda f: jax.jacfwd(jit(f)), gradient, sum_of_squares),
    ("jacrev(jit)", lambda f: jax.jacrev(jit(f)), gradient, sum_of_squares),
    ("hessian(jit)", lambda f: jax.hessian(jit(f)), _diagonal, sum_of_cubes),
    ("jit(hessian)", lambda f: jit(jax.hessian(f)), _diagonal, sum_of_cubes),
)
"""Compositions in which a function is differentiated, what they must return, and of what."""


def _nested() -> Iterator[TracingLaw]:
    rows = ROW, OTHER, ROW
    for name, transformation, answer, function in _NESTED:
        yield TracingLaw(
            name=f"same_shape-{name}",
            statement="However it is differentiated, a function that is jitted is traced once.",
            expected=1,
            results=tuple(answer(row) for row in rows),
            run=partial(calls_of_rows, transformation, *rows, function=function),
            source=AUTODIFF,
        )


def _value_then_gradient() -> Run:
    def both(function: Callable[..., object]) -> Callable[..., object]:
        jitted = jit(function)
        return lambda x: (jitted(x), jax.grad(jitted)(x))

    return calls_of_rows(both, ROW, OTHER)


def _batches(transformation: Transformation) -> Run:
    return calls(transformation, (jnp.array([ROW]), jnp.array([OTHER, ROW])))


COMPOSITIONS: tuple[TracingLaw, ...] = (
    *(law for composition in _TABLE for law in _of_composition(*composition)),
    *_nested(),
    TracingLaw(
        name="value_then_gradient-jit",
        statement="jit(f) and grad(jit(f)) share one trace of f.",
        expected=1,
        results=(value_and_gradient(ROW), value_and_gradient(OTHER)),
        run=_value_then_gradient,
        source=AUTODIFF,
    ),
    TracingLaw(
        name="new_batch_size-jit(vmap(grad))",
        statement="A new batch size traces f once more where jit is outside vmap.",
        expected=2,
        results=([gradient(ROW)], [gradient(OTHER), gradient(ROW)]),
        run=lambda: _batches(lambda f: jax.jit(jax.vmap(jax.grad(f)))),
        source=REVISITED,
    ),
    TracingLaw(
        name="new_batch_size-vmap(jit(grad))",
        statement="A new batch size does not trace f again where jit is inside vmap.",
        expected=1,
        results=([gradient(ROW)], [gradient(OTHER), gradient(ROW)]),
        run=lambda: _batches(lambda f: jax.vmap(jax.jit(jax.grad(f)))),
        source=REVISITED,
    ),
    TracingLaw(
        name="every_call-grad",
        statement="Without jit, each call of grad(f) runs f's Python.",
        expected=3,
        results=(gradient(ROW), gradient(OTHER), gradient(ROW)),
        run=lambda: calls_of_rows(jax.grad, ROW, OTHER, ROW),
        source=COMPOSITION,
    ),
)
"""Laws of what is composed with what."""
