"""The matrix of a linear program, by as few products as its zeros allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from gradlaw.oracles.domains.complex_parts import Complex
from gradlaw.oracles.domains.reach import Reach
from gradlaw.oracles.interpreter.arrays import Array, in_shapes, object_array
from gradlaw.oracles.interpreter.reading import Reader, TooLarge, Unsupported, is_complex

Shapes = tuple[tuple[int, ...], ...]

Set = int
"""Of unknowns, as the bits of an integer."""


def matrix_of(
    reader: Reader, program: Any, constants: Sequence[Array], shapes: Shapes, dtype: str
) -> list[dict[int, Any]]:
    """The rows of the matrix of a linear program, without what is zero by the program's structure.

    Columns that no row has two of are found by one product.

    Args:
        reader: of the domain that the entries are of.
        program: a ``ClosedJaxpr``, linear in its last operands.
        constants: its first operands.
        shapes: of those that it is linear in.
        dtype: of the entries.

    Returns:
        For each row its entries, by column.

    Source: A. R. Curtis, M. J. D. Powell and J. K. Reid, On the Estimation of Sparse Jacobian
    Matrices, IMA J. Appl. Math. 13 (1974).
    """
    size = sum(int(np.prod(shape)) for shape in shapes)
    reached = _reached(program, constants, shapes)
    if reached is None:
        reached = [2**size - 1] * size
    zero, one = (reader.domain.constant(number, dtype, literal=False) for number in (0.0, 1.0))
    rows: list[dict[int, Any]] = [{} for _ in range(size)]
    for columns in _apart(reached):
        vector = [one if columns >> place & 1 else zero for place in range(size)]
        product = flattened(reader.read(program, [*constants, *in_shapes(vector, shapes)]))
        for row, entry, reaching in zip(rows, product, reached, strict=True):
            if column := reaching & columns:
                row[column.bit_length() - 1] = entry
    return rows


def flattened(arrays: Iterable[Array]) -> list[Any]:
    """All scalars of some arrays, one array after the other."""
    return [scalar for array in arrays for scalar in array.reshape(-1)]


def _apart(reached: Sequence[Set]) -> list[Set]:
    """All columns, in sets of which no row has two: each in the first that takes it."""
    beside = [0] * len(reached)
    for columns in set(reached):
        for column in _members(columns):
            beside[column] |= columns
    groups: list[Set] = []
    for column, others in enumerate(beside):
        place = next((p for p, group in enumerate(groups) if not group & others), len(groups))
        if place == len(groups):
            groups.append(0)
        groups[place] |= 1 << column
    return groups


def _members(columns: Set) -> Iterator[int]:
    while columns:
        yield columns.bit_length() - 1
        columns ^= 1 << columns.bit_length() - 1


def _reached(program: Any, constants: Sequence[Array], shapes: Shapes) -> list[Set] | None:
    """For each row the columns that it may have; None where that cannot be told."""
    if any(constant.dtype != object for constant in constants):
        return None  # it may say where numbers go
    return _found(program, tuple(constant.shape for constant in constants), shapes)


@lru_cache(maxsize=256)
def _found(program: Any, constants: Shapes, shapes: Shapes) -> list[Set] | None:
    size = sum(int(np.prod(shape)) for shape in shapes)
    inputs = [np.zeros(shape, dtype=object) for shape in constants]
    inputs += in_shapes([1 << place for place in range(size)], shapes)
    arguments = [
        _complex(array) if is_complex(variable) else array
        for variable, array in zip(program.jaxpr.invars, inputs, strict=True)
    ]
    reach = Reach()
    try:
        results = Reader(reach).read(program, arguments)
    except TooLarge:  # patience may end here, and what is remembered is for good
        raise
    except Unsupported:
        return None
    if reach.undecided:
        return None
    return [_either(scalar) for scalar in flattened(results)]


def _complex(array: Array) -> Array:
    return object_array((Complex(scalar, scalar) for scalar in array.reshape(-1)), array.shape)


def _either(scalar: Any) -> Set:
    return scalar.real | scalar.imag if isinstance(scalar, Complex) else int(scalar)
