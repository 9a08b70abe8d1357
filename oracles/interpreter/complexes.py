"""Complex numbers taken apart and put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from flint import acb, arb

from gradlaw.oracles.domains.cartesian import REAL_OF
from gradlaw.oracles.domains.complex_balls import parts_of
from gradlaw.oracles.domains.complex_parts import Complex
from gradlaw.oracles.elementary import named
from gradlaw.oracles.interpreter.arrays import Array, mapped, object_array
from gradlaw.oracles.interpreter.elementwise import apply
from gradlaw.oracles.interpreter.reading import Reader, handles, is_complex


def regrouped(function: Callable[..., Any], *arrays: Array) -> Array:
    """Corresponding elements regrouped without a computation, once for the very same objects.

    Unlike results of a computation, a part keeps its own count of the elements that share it.
    """
    shape = np.broadcast_shapes(*(array.shape for array in arrays))
    columns = [np.broadcast_to(array, shape).reshape(-1) for array in arrays]
    found: dict[tuple[int, ...], Any] = {}

    def shared(*scalars: Any) -> Any:
        key = tuple(map(id, scalars))
        if key not in found:
            found[key] = function(*scalars)
        return found[key]

    return object_array(map(shared, *columns), shape)


def real_parts(operand: Array) -> Array:
    """The real parts."""
    return regrouped(lambda z: z.real, operand)


def imaginary_parts(operand: Array) -> Array:
    """The imaginary parts."""
    return regrouped(lambda z: z.imag, operand)


def scalars_of(numbers: Any) -> Any:
    """An array of real or complex balls as one of a domain's scalars."""
    if not any(isinstance(number, acb) for number in numbers.reshape(-1)):
        return numbers
    return mapped(lambda number: Complex(*parts_of(number)), numbers)


def in_parts(numbers: Any) -> Any:
    """An array of complex numbers as one of their parts, along a new last axis.

    Args:
        numbers: an object array of complex balls or of a domain's complex scalars; a real one
            among them has the imaginary part 0.
    """
    result = np.empty((*numbers.shape, 2), dtype=object)
    for place in np.ndindex(numbers.shape):
        parts = parts_of(numbers[place])
        result[place] = (parts[0], parts[1] if len(parts) > 1 else arb(0))
    return result


def bounded_in_parts(numbers: Any) -> Any:
    """As :func:`in_parts`, of what rounding may return: where one part has no bound, neither has.

    Of a number whose modulus overflows nothing is certain: scaled by 1 + 0i it has a NaN.

    Source: ISO/IEC 9899:2018, annex G.3: a complex number with an infinite part is an infinity,
        whatever the other part is.
    """
    result = in_parts(numbers)
    for place in np.ndindex(numbers.shape):
        if not all(part.is_finite() for part in result[place]):
            result[place] = arb("nan")
    return result


@handles("real")
def _real(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    return [real_parts(operands[0])]


@handles("imag")
def _imag(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    return [imaginary_parts(operands[0])]


@handles("complex")
def _complex(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    return [regrouped(Complex, *operands)]


@handles("conj")
def _conj(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """The conjugate; of a real number the same number, as a complex one.

    Source: JAX, ``lax.conj``.
    """
    (operand,), dtype = operands, REAL_OF[equation.outvars[0].aval.dtype.name]
    if not is_complex(equation.invars[0]):
        zero = reader.lift(np.zeros((), dtype=dtype))
        return [regrouped(Complex, operand, zero)]
    opposite = apply(reader, named("neg"), dtype, imaginary_parts(operand))
    return [regrouped(Complex, real_parts(operand), opposite)]
