"""Collectives on several devices: what each gets of what the others hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array
from gradlaw.oracles.interpreter.meshes import (
    COLLECTIVES,
    Collective,
    Devices,
    Each,
    refuse,
)
from gradlaw.oracles.interpreter.reading import Reader
from gradlaw.oracles.interpreter.reductions import reduced

Exchange = Callable[[list[Array]], list[Array]]
"""What the devices of a group hold, in order, to what they get, in order."""


def communicates(*primitives: str) -> Callable[[Collective], Collective]:
    """Register what reads a collective under the names of its primitives."""

    def register(collective: Collective) -> Collective:
        COLLECTIVES.update(dict.fromkeys(primitives, collective))
        return collective

    return register


def _names(devices: Devices, equation: Any) -> tuple[Any, ...]:
    """The mesh axes of a collective.

    Raises:
        Unsupported: where it groups devices otherwise, or names an axis of another mesh.
    """
    params = equation.params
    if params.get("axis_index_groups") is not None:
        raise refuse(equation, "groups devices by axis_index_groups: that is not read")
    axes = params.get("axes", params.get("axis_name"))
    names = tuple(axes) if isinstance(axes, tuple | list) else (axes,)
    if strangers := [n for n in names if not isinstance(n, int) and n not in devices.sizes]:
        raise refuse(equation, f"is over {strangers}, which no mesh being read has")
    return tuple(name for name in names if not isinstance(name, int))


def _positions(equation: Any) -> tuple[int, ...]:
    """The axes of the arrays themselves, which ``vmap`` gives a reduction."""
    return tuple(axis for axis in equation.params.get("axes", ()) if isinstance(axis, int))


def exchanged(devices: Devices, names: tuple[Any, ...], held: Each, exchange: Exchange) -> Each:
    """What each device gets where an exchange goes on in every group along some axes."""
    results: dict[int, Array] = {}
    for device in range(len(held)):
        if device not in results:
            group = devices.group(device, names)
            results.update(zip(group, exchange([held[peer] for peer in group]), strict=True))
    return [results[device] for device in range(len(held))]


_KINDS = {"psum": "add", "pmax": "max", "pmin": "min"}


@communicates("psum", "psum2", "psum_invariant", "pmax", "pmin")
def _reduction(reader: Reader, devices: Devices, equation: Any, operands: list[Each]) -> list[Each]:
    """All parts reduced, in any order.

    Source: JAX documentation, ``jax.lax.psum``, which says nothing of the order.
    """
    names, positions = _names(devices, equation), _positions(equation)
    kind = _KINDS[equation.primitive.name[:4]]

    def reduction(dtype: Any) -> Exchange:
        def exchange(group: list[Array]) -> list[Array]:
            axes = (0, *(axis + 1 for axis in positions))
            result = reduced(reader, np.stack(group), axes, kind=kind, dtype=dtype)
            return [result] * len(group)

        return exchange

    return [
        exchanged(devices, names, held, reduction(variable.aval.dtype))
        for held, variable in zip(operands, equation.outvars, strict=True)
    ]


@communicates("all_gather", "all_gather_invariant", "all_gather_reduced")
def _all_gather(
    reader: Reader,  # noqa: ARG001
    devices: Devices,
    equation: Any,
    operands: list[Each],
) -> list[Each]:
    names, axis = _names(devices, equation), equation.params["all_gather_dimension"]
    join = np.concatenate if equation.params["tiled"] else np.stack

    def exchange(group: list[Array]) -> list[Array]:
        return [join(group, axis)] * len(group)

    return [exchanged(devices, names, held, exchange) for held in operands]


@communicates("reduce_scatter")
def _reduce_scatter(
    reader: Reader, devices: Devices, equation: Any, operands: list[Each]
) -> list[Each]:
    names, params = _names(devices, equation), equation.params
    axis, dtype = params["scatter_dimension"], equation.outvars[0].aval.dtype

    def exchange(group: list[Array]) -> list[Array]:
        total = reduced(reader, np.stack(group), (0,), kind="add", dtype=dtype)
        parts = np.split(total, len(group), axis)
        return parts if params["tiled"] else [part.squeeze(axis) for part in parts]

    return [exchanged(devices, names, held, exchange) for held in operands]


@communicates("all_to_all")
def _all_to_all(
    reader: Reader,  # noqa: ARG001
    devices: Devices,
    equation: Any,
    operands: list[Each],
) -> list[Each]:
    """Each device's n-th part goes to the n-th device.

    Source: JAX documentation, ``jax.lax.all_to_all``.
    """
    names, params = _names(devices, equation), equation.params
    split, into, tiled = params["split_axis"], params["concat_axis"], params.get("tiled", False)

    def exchange(group: list[Array]) -> list[Array]:
        parts = [np.split(held, len(group), split) for held in group]
        if tiled:
            return [np.concatenate(to, into) for to in zip(*parts, strict=True)]
        return [
            np.stack([part.squeeze(split) for part in to], into) for to in zip(*parts, strict=True)
        ]

    return [exchanged(devices, names, held, exchange) for held in operands]


@communicates("ppermute")
def _ppermute(reader: Reader, devices: Devices, equation: Any, operands: list[Each]) -> list[Each]:
    """What is sent; zeros where nothing is sent."""
    names, result = _names(devices, equation), equation.outvars[0].aval
    sources = {int(to): int(sender) for sender, to in equation.params["perm"]}

    def exchange(group: list[Array]) -> list[Array]:
        nothing = reader.lift(np.zeros(result.shape, dtype=result.dtype))
        return [
            group[sources[place]] if place in sources else nothing for place in range(len(group))
        ]

    return [exchanged(devices, names, held, exchange) for held in operands]


@communicates("axis_index")
def _axis_index(
    reader: Reader,  # noqa: ARG001
    devices: Devices,
    equation: Any,
    operands: list[Each],  # noqa: ARG001
) -> list[Each]:
    names, dtype = _names(devices, equation), equation.outvars[0].aval.dtype
    everywhere = range(len(devices.places))
    return [[np.asarray(devices.index(device, names), dtype=dtype) for device in everywhere]]


@communicates("pbroadcast")
def _pbroadcast(
    reader: Reader,  # noqa: ARG001
    devices: Devices,
    equation: Any,
    operands: list[Each],
) -> list[Each]:
    """From one device to all; until JAX 0.5 also the name of what is ``pvary`` today."""
    if "source" not in equation.params:
        return operands
    names, source = _names(devices, equation), int(equation.params["source"])
    return [
        exchanged(devices, names, held, lambda group: [group[source]] * len(group))
        for held in operands
    ]
