"""Scatters: updates that meet at one element are combined there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array, alone
from gradlaw.oracles.interpreter.elementwise import apply
from gradlaw.oracles.interpreter.indexing import flat_places, mode_name
from gradlaw.oracles.interpreter.integers import differ
from gradlaw.oracles.interpreter.monoids import combined
from gradlaw.oracles.interpreter.reading import Reader, handles, inexact

_INTEGER: dict[str, Callable[..., Any]] = {
    "add": np.add.at,
    "sub": np.subtract.at,
    "mul": np.multiply.at,
    "min": np.minimum.at,
    "max": np.maximum.at,
}


def _updated(equation: Any, operands: list[Array]) -> tuple[Array, Array]:
    """The places in the flattened operand that are updated, and their updates, in order."""
    operand, starts, updates = operands
    numbers = equation.params["dimension_numbers"]
    batching = tuple(numbers.operand_batching_dims)
    inserted = {*numbers.inserted_window_dims, *batching}
    windowed = [axis for axis in range(operand.ndim) if axis not in inserted]
    sizes = dict.fromkeys(range(operand.ndim), 1)
    for axis, own in zip(windowed, numbers.update_window_dims, strict=True):
        sizes[axis] = updates.shape[own]
    mode = mode_name(equation)
    place, valid = flat_places(
        operand.shape,
        tuple(sizes.values()),
        [
            numbers.update_window_dims,
            windowed,
            [axis for axis in range(updates.ndim) if axis not in numbers.update_window_dims],
            numbers.scatter_dims_to_operand_dims,
            batching,
            numbers.scatter_indices_batching_dims,
        ],
        starts,
        mode=mode if mode == "CLIP" else "FILL_OR_DROP",
        result=updates.shape,
    )
    return place[valid], updates[valid]


def by_place(places: Array) -> dict[int, list[int]]:
    """For each updated place the positions of its updates, in order."""
    found: dict[int, list[int]] = {}
    for position, place in enumerate(places.tolist()):
        found.setdefault(place, []).append(position)
    return found


@handles(
    "scatter-add", "scatter_add", "scatter-sub", "scatter_sub", "scatter-mul", "scatter_mul",
    "scatter-min", "scatter_min", "scatter-max", "scatter_max",
)  # fmt: skip
def _scatter_combining(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """An element and all its updates are combined in any order."""
    operand, dtype = operands[0], equation.outvars[0].aval.dtype
    kind: str = equation.primitive.name[len("scatter-") :]
    places, updates = _updated(equation, operands)
    result = operand.reshape(-1).copy()
    if not inexact(dtype):
        if result.dtype == bool:
            of_booleans = {"add": "max", "mul": "min"}
            kind = of_booleans.get(kind, kind)
        _INTEGER[kind](result, places, updates)
        return [result.reshape(operand.shape)]
    if kind == "sub":
        from gradlaw.oracles.elementary import named

        kind, updates = "add", apply(reader, named("neg"), dtype.name, updates)
    name = dtype.name
    for place, positions in by_place(places).items():
        scalars = [result[place], *(updates[position] for position in positions)]
        result[place] = combined(reader, kind, scalars, name)
    return [result.reshape(operand.shape)]


@handles("scatter")
def _scatter(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Updates replace elements; or, where a program says so, a function does.

    Which of several updates remains is the backend's choice: here the last.
    """
    operand = operands[0]
    places, updates = _updated(equation, operands)
    result = operand.reshape(-1).copy()
    program = equation.params["update_jaxpr"]
    if program is not None and (program.eqns or program.outvars[0] is not program.invars[1]):
        return [_applied(reader, equation, result, (places, updates)).reshape(operand.shape)]
    for place, positions in by_place(places).items():
        winner = updates[positions[-1]]
        if len(positions) > 1 and any(differ(reader, updates[p], winner) for p in positions):
            reader.domain.undecided.add("scatter")
        result[place] = winner
    return [result.reshape(operand.shape)]


def _applied(reader: Reader, equation: Any, result: Array, updated: tuple[Array, Array]) -> Array:
    """Each updated element after the update's own scalar program, once for each update.

    In which order updates of one element come is the backend's choice.
    """
    for positions in by_place(updated[0]).values():
        if any(differ(reader, updated[1][p], updated[1][positions[0]]) for p in positions[1:]):
            reader.domain.undecided.add("scatter")
    program, constants = equation.params["update_jaxpr"], equation.params["update_consts"]
    lifted = [reader.lift(constant, literal=True) for constant in constants]
    for place, update in zip(updated[0].tolist(), updated[1], strict=True):
        pair = [alone(result[place], result.dtype), alone(update, result.dtype)]
        result[place] = reader.read_open(program, lifted, pair)[0].item()
    return result
