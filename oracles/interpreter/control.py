"""Control flow: branches and trip counts go by concrete values."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array
from gradlaw.oracles.interpreter.integers import decided
from gradlaw.oracles.interpreter.reading import Reader, handles


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
    constants = operands[: params["num_consts"]]
    carry = operands[params["num_consts"] : params["num_consts"] + params["num_carry"]]
    scanned = operands[params["num_consts"] + params["num_carry"] :]
    steps = range(params["length"])
    slices: list[list[Array]] = []
    for step in reversed(steps) if params["reverse"] else steps:
        results = reader.read(
            params["jaxpr"],
            [
                *constants,
                *carry,
                *(np.asarray(x[step]) if x.ndim == 1 else x[step] for x in scanned),
            ],
        )
        carry = results[: params["num_carry"]]
        slices.append(results[params["num_carry"] :])
    if params["reverse"]:
        slices.reverse()
    outputs = equation.outvars[params["num_carry"] :]
    stacked = []
    for position, output in enumerate(outputs):
        array = np.empty(output.aval.shape, dtype=slices[0][position].dtype if slices else object)
        for step, results in enumerate(slices):
            array[step, ...] = results[position]
        stacked.append(array)
    return [*carry, *stacked]
