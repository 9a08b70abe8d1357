"""Shapes: sizes that usually differ from each other, so that a transposition is seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import hypothesis.strategies as st
from hypothesis.errors import InvalidArgument

from gradlaw.strategies.sampling import sampled
from gradlaw.strategies.signatures import Signature

SMALL_SIZES = (1, 3, 3, 3, 2, 2, 5, 5, 5, 0, 7, 7, 4)
"""The usual sizes, repeated by weight: 1 and 0 for their edges, few powers of two, since a
wrong mean over one is exact."""

LARGE_SIZES = (17, 101, 1000)
"""Now and then: beyond a vector register, beyond a tile, beyond a cache line's reductions."""

MAX_RANK = 4


def dimension_sizes(
    *, min_size: int = 0, max_size: int = 1000, large: bool = True
) -> st.SearchStrategy[int]:
    """Sizes of one axis.

    Args:
        min_size: the least size.
        max_size: the greatest size.
        large: whether 17, 101 and 1000 are drawn now and then.

    Raises:
        InvalidArgument: the bounds are negative or hold no size.

    """
    _check_bounds(min_size, max_size)
    return sampled(_size_pool(min_size, max_size, large=large))


def _check_bounds(min_size: int, max_size: int) -> None:
    if not 0 <= min_size <= max_size:
        raise InvalidArgument(
            f"min_size={min_size}, max_size={max_size}: need 0 <= min_size <= max_size"
        )


@lru_cache(maxsize=64)
def _size_pool(min_size: int, max_size: int, *, large: bool) -> tuple[int, ...]:
    usual = tuple(size for size in SMALL_SIZES if min_size <= size <= max_size)
    if not usual:
        return tuple(range(min_size, min(max_size, min_size + 10) + 1))
    rare = tuple(size for size in LARGE_SIZES if large and min_size <= size <= max_size)
    return usual * (4 if rare else 1) + rare


@lru_cache(maxsize=256)
@st.composite
def _distinct_sizes(
    draw: st.DrawFn, count: int, bounds: _Bounds, *, large: bool
) -> tuple[int, ...]:
    """Draw sizes that differ, seven times out of eight, as far as there are enough."""
    pool = _size_pool(bounds.min_size, bounds.max_size, large=large)
    alike = count > 1 and draw(st.integers(0, 7)) == 7
    sizes: list[int] = []
    for _ in range(count):
        unused = pool if alike else tuple(size for size in pool if size not in sizes) or pool
        sizes.append(draw(sampled(unused)))
    return tuple(sizes)


@dataclass(frozen=True, kw_only=True)
class _Bounds:
    min_size: int
    max_size: int
    max_elements: int


@lru_cache(maxsize=64)
@st.composite
def _shapes(draw: st.DrawFn, min_rank: int, max_rank: int, bounds: _Bounds) -> tuple[int, ...]:
    # Rank 0 is the simplest, yet not the commonest.
    ranks = (min_rank, *range(min_rank, max_rank + 1), *range(max(min_rank, 1), max_rank + 1))
    rank = draw(sampled(ranks))
    # Beyond rank 2 a large axis would only be cut down again.
    sizes = draw(_distinct_sizes(rank, bounds, large=rank <= 2))
    return _within(sizes, bounds.min_size, bounds.max_elements)


