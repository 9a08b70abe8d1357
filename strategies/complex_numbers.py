"""Complex arrays: two arrays of real parts, and regions that say how the parts are related."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from gradlaw.strategies.codes import Codes
from gradlaw.strategies.domains import REAL, Domain, WellConditioned
from gradlaw.strategies.dtypes import FLOAT_FORMATS, FloatFormat
from gradlaw.strategies.lattice import Lattice, lattice
from gradlaw.strategies.matrices import fill_matrix
from gradlaw.strategies.regions import REGIONS, looked_up
from gradlaw.strategies.values import fill

Array: TypeAlias = np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True)
class ComplexFormat:
    """A format of complex numbers: two floats of one format.

    Attributes:
        name: JAX's and NumPy's name.
        numpy_dtype: of arrays in this format.
        part: the format of the real and of the imaginary part.

    """

    name: str
    numpy_dtype: np.dtype[Any]
    part: FloatFormat


COMPLEX_FORMATS: Mapping[str, ComplexFormat] = MappingProxyType(
    {
        name: ComplexFormat(name=name, numpy_dtype=np.dtype(name), part=FLOAT_FORMATS[part])
        for name, part in (("complex64", "float32"), ("complex128", "float64"))
    }
)
"""The formats by name, the simpler first."""

_NEAR_ZERO = "poles"
"""Of a part: log-uniform near zero, whatever the ends of the domain are."""

Relation: TypeAlias = Callable[[Lattice, Array, Array], tuple[Array, Array]]
"""(the parts' lattice, real parts, imaginary parts) -> both, elements of them related."""


def _unrelated(_lattice: Lattice, real: Array, imag: Array) -> tuple[Array, Array]:
    return real, imag


@dataclass(frozen=True, kw_only=True)
class ComplexRegion:
    """A kind of complex number.

    Attributes:
        name: as reports show it.
        summary: what its numbers have in common, in one line.
        real: the region that real parts are drawn from.
        imag: the one of imaginary parts.
        relation: what becomes of both.

    """

    name: str
    summary: str
    real: str = "ordinary"
    imag: str = "ordinary"
    relation: Relation = _unrelated


def _signed_zeros(inside: Lattice, parts: Array) -> Array:
    """Zeros of the parts' signs, where the domain has zero; the parts as they are where not."""
    if not (inside.least <= 0 <= inside.greatest and 0.0 not in inside.holes):
        return parts
    return np.copysign(np.zeros_like(parts), parts)


def _on_the_real_axis(inside: Lattice, real: Array, imag: Array) -> tuple[Array, Array]:
    return real, _signed_zeros(inside, imag)


def _on_the_imaginary_axis(inside: Lattice, real: Array, imag: Array) -> tuple[Array, Array]:
    return _signed_zeros(inside, real), imag


def _on_a_diagonal(inside: Lattice, real: Array, imag: Array) -> tuple[Array, Array]:
    """Parts of equal magnitude, in the domain."""
    equal = np.copysign(np.abs(real), imag)
    return real, inside.bring_inside(equal.astype(np.float64))


def _of_modulus_one(inside: Lattice, real: Array, imag: Array) -> tuple[Array, Array]:
    """A point of the unit circle, each part rounded."""
    angle = np.arctan2(imag.astype(np.float64), real.astype(np.float64))
    return inside.bring_inside(np.cos(angle)), inside.bring_inside(np.sin(angle))


def _near_a_unit(inside: Lattice, real: Array, imag: Array) -> tuple[Array, Array]:
    """1, -1, i or -i, and a little more in both directions, log-uniform from zero."""
    swapped = np.abs(imag) > np.abs(real)
    significand, exponent = np.frexp(real.astype(np.float64))
    # Distances below the unit roundoff would be lost in the sum.
    distance = np.ldexp(significand, -(-exponent % inside.fmt.precision))
    along = inside.bring_inside(np.where(imag < 0, -1, 1) * (1 + distance))
    return np.where(swapped, imag, along), np.where(swapped, along, imag)


def _named(*regions: ComplexRegion) -> Mapping[str, ComplexRegion]:
    return MappingProxyType({region.name: region for region in regions})


COMPLEX_REGIONS: Mapping[str, ComplexRegion] = _named(
    ComplexRegion(
        name="ordinary", summary="both parts of the region of that name, now and then a zero"
    ),
    ComplexRegion(
        name="rationals",
        summary="integers from -15 to 15, and those over 2, 4 and 8, in both parts",
        real="rationals",
        imag="rationals",
    ),
    ComplexRegion(
        name="zeros",
        summary="zeros of both signs among ordinary values, in both parts",
        real="zeros",
        imag="zeros",
    ),
    ComplexRegion(
        name="real axis",
        summary="imaginary parts are zeros of both signs: branch cuts, and what lies beside them",
        relation=_on_the_real_axis,
    ),
    ComplexRegion(
        name="imaginary axis",
        summary="real parts are zeros of both signs",
        relation=_on_the_imaginary_axis,
    ),
    ComplexRegion(
        name="near the real axis",
        summary="imaginary parts of both signs near zero, log-uniform: both sides of a branch cut",
        imag=_NEAR_ZERO,
    ),
    ComplexRegion(
        name="near the imaginary axis",
        summary="real parts of both signs near zero, log-uniform",
        real=_NEAR_ZERO,
    ),
    ComplexRegion(
        name="near a unit",
        summary="near 1, -1, i and -i, where branch cuts end; distances log-uniform",
        real=_NEAR_ZERO,
        imag=_NEAR_ZERO,
        relation=_near_a_unit,
    ),
    ComplexRegion(name="equal parts", summary="parts of equal magnitude", relation=_on_a_diagonal),
    ComplexRegion(
        name="modulus one",
        summary="points of the unit circle, each part rounded",
        relation=_of_modulus_one,
    ),
    ComplexRegion(
        name="small modulus",
        summary="both parts within 16 times the least normal magnitude",
        real="tiny",
        imag="tiny",
    ),
    ComplexRegion(
        name="large modulus",
        summary="both parts within 8 times the greatest magnitude, or about its square root",
        real="huge",
        imag="huge",
    ),
    ComplexRegion(
        name="subnormal",
        summary="subnormal parts, log-uniform down to the least",
        real="subnormal",
        imag="subnormal",
    ),
    ComplexRegion(
        name="unequal parts",
        summary="each part about and beyond saturation, or log-uniform over all magnitudes",
        real="tails",
        imag="tails",
    ),
    ComplexRegion(
        name="cancellation",
        summary="in each part one large offset, and a spread of few ULP about it",
        real="cancellation",
        imag="cancellation",
    ),
    ComplexRegion(
        name="ties",
        summary="at most three distinct ordinary parts, or rows of them, repeated",
        real="ties",
        imag="ties",
    ),
)
"""The regions of complex numbers by name, the simplest to report a fault in first."""


def complex_region_named(name: str) -> ComplexRegion:
    """Look up a region of complex numbers.

    Raises:
        InvalidArgument: there is none of that name.

    """
    return looked_up(name, COMPLEX_REGIONS, "a region of complex numbers")


def fill_complex(
    shape: tuple[int, ...], fmt: ComplexFormat, domain: Domain, region: str, codes: Codes
) -> Array:
    """Build the array that codes stand for, both parts of each element inside the domain.

    Args:
        shape: of the array.
        fmt: its format.
        domain: where each of the parts lies.
        region: a name in COMPLEX_REGIONS.
        codes: twice as many as one array of real numbers takes: the real parts' codes first.

    """
    kind, inside, half = complex_region_named(region), lattice(fmt.part, domain), len(codes) // 2
    real = _fill_part(shape, inside, kind.real, codes[:half])
    imag = _fill_part(shape, inside, kind.imag, codes[half:])
    return joined(*kind.relation(inside, real, imag), fmt)


def _fill_part(shape: tuple[int, ...], inside: Lattice, region: str, codes: Codes) -> Array:
    if region != _NEAR_ZERO:
        return fill(shape, inside, REGIONS[region], codes)
    free = fill(shape, lattice(inside.fmt, REAL), REGIONS[region], codes)
    return inside.bring_inside(free.astype(np.float64))


def fill_complex_matrix(n: int, fmt: ComplexFormat, domain: WellConditioned, codes: Codes) -> Array:
    """Build a matrix as well conditioned, of two real ones that are better so.

    Where both parts dominate by the factor 1 + m, |a + ib| on the diagonal is at least
    (|a| + |b|)/√2, and so (1 + m)/√2 times the sum of the other moduli of its row.
    """
    margin = math.sqrt(2) * (1 + domain.margin) - 1
    wider = WellConditioned(margin=margin, positive_diagonal=domain.positive_diagonal)
    half = len(codes) // 2
    real, imag = (fill_matrix(n, fmt.part, wider, own) for own in (codes[:half], codes[half:]))
    return joined(real, imag, fmt)


def joined(real: Array, imag: Array, fmt: ComplexFormat) -> Array:
    """The complex array of two arrays of parts; signs of zeros are kept."""
    array = np.empty_like(real, dtype=fmt.numpy_dtype)
    array.real, array.imag = real, imag
    return array
