"""Integers of fixed width: they wrap around, and division truncates.

Source: StableHLO specification, and XLA for what that leaves open (division by zero).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array, mapped
from gradlaw.oracles.interpreter.ranges import joins
from gradlaw.oracles.interpreter.reading import Reader, handles, inexact


def quotient(left: Array, right: Array) -> Array:
    """``left / right`` towards zero; all bits set for a division by zero."""
    left, right = np.broadcast_arrays(left, right)
    divisor = np.where(right == 0, np.ones_like(right), right)
    with np.errstate(over="ignore"):
        floor = left // divisor
        inexact_negative = (left % divisor != 0) & ((left < 0) != (divisor < 0))
        truncated = floor + inexact_negative.astype(left.dtype)
    return np.asarray(np.where(right == 0, np.invert(np.zeros_like(left)), truncated))


def remainder(left: Array, right: Array) -> Array:
    """What :func:`quotient` leaves, with the sign of ``left``; ``left`` for a division by zero."""
    left, right = np.broadcast_arrays(left, right)
    divisor = np.where(right == 0, np.ones_like(right), right)
    with np.errstate(over="ignore"):
        return np.asarray(np.where(right == 0, left, np.fmod(left, divisor)))


def power(base: Array, exponent: Array) -> Array:
    """``base ** exponent`` by squaring, wrapping around; 0 for most negative exponents."""
    base, exponent = np.broadcast_arrays(np.asarray(base), np.asarray(exponent))
    positive = np.maximum(exponent, 0)
    result, square, left = np.ones_like(base), base.copy(), positive.copy()
    with np.errstate(over="ignore"):
        while left.any():
            result = np.where(left & 1, result * square, result)
            square, left = square * square, left >> 1
    reciprocal = np.where(base == -1, np.where(exponent & 1, -1, 1), base == 1).astype(base.dtype)
    return np.asarray(np.where(exponent < 0, reciprocal, result))


def _amount(amounts: Array) -> Array:
    """How far to shift: an unsigned number."""
    return np.asarray(amounts.view(amounts.dtype.str.replace("i", "u")))


def _width(array: Array) -> int:
    return int(array.dtype.itemsize) * 8


def shift_left(array: Array, amounts: Array) -> Array:
    """Shifted left; 0 beyond the width."""
    array, amounts = (np.array(a) for a in np.broadcast_arrays(array, amounts))
    inside = _amount(amounts) < _width(array)
    return np.asarray(np.where(inside, np.left_shift(array, np.where(inside, amounts, 0)), 0))


def shift_right_logical(array: Array, amounts: Array) -> Array:
    """Shifted right, zeros from the left; 0 beyond the width."""
    array, amounts = (np.array(a) for a in np.broadcast_arrays(array, amounts))
    bits, amount = _amount(array), _amount(amounts)
    inside = amount < _width(array)
    shifted = np.where(inside, np.right_shift(bits, np.where(inside, amount, 0)), 0)
    return np.asarray(shifted.astype(bits.dtype).view(array.dtype))


def shift_right_arithmetic(array: Array, amounts: Array) -> Array:
    """Shifted right, the sign from the left; all sign beyond the width."""
    array, amounts = (np.array(a) for a in np.broadcast_arrays(array, amounts))
    signed = array.view(array.dtype.str.replace("u", "i"))
    amount = np.minimum(_amount(amounts), _width(array) - 1).astype(signed.dtype)
    return np.asarray(np.right_shift(signed, amount).view(array.dtype))


def _each_bit(array: Array) -> Array:
    """Booleans of shape (*shape, width), the most significant first."""
    array = np.asarray(array)
    bits = np.ascontiguousarray(array.astype(array.dtype.newbyteorder(">"))).reshape(-1)
    rows = bits.view(np.uint8).reshape((array.size, array.dtype.itemsize))
    return np.unpackbits(rows, axis=-1).reshape((*array.shape, _width(array)))


def population_count(array: Array) -> Array:
    """How many bits are set."""
    return np.asarray(np.sum(_each_bit(array), axis=-1))


def leading_zeros(array: Array) -> Array:
    """How many bits before the first that is set."""
    bits = _each_bit(array)
    return np.asarray(np.where(bits.any(axis=-1), np.argmax(bits, axis=-1), bits.shape[-1]))


def high_product(left: Array, right: Array) -> Array:
    """The upper half of the double-width product."""
    wide = np.asarray(left).astype(object) * np.asarray(right).astype(object)
    return np.asarray(wide >> _width(np.asarray(left)), dtype=object).astype(left.dtype)


@handles("bitcast_convert_type")
def _bitcast(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """The same bits as another dtype: of inexact numbers those of their concrete values."""
    source, target = equation.invars[0].aval.dtype, np.dtype(equation.params["new_dtype"])
    (operand,), shape = operands, equation.outvars[0].aval.shape
    if operand.dtype != object:
        result = _viewed(operand, target, shape)
        return [reader.lift(result) if inexact(target) else result]
    with np.errstate(over="ignore"):  # a number beyond the dtype has the bits of its infinity
        decided = mapped(reader.domain.decide, operand).astype(np.float64)
        concrete = decided.astype(source)
    result = _viewed(concrete, target, shape)
    held = (concrete == decided) | np.isinf(concrete) | np.isnan(decided)
    moves = any(reader.domain.stopped(scalar) is not scalar for scalar in operand.reshape(-1))
    exactly = reader.lift(concrete)
    if moves or not held.all() or mapped(reader.domain.overlap, operand, exactly).any():
        _note_bits(reader, equation, operand, result)
    return [reader.lift(result) if inexact(target) else result]


def _viewed(operand: Array, target: Any, shape: tuple[int, ...]) -> Array:
    array = np.array(operand, order="C")
    if array.dtype.itemsize > target.itemsize:
        array = array.reshape((*array.shape, 1))
    return np.asarray(array.view(target).reshape(shape))


def _note_bits(reader: Reader, equation: Any, operand: Array, result: Array) -> None:
    """Note the range of the bits of numbers that are not known or not held, or that move.

    Between two numbers of one sign, the bits lie between theirs. Around zero they are those of all
    numbers of one sign, and of some of the other. Of a number that moves they are those of its
    neighbours, too: most have the same sign and exponent.
    """
    source, domain = equation.invars[0].aval.dtype, reader.domain
    bounds = _bounds(reader, operand, source)
    of_integers = result.dtype.kind in "iu" and result.shape == operand.shape
    if not of_integers or any(math.isnan(end) for pair in bounds for end in pair):
        domain.undecided.add(equation.primitive.name)
        return
    below, above = (
        np.array([_towards(pair[end], source, way) for pair in bounds], dtype=source)
        for end, way in ((0, -math.inf), (1, math.inf))
    )
    ends = [_viewed(array, result.dtype, operand.shape) for array in (below, above)]
    low, high = np.minimum(*ends), np.maximum(*ends)
    around = (below < 0).reshape(operand.shape) & (above >= 0).reshape(operand.shape)
    if result.dtype.kind == "i":
        low = np.where(around, np.iinfo(result.dtype).min, low)
    else:
        low = np.where(around, result.dtype.type(0), low)
    reader.ranges.note(result, low.astype(result.dtype), high, equation.primitive.name)


def _bounds(reader: Reader, operand: Array, dtype: Any) -> list[tuple[float, float]]:
    """Numbers between which each scalar lies, or moves; NaN where there are none."""
    domain: Any = reader.domain
    scalars = operand.reshape(-1)
    if joins(reader):
        return [domain.bounds(scalar) for scalar in scalars]
    unknown = math.nan, math.nan

    def around(scalar: Any) -> tuple[float, float]:
        number = np.asarray(domain.decide(scalar)).astype(dtype)
        if domain.overlap(domain.stopped(scalar), reader.lift(number).item()):
            return unknown
        ends = (np.nextafter(number, np.asarray(way, dtype=dtype)) for way in (-np.inf, np.inf))
        low, high = map(float, ends)
        return low, high

    with np.errstate(over="ignore"):
        return [around(scalar) for scalar in scalars]


def _towards(value: float, dtype: Any, direction: float) -> Any:
    """The nearest number of a dtype in a direction."""
    number = np.asarray(value).astype(dtype)
    passed = float(number) > value if direction < 0 else float(number) < value
    return np.nextafter(number, np.asarray(direction).astype(dtype)) if passed else number
