"""Combining many elements into one, by a named operation or by a scalar program."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array, alone
from gradlaw.oracles.interpreter.reading import Reader

NEUTRAL = {"add": 0.0, "mul": 1.0, "max": -math.inf, "min": math.inf}
"""What an empty combination is."""

INTEGER: dict[str, Callable[..., Any]] = {
    "add": np.add.reduce,
    "mul": np.multiply.reduce,
    "max": np.maximum.reduce,
    "min": np.minimum.reduce,
    "and": np.bitwise_and.reduce,
    "or": np.bitwise_or.reduce,
    "xor": np.bitwise_xor.reduce,
}
"""The same of integers or booleans, as NumPy's reductions."""


def combined(reader: Reader, kind: str, scalars: Sequence[Any], dtype: str) -> Any:
    """Inexact scalars added, multiplied or compared, in any order."""
    if not scalars:
        return reader.domain.constant(NEUTRAL[kind], dtype, literal=False)
    if kind == "add":
        return reader.domain.sum(scalars, dtype)
    if kind == "mul":
        return reader.domain.product(scalars, dtype)
    return reader.domain.extremum(scalars, dtype, larger=kind == "max")


def neutral(kind: str, dtype: Any) -> Any:
    """The integer or boolean that leaves every other as it is."""
    if np.dtype(dtype) == bool:
        return np.bool_(kind in {"mul", "min", "and"})
    limits = np.iinfo(dtype)
    values = {"max": limits.min, "min": limits.max, "mul": 1, "and": -1 if limits.min else 0}
    if kind == "and" and not limits.min:
        return dtype.type(limits.max)
    return np.asarray(values.get(kind, 0), dtype=dtype)[()]


def known_monoid(program: Any) -> str | None:
    """The operation that a scalar program of two operands is, if it is one of those above."""
    open_program = getattr(program, "jaxpr", program)
    if len(open_program.eqns) != 1 or len(open_program.invars) != 2:
        return None
    (equation,) = open_program.eqns
    same = set(map(id, equation.invars)) == set(map(id, open_program.invars))
    returned = open_program.outvars[0] is equation.outvars[0]
    name = str(equation.primitive.name)
    return name if same and returned and name in INTEGER else None


def folded(
    reader: Reader,
    program: Any,
    constants: Sequence[Array],
    columns: Sequence[Sequence[Any]],
    dtypes: Sequence[Any],
) -> list[Any]:
    """Scalars combined one after the other by a scalar program, beginning with the first.

    Args:
        reader: that reads it.
        program: open or closed, of two operands for each column.
        constants: of an open program.
        columns: for each operand of the reduction its elements, the initial value first.
        dtypes: of the arrays that these are from.
    """
    total = [alone(column[0], dtype) for column, dtype in zip(columns, dtypes, strict=True)]
    for elements in zip(*(column[1:] for column in columns), strict=True):
        arguments = [*total, *map(alone, elements, dtypes)]
        if hasattr(program, "consts"):
            total = reader.read(program, arguments)
        else:
            total = reader.read_open(program, constants, arguments)
    return [array[()] for array in total]
