"""Comparisons, logic and the integer arithmetic that shapes and indices need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array, mapped
from gradlaw.oracles.interpreter.reading import HANDLERS, Handler, Reader, handles

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}

_INTEGER_ONLY: dict[str, Callable[..., Any]] = {
    "and": lambda a, b: np.logical_and(a, b) if a.dtype == bool else np.bitwise_and(a, b),
    "or": lambda a, b: np.logical_or(a, b) if a.dtype == bool else np.bitwise_or(a, b),
    "xor": lambda a, b: np.logical_xor(a, b) if a.dtype == bool else np.bitwise_xor(a, b),
    "not": lambda a: np.logical_not(a) if a.dtype == bool else np.invert(a),
    "rem": np.fmod,
    "shift_left": np.left_shift,
}


def decided(reader: Reader, operand: Array) -> Array:
    """Concrete values: comparisons and branches go by these."""
    if operand.dtype != object:
        return operand
    return mapped(reader.domain.decide, operand).astype(np.float64)


def note_undecided(reader: Reader, primitive: str, left: Array, right: Array) -> None:
    """Note a primitive that compares numbers which might compare otherwise."""
    if mapped(reader.domain.overlap, left, right).any():
        reader.domain.undecided.add(primitive)


def _comparison(compare: Callable[[Any, Any], Any]) -> Handler:
    def handler(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
        if any(operand.dtype == object for operand in operands):
            note_undecided(reader, equation.primitive.name, *operands)
        return [np.asarray(compare(*(decided(reader, operand) for operand in operands)))]

    return handler


def _integer(function: Callable[..., Any]) -> Handler:
    def handler(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
        from gradlaw.oracles.interpreter.estimation import estimated_results

        if any(operand.dtype == object for operand in operands):
            return estimated_results(reader, equation, operands)
        return [np.asarray(function(*operands), dtype=equation.outvars[0].aval.dtype)]

    return handler


for _name, _compare in _COMPARISONS.items():
    HANDLERS[_name] = _comparison(_compare)
for _name, _function in _INTEGER_ONLY.items():
    HANDLERS[_name] = _integer(_function)


@handles("is_finite")
def _is_finite(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    return [np.isfinite(decided(reader, operands[0]))]


@handles("iota")
def _iota(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    shape, dimension = equation.params["shape"], equation.params["dimension"]
    index = np.arange(shape[dimension]).reshape(
        [-1 if a == dimension else 1 for a in range(len(shape))]
    )
    return [reader.lift(np.broadcast_to(index, shape).astype(equation.params["dtype"]))]


@handles("argmax", "argmin")
def _argument_of(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    (axis,), dtype = equation.params["axes"], equation.params["index_dtype"]
    find = np.argmax if equation.primitive.name == "argmax" else np.argmin
    return [np.asarray(find(decided(reader, operands[0]), axis=axis), dtype=dtype)]