def _within(sizes: tuple[int, ...], min_size: int, max_elements: int) -> tuple[int, ...]:
    """Cut the largest sizes down, to distinct ones while that can be, until all fit."""
    cut = list(sizes)
    while math.prod(cut) > max_elements:
        place = cut.index(max(cut))
        others = cut[:place] + cut[place + 1 :]
        for size in (7, 5, 3, 2, 1):
            if min_size <= size < cut[place] and size not in others:
                cut[place] = size
                break
        else:
            if cut[place] <= min_size:
                break
            cut[place] = max(min_size, cut[place] // 2)
    return tuple(cut)


def shapes(
    *,
    min_rank: int = 0,
    max_rank: int = MAX_RANK,
    min_size: int = 0,
    max_size: int = 1000,
    max_elements: int = 4096,
) -> st.SearchStrategy[tuple[int, ...]]:
    """Shapes whose axes usually differ, axes of size 0 and 1 among them.

    Args:
        min_rank: the least number of axes.
        max_rank: the greatest number of axes.
        min_size: the least size of an axis.
        max_size: the greatest size of an axis.
        max_elements: the greatest product of the sizes.

    Raises:
        InvalidArgument: no shape is within the bounds.

    """
    _check_bounds(min_size, max_size)
    if not 0 <= min_rank <= max_rank:
        raise InvalidArgument(
            f"min_rank={min_rank}, max_rank={max_rank}: need 0 <= min_rank <= max_rank"
        )
    if min_size**max_rank > max_elements:
        raise InvalidArgument(
            f"max_elements={max_elements} is less than min_size**max_rank="
            f"{min_size}**{max_rank}: raise it, or lower the rank"
        )
    bounds = _Bounds(min_size=min_size, max_size=max_size, max_elements=max_elements)
    return _shapes(min_rank, max_rank, bounds)


@lru_cache(maxsize=256)
@st.composite
def _leaf_shapes(
    draw: st.DrawFn, signature: Signature, bounds: _Bounds
) -> tuple[tuple[int, ...], ...]:
    starred = _names(signature, starred=True)
    any_rank = {name: draw(_shapes(0, MAX_RANK, bounds)) for name in starred}
    sizes = {name: math.prod(shape) for name, shape in any_rank.items()}
    plain = tuple(name for name in _names(signature, starred=False) if name not in sizes)
    drawn = draw(_distinct_sizes(len(plain), bounds, large=True))
    sizes.update(zip(plain, drawn, strict=True))

    for leaf in signature.leaves:
        if leaf and leaf[0].startswith("*"):
            continue
        # A fixed or starred size stays; named ones give way.
        names = tuple(dict.fromkeys(name for name in leaf if name in plain))
        while names and math.prod(_size(name, sizes) for name in leaf) > bounds.max_elements:
            before = tuple(sizes[name] for name in names)
            after = _within(before, bounds.min_size, math.prod(before) - 1)
            if after == before:
                break
            sizes.update(zip(names, after, strict=True))
    return tuple(
        any_rank[leaf[0][1:]]
        if leaf and leaf[0].startswith("*")
        else tuple(_size(name, sizes) for name in leaf)
        for leaf in signature.leaves
    )


def _names(signature: Signature, *, starred: bool) -> tuple[str, ...]:
    """Return the named sizes in order of appearance, without stars."""
    return tuple(
        dict.fromkeys(
            name.lstrip("*")
            for leaf in signature.leaves
            for name in leaf
            if not name.isdigit() and name.startswith("*") == starred
        )
    )


def _size(name: str, sizes: dict[str, int]) -> int:
    return int(name) if name.isdigit() else sizes[name]


def leaf_shapes(
    signature: Signature, *, min_size: int = 0, max_size: int = 1000, max_elements: int = 4096
) -> st.SearchStrategy[tuple[tuple[int, ...], ...]]:
    """Shapes for all leaves of a signature, one size for each name.

    Args:
        signature: the leaves' dimensions.
        min_size: the least named size, and the least axis where a leaf is ``*n``.
        max_size: the greatest named size, and the greatest axis where a leaf is ``*n``.
        max_elements: the greatest number of elements of a leaf, fixed sizes permitting.

    Raises:
        InvalidArgument: ``signature`` is not a Signature, or the bounds hold no size.

    """
    if not isinstance(signature, Signature):
        raise InvalidArgument(
            f"signature={signature!r} is not a Signature: pass Signature.parse(text)"
        )
    _check_bounds(min_size, max_size)
    bounds = _Bounds(min_size=min_size, max_size=max_size, max_elements=max_elements)
    return _leaf_shapes(signature, bounds)
