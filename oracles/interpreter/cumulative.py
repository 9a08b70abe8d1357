"""Cumulative reductions: each element combines all up to its place."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradlaw.oracles.elementary import named
from gradlaw.oracles.interpreter.arrays import Array, object_array
from gradlaw.oracles.interpreter.monoids import combined
from gradlaw.oracles.interpreter.reading import Reader, handles, inexact

_KINDS = {"cumsum": "add", "cumprod": "mul", "cummax": "max", "cummin": "min"}
_INTEGER = {
    "add": np.add.accumulate,
    "mul": np.multiply.accumulate,
    "max": np.maximum.accumulate,
    "min": np.minimum.accumulate,
}


@handles("cumsum", "cumprod", "cummax", "cummin", "cumlogsumexp")
def _cumulative(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Every prefix by itself, in any order: a backend may build it up or combine by halves."""
    dtype, axis = equation.outvars[0].aval.dtype, equation.params["axis"]
    moved = np.moveaxis(operands[0], axis, -1)
    if equation.params["reverse"]:
        moved = moved[..., ::-1]
    name = equation.primitive.name
    if not inexact(dtype):
        results = np.asarray(_INTEGER[_KINDS[name]](moved, axis=-1, dtype=dtype))
    else:
        results = np.empty(moved.shape, dtype=object)
        for row, result in zip(_lines(moved), _lines(results), strict=True):
            result[:] = object_array(_prefixes(reader, name, list(row), dtype.name), row.shape)
    if equation.params["reverse"]:
        results = results[..., ::-1]
    return [np.moveaxis(results, -1, axis)]


def _lines(array: Array) -> Array:
    """Views of all lines along the last axis of an array."""
    return array.reshape((int(np.prod(array.shape[:-1])), array.shape[-1]))


def _prefixes(reader: Reader, name: str, scalars: list[Any], dtype: str) -> Iterator[Any]:
    """Every prefix combined; each from the one before where the order does not matter."""
    if name not in {"cumsum", "cumprod"} or getattr(reader.domain, "rounds", True):
        for end in range(len(scalars)):
            yield _combined(reader, name, scalars[: end + 1], dtype)
        return
    total: list[Any] = []
    for scalar in scalars:
        total = [_combined(reader, name, [*total, scalar], dtype)]
        yield total[0]


def _combined(reader: Reader, name: str, prefix: list[Any], dtype: str) -> Any:
    if name == "cumlogsumexp":
        return log_sum_exp(reader, prefix, dtype)
    return combined(reader, _KINDS[name], prefix, dtype)


_STEP = 12.0
"""Roundoffs that one log-add-exp adds beside that of its result: exp and log1p of a number in
[0, 1] at their rules, and the argument of exp, whose error is at most 1/e of a roundoff."""


def log_sum_exp(reader: Reader, scalars: list[Any], dtype: str) -> Any:
    """``log(sum(exp(x)))``, by ``logaddexp`` of any pairs in any order.

    A partial result lies between the largest number and that plus log n; ``logaddexp`` does not
    expand distances, so that the errors of n - 1 steps add up at most.

    Source: JAX, ``lax.cumlogsumexp`` is a scan by ``logaddexp``.
    """
    domain = reader.domain
    numbers = [domain.decide(scalar) for scalar in scalars]
    largest = math.nan if any(map(math.isnan, numbers)) else max(numbers)
    if len(scalars) == 1 or not math.isfinite(largest):
        return domain.extremum(scalars, dtype, larger=True)
    shift = domain.constant(largest, dtype, literal=False)
    terms = [
        domain.apply(named("exp"), dtype, domain.apply(named("sub"), dtype, scalar, shift))
        for scalar in scalars
    ]
    logarithm = domain.apply(named("log"), dtype, domain.sum(terms, dtype))
    total = domain.apply(named("add"), dtype, logarithm, shift)
    bounds = [domain.magnitude(s) for s, n in zip(scalars, numbers, strict=True) if n > -math.inf]
    magnitude = max(bounds) + math.log(len(scalars)) + _STEP
    steps = len(scalars)
    return domain.widened(
        total, dtype, magnitude=magnitude, roundings=float(steps), underflows=2.0 * steps
    )
