"""Truth values and integers of which only a range is known, because rounding may decide them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array, mapped

if TYPE_CHECKING:
    from gradlaw.oracles.interpreter.reading import Handler, Reader


@dataclass(frozen=True, kw_only=True)
class Range:
    """An array of integers or truth values that another rounding might make others.

    Attributes:
        array: by concrete values.
        low: the smallest that each may be.
        high: the largest.
        primitive: where rounding was asked.
    """

    array: Array
    low: Array
    high: Array
    primitive: str


class Ranges:
    """The ranges of a reading, by array: what follows from one is a range again, or a hull."""

    def __init__(self) -> None:
        self._found: dict[int, Range] = {}
        self.hulls: set[str] = set()

    def note(self, array: Array, low: Array, high: Array, primitive: str) -> None:
        """Note an array whose elements lie between those of two others."""
        if (low != high).any():
            # The array is kept, so that no other has its identity.
            self._found[id(array)] = Range(array=array, low=low, high=high, primitive=primitive)

    def of(self, array: Array) -> Range | None:
        """The range of an array; None where it is what it is."""
        return self._found.get(id(array)) if self._found else None

    def any_of(self, arrays: Sequence[Array]) -> bool:
        """Whether one of them is a range."""
        return bool(self._found) and any(id(array) in self._found for array in arrays)


def joins(reader: Reader, *compared: Array) -> bool:
    """Whether the scalars of the reader's domain can stand for any number between two others.

    Args:
        reader: of the domain.
        compared: arrays that are compared; where nothing is differentiated by any of them, it is
            enough that the domain has hulls of constants.
    """
    domain: Any = reader.domain
    if getattr(domain, "joins", False) or not compared:
        return bool(getattr(domain, "joins", False))
    is_constant = getattr(domain, "is_constant", None)
    scalars = (s for array in compared if array.dtype == object for s in array.reshape(-1))
    return is_constant is not None and all(map(is_constant, scalars))


def hulls(reader: Reader, primitive: str, first: Array, *others: Array) -> Array:
    """The smallest scalars that hold corresponding ones of all arrays.

    Where the domain has none, the first stands for them, and the choice is undecided.
    """
    domain: Any = reader.domain
    if not joins(reader, first, *others):
        domain.undecided.add(primitive)
        return first
    reader.ranges.hulls.add(primitive)
    return mapped(lambda *scalars: domain.hull(scalars), first, *others)


_THROUGH = frozenset(
    {
        "jit",
        "pjit",
        "closed_call",
        "core_call",
        "remat",
        "checkpoint",
        "custom_jvp_call",
        "custom_vjp_call",
        "custom_vjp_call_jaxpr",
        "while",
    }
)
"""Primitives that hand their operands to programs as they are."""

_ORDERED = frozenset(
    {
        "and",
        "bitcast_convert_type",
        "broadcast_in_dim",
        "concatenate",
        "convert_element_type",
        "copy",
        "expand_dims",
        "max",
        "min",
        "not",
        "or",
        "pad",
        "reduce_and",
        "reduce_max",
        "reduce_min",
        "reduce_or",
        "reshape",
        "rev",
        "select_n",
        "shift_right_arithmetic",
        "slice",
        "split",
        "squeeze",
        "stack",
        "tile",
        "transpose",
        "unstack",
    }
)
"""Primitives whose results lie between those at both ends of their operands' ranges."""


def ranged_results(
    reader: Reader, handler: Handler, equation: Any, operands: list[Array]
) -> list[Array]:
    """The results of an equation some of whose operands are ranges.

    What is no range and no hull in the end is noted as undecided.
    """
    name, found = equation.primitive.name, [reader.ranges.of(operand) for operand in operands]
    first = next(one for one in found if one is not None)
    results = handler(reader, equation, operands)
    if name in _THROUGH:
        return results
    if name == "select_n" and found[0] is not None:
        return _selected(reader, found[0], operands[1:], results)
    if name not in _ORDERED or not _between_ends(name, equation, operands, found):
        reader.domain.undecided.add(first.primitive)
        return results
    lows, highs = ends_of(operands, found)
    ends = handler(reader, equation, lows), handler(reader, equation, highs)
    joined = []
    for result, low, high in zip(results, *ends, strict=True):
        if result.dtype == object:
            joined.append(hulls(reader, first.primitive, result, low, high))
        else:
            joined.append(result)
            least, most = np.minimum(low, high), np.maximum(low, high)
            reader.ranges.note(result, least, most, first.primitive)
    return joined


def _selected(
    reader: Reader, which: Range, branches: Sequence[Array], results: list[Array]
) -> list[Array]:
    """A selection by truth values that may be others: the hull of both branches there."""
    (result,), unsure = results, np.broadcast_to(which.low != which.high, results[0].shape)
    ranges = [reader.ranges.of(branch) for branch in branches]
    if len(branches) > 2:
        reader.domain.undecided.add(which.primitive)
        return results
    if result.dtype != object:
        lowest, highest = ends_of(branches, ranges)
        lows, highs = np.minimum(*lowest), np.maximum(*highest)
        low, high = (np.broadcast_to(end, result.shape) for end in (lows, highs))
        # Where the choice is known, the range of the branch that is chosen lies in that of both.
        if any(one is not None for one in ranges):
            unsure = np.ones_like(unsure)
        reader.ranges.note(
            result, np.where(unsure, low, result), np.where(unsure, high, result), which.primitive
        )
        return results
    joined = result.copy()
    pair = [branch[unsure] for branch in branches]
    joined[unsure] = hulls(reader, which.primitive, *pair)
    return [joined]


def ends_of(
    arrays: Sequence[Array], ranges: Sequence[Range | None]
) -> tuple[list[Array], list[Array]]:
    """The lower and the upper ends of arrays, some of which are ranges."""
    pairs = list(zip(arrays, ranges, strict=True))
    lows = [array if one is None else one.low for array, one in pairs]
    return lows, [array if one is None else one.high for array, one in pairs]


def _between_ends(
    name: str, equation: Any, operands: Sequence[Array], found: Sequence[Range | None]
) -> bool:
    """Whether each result lies between those at the ends of the operands' ranges."""
    first = next(one for one in found if one is not None)
    if first.array.dtype == np.bool_:
        return True
    if name == "convert_element_type":
        target = np.dtype(equation.params["new_dtype"])
        if target == np.bool_:
            return bool(((first.low >= 0) | (first.high <= 0)).all())
        return target.kind not in "iu" or target.itemsize > first.array.dtype.itemsize
    if name == "and":  # with a mask of leading ones
        masks = [operand for operand, one in zip(operands, found, strict=True) if one is None]
        return len(masks) == 1 and not (np.invert(masks[0]) & (np.invert(masks[0]) + 1)).any()
    if name == "shift_right_arithmetic":
        return found[1] is None and first.array.dtype.kind == "i"
    if name == "bitcast_convert_type":
        same_width = first.array.dtype.itemsize == np.dtype(equation.params["new_dtype"]).itemsize
        return same_width and bool((_sign_bit(first.low) == _sign_bit(first.high)).all())
    return name not in {"or", "not", "reduce_and", "reduce_or"}


def _sign_bit(array: Array) -> Array:
    top = 8 * array.dtype.itemsize - 1
    return np.asarray((array >> np.asarray(top, dtype=array.dtype)) != 0)
