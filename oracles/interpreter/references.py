"""Mutable references: an array that equations read and write in the program's order."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array
from gradlaw.oracles.interpreter.integers import differ
from gradlaw.oracles.interpreter.monoids import combined
from gradlaw.oracles.interpreter.reading import Reader, Unsupported, handles, inexact
from gradlaw.oracles.interpreter.scattering import by_place


def _place(equation: Any, indices: list[Array]) -> tuple[Any, ...]:
    """Which elements of the reference an equation looks at, as NumPy indexes them.

    Raises:
        Unsupported: where more than one view is taken of the reference.
    """
    import jax

    views = jax.tree.unflatten(equation.params["tree"], indices)
    if not views:
        return (...,)
    if len(views) > 1 or not hasattr(views[0], "indices"):
        message = f"a reference is viewed in {len(views)} steps: {equation}"
        raise Unsupported(message)
    # With an ellipsis even one element is an array, whose elements are written and not itself.
    return (*map(_along_an_axis, views[0].indices), ...)


def _along_an_axis(index: Any) -> Any:
    if not hasattr(index, "stride"):
        return index
    start, size, stride = int(index.start), int(index.size), int(index.stride)
    return slice(start, start + (size - 1) * stride + 1 if size else start, stride)


@handles("new_ref", "mutable_array")
def _new(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    """A reference of its own, whatever becomes of the array.

    Source: JAX documentation, "Ref: mutable arrays for data plumbing and memory control".
    """
    return [operands[0].copy()]


@handles("get")
def _get(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    reference, *indices = operands
    return [np.array(reference[_place(equation, indices)])]


def _written(reference: Array, place: tuple[Any, ...]) -> Array:
    """For each written number the element, by its position in the whole reference."""
    return np.asarray(np.arange(reference.size).reshape(reference.shape)[place]).reshape(-1)


@handles("swap")
def _swap(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Write, and return what was there.

    Which of several numbers written to one element remains is the backend's choice: here the last.
    """
    reference, value, *indices = operands
    place = _place(equation, indices)
    before = np.array(reference[place])
    written = np.broadcast_to(value, before.shape).reshape(-1)
    for positions in by_place(_written(reference, place)).values():
        if any(differ(reader, written[p], written[positions[-1]]) for p in positions[:-1]):
            reader.domain.undecided.add("swap")
    reference[place] = value
    return [before]


@handles("addupdate")
def _addupdate(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Add to what is there; all that is added to one element, in any order."""
    reference, value, *indices = operands
    place, dtype = _place(equation, indices), equation.invars[1].aval.dtype
    places = _written(reference, place)
    added = np.broadcast_to(value, reference[place].shape).reshape(-1)
    if not inexact(dtype):
        np.add.at(reference, np.unravel_index(places, reference.shape), added)
        return []
    for element, positions in by_place(places).items():
        where = np.unravel_index(element, reference.shape)
        scalars = [reference[where], *(added[position] for position in positions)]
        reference[where] = combined(reader, "add", scalars, dtype.name)
    return []


@handles("freeze")
def _freeze(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ARG001
    return [operands[0].copy()]
