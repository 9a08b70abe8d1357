"""Primitives with steps: rounding to an integer or to fewer digits, remainders, conversions."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from gradlaw.oracles.elementary import Elementary, elementary, named, remainder, rounding
from gradlaw.oracles.interpreter import bits
from gradlaw.oracles.interpreter.arrays import Array, mapped
from gradlaw.oracles.interpreter.estimation import estimated_results
from gradlaw.oracles.interpreter.reading import Reader, handles, inexact

_NEGATION = named("neg")

_FORMATS = {(5, 10): "float16", (8, 7): "bfloat16", (8, 23): "float32", (11, 52): "float64"}
"""Dtypes by the bits of exponent and of significand."""


@handles("floor", "ceil", "round")
def _to_integer(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """A step function, whose partial derivative is the constant 0."""
    name, result = equation.primitive.name, equation.outvars[0].aval
    if not inexact(result.dtype):
        return operands
    method = equation.params.get("rounding_method")
    function = elementary(name) if method is None else rounding(int(method))
    assert function is not None
    return [_stepped(reader, function, result.dtype.name, operands[0])]


def _stepped(reader: Reader, function: Elementary, dtype: str, operand: Array) -> Array:
    return mapped(lambda s: reader.domain.apply(function, dtype, s), operand)


def truncated(reader: Reader, operand: Array, target: Any) -> Array:
    """Numbers as a conversion to an integer dtype or to truth values has them.

    XLA saturates and takes NaN for 0. A number that another rounding might carry over a step is
    noted as undecided.

    Source: XLA operation semantics, ``ConvertElementType``.
    """
    domain, boolean = reader.domain, np.dtype(target) == np.bool_

    def concrete(scalar: Any) -> int:
        number = domain.decide(scalar)
        number = number.real if isinstance(number, complex) else number
        if math.isnan(number):
            domain.undecided.add("convert_element_type")
            return int(boolean)
        whole = math.trunc(number) if math.isfinite(number) else 0
        away = 1 if whole > 0 else -1
        steps = (0,) if boolean else (whole, whole + away) if whole else (-1, 1)
        for step in steps:
            if domain.overlap(scalar, domain.constant(float(step), "float64", literal=False)):
                domain.undecided.add("convert_element_type")
        if boolean:
            return int(number != 0)
        limits = np.iinfo(target)
        ends = int(limits.min), int(limits.max)
        return min(max(whole, ends[0]), ends[1]) if math.isfinite(number) else ends[number > 0]

    # By way of Python's integers: float64 does not hold every int64.
    return np.asarray(mapped(concrete, operand).astype(target))


@handles("rem")
def _remainder(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """``x − q y`` with the truncated quotient q of the concrete values."""
    result = equation.outvars[0].aval
    if not inexact(result.dtype):
        return [bits.remainder(*operands)]
    return [mapped(partial(_remainder_of, reader, result.dtype.name), *operands)]


def _remainder_of(reader: Reader, dtype: str, left: Any, right: Any) -> Any:
    domain = reader.domain
    dividend, divisor = domain.decide(left), domain.decide(right)
    if math.isfinite(dividend) and math.isinf(divisor):
        return left
    if not (math.isfinite(dividend) and math.isfinite(divisor) and divisor):
        return domain.constant(math.nan, dtype, literal=False)
    quotient = math.trunc(Fraction(dividend) / Fraction(divisor))
    found = domain.apply(remainder(quotient), dtype, left, right)
    opposite = domain.apply(_NEGATION, dtype, right)
    zero = domain.constant(0.0, dtype, literal=False)
    if any(domain.overlap(found, step) for step in (zero, right, opposite)):
        domain.undecided.add("rem")
    return found


@handles("nextafter")
def _next_after(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """The neighbour of a number that is known exactly; of any other it is undecided."""
    domain, dtype = reader.domain, equation.outvars[0].aval.dtype

    def following(left: Any, right: Any) -> Any:
        with np.errstate(over="ignore"):  # a number beyond the dtype's range is its infinity
            start, end = (np.asarray(domain.decide(s)).astype(dtype) for s in (left, right))
        # Its own copy: a ball that is not exact overlaps it.
        exact = domain.constant(float(start), dtype.name, literal=False)
        if domain.overlap(left, exact) or domain.overlap(left, right):
            domain.undecided.add("nextafter")
        return domain.constant(float(np.nextafter(start, end)), dtype.name, literal=False)

    return [mapped(following, *operands)]


@handles("reduce_precision")
def _reduce_precision(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """A rounding to a narrower dtype and back, where a dtype has those digits."""
    dtype = equation.outvars[0].aval.dtype
    wanted = equation.params["exponent_bits"], equation.params["mantissa_bits"]
    narrow = _FORMATS.get(wanted)
    if narrow is None:
        return estimated_results(reader, equation, operands)
    if narrow == dtype.name:
        return operands
    domain = reader.domain

    def reduced(scalar: Any) -> Any:
        return domain.convert(domain.convert(scalar, dtype.name, narrow), narrow, dtype.name)

    return [mapped(reduced, operands[0])]
