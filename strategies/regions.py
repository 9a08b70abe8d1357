"""Regions: kinds of value on which gradients go wrong, each scaled to the format.

A region gives codes a meaning: it is a function of a lattice (the format and the domain), a
code shared by the whole array, and one code for each element. The shared code is how elements
of an array come to be related: spread about one offset, or tied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from hypothesis.errors import InvalidArgument
from numpy.typing import NDArray

from gradlaw.strategies.codes import Codes
from gradlaw.strategies.lattice import Lattice, floats_at, ordinals

Meaning = Callable[[Lattice, Codes, Codes], NDArray[np.float64]]
"""(lattice, the shared code (1,), the elements' codes (n,)) -> (n,) float64, not yet inside."""

Arrangement = Callable[[NDArray[Any], Codes], NDArray[Any]]
"""(an array of any shape, the shared code) -> the same shape, with elements repeated."""


def _independent(values: NDArray[Any], _shared: Codes) -> NDArray[Any]:
    return values


Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class Region:
    """A kind of value.

    Attributes:
        name: as reports show it.
        summary: what its values have in common, in one line.
        meaning: what the codes say.
        arrangement: which elements of an array repeat others.

    """

    name: str
    summary: str
    meaning: Meaning
    arrangement: Arrangement = _independent

    def values(self, lattice: Lattice, shared: Codes, codes: Codes) -> NDArray[Any]:
        """Return (n,) values of the format, inside the domain, one for each of n codes."""
        return lattice.bring_inside(self.meaning(lattice, shared, codes))


@lru_cache(maxsize=256)
def _outwards(centre: int, lowest: int, highest: int) -> NDArray[np.int64]:
    """List the exponents centre..highest, then centre-1 down to lowest.

    The simplest comes first, and each half is in order, as shrinking needs it.
    """
    return np.array([*range(centre, highest + 1), *range(centre - 1, lowest - 1, -1)])


def _around(codes: Codes, centre: int, lowest: int, highest: int) -> NDArray[np.int64]:
    order = _outwards(centre, lowest, highest)
    return order[codes.choice(len(order))]


def _scaled(codes: Codes, lattice: Lattice, exponent: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return ``± significand * 2**exponent``."""
    significand = 1 + codes.fraction(lattice.fmt)
    return np.ldexp(codes.sign * significand, exponent.astype(np.int32))


def _truncated(codes: Codes, lattice: Lattice, exponent: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the same, toward zero where a subnormal has fewer bits than a significand."""
    fmt = lattice.fmt
    bits = np.minimum(fmt.precision - 1, exponent - fmt.min_exponent + fmt.precision - 1)
    bits = bits.astype(np.int32)
    significand = np.floor(np.ldexp(1 + codes.fraction(fmt), bits))
    return codes.sign * np.ldexp(significand, exponent.astype(np.int32) - bits)


def _ordinary(lattice: Lattice, _shared: Codes, codes: Codes) -> NDArray[np.float64]:
    simplest = (codes.rank == 0) & (codes.mantissa == 0) & (codes.variant == 0)
    values = _scaled(codes, lattice, _around(codes, 0, -4, 4))
    return np.where(simplest, codes.sign * 0.0, values)


def _rationals(_lattice: Lattice, _shared: Codes, codes: Codes) -> NDArray[np.float64]:
    numerator = codes.choice(16)
    denominator = 2.0 ** np.maximum(codes.variant - 4, 0)
    return codes.sign * (numerator / denominator)


def _zeros(lattice: Lattice, shared: Codes, codes: Codes) -> NDArray[np.float64]:
    return np.where(codes.variant < 4, codes.sign * 0.0, _ordinary(lattice, shared, codes))


def _tiny(lattice: Lattice, _shared: Codes, codes: Codes) -> NDArray[np.float64]:
    lowest = lattice.fmt.min_exponent
    return _scaled(codes, lattice, lowest + codes.choice(4))


def _huge(lattice: Lattice, _shared: Codes, codes: Codes) -> NDArray[np.float64]:
    top = lattice.fmt.max_exponent
    root = (top + 1) // 2
    near_top = top - codes.choice(3)
    near_root = _around(codes, root, root - 2, root + 2)
    between = root + codes.choice(top - root + 1)
    exponent = np.select([codes.variant < 3, codes.variant < 6], [near_top, near_root], between)
    return _scaled(codes, lattice, exponent)


def _subnormal(lattice: Lattice, _shared: Codes, codes: Codes) -> NDArray[np.float64]:
    bits = lattice.fmt.precision - 1
    lowest = lattice.fmt.min_exponent - bits
    return _truncated(codes, lattice, lowest + codes.choice(bits))


def _tails(lattice: Lattice, _shared: Codes, codes: Codes) -> NDArray[np.float64]:
    fmt, saturation = lattice.fmt, lattice.domain.saturation
    everywhere = _around(codes, 0, fmt.min_exponent, fmt.max_exponent)
    if saturation is None:
        return _scaled(codes, lattice, everywhere)
    centre = int(np.frexp(min(saturation, fmt.max))[1]) - 1
    centre = max(centre, fmt.min_exponent)
    lowest, highest = max(centre - 1, fmt.min_exponent), min(centre + 4, fmt.max_exponent)
    nearby = _around(codes, centre, lowest, highest)
    return _scaled(codes, lattice, np.where(codes.variant < 5, nearby, everywhere))


def _poles(lattice: Lattice, _shared: Codes, codes: Codes) -> NDArray[np.float64]:
    fmt, domain = lattice.fmt, lattice.domain
    ends = [end for end in (domain.lower, domain.upper) if abs(end) <= fmt.max]
    inner = [pole for pole in domain.poles if lattice.least <= pole <= lattice.greatest]
    centres = sorted({*ends, *inner}, key=lambda x: (abs(x), x)) or [0.0]
    # Without any pole, zero is where functions have kinks; but then no subnormals, which
    # have their own region.
    least = fmt.min_exponent - (fmt.precision - 1 if ends or inner else 0)
    from_zero = _truncated(codes, lattice, -(codes.choice(1 - least)))
    ulps = np.ldexp(1 + codes.fraction(fmt), fmt.precision - 2 - codes.choice(fmt.precision - 1))
    step = np.floor(ulps).astype(np.int64)
    result = from_zero
    for index, centre in enumerate(centres):
        if centre == 0:
            continue
        here = ordinals(np.asarray(centre).astype(fmt.numpy_dtype))
        above = floats_at(here + step, fmt).astype(np.float64)
        below = floats_at(here - step, fmt).astype(np.float64)
        # At an end of the interval only one side is inside.
        upwards = np.where(codes.negative, centre == domain.lower, centre != domain.upper)
        chosen = codes.variant % len(centres) == index
        result = np.where(chosen, np.where(upwards, above, below), result)
    return result


def _cancellation(lattice: Lattice, shared: Codes, codes: Codes) -> NDArray[np.float64]:
    fmt = lattice.fmt
    highest = min(12, fmt.max_exponent // 2)
    offset = lattice.bring_inside(_scaled(shared, lattice, 3 + shared.choice(highest - 2)))
    # At most 2**(bits - 1) ULP to either side, log-uniform.
    bits = fmt.precision // 2 - 1
    length = codes.choice(bits)
    step = np.floor(np.ldexp(1 + codes.fraction(fmt), length)).astype(np.int64)
    step = np.minimum(step, 2 ** (bits - 1))
    alternate = np.where(np.arange(len(codes)) % 2 == 1, -1, 1)
    away = np.where(codes.variant == 7, 0, step * alternate * codes.sign.astype(np.int64))
    return floats_at(ordinals(offset) + away, fmt).astype(np.float64)


def _tie(values: NDArray[Any], shared: Codes) -> NDArray[Any]:
    """Repeat elements, or rows where there are several, so that at least two are equal."""
    if values.size < 2:
        return values
    seed = int(shared.mantissa[0])
    if values.ndim > 1 and values.shape[0] > 1 and shared.negative[0]:
        rows = values
    else:
        rows = values.reshape(-1, 1)
    distinct = max(1, min(1 + int(shared.variant[0]) % 3, len(rows) - 1))
    chosen = np.arange(len(rows)) % distinct
    if seed:
        chosen = np.random.default_rng(seed).permutation(chosen)
    return rows[chosen].reshape(values.shape)


def _named(*regions: Region) -> Mapping[str, Region]:
    return MappingProxyType({region.name: region for region in regions})


REGIONS: Mapping[str, Region] = _named(
    Region(
        name="ordinary",
        summary="full significands, magnitudes log-uniform from 1/16 to 32; now and then 0",
        meaning=_ordinary,
    ),
    Region(
        name="rationals",
        summary="integers from -15 to 15, and those over 2, 4 and 8",
        meaning=_rationals,
    ),
    Region(
        name="zeros",
        summary="zeros of both signs among ordinary values",
        meaning=_zeros,
    ),
    Region(
        name="tiny",
        summary="normal, within 16 times the least normal magnitude",
        meaning=_tiny,
    ),
    Region(
        name="huge",
        summary="within 8 times the greatest magnitude, or about its square root, or between",
        meaning=_huge,
    ),
    Region(
        name="subnormal",
        summary="subnormal magnitudes, log-uniform down to the least",
        meaning=_subnormal,
    ),
    Region(
        name="cancellation",
        summary="one large offset, and a spread of few ULP about it from element to element",
        meaning=_cancellation,
    ),
    Region(
        name="ties",
        summary="at most three distinct ordinary elements, or rows, repeated",
        meaning=_ordinary,
        arrangement=_tie,
    ),
    Region(
        name="poles",
        summary="near the domain's ends and poles (else zero), log-uniform down to 1 ULP",
        meaning=_poles,
    ),
    Region(
        name="tails",
        summary="about and beyond saturation; log-uniform over all normal magnitudes",
        meaning=_tails,
    ),
)
"""The regions by name, the simplest to report a fault in first."""


def region_named(name: str) -> Region:
    """Look up a region.

    Raises:
        InvalidArgument: there is none of that name.

    """
    return looked_up(name, REGIONS, "a region")


def looked_up(name: str, regions: Mapping[str, Found], what: str) -> Found:
    """Look up a region of some kind.

    Raises:
        InvalidArgument: there is none of that name.

    """
    try:
        return regions[name]
    except (KeyError, TypeError):
        names = ", ".join(regions)
        raise InvalidArgument(f"region={name!r} is not {what}: take one of {names}") from None
