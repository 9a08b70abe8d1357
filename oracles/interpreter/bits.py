"""Integers of fixed width: they wrap around, and division truncates.

Source: StableHLO specification, and XLA for what that leaves open (division by zero).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array, mapped
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
    (operand,) = operands
    if operand.dtype == object:
        concrete = mapped(reader.domain.decide, operand).astype(source)
        exactly = reader.lift(concrete)
        if mapped(reader.domain.overlap, operand, exactly).any():
            reader.domain.undecided.add(equation.primitive.name)
        operand = concrete
    operand = np.ascontiguousarray(operand)
    shape = equation.outvars[0].aval.shape
    if operand.dtype.itemsize == target.itemsize:
        viewed = operand.view(target)
    elif operand.dtype.itemsize > target.itemsize:
        viewed = operand.reshape((*operand.shape, 1)).view(target)
    else:
        viewed = operand.view(target)
    result = viewed.reshape(shape)
    return [reader.lift(result) if inexact(target) else result]
