"""Arguments: one array for each leaf, alike in region or not, alone or as a batch.

An example is one draw of bytes: codes for its choices first, then codes for each array.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import hypothesis.strategies as st
import numpy as np
from hypothesis.errors import InvalidArgument
from numpy.typing import NDArray

from gradlaw.strategies.codes import Codes, decode, drawn_bytes
from gradlaw.strategies.leaves import (
    NO_DOMAINS,
    Format,
    LeafDomain,
    LeafPlan,
    check_regions,
    find_twin,
    plan_leaves,
)

_DRAWN_ROWS = 8
_TILED_ROWS = 7


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """One example.

    Attributes:
        leaves: the array of each leaf.
        region: the region of all leaves, or ``mixed(…)`` with those that there are.

    """

    leaves: Mapping[str, NDArray[Any]]
    region: str


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A batch of examples, of which at most eight are distinct.

    Attributes:
        rows: the distinct examples, each with every leaf as one example has it; a leaf that
            is not mapped is the same array in all of them. Empty for a batch of none.
        row_of: (size,) the index into ``rows`` of each example.
        leaves: the arrays that ``vmap`` takes: stacked along the batch axis where mapped.
        region: as in Arguments; ``mixed(…)`` too where rows are of several regions.

    """

    rows: tuple[Mapping[str, NDArray[Any]], ...]
    row_of: NDArray[np.int64]
    leaves: Mapping[str, NDArray[Any]]
    region: str


def _mixture(regions: Sequence[str]) -> str:
    distinct = tuple(dict.fromkeys(regions))
    return distinct[0] if len(distinct) == 1 else f"mixed({','.join(distinct)})"


def _chosen(names: tuple[str, ...], control: Codes, count: int) -> list[str]:
    """Choose a region for each of several leaves or rows, from the codes after the first."""
    return [names[place] for place in control[1 : count + 1].choice(len(names))]


def arguments(
    shapes: Mapping[str, tuple[int, ...]],
    fmt: Format,
    *,
    domains: Mapping[str, LeafDomain] = NO_DOMAINS,
    regions: Sequence[str] | None = None,
) -> st.SearchStrategy[Arguments]:
    """Examples: an array for each leaf.

    Three times out of four all leaves are of one region, otherwise each is of its own. One
    time out of eight, two leaves of equal shape and domain are the same array.

    Args:
        shapes: the shape of each leaf.
        fmt: the format of all leaves.
        domains: the domain of each leaf, or of the parts of its elements where they are complex;
            the real numbers where none is given.
        regions: the names to draw regions from; all of the format's where it is None.

    Raises:
        InvalidArgument: there is no leaf, or an argument is not what it should be.

    """
    plans, names = plan_leaves(shapes, fmt, domains, count=len(shapes)), check_regions(regions, fmt)
    controls = 1 + len(plans)
    needed = controls + sum(plan.codes_needed() for plan in plans.values())

    def build(drawn: bytes) -> Arguments:
        codes = decode(drawn)
        by_leaf = _regions_by_leaf(plans, names, codes[:controls])
        twins = find_twin(plans, codes[:1])
        leaves: dict[str, NDArray[Any]] = {}
        start = controls
        for name, plan in plans.items():
            end = start + plan.codes_needed()
            if name in twins:
                leaves[name], by_leaf[name] = leaves[twins[name]], by_leaf[twins[name]]
            else:
                leaves[name] = plan.fill(by_leaf[name], codes[start:end])
            start = end
        return Arguments(leaves=leaves, region=_mixture(list(by_leaf.values())))

    return drawn_bytes(needed).map(build)


def _regions_by_leaf(
    plans: Mapping[str, LeafPlan], names: tuple[str, ...], control: Codes
) -> dict[str, str]:
    chosen = _chosen(names, control, len(plans))
    if control.variant[0] < 6:
        chosen = chosen[:1] * len(plans)
    return dict(zip(plans, chosen, strict=True))


