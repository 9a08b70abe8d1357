"""Control flow: branches and trip counts go by concrete values."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array
from gradlaw.oracles.interpreter.integers import decided
from gradlaw.oracles.interpreter.ranges import Range, ends_of, hulls
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
    exits: list[tuple[Range, list[Array]]] = []
    steps: Any = 0
    while True:
        (going,) = reader.read(params["cond_jaxpr"], [*of_condition, *carry])
        found = reader.ranges.of(going)
        if found is not None:
            unsure = found.low != found.high
            steps = steps + unsure
            exits.append((found, carry))
            if (lost := unsure & (steps > _UNSURE_STEPS)).any():
                carry = [_anything(reader, found, lost, carried) for carried in carry]
                exits.append((replace(found, low=np.zeros_like(lost), high=lost), carry))
            going = found.high & ~lost
        if not going.any():
            break
        moved = reader.read(params["body_jaxpr"], [*of_body, *carry])
        carry = moved if going.all() else _continued(reader, going, moved, carry)
    for found, earlier in exits:
        carry = [_or_earlier(reader, found, *pair) for pair in zip(carry, earlier, strict=True)]
    return carry


_UNSURE_STEPS = 64
"""Steps of which each may be a loop's last; after so many, what it carries is anything."""


def _anything(reader: Reader, found: Range, lost: Array, carried: Array) -> Array:
    """What a loop carries, without a claim about the members that are lost."""
    lost = np.broadcast_to(_members(lost, carried), carried.shape)
    result = np.array(carried)
    if carried.dtype == object:
        result[lost] = reader.domain.constant(math.nan, "float64", literal=False)
    elif carried.dtype.kind in "iu":
        limits = np.iinfo(carried.dtype)
        low, high = (np.where(lost, end, carried) for end in (limits.min, limits.max))
        reader.ranges.note(
            result, low.astype(carried.dtype), high.astype(carried.dtype), found.primitive
        )
    elif carried.dtype == np.bool_:
        reader.ranges.note(result, carried & ~lost, carried | lost, found.primitive)
    else:
        reader.domain.undecided.add(found.primitive)
    return result


def _continued(reader: Reader, going: Array, moved: list[Array], carry: list[Array]) -> list[Array]:
    """The carry of a loop over a batch, whose members end one by one.

    Source: JAX, ``lax.while_loop``: a batched loop goes on while one member's condition holds.
    """
    chosen = []
    for new, old in zip(moved, carry, strict=True):
        members = _members(going, new)
        chosen.append(np.where(members, new, old))
        ranges = [reader.ranges.of(new), reader.ranges.of(old)]
        if any(one is not None for one in ranges):
            low, high = (np.where(members, *pair) for pair in ends_of((new, old), ranges))
            reader.ranges.note(chosen[-1], low, high, "while")
    return chosen


def _members(condition: Array, carried: Array) -> Array:
    """A condition on the members of a batch, of as many axes as what a member carries."""
    return condition.reshape((*condition.shape, *(1,) * (carried.ndim - condition.ndim)))


def _or_earlier(reader: Reader, found: Range, late: Array, early: Array) -> Array:
    """What a loop carries that may have ended with ``early`` already."""
    if late is early:
        return late
    unsure = np.broadcast_to(_members(found.low != found.high, late), late.shape)
    result = np.array(late)
    if late.dtype == object:
        result[unsure] = hulls(reader, found.primitive, late[unsure], early[unsure])
    elif late.dtype.kind in "iub":
        lows, highs = ends_of((late, early), [reader.ranges.of(late), reader.ranges.of(early)])
        low = np.where(unsure, np.minimum(*lows), lows[0])
        high = np.where(unsure, np.maximum(*highs), highs[0])
        reader.ranges.note(result, low, high, found.primitive)
    elif (late != early)[unsure].any():
        reader.domain.undecided.add(found.primitive)
    return result


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
