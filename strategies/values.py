"""Scalars and arrays of one format, from one region, inside one domain."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import hypothesis.strategies as st
import numpy as np
from hypothesis.errors import InvalidArgument
from numpy.typing import NDArray

from gradlaw.strategies.codes import Codes, decode, drawn_bytes
from gradlaw.strategies.domains import REAL, Domain
from gradlaw.strategies.dtypes import FloatFormat, check_format
from gradlaw.strategies.lattice import Lattice, lattice
from gradlaw.strategies.regions import Region, region_named

DRAWN_ELEMENTS = 32
"""An array of at most this many elements is drawn element by element."""

POOL_SIZE = 31
"""A larger array is filled from this many drawn values; not a power of two, so that no sum
or mean over it is exact by accident."""


def codes_needed(size: int, *, limit: int = DRAWN_ELEMENTS) -> int:
    """Count the codes that an array of ``size`` elements takes: the shared one, and theirs."""
    return 1 + (size if size <= limit else min(POOL_SIZE, limit))


def fill(shape: tuple[int, ...], inside: Lattice, region: Region, codes: Codes) -> NDArray[Any]:
    """Build the array that codes stand for.

    Args:
        shape: of the array.
        inside: the floats to take.
        region: what the codes mean.
        codes: (codes_needed(size),) the shared code, then the elements'.

    Returns:
        shape, of the format's dtype, C-contiguous or (rarely) Fortran-contiguous.

    """
    size = math.prod(shape)
    shared = codes[:1]
    values = region.values(inside, shared, codes[1:])
    if size > len(values):
        values = values[_places(size, len(values), int(shared.mantissa[0]))]
    array = region.arrangement(values.reshape(shape), shared)
    if array.ndim > 1 and shared.choice(16)[0] == 15:
        return np.asfortranarray(array)
    return array


def _places(size: int, pool: int, seed: int) -> NDArray[np.int64]:
    """Say which of the pool's values stands where; each stands somewhere."""
    places = np.arange(size) % pool
    return np.random.default_rng(seed).permutation(places) if seed else places


def _check_shape(shape: int | tuple[int, ...]) -> tuple[int, ...]:
    dimensions = (shape,) if isinstance(shape, int) else tuple(shape)
    if any(not isinstance(size, int) or size < 0 for size in dimensions):
        raise InvalidArgument(
            f"shape={shape!r} is not a shape: pass a tuple of integers that are not negative"
        )
    return dimensions


@lru_cache(maxsize=4096)
def _arrays(
    shape: tuple[int, ...], fmt: FloatFormat, region: str, domain: Domain
) -> st.SearchStrategy[NDArray[Any]]:
    inside, kind = lattice(fmt, domain), region_named(region)

    def build(drawn: bytes) -> NDArray[Any]:
        return fill(shape, inside, kind, decode(drawn))

    return drawn_bytes(codes_needed(math.prod(shape))).map(build)


def arrays(
    shape: int | tuple[int, ...],
    fmt: FloatFormat,
    *,
    region: str = "ordinary",
    domain: Domain = REAL,
) -> st.SearchStrategy[NDArray[Any]]:
    """Arrays of one shape, every element inside the domain.

    Up to 32 elements are drawn one by one; a larger array holds 31 drawn values in an order
    that is drawn as a seed, so that it costs no more.

    Args:
        shape: of the arrays; an integer n means (n,).
        fmt: their format.
        region: a name in REGIONS.
        domain: where elements must lie. A region that lies outside is mapped into it, in
            order: what is tiny comes close to an end, what is huge goes as far as it can.

    Raises:
        InvalidArgument: an argument is not what it should be, or no float of the format lies
            in the domain.

    """
    dimensions = _check_shape(shape)
    region_named(region)
    lattice(fmt, domain)
    return _arrays(dimensions, fmt, region, domain)


def elements(
    fmt: FloatFormat, *, region: str = "ordinary", domain: Domain = REAL
) -> st.SearchStrategy[Any]:
    """NumPy scalars of one format, inside the domain.

    Args:
        fmt: their format.
        region: a name in REGIONS.
        domain: where they must lie.

    Raises:
        InvalidArgument: as ``arrays``.

    """
    return arrays((), fmt, region=region, domain=domain).map(_scalar)


def _scalar(array: NDArray[Any]) -> Any:
    return array[()]


def non_finite(fmt: FloatFormat) -> st.SearchStrategy[Any]:
    """Infinities of both signs and NaN, as NumPy scalars: for cases that declare them.

    Raises:
        InvalidArgument: ``fmt`` is not a FloatFormat.

    """
    scalar = check_format(fmt).numpy_dtype.type
    return st.sampled_from((math.inf, -math.inf, math.nan)).map(scalar)
