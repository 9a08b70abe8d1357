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
    return (magnitude | sign).view(fmt.numpy_dtype)


@dataclass(frozen=True, kw_only=True)
class Lattice:
    """The floats of one format that lie in one domain.

    Attributes:
        fmt: the format.
        domain: the domain.
        least: the least float inside.
        greatest: the greatest float inside.
        holes: the domain's poles that are floats of the format, within [least, greatest].
    """

    fmt: FloatFormat
    domain: Domain
    least: float
    greatest: float
    holes: tuple[float, ...]

    def bring_inside(self, values: NDArray[np.float64]) -> NDArray[Any]:
        """Round to the format, keeping each value if it is inside and else moving it there.

        A value outside is mirrored at zero if that brings it inside; otherwise magnitudes
        [0, inf) are mapped in order onto the interval, from its lower end if it has one:
        what is tiny comes close to an end, and what is huge goes as far as the domain does.

        Args:
            values: (...) finite, float64.

        Returns:
            (...) of the format's dtype, each inside the domain.
        """
        lower, upper = self.domain.lower, self.domain.upper
        if lower != -math.inf or upper != math.inf:
            outside = ~((lower < values) & (values < upper))
            mirrored = outside & (lower < -values) & (-values < upper)
            values = np.where(mirrored, -values, values)
            outside &= ~mirrored
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
        share = 1 / (1 + 1 / np.maximum(magnitude, 1e-300))
        return lower * (1 - share) + upper * share

    def _step_off_holes(self, values: NDArray[Any]) -> NDArray[Any]:
        for step in (1, -1):
            for hole in self.holes if step > 0 else reversed(self.holes):
                on = values == self.fmt.numpy_dtype.type(hole)
                if on.any():
                    values = np.where(on, floats_at(ordinals(values) + step, self.fmt), values)
            # Upwards first; whatever that pushed past the end comes back down from there.
            values = np.minimum(values, self.fmt.numpy_dtype.type(self.greatest))
        return values


def _adjacent(x: float, fmt: FloatFormat, step: int) -> float:
    start = np.asarray(min(max(x, -fmt.max), fmt.max)).astype(fmt.numpy_dtype)
    nearest = float(start)
    if (nearest - x) * step > 0 or (math.isinf(x) and nearest * x > 0):
        return nearest
    return float(floats_at(ordinals(start) + step, fmt))


@lru_cache(maxsize=1024)
def _lattice(fmt: FloatFormat, domain: Domain) -> Lattice:
    least = -fmt.max if domain.lower == -math.inf else _adjacent(domain.lower, fmt, 1)
    greatest = fmt.max if domain.upper == math.inf else _adjacent(domain.upper, fmt, -1)
    holes = []
    for pole in sorted(set(domain.poles)):
        if least <= pole <= greatest and float(np.asarray(pole).astype(fmt.numpy_dtype)) == pole:
            holes.append(pole)
    while holes and holes[0] == least:
        least = _adjacent(holes.pop(0), fmt, 1)
    while holes and holes[-1] == greatest:
        greatest = _adjacent(holes.pop(), fmt, -1)
    if not (domain.lower < least <= greatest < domain.upper):
        raise InvalidArgument(
            f"no finite {fmt.name} lies in {domain}: widen the domain, or leave out {fmt.name}"
        )
    return Lattice(fmt=fmt, domain=domain, least=least, greatest=greatest, holes=tuple(holes))


def lattice(fmt: FloatFormat, domain: Domain) -> Lattice:
    """Find the floats of a format that lie in a domain.

    Raises:
        InvalidArgument: there are none, ``fmt`` is no FloatFormat or ``domain`` no Domain.
    """
    check_format(fmt)
    if not isinstance(domain, Domain):
        raise InvalidArgument(f"domain={domain!r} is not a Domain")
    return _lattice(fmt, domain)
