"""Functions that count their traces, called through transformations; and what they must return."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

import jax
import jax.numpy as jnp

from gradlaw.conformance.tracing import Counted, Run

Function = Callable[..., Any]
Transformation = Callable[[Function], Function]

ROW = [1.0, 2.0, 4.0]
OTHER = [3.0, 5.0, 1.0]
LONG = [1.0, 2.0, 4.0, 8.0]


def value(row: list[float]) -> float:
    """The sum of squares of a row."""
    return sum(x * x for x in row)


def gradient(row: list[float]) -> list[float]:
    """Its gradient."""
    return [2 * x for x in row]


def value_and_gradient(row: list[float]) -> tuple[float, list[float]]:
    """Both."""
    return value(row), gradient(row)


def sum_of_squares(x: Any) -> Any:
    """The same, written in JAX."""
    return jnp.sum(x * x)


def jit(function: Function) -> Function:
    """The function, compiled."""
    return cast("Function", jax.jit(function))


def jvp(function: Function) -> Function:
    """Twice the value, which is how it grows along the argument itself, by ``jax.jvp``."""
    return lambda x: jax.jvp(function, (x,), (x,))[1]


def linearize(function: Function) -> Function:
    """The same by ``jax.linearize``."""
    return lambda x: jax.linearize(function, x)[1](x)


def vjp(function: Function) -> Function:
    """The gradient by ``jax.vjp``."""
    return lambda x: jax.vjp(function, x)[1](jnp.ones(()))[0]


def sum_of_cubes(x: Any) -> Any:
    """A function whose second derivative depends on where it is taken."""
    return jnp.sum(x * x * x)


def calls(
    transformation: Transformation, arguments: Iterable[Any], function: Function = sum_of_squares
) -> Run:
    """A function, transformed and called with one argument after another."""
    counted = Counted(function)
    transformed = transformation(counted.function)
    results = tuple(transformed(argument) for argument in arguments)
    return Run(traces=counted.traces, results=results)


def calls_of_rows(
    transformation: Transformation, *rows: list[float], function: Function = sum_of_squares
) -> Run:
    """The same of rows."""
    return calls(transformation, (jnp.array(row) for row in rows), function)


def on(function: Function, arguments: list[tuple[Any, ...]], **options: Any) -> Run:
    """A function jitted with options, called with arguments after arguments."""
    counted = Counted(function)
    jitted = cast("Function", jax.jit(counted.function, **options))
    results = tuple(jitted(*each) for each in arguments)
    return Run(traces=counted.traces, results=results)
