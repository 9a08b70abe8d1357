"""Batches: which axis of which leaf ``vmap`` maps, and how many examples there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import hypothesis.strategies as st
from hypothesis.errors import InvalidArgument

from gradlaw.strategies.sampling import sampled

_USUAL_SIZES = (3, 3, 3, 1, 1, 5, 5, 5, 2, 0, 7, 7)
"""Repeated by weight; few powers of two, over which a wrong mean may be exact."""


@dataclass(frozen=True, kw_only=True)
class Batching:
    """How ``vmap`` maps a function.

    Attributes:
        size: the number of examples.
        in_axes: for each leaf, the batch axis in the stacked array, or None where the leaf is
            the same for every example. Axes count from the front, or from the back if
            negative.
        out_axis: the batch axis of the results.

    """

    size: int
    in_axes: tuple[int | None, ...]
    out_axis: int


def batch_sizes(*, min_size: int = 0, large: Sequence[int] = ()) -> st.SearchStrategy[int]:
    """Numbers of examples.

    Args:
        min_size: the least; 1 where a mean is taken.
        large: sizes to draw now and then, about once in 24 each.

    Raises:
        InvalidArgument: a size is negative, or a large one is less than ``min_size``.

    """
    if min_size < 0 or any(size < min_size for size in large):
        raise InvalidArgument(
            f"min_size={min_size}, large={tuple(large)!r}: need 0 <= min_size <= each large size"
        )
    usual = tuple(size for size in _USUAL_SIZES if size >= min_size) or (min_size, min_size + 1)
    repeats = -(-24 // len(usual)) if large else 1
    return sampled(usual * repeats + tuple(large))


def batchings(
    leaf_ranks: Sequence[int],
    *,
    sizes: st.SearchStrategy[int] | None = None,
    out_ranks: Sequence[int] = (),
) -> st.SearchStrategy[Batching]:
    """Ways to map leaves of these ranks; at least one leaf is mapped.

    Args:
        leaf_ranks: the rank of each leaf in one example.
        sizes: the batch's size; ``batch_sizes()`` unless given.
        out_ranks: the rank of each result of one example; without any, ``out_axis`` is 0.

    Raises:
        InvalidArgument: there is no leaf to map, or a rank is negative.

    """
    if not leaf_ranks:
        raise InvalidArgument("leaf_ranks=(): vmap needs at least one leaf to map")
    if any(rank < 0 for rank in (*leaf_ranks, *out_ranks)):
        raise InvalidArgument(
            f"leaf_ranks={tuple(leaf_ranks)!r}, out_ranks={tuple(out_ranks)!r}: "
            "a rank is not negative"
        )
    return _batchings(
        tuple(leaf_ranks), batch_sizes() if sizes is None else sizes, min(out_ranks, default=None)
    )


@lru_cache(maxsize=256)
@st.composite
def _batchings(
    draw: st.DrawFn, ranks: tuple[int, ...], sizes: st.SearchStrategy[int], out_rank: int | None
) -> Batching:
    axes = [draw(sampled(_axis_pool(rank))) for rank in ranks]
    if all(axis is None for axis in axes):
        # Mapping nothing is an error; whichever leaf is mapped instead is drawn too.
        place = draw(st.integers(0, len(ranks) - 1)) if len(ranks) > 1 else 0
        axes[place] = draw(sampled(_axes(ranks[place])))
    out_axis = 0 if out_rank is None else draw(sampled(_axes(out_rank)))
    return Batching(size=draw(sizes), in_axes=tuple(axes), out_axis=out_axis)


def _axes(rank: int) -> tuple[int, ...]:
    """List the places of one more axis: 0, -1, 1, -2, …."""
    return tuple(axis for place in range(rank + 1) for axis in (place, -1 - place))


def _axis_pool(rank: int) -> tuple[int | None, ...]:
    """List axes and None, which comes one time out of three."""
    axes = _axes(rank)
    return (*axes, *(None,) * -(-len(axes) // 2))
