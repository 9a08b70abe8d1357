"""Comparisons, logic and the integer arithmetic that shapes and indices need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter import bits
from gradlaw.oracles.interpreter.arrays import Array, mapped
from gradlaw.oracles.interpreter.ranges import joins
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
    "shift_left": bits.shift_left,
    "shift_right_logical": bits.shift_right_logical,
    "shift_right_arithmetic": bits.shift_right_arithmetic,
    "population_count": bits.population_count,
    "clz": bits.leading_zeros,
    "mulhi": bits.high_product,
}


def decided(reader: Reader, operand: Array) -> Array:
    """Concrete values: comparisons and branches go by these."""
    if operand.dtype != object:
        if (found := reader.ranges.of(operand)) is not None:
            reader.domain.undecided.add(found.primitive)
        return operand
    numbers = mapped(reader.domain.decide, operand)
    kinds = {type(number) for number in numbers.reshape(-1)}
    return numbers.astype(np.complex128 if complex in kinds else np.float64)


def note_undecided(reader: Reader, primitive: str, left: Array, right: Array) -> None:
    """Note a primitive that compares numbers which might compare otherwise."""
    if mapped(reader.domain.overlap, left, right).any():
        reader.domain.undecided.add(primitive)


def differ(reader: Reader, left: Any, right: Any) -> bool:
    """Whether two elements, scalars of the domain or integers, may be different numbers."""
    if left is right:
        return False
    if isinstance(left, (np.generic, bool, int)):
        return bool(left != right)
    domain = reader.domain
    return domain.decide(left) != domain.decide(right) or domain.overlap(left, right)


def _comparison(compare: Callable[[Any, Any], Any]) -> Handler:
    def handler(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
        result = np.asarray(compare(*(decided(reader, operand) for operand in operands)))
        if any(operand.dtype == object for operand in operands):
            unsure = mapped(reader.domain.overlap, *operands).astype(bool)
            if unsure.any() and not joins(reader, *operands):
                reader.domain.undecided.add(equation.primitive.name)
            elif unsure.any():
                low, high = result & ~unsure, result | unsure
                reader.ranges.note(result, low, high, equation.primitive.name)
        return [result]

    return handler


def _total(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A comparison by total order: NaN equals itself and is largest; zeros have no sign here."""

    def ranked(left: Array, right: Array) -> Any:
        pair = [np.asarray(operand) for operand in (left, right)]
        undefined = [np.not_equal(operand, operand) for operand in pair]
        either = undefined[0] | undefined[1]
        return np.where(either, compare(undefined[0] * 1, undefined[1] * 1), compare(*pair))

    return ranked


def _integer(function: Callable[..., Any]) -> Handler:
    def handler(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
        from gradlaw.oracles.interpreter.estimation import estimated_results

        if any(operand.dtype == object for operand in operands):
            return estimated_results(reader, equation, operands)
        return [np.asarray(function(*operands), dtype=equation.outvars[0].aval.dtype)]

    return handler


for _name, _compare in _COMPARISONS.items():
    HANDLERS[_name] = _comparison(_compare)
for _name in ("eq", "lt", "le"):
    HANDLERS[f"{_name}_to"] = _comparison(_total(_COMPARISONS[_name]))
for _name, _function in _INTEGER_ONLY.items():
    HANDLERS[_name] = _integer(_function)


@handles("is_finite")
def _is_finite(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    domain, numbers = reader.domain, decided(reader, operands[0])
    # A ball without bounds may hold finite numbers; an exact infinity holds none.
    if any(np.isnan(numbers).reshape(-1)):
        domain.undecided.add("is_finite")
    return [np.isfinite(numbers)]


@handles("iota")
def _iota(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    shape, dimension = equation.params["shape"], equation.params["dimension"]
    index = np.arange(shape[dimension]).reshape(
        [-1 if a == dimension else 1 for a in range(len(shape))]
    )
    return [reader.lift(np.broadcast_to(index, shape).astype(equation.params["dtype"]))]


@handles("argmax", "argmin")
def _argument_of(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """The first place of the extremum; of a NaN if there is one."""
    (operand,), (axis,), dtype = operands, equation.params["axes"], equation.params["index_dtype"]
    find = np.argmax if equation.primitive.name == "argmax" else np.argmin
    places = np.asarray(find(decided(reader, operand), axis=axis))
    if operand.dtype == object and operand.size:
        where = np.expand_dims(places, axis)
        chosen = np.take_along_axis(operand, where, axis)
        others = np.broadcast_to(chosen, operand.shape)
        note_undecided(reader, equation.primitive.name, operand, others)
    return [places.astype(dtype)]
