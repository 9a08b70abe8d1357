"""Collectives on one process: over axes of size 1, each is the identity or a change of shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array
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
    """On one device the program itself.

    Source: JAX documentation, ``jax.shard_map``.
    """
    size = int(equation.params["mesh"].size)
    if size != 1:
        _refuse(equation, size)
    with _single(reader, equation.params["mesh"].axis_names):
        return reader.read_open(equation.params["jaxpr"], [], operands)


@handles("xla_pmap")
def _pmap(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """On one device the program without the mapped axis; until JAX 0.7 a primitive of its own."""
    params = equation.params
    if params["axis_size"] != 1:
        _refuse(equation, params["axis_size"])
    inner = [
        operand if axis is None else np.squeeze(operand, axis)
        for operand, axis in zip(operands, params["in_axes"], strict=True)
    ]
    with _single(reader, [params["axis_name"]]):
        results = reader.read_open(params["call_jaxpr"], [], inner)
    return [
        result if axis is None else np.expand_dims(result, axis)
        for result, axis in zip(results, params["out_axes"], strict=True)
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
