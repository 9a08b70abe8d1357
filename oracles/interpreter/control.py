"""Control flow: branches and trip counts go by concrete values."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array
from gradlaw.oracles.interpreter.integers import decided
from gradlaw.oracles.interpreter.reading import Reader, handles, inexact


@handles("cond")
def _cond(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    index, *arguments = operands
    branches = equation.params["branches"]
    chosen = min(max(int(decided(reader, index)), 0), len(branches) - 1)
    return reader.read(branches[chosen], arguments)


@handles("while")
def _while(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    params = equation.params
    split = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]
    of_condition, of_body, carry = (
        operands[: split[0]],
        operands[split[0] : split[1]],
        operands[split[1] :],
    )
    while bool(decided(reader, reader.read(params["cond_jaxpr"], [*of_condition, *carry])[0])):
        carry = reader.read(params["body_jaxpr"], [*of_body, *carry])
    return carry


@handles("scan")
def _scan(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    params = equation.params
    constant_count, carry_count = _scan_counts(params)
    constants = operands[:constant_count]
    carry = operands[constant_count : constant_count + carry_count]
    scanned = operands[constant_count + carry_count :]
    steps = range(params["length"])
    slices: list[list[Array]] = []
    for step in reversed(steps) if params["reverse"] else steps:
        results = reader.read(
            params["jaxpr"],
            [*constants, *carry, *(x[step, ...] for x in scanned)],
        )
        carry = results[:carry_count]
        slices.append(results[carry_count:])
    if params["reverse"]:
        slices.reverse()
    outputs = equation.outvars[carry_count:]
    stacked = []
    for position, output in enumerate(outputs):
        array = np.empty(output.aval.shape, dtype=_kept_as(output.aval.dtype, slices, position))
        for step, results in enumerate(slices):
            array[step, ...] = results[position]
        stacked.append(array)
    return [*carry, *stacked]


def _kept_as(dtype: Any, slices: list[list[Array]], position: int) -> Any:
    if slices:
        return slices[0][position].dtype
    return dtype if isinstance(dtype, np.dtype) and not inexact(dtype) else object


def _scan_counts(params: Any) -> tuple[int, int]:
    """How many operands are constants, and how many are carried."""
    if "num_consts" in params:
        return int(params["num_consts"]), int(params["num_carry"])
    # From 0.12 on JAX keeps the three groups of operands as a tree.
    constants, carry, _ = params["ft_in"].unpack()
    return len(list(constants)), len(list(carry))
