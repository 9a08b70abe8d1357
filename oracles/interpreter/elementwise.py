"""Elementwise primitives on inexact numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from gradlaw.oracles.domains.cartesian import MODULUS, SIGN, has_complex_formula
from gradlaw.oracles.elementary import Elementary, elementary, integer_power, named
from gradlaw.oracles.interpreter import bits
from gradlaw.oracles.interpreter.arrays import Array, mapped
from gradlaw.oracles.interpreter.estimation import estimated_results
from gradlaw.oracles.interpreter.reading import HANDLERS, Reader, handles, inexact, is_complex
from gradlaw.oracles.interpreter.source_lines import source_line
from gradlaw.oracles.interpreter.stepwise import truncated
from gradlaw.oracles.patience import Unsupported


def apply(reader: Reader, function: Elementary, dtype: str, *operands: Array) -> Array:
    """An elementary function of corresponding elements, rounded to ``dtype``."""
    return mapped(partial(reader.domain.apply, function, dtype), *operands)


def _read_elementary(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    result = equation.outvars[0].aval
    name = equation.primitive.name
    if not inexact(result.dtype):
        return [np.asarray(_INTEGER[name](*operands), dtype=result.dtype)]
    function = elementary(name)
    if function is None:  # registered from the same table
        raise KeyError(name)
    if is_complex(equation.outvars[0]) and not has_complex_formula(function):
        return estimated_results(reader, equation, operands)
    return [apply(reader, function, result.dtype.name, *operands)]


_INTEGER: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "add_any": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "neg": np.negative,
    "square": np.square,
    "div": bits.quotient,
    "one_minus_square": lambda x: 1 - np.square(x),
    "pow": bits.power,
}

_PLAIN = [
    "add",
    "add_any",
    "sub",
    "mul",
    "div",
    "neg",
    "square",
    "sqrt",
    "rsqrt",
    "exp",
    "log",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "asin",
    "acos",
    "atan",
    "asinh",
    "acosh",
    "atanh",
    "log1p",
    "expm1",
    "logistic",
    "erf",
    "erfc",
    "erf_inv",
    "exp2",
    "log2",
    "cbrt",
    "one_minus_square",
    "lgamma",
    "digamma",
    "polygamma",
    "zeta",
    "igamma",
    "igammac",
    "igamma_grad_a",
    "random_gamma_grad",
    "regularized_incomplete_beta",
    "bessel_i0e",
    "bessel_i1e",
]

for _name in _PLAIN:
    HANDLERS[_name] = _read_elementary


@handles("atan2")
def _angle(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """The angle of a point; on the negative half-axis the sign of a zero decides."""
    domain, dtype = reader.domain, equation.outvars[0].aval.dtype.name
    if is_complex(equation.outvars[0]):
        raise Unsupported(f"atan2 of complex numbers at {source_line(equation)}")
    zero = domain.constant(0.0, dtype, literal=False)

    def note_cut(up: Any, across: Any) -> None:
        on_it = domain.decide(up) == 0 or domain.overlap(up, zero)
        if on_it and (domain.decide(across) <= 0 or domain.overlap(across, zero)):
            domain.undecided.add("atan2")

    mapped(note_cut, *operands)
    return _read_elementary(reader, equation, operands)


@handles("integer_pow")
def _integer_pow(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    result, exponent = equation.outvars[0].aval, int(equation.params["y"])
    if not inexact(result.dtype):
        return [bits.power(operands[0], np.asarray(exponent, dtype=result.dtype))]
    return [apply(reader, integer_power(exponent), result.dtype.name, operands[0])]


@handles("pow")
def _pow(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """A power; an integer exponent is converted to the base's dtype first."""
    base, exponent = operands
    dtype = equation.outvars[0].aval.dtype
    if inexact(dtype) and exponent.dtype != object:
        operands = [base, reader.lift(exponent.astype(dtype))]
    return _read_elementary(reader, equation, operands)


@handles("polynomial")
def _polynomial(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Horner's rule, coefficients from the lowest degree up."""
    x, *coefficients = operands
    result = equation.outvars[0].aval
    value = coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        if inexact(result.dtype):
            product = apply(reader, named("mul"), result.dtype.name, value, x)
            value = apply(reader, named("add"), result.dtype.name, product, coefficient)
        else:
            value = value * x + coefficient
    return [value]


@handles("convert_element_type")
def _convert(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    source, target = equation.invars[0].aval.dtype, equation.params["new_dtype"]
    (operand,) = operands
    if not inexact(source):
        converted = operand.astype(target)
        return [reader.lift(converted) if inexact(target) else converted]
    if not inexact(target):
        return [truncated(reader, operand, target)]
    if source == target:
        return [operand]
    return [mapped(lambda s: reader.domain.convert(s, source.name, np.dtype(target).name), operand)]


@handles("abs", "sign")
def _by_sign(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """``|x|`` and ``sign x``: a branch decided by the concrete value."""
    (operand,), result = operands, equation.outvars[0].aval
    is_abs = equation.primitive.name == "abs"
    if not inexact(result.dtype):
        return [np.abs(operand) if is_abs else np.sign(operand)]
    if is_complex(equation.invars[0]):
        return [apply(reader, MODULUS if is_abs else SIGN, result.dtype.name, operand)]
    dtype, domain = result.dtype.name, reader.domain
    negation = elementary("neg")
    assert negation is not None

    zero = domain.constant(0.0, dtype, literal=False)

    def branch(scalar: Any) -> Any:
        sign = float(np.sign(domain.decide(scalar)))
        if not is_abs:
            if domain.overlap(scalar, zero):
                domain.undecided.add("sign")
            return domain.constant(sign, dtype, literal=False)
        if sign == 0 or domain.overlap(scalar, zero):
            pair = scalar, domain.apply(negation, dtype, scalar)
            return domain.extremum(pair, dtype, larger=True)
        return domain.apply(negation, dtype, scalar) if sign < 0 else scalar

    return [mapped(branch, operand)]


@handles("max", "min")
def _extremum(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    result = equation.outvars[0].aval
    larger = equation.primitive.name == "max"
    if not inexact(result.dtype):
        return [(np.maximum if larger else np.minimum)(*operands)]
    choose = partial(reader.domain.extremum, dtype=result.dtype.name, larger=larger)
    return [mapped(lambda *pair: choose(pair), *operands)]


@handles("clamp")
def _clamp(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    (lower, operand, upper), result = operands, equation.outvars[0].aval
    if not inexact(result.dtype):
        return [np.minimum(np.maximum(operand, lower), upper)]
    choose = partial(reader.domain.extremum, dtype=result.dtype.name)

    def clamped(low: Any, scalar: Any, high: Any) -> Any:
        return choose((choose((scalar, low), larger=True), high), larger=False)

    return [mapped(clamped, lower, operand, upper)]


@handles("stop_gradient")
def _stop_gradient(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    (operand,) = operands
    return [mapped(reader.domain.stopped, operand) if operand.dtype == object else operand]


@handles("copy", "copy_p", "device_put", "optimization_barrier", "pvary")
def _same(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    return operands
