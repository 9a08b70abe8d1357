"""Linear systems given by a matrix-vector product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from gradlaw.oracles.domains.nodes import vanishes
from gradlaw.oracles.interpreter.arrays import Array, in_shapes
from gradlaw.oracles.interpreter.probing import flattened, matrix_of
from gradlaw.oracles.interpreter.ranges import joins
from gradlaw.oracles.interpreter.reading import Reader, Unsupported, handles, inexact, is_complex
from gradlaw.oracles.linear_algebra.systems import DefiniteSolution, Solution


@handles("custom_linear_solve")
def _custom_linear_solve(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """The meaning that JAX documents, ``matvec(x) = b``; of the solver, what it has besides alone.

    Where it is plain elimination, as in ``jnp.linalg.solve``, its backward error is known.

    Source: JAX documentation, ``jax.lax.custom_linear_solve``.
    """
    lengths, programs = equation.params["const_lengths"], equation.params["jaxprs"]
    matvec = programs.matvec
    constants = operands[: lengths.matvec]
    right = operands[sum(lengths) :]
    if any(operand.dtype != object for operand in right) or not right:
        message = f"custom_linear_solve on other than floats: {equation}"
        raise Unsupported(message)
    dtype = equation.outvars[0].aval.dtype
    if not inexact(dtype):
        message = f"custom_linear_solve in {dtype}"
        raise Unsupported(message)
    shapes, flat = tuple(operand.shape for operand in right), flattened(right)
    reader.expect(equation, len(flat) ** 2)
    rows = matrix_of(reader, matvec, constants, shapes, dtype.name)
    zero = reader.domain.constant(0.0, dtype.name, literal=False)
    method = _method(programs.solve)
    if method is DefiniteSolution and is_complex(equation.outvars[0]):
        method = None
    solution: list[Any] = [None] * len(flat)
    systems = _systems(shapes)
    if method is None and not _are_finite(reader, rows):
        systems = [0] * len(flat)  # one norm may end an iteration for all systems
    for block in _blocks(rows, systems):
        matrix = [[rows[i].get(j, zero) for j in block] for i in block]
        known = [flat[i] for i in block]
        if method is not None:
            if method is DefiniteSolution and joins(reader):
                matrix = _of_one_triangle(reader, matrix)
            entries = [entry for row in matrix for entry in row]
            kind = method(size=len(block))
            solved = reader.domain.factor(kind, [*entries, *known], dtype.name)
        else:
            solved = reader.domain.solve(matrix, known, dtype.name)
        for place, scalar in zip(block, solved, strict=True):
            solution[place] = scalar
    found = in_shapes(solution, shapes)
    if len(equation.outvars) == len(found):
        return found
    start = lengths.matvec + lengths.vecmat
    solver = [*operands[start : start + lengths.solve], *right]
    return [*found, *reader.read(programs.solve, solver)[len(found) :]]


_CALLS = frozenset({"jit", "pjit", "closed_call", "core_call", "custom_jvp_call"})
_MOVEMENT = frozenset(
    {
        "add",
        "broadcast_in_dim",
        "concatenate",
        "copy",
        "expand_dims",
        "gather",
        "iota",
        "lt",
        "reshape",
        "select_n",
        "slice",
        "sort",
        "squeeze",
        "transpose",
    }
)
"""What may stand around triangular systems without changing a number: additions are of indices."""


def _of_one_triangle(reader: Reader, matrix: list[list[Any]]) -> list[list[Any]]:
    """A matrix of which only one triangle is read: whichever that is."""
    domain, places = cast("Any", reader.domain), range(len(matrix))
    return [[domain.hull((matrix[i][j], matrix[j][i])) for j in places] for i in places]


def _method(program: Any) -> type[Solution] | None:
    """How a solver solves that is two triangular systems, and numbers moved around."""
    systems: set[tuple[bool, bool]] = set()
    if not _moves_or_eliminates(program, systems):
        return None
    units = {unit for unit, _ in systems}
    if units == {True, False}:
        return Solution
    return DefiniteSolution if systems == {(False, True), (False, False)} else None


def _moves_or_eliminates(program: Any, systems: set[tuple[bool, bool]]) -> bool:
    for equation in getattr(program, "jaxpr", program).eqns:
        name, params = equation.primitive.name, equation.params
        if name == "triangular_solve":
            systems.add((bool(params["unit_diagonal"]), bool(params["transpose_a"])))
        elif name in _CALLS:
            inner = params["jaxpr"] if "jaxpr" in params else params["call_jaxpr"]
            if not _moves_or_eliminates(inner, systems):
                return False
        elif name not in _MOVEMENT or (name == "add" and inexact(equation.outvars[0].aval.dtype)):
            return False
    return True


def _systems(shapes: Sequence[tuple[int, ...]]) -> list[int]:
    """For each unknown the system it must belong to: a batch has one along its last axis.

    A solver bounds its error by the norm of a whole system, whatever its zeros decouple.
    """
    size = sum(int(np.prod(shape)) for shape in shapes)
    if len(shapes) > 1 or len(shapes[0]) < 2:
        return [0] * size
    return [place // shapes[0][-1] for place in range(size)]


def _are_finite(reader: Reader, rows: list[dict[int, Any]]) -> bool:
    entries = (entry for row in rows for entry in row.values())
    return all(reader.domain.magnitude(entry).is_finite() for entry in entries)


def _blocks(rows: list[dict[int, Any]], systems: list[int]) -> list[list[int]]:
    """Groups of unknowns: those of one system, and of systems that some entry couples."""
    group = list(systems)
    for i, row in enumerate(rows):
        for j, entry in row.items():
            if group[i] != group[j] and not vanishes(entry):
                old, new = group[j], group[i]
                group = [new if g == old else g for g in group]
    found: dict[int, list[int]] = {}
    for place, name in enumerate(group):
        found.setdefault(name, []).append(place)
    return list(found.values())
