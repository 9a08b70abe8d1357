"""The floats of a format in order, counted by ordinals, and those inside a domain."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from hypothesis.errors import InvalidArgument
from numpy.typing import NDArray

from gradlaw.strategies.domains import Domain
from gradlaw.strategies.dtypes import FloatFormat, check_format


def ordinals(values: NDArray[Any]) -> NDArray[np.int64]:
    """Count floats from zero, one for each ULP: 0 for both zeros, negative below.

    Args:
        values: (...) finite, of a format's dtype.

    """
    bits = values.view(f"i{values.dtype.itemsize}").astype(np.int64)
    magnitude = bits & np.int64(2 ** (8 * values.dtype.itemsize - 1) - 1)
    return np.where(bits < 0, -magnitude, magnitude)


def floats_at(ordinal: NDArray[np.int64], fmt: FloatFormat) -> NDArray[Any]:
    """Return the floats of the format at these ordinals: the inverse of ``ordinals``.

    Args:
        ordinal: (...) integers; beyond the largest finite float, that float.
        fmt: the format.

    """
    size = fmt.numpy_dtype.itemsize
    top = int(ordinals(np.asarray(fmt.max, fmt.numpy_dtype)))
    bounded = np.clip(ordinal, -top, top)
    magnitude = np.abs(bounded).astype(f"u{size}")
    sign = (bounded < 0).astype(f"u{size}") << np.asarray(8 * size - 1, f"u{size}")
    floats: NDArray[Any] = (magnitude | sign).view(fmt.numpy_dtype)
    return floats


@dataclass(frozen=True, kw_only=True)
class Lattice:
    """The floats of one format that lie in one domain.

    Attributes:
        fmt: the format.
        domain: the domain.
        least: the least float inside.
        greatest: the greatest float inside.
        simplest: the simplest value inside: 0 if it is, else 1, -1, 2, ….
        holes: the domain's poles that are floats of the format, within [least, greatest].

    """

    fmt: FloatFormat
    domain: Domain
    least: float
    greatest: float
    simplest: float
    holes: tuple[float, ...]

    def bring_inside(self, values: NDArray[np.float64]) -> NDArray[Any]:
        """Round to the format, keeping each value if it is inside and else moving it there.

        A value outside is mirrored at zero if that brings it inside; otherwise magnitudes
        [0, inf) are mapped in order onto the interval, from its lower end if it has one:
        what is tiny comes close to an end, and what is huge goes as far as the domain does.
        Zero becomes the simplest value inside.

        Args:
            values: (...) finite, float64.

        Returns:
            (...) of the format's dtype, each inside the domain.

        """
        lower, upper = self.domain.lower, self.domain.upper
        if 0.0 in self.holes:
            values = np.where(values == 0, self.simplest, values)
        if lower != -math.inf or upper != math.inf:
            outside = ~((lower < values) & (values < upper))
            mirrored = outside & (lower < -values) & (-values < upper)
            values = np.where(mirrored, -values, values)
            outside &= ~mirrored
            values = np.where(outside & (values == 0), self.simplest, values)
            outside &= values != self.simplest
            if outside.any():
                values = np.where(outside, self._map_magnitude(np.abs(values)), values)
        rounded = np.clip(values, self.least, self.greatest).astype(self.fmt.numpy_dtype)
        if self.holes:
            rounded = self._step_off_holes(rounded)
        return rounded

    def _map_magnitude(self, magnitude: NDArray[np.float64]) -> NDArray[np.float64]:
        lower, upper = self.domain.lower, self.domain.upper
        if upper == math.inf:
            return lower + np.minimum(magnitude, self.fmt.max / 2)
        if lower == -math.inf:
            return upper - np.minimum(magnitude, self.fmt.max / 2)
        share = magnitude / (1 + magnitude)
        return lower * (1 - share) + upper * share

    def _step_off_holes(self, values: NDArray[Any]) -> NDArray[Any]:
        # The greatest float inside is no hole, so that a step up stays inside.
        for hole in self.holes:
            on = values == self.fmt.numpy_dtype.type(hole)
            if on.any():
                values = np.where(on, floats_at(ordinals(values) + 1, self.fmt), values)
        return values


_SIMPLE = (0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 4.0, -4.0, 0.25, -0.25)


def _adjacent(x: float, fmt: FloatFormat, step: int) -> float:
    """Return the float next to ``x`` above it (step 1) or below it (step -1)."""
    nearest = _nearest(x, fmt)
    if (nearest - x) * step > 0:
        return nearest
    return float(floats_at(ordinals(np.asarray(nearest, fmt.numpy_dtype)) + step, fmt))


def _nearest(x: float, fmt: FloatFormat) -> float:
    return float(np.asarray(min(max(x, -fmt.max), fmt.max)).astype(fmt.numpy_dtype))


@lru_cache(maxsize=1024)
def _lattice(fmt: FloatFormat, domain: Domain) -> Lattice:
    least = -fmt.max if domain.lower == -math.inf else _adjacent(domain.lower, fmt, 1)
    greatest = fmt.max if domain.upper == math.inf else _adjacent(domain.upper, fmt, -1)
    holes = [
        pole
        for pole in sorted(set(domain.poles))
        if least <= pole <= greatest and _nearest(pole, fmt) == pole
    ]
    while holes and holes[0] == least:
        least = _adjacent(holes.pop(0), fmt, 1)
    while holes and holes[-1] == greatest:
        greatest = _adjacent(holes.pop(), fmt, -1)
    if not (domain.lower < least <= greatest < domain.upper):
        raise InvalidArgument(
            f"no finite {fmt.name} lies in {domain}: widen the domain, or leave out {fmt.name}"
        )
    simplest = next(
        (x for x in _SIMPLE if least <= x <= greatest and x not in holes),
        # Far from zero or narrow: a short decimal is not to be had.
        min(max(_middle(domain), least), greatest),
    )
    return Lattice(
        fmt=fmt,
        domain=domain,
        least=least,
        greatest=greatest,
        simplest=simplest,
        holes=tuple(holes),
    )


def _middle(domain: Domain) -> float:
    if domain.upper == math.inf:
        return domain.lower + 1
    if domain.lower == -math.inf:
        return domain.upper - 1
    return domain.lower / 2 + domain.upper / 2


def lattice(fmt: FloatFormat, domain: Domain) -> Lattice:
    """Find the floats of a format that lie in a domain.

    Raises:
        InvalidArgument: there are none, ``fmt`` is no FloatFormat or ``domain`` no Domain.

    """
    check_format(fmt)
    if not isinstance(domain, Domain):
        raise InvalidArgument(f"domain={domain!r} is not a Domain")
    return _lattice(fmt, domain)
