"""Programs that several devices run together: read in step, one equation on all of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array
from gradlaw.oracles.interpreter.calls import CALLS, called, entering
from gradlaw.oracles.interpreter.liveness import live_equations
from gradlaw.oracles.interpreter.reading import HANDLERS, Reader
from gradlaw.oracles.interpreter.source_lines import source_line
from gradlaw.oracles.patience import Unsupported, keep_patience

Dimensions = tuple[tuple[Any, ...], ...]
"""For each axis of an array the mesh axes that it is split over, the major first."""

Each = list[Array]
"""One array for each device."""


@dataclass(frozen=True, kw_only=True)
class Devices:
    """A mesh.

    Attributes:
        sizes: its axes' sizes by name, in order.
    """

    sizes: Mapping[Any, int]

    @cached_property
    def places(self) -> tuple[dict[Any, int], ...]:
        """Each device's index along each axis, in row-major order."""
        ranges = itertools.product(*(range(size) for size in self.sizes.values()))
        return tuple(dict(zip(self.sizes, indices, strict=True)) for indices in ranges)

    def extent(self, names: Sequence[Any]) -> int:
        """How many devices there are along some axes together."""
        return math.prod(self.sizes[name] for name in names)

    def index(self, device: int, names: Sequence[Any]) -> int:
        """A device's number along some axes together, the major first."""
        number, place = 0, self.places[device]
        for name in names:
            number = number * self.sizes[name] + place[name]
        return number

    def group(self, device: int, names: Sequence[Any]) -> list[int]:
        """The devices that differ from one along some axes alone, by their number along them."""
        place = self.places[device]
        others = [name for name in self.sizes if name not in names]
        alike = (
            peer
            for peer, at in enumerate(self.places)
            if all(at[name] == place[name] for name in others)
        )
        return sorted(alike, key=lambda peer: self.index(peer, names))

    def parts(self, whole: Array, dimensions: Dimensions) -> Each:
        """An array's part on each device; the same object wherever the part is the same."""
        found: dict[tuple[int, ...], Array] = {}
        parts: Each = []
        for device in range(len(self.places)):
            key = tuple(self.index(device, names) for names in dimensions)
            if key not in found:
                slices = tuple(
                    slice(at * size, (at + 1) * size)
                    for at, size in zip(key, self._part(whole, dimensions), strict=True)
                )
                found[key] = whole[slices] if any(map(len, dimensions)) else whole
            parts.append(found[key])
        return parts

    def _part(self, whole: Array, dimensions: Dimensions) -> list[int]:
        sizes = zip(whole.shape, dimensions, strict=False)
        return [size // self.extent(names) for size, names in sizes]

    def whole(self, parts: Each, dimensions: Dimensions) -> Array:
        """The array of which each device has a part; the first of those that are the same part."""
        if not any(map(len, dimensions)):
            return parts[0]
        shape = tuple(
            size * self.extent(names)
            for size, names in zip(parts[0].shape, dimensions, strict=True)
        )
        whole = np.empty(shape, dtype=parts[0].dtype)
        for device in reversed(range(len(parts))):
            slices = tuple(
                slice(self.index(device, names) * size, (self.index(device, names) + 1) * size)
                for names, size in zip(dimensions, parts[device].shape, strict=True)
            )
            whole[slices] = parts[device]
        return whole


Collective = Callable[[Reader, Devices, Any, list[Each]], list[Each]]
"""``(reader, devices, equation, operands) -> results``: for each operand one array a device."""

COLLECTIVES: dict[str, Collective] = {}
"""Every primitive by which devices speak to each other, by JAX's name."""


def refuse(equation: Any, why: str) -> Unsupported:
    """What is raised for an equation that is not read."""
    return Unsupported(f"{equation.primitive.name} at {source_line(equation)} {why}")


def read_in_step(
    reader: Reader, devices: Devices, jaxpr: Any, constants: Sequence[Array], arguments: list[Each]
) -> list[Each]:
    """Read an open program on all devices.

    Collectives in loops and branches are not read.

    Args:
        reader: of one domain; devices share it.
        devices: that run the program.
        jaxpr: the program.
        constants: the same on all devices.
        arguments: for each one array a device.

    Raises:
        Unsupported: where an equation has no meaning here.
    """
    everywhere = range(len(devices.places))
    environments: list[dict[Any, Array]] = [
        dict(zip(jaxpr.constvars, constants, strict=True)) for _ in everywhere
    ]
    for device, environment in enumerate(environments):
        held = (argument[device] for argument in arguments)
        environment.update(zip(jaxpr.invars, held, strict=True))
    reader.meets_complex(*jaxpr.invars)
    for equation in live_equations(jaxpr):
        keep_patience()
        reader.meets_complex(*equation.outvars)
        operands = [
            [reader.operand(atom, environment) for environment in environments]
            for atom in equation.invars
        ]
        results = _evaluated(reader, devices, equation, operands)
        for device, environment in enumerate(environments):
            held = (result[device] for result in results)
            environment.update(zip(equation.outvars, held, strict=True))
    return [
        [reader.operand(atom, environment) for environment in environments]
        for atom in jaxpr.outvars
    ]


def _evaluated(reader: Reader, devices: Devices, equation: Any, operands: list[Each]) -> list[Each]:
    name = equation.primitive.name
    if name in COLLECTIVES:
        if any(map(reader.ranges.any_of, operands)):
            raise refuse(equation, "sends what rounding may decide from device to device")
        return COLLECTIVES[name](reader, devices, equation, operands)
    if name in CALLS:
        program = called(equation)
        entered = [entering(reader, equation, list(held)) for held in _by_device(operands, devices)]
        constants = [reader.lift(value, literal=True) for value in getattr(program, "consts", ())]
        inner = getattr(program, "jaxpr", program)
        arguments = [list(each) for each in zip(*entered, strict=True)]
        return read_in_step(reader, devices, inner, constants, arguments)
    from gradlaw.oracles.interpreter.estimation import estimated_results

    handler, known = HANDLERS.get(name, estimated_results), dict[tuple[int, ...], list[Array]]()
    for held in _by_device(operands, devices):
        key = tuple(map(id, held))
        if key not in known:
            known[key] = reader.evaluate(handler, equation, list(held))
            reader.count(equation, known[key])
    found = [known[tuple(map(id, held))] for held in _by_device(operands, devices)]
    return [list(each) for each in zip(*found, strict=True)]


def _by_device(operands: list[Each], devices: Devices) -> list[tuple[Array, ...]]:
    return [tuple(operand[device] for operand in operands) for device in range(len(devices.places))]