def batched_arguments(
    shapes: Mapping[str, tuple[int, ...]],
    batching_by_leaf: Mapping[str, int | None],
    size: int,
    fmt: Format,
    *,
    domains: Mapping[str, LeafDomain] = NO_DOMAINS,
    regions: Sequence[str] | None = None,
) -> st.SearchStrategy[Batch]:
    """Batches of examples.

    Up to eight examples are drawn one by one; a larger batch holds seven distinct ones, each
    used, in an order that is drawn as a seed. One time out of eight each row is of its own
    region, so that a row that leaks into another is seen.

    Args:
        shapes: the shape of each leaf in one example.
        batching_by_leaf: the batch axis of each leaf in the stacked array, or None where it
            is not mapped; every leaf is named, and one at least is mapped.
        size: the number of examples.
        fmt: the format of all leaves.
        domains: the domain of each leaf, or of the parts of its elements where they are complex;
            the real numbers where none is given.
        regions: the names to draw regions from; all of the format's where it is None.

    Raises:
        InvalidArgument: an argument is not what it should be.

    """
    axes = dict(batching_by_leaf)
    _check_batching(shapes, axes, size)
    count = size if size <= _DRAWN_ROWS else _TILED_ROWS
    # Unmapped leaves are drawn even for a batch of none.
    repeats = {name: 1 if axis is None else count for name, axis in axes.items()}
    plans = plan_leaves(shapes, fmt, domains, count=sum(repeats.values()))
    names = check_regions(regions, fmt)
    controls = 1 + max(len(plans), count)
    needed = controls + sum(plans[name].codes_needed() * repeats[name] for name in plans)

    def build(drawn: bytes) -> Batch:
        codes = decode(drawn)
        control = codes[:controls]
        by_row = _regions_by_row(plans, names, control, count)
        twins = {
            name: twin
            for name, twin in find_twin(plans, control[:1]).items()
            if axes[name] == axes[twin]
        }
        columns: dict[str, list[NDArray[Any]]] = {}
        start = controls
        for name, plan in plans.items():
            each = plan.codes_needed()
            starts = range(start, start + each * repeats[name], each)
            if name in twins:
                columns[name], by_row[name] = columns[twins[name]], by_row[twins[name]]
            else:
                columns[name] = [
                    plan.fill(region, codes[first : first + each])
                    for region, first in zip(by_row[name], starts, strict=False)
                ]
            start += each * repeats[name]
        row_of = _row_of(size, count, control)
        return Batch(
            rows=tuple(
                {name: columns[name][row % repeats[name]] for name in plans} for row in range(count)
            ),
            row_of=row_of,
            leaves=_stack(plans, axes, columns, row_of),
            # An unmapped leaf is of the first row's region.
            region=_mixture(
                [
                    region
                    for name in plans
                    for region in (by_row[name] if repeats[name] > 1 else by_row[name][:1])
                ]
            ),
        )

    return drawn_bytes(needed).map(build)


def _check_batching(
    shapes: Mapping[str, tuple[int, ...]], axes: Mapping[str, int | None], size: int
) -> None:
    if set(axes) != set(shapes):
        raise InvalidArgument(
            f"batching_by_leaf names {sorted(axes)}, but the leaves are {sorted(shapes)}"
        )
    if all(axis is None for axis in axes.values()):
        raise InvalidArgument(f"batching_by_leaf={dict(axes)}: at least one leaf must be mapped")
    if size < 0:
        raise InvalidArgument(f"size={size}: a batch holds at least 0 examples")
    for name, axis in axes.items():
        rank = len(shapes[name])
        if axis is not None and not -rank - 1 <= axis <= rank:
            raise InvalidArgument(
                f"batching_by_leaf[{name!r}]={axis}: the stacked array has rank {rank + 1}"
            )


def _regions_by_row(
    plans: Mapping[str, LeafPlan], names: tuple[str, ...], control: Codes, count: int
) -> dict[str, list[str]]:
    """For each leaf, the region of each row, and of one where there is none."""
    if control.variant[0] == 7 and count > 1:
        rows = _chosen(names, control, count)
        return {name: list(rows) for name in plans}
    by_leaf = _regions_by_leaf(plans, names, control)
    return {name: [region] * max(count, 1) for name, region in by_leaf.items()}


def _row_of(size: int, count: int, control: Codes) -> NDArray[np.int64]:
    if size == count:
        return np.arange(size, dtype=np.int64)
    seed = int(control.mantissa[1])
    tiled = np.arange(size, dtype=np.int64) % count
    return np.random.default_rng(seed).permutation(tiled) if seed else tiled


def _stack(
    plans: Mapping[str, LeafPlan],
    axes: Mapping[str, int | None],
    columns: Mapping[str, list[NDArray[Any]]],
    row_of: NDArray[np.int64],
) -> dict[str, NDArray[Any]]:
    """Stack each mapped leaf's rows along its axis; twins share one column, and one array."""
    leaves: dict[str, NDArray[Any]] = {}
    stacked: dict[int, NDArray[Any]] = {}
    for name, plan in plans.items():
        axis, column = axes[name], columns[name]
        if axis is None:
            leaves[name] = column[0]
            continue
        if id(column) not in stacked:
            examples = (
                np.stack(column)[row_of]
                if column
                else np.zeros((0, *plan.shape), plan.fmt.numpy_dtype)
            )
            stacked[id(column)] = np.ascontiguousarray(np.moveaxis(examples, 0, axis))
        leaves[name] = stacked[id(column)]
    return leaves
