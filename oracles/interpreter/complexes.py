"""Complex numbers taken apart and put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradlaw.oracles.domains.cartesian import REAL_OF
from gradlaw.oracles.domains.complex_parts import Complex
from gradlaw.oracles.elementary import named
from gradlaw.oracles.interpreter.arrays import Array, object_array
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
