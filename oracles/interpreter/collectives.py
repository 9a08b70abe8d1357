"""Programs of meshes, and collectives over axes of size 1: the identity or a change of shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array
from gradlaw.oracles.interpreter.meshes import Devices, Dimensions, Each, read_in_step, refuse
from gradlaw.oracles.interpreter.reading import Reader, Unsupported, handles
from gradlaw.oracles.interpreter.reductions import reduced
from gradlaw.oracles.interpreter.source_lines import source_line


def _refuse(equation: Any, size: Any) -> None:
    name, line = equation.primitive.name, source_line(equation)
    message = f"{name} at {line} runs on {size} devices: only one is read"
    raise Unsupported(message)


@contextmanager
def _single(reader: Reader, names: Iterable[Any]) -> Iterator[None]:
    """A context in which these axes are bound, and of size 1."""
    outside = reader.single_axes
    reader.single_axes = outside | frozenset(names)
    try:
        yield
    finally:
        reader.single_axes = outside


def _positions(reader: Reader, equation: Any) -> tuple[int, ...]:
    """The positions among a collective's axes; the names must be of axes of size 1.

    Raises:
        Unsupported: where a named axis is larger, or nothing in the program binds it.
    """
    axes = equation.params.get("axes", equation.params.get("axis_name"))
    listed = axes if isinstance(axes, tuple | list) else (axes,)
    positions = tuple(axis for axis in listed if isinstance(axis, int))
    if set(listed) - set(positions) - reader.single_axes:
        _refuse(equation, equation.params.get("axis_size", "other"))
    return positions


@handles("shard_map")
def _shard_map(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """The program on each device's part; on one device the program itself.

    Source: JAX documentation, ``jax.shard_map``.
    """
    params, mesh = equation.params, equation.params["mesh"]
    if int(mesh.size) == 1:
        with _single(reader, mesh.axis_names):
            return reader.read_open(params["jaxpr"], [], operands)
    into = _dimensions(params, "in", [atom.aval.ndim for atom in equation.invars])
    out = _dimensions(params, "out", [variable.aval.ndim for variable in equation.outvars])
    devices = Devices(sizes=dict(mesh.shape))
    parts = [devices.parts(*pair) for pair in zip(operands, into, strict=True)]
    results = _in_step(reader, equation, devices, params["jaxpr"], parts)
    return [devices.whole(*pair) for pair in zip(results, out, strict=True)]


def _dimensions(params: Any, direction: str, ranks: list[int]) -> list[Dimensions]:
    """How arrays are split; said by names of axes until JAX 0.5, and by specs from 0.6 on."""
    told = params.get(f"{direction}_names")
    if told is not None:
        return [
            tuple(tuple(names.get(axis, ())) for axis in range(rank))
            for names, rank in zip(told, ranks, strict=True)
        ]
    return [
        tuple(
            () if names is None else names if isinstance(names, tuple) else (names,)
            for names in (*spec, *(None,) * (rank - len(spec)))
        )
        for spec, rank in zip(params[f"{direction}_specs"], ranks, strict=True)
    ]


def _in_step(
    reader: Reader, equation: Any, devices: Devices, jaxpr: Any, parts: list[Each]
) -> list[Each]:
    """The results of a program that several devices run."""
    if any(map(reader.ranges.any_of, parts)) or reader.in_step:
        raise refuse(equation, "has integers that rounding may decide, or is in another one")
    reader.in_step = True
    try:
        results = read_in_step(reader, devices, jaxpr, [], parts)
    finally:
        reader.in_step = False
    if any(map(reader.ranges.any_of, results)):
        raise refuse(equation, "gives integers that rounding may decide")
    return results


@handles("xla_pmap")
def _pmap(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """The program without the mapped axis; until JAX 0.7 a primitive of its own."""
    params, size = equation.params, equation.params["axis_size"]
    parts = [
        [operand] * size
        if axis is None
        else [np.squeeze(part, axis) for part in np.split(operand, size, axis)]
        for operand, axis in zip(operands, params["in_axes"], strict=True)
    ]
    program = params["call_jaxpr"]
    if size == 1:
        with _single(reader, [params["axis_name"]]):
            alone = reader.read_open(program, [], [part[0] for part in parts])
        results = [[result] for result in alone]
    else:
        devices = Devices(sizes={params["axis_name"]: size})
        results = _in_step(reader, equation, devices, program, parts)
    return [
        held[0] if axis is None else np.stack(held, axis)
        for held, axis in zip(results, params["out_axes"], strict=True)
    ]


_REDUCTIONS = {"psum": "add", "pmax": "max", "pmin": "min"}


@handles("psum", "psum2", "psum_invariant", "pmax", "pmin")
def _reduction(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """A reduction over the axes that ``vmap`` has given a position; the others have size 1."""
    positions, kind = _positions(reader, equation), _REDUCTIONS[equation.primitive.name[:4]]
    if not positions:
        return operands
    dtypes = [variable.aval.dtype for variable in equation.outvars]
    return [
        reduced(reader, operand, positions, kind=kind, dtype=dtype)
        for operand, dtype in zip(operands, dtypes, strict=True)
    ]


@handles(
    "unreduced_psum",
    "unreduced_pmax",
    "unreduced_pmin",
    "all_gather",
    "all_gather_invariant",
    "all_gather_reduced",
    "all_to_all",
    "reduce_scatter",
    "unreduced_reduce_scatter",
    "pbroadcast",
    "pbroadcast_dynamic",
)
def _over_one(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """What one device holds, in the result's shape: a new axis has size 1."""
    if _positions(reader, equation):
        _refuse(equation, "batched")
    outputs = equation.outvars
    return [o.reshape(v.aval.shape) for o, v in zip(operands, outputs, strict=False)]


@handles(
    "pvary",
    "pcast",
    "preduced",
    "vary_unreduced_cast",
    "vary_unreduced_cast_p",
    "reduced_vary_cast",
    "reduced_vary_cast_p",
)
def _same(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    """On which devices values differ is not their value."""
    return operands


@handles("ppermute")
def _ppermute(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """What the device sends to itself; zeros where nothing is sent to it."""
    operand, result = operands[0], equation.outvars[0].aval
    _positions(reader, equation)
    if any(tuple(pair) == (0, 0) for pair in equation.params["perm"]):
        return [operand]
    return [reader.lift(np.zeros(result.shape, dtype=result.dtype))]


@handles("axis_index")
def _axis_index(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    _positions(reader, equation)
    return [np.zeros((), dtype=equation.outvars[0].aval.dtype)]
