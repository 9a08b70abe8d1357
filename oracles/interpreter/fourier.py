"""Discrete Fourier transforms."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import sympy
from flint import arb, fmpq

from gradlaw.oracles.domains.cartesian import REAL_OF
from gradlaw.oracles.domains.complex_parts import Complex, Parts, step
from gradlaw.oracles.elementary import Elementary, X
from gradlaw.oracles.interpreter.arrays import Array, object_array
from gradlaw.oracles.interpreter.reading import Reader, handles
from gradlaw.oracles.rounding.fourier import convolution_stretch, transform_roundings

FORWARD, INVERSE, REAL, INVERSE_REAL = range(4)
"""``lax.FftType``'s values, in every release."""


class RootPart(Elementary):
    """The cosine or the sine of a turn's fraction, a constant.

    Args:
        place, order: the fraction place/order.
        sine: which.
    """

    def __init__(self, place: int, order: int, *, sine: bool) -> None:
        fraction = sympy.Rational(place, order)
        function = sympy.sin if sine else sympy.cos
        unevaluated = function(2 * sympy.pi * fraction, evaluate=order in {1, 2, 4, 8})
        super().__init__(f"part root {place}/{order}", unevaluated, 0)
        turn = fmpq(2 * place, order)
        self.evaluate = partial(arb.sin_pi_fmpq if sine else arb.cos_pi_fmpq, turn)


@cache
def _root_part(place: int, order: int, sine: bool) -> RootPart:
    return RootPart(place, order, sine=sine)


class _Roots:
    """The roots of unity of one order, as scalars of a domain."""

    def __init__(self, parts: Parts, order: int, sign: int) -> None:
        self.parts, self.order, self.sign = parts, order, sign
        self._found: dict[int, Complex] = {}

    def root(self, place: int) -> Complex:
        """exp(±2πi·place/order)."""
        place = place * self.sign % self.order
        if place not in self._found:
            common = math.gcd(place, self.order)
            reduced = place // common, self.order // common
            cosine, sine = (self.parts.apply(_root_part(*reduced, part)) for part in (False, True))
            self._found[place] = Complex(cosine, sine)
        return self._found[place]


_DIRECT = 16
"""Longer sums are split in two, if their length is not prime."""


class _Transforms:
    """Transforms of one sign in the domain, without a rounding."""

    def __init__(self, parts: Parts, sign: int) -> None:
        self.parts, self.sign = parts, sign
        self._roots: dict[int, _Roots] = {}

    def roots(self, order: int) -> _Roots:
        """Made once for each order."""
        if order not in self._roots:
            self._roots[order] = _Roots(self.parts, order, self.sign)
        return self._roots[order]

    def of(self, numbers: Sequence[Complex]) -> list[Complex]:
        """The transform of a sequence.

        Source: J. W. Cooley and J. W. Tukey, An algorithm for the machine calculation of complex
        Fourier series, Math. Comp. 19 (1965).
        """
        size = len(numbers)
        inner = _divisor_near_root(size)
        if size <= _DIRECT or inner == 1:
            roots = self.roots(size)
            return [self._sum(numbers, roots, place) for place in range(size)]
        outer, roots = size // inner, self.roots(size)
        columns = [self.of(numbers[start::outer]) for start in range(outer)]
        result: list[Any] = [None] * size
        for k in range(inner):
            turned = [
                self._turned(column[k], roots.root(start * k))
                for start, column in enumerate(columns)
            ]
            result[k::inner] = self.of([self._whole(terms) for terms in turned])
        return result

    def _sum(self, numbers: Sequence[Complex], roots: _Roots, place: int) -> Complex:
        terms = [
            self._turned(number, roots.root(place * position))
            for position, number in enumerate(numbers)
        ]
        return self._whole(([t for r, _ in terms for t in r], [t for _, i in terms for t in i]))

    def _whole(self, terms: tuple[list[Any], list[Any]]) -> Complex:
        return Complex(*(t[0] if len(t) == 1 else self.parts.total(t) for t in terms))

    def _turned(self, number: Complex, root: Complex) -> tuple[list[Any], list[Any]]:
        """The terms of the two parts of a product with a root of unity."""
        parts, cosine, sine = self.parts, *map(self.parts.decide, (root.real, root.imag))
        real, imag = [], []
        if cosine:
            scale = _scaling(parts, cosine, root.real)
            real.append(scale(number.real))
            imag.append(scale(number.imag))
        if sine:
            scale = _scaling(parts, sine, root.imag)
            real.append(parts.minus(scale(number.imag)))
            imag.append(scale(number.real))
        return real, imag


def _scaling(parts: Parts, value: float, factor: Any) -> Callable[[Any], Any]:
    if value == 1:
        return lambda scalar: scalar
    return parts.minus if value == -1 else partial(parts.scaled, factor)


def _divisor_near_root(number: int) -> int:
    """The largest divisor that is at most the square root."""
    return next(d for d in range(math.isqrt(number), 0, -1) if number % d == 0) if number else 1


def _along(array: Array, axis: int, function: Callable[[list[Complex]], list[Complex]]) -> Array:
    """``function`` of every line along an axis."""
    moved = np.moveaxis(array, axis, -1)
    lines = [function(list(line)) for line in moved.reshape(-1, array.shape[axis])]
    length = len(lines[0]) if lines else array.shape[axis]
    flat = object_array((scalar for line in lines for scalar in line), (len(lines), length))
    return np.moveaxis(flat.reshape(*moved.shape[:-1], length), -1, axis)


def _hermitian(parts: Parts, half: list[Complex], length: int) -> list[Complex]:
    """The spectrum of a real sequence from its first half; real where a frequency is its own."""
    whole: list[Any] = [None] * length
    for place, number in enumerate(half):
        opposite = -place % length
        if opposite == place:
            whole[place] = Complex(number.real, parts.zero)
        else:
            whole[place] = number
            whole[opposite] = Complex(number.real, parts.minus(number.imag))
    return whole


@handles("fft")
def _fft(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Transforms over the last axes, as XLA defines them; the inverse ones divide by the size.

    Source: StableHLO specification, ``fft``; JAX documentation, ``jax.lax.fft``.
    """
    (operand,), result = operands, equation.outvars[0].aval
    kind = _kind(equation.params["fft_type"])
    lengths = [int(length) for length in equation.params["fft_lengths"]]
    dtype = REAL_OF.get(result.dtype.name, result.dtype.name)
    domain: Any = reader.domain
    parts: Parts = domain.parts(dtype)
    if kind == REAL:
        operand = object_array(
            (Complex(scalar, parts.zero) for scalar in operand.reshape(-1)), operand.shape
        )
    if result.size == 0 or not lengths:
        return [np.empty(result.shape, dtype=object) if lengths else operand]
    transforms = _Transforms(parts, -1 if kind in {FORWARD, REAL} else 1)
    *outer, last = range(operand.ndim - len(lengths), operand.ndim)
    bounds = _bounds(parts, operand, lengths)
    array = operand
    for axis in outer:
        array = _along(array, axis, transforms.of)
    if kind == INVERSE_REAL:
        # Only now: a spectrum of several axes is conjugate at its point reflection.
        array = _along(array, last, lambda half: _hermitian(parts, half, lengths[-1]))
    array = _along(array, last, transforms.of)
    if kind == REAL:
        array = array[..., : result.shape[-1]]
    return [_finished(parts, array, bounds, kind, lengths)]


def _kind(spelled: Any) -> int:
    names = {"FFT": FORWARD, "IFFT": INVERSE, "RFFT": REAL, "IRFFT": INVERSE_REAL}
    name = getattr(spelled, "name", None)
    return names[name] if name in names else int(spelled)


def _bounds(parts: Parts, operand: Array, lengths: Sequence[int]) -> list[arb]:
    """For each transform the number that its outputs' errors are relative to."""
    given = operand.shape[-1]
    groups = operand.reshape(-1, math.prod(lengths[:-1]) * given)
    stretch = convolution_stretch(lengths)
    # Of a Hermitian spectrum only half is given: what is left out is as large as its opposite.
    halved = [place % given != -(place % given) % lengths[-1] for place in range(groups.shape[1])]
    found = []
    for group in groups:
        norms = [parts.norm(number) for number in group]
        if given != lengths[-1]:
            norms += [norm for norm, twice in zip(norms, halved, strict=True) if twice]
        largest = sum(norms, arb(0))
        if stretch is not None:
            squares = sum((norm * norm for norm in norms), arb(0))
            largest = largest.max(squares.sqrt() * stretch)
        found.append(largest.abs_upper())
    return found


def _finished(
    parts: Parts, array: Array, bounds: Sequence[arb], kind: int, lengths: Sequence[int]
) -> Array:
    """The outputs divided by the size, where the transform is an inverse one, and widened."""
    size = math.prod(lengths)
    inverse = kind in {INVERSE, INVERSE_REAL}
    share = step(X / size, 1)
    roundings = transform_roundings(lengths)
    underflows = 8.0 * size * (1 + math.log2(size))

    def finished(part: Any, magnitude: arb) -> Any:
        if inverse and size > 1:
            # The sum may overflow before it is divided.
            part = parts.real.widened(
                part, parts.dtype, magnitude=magnitude, roundings=0, underflows=0
            )
            part, magnitude = parts.apply(share, part), magnitude / size
        return parts.real.widened(
            part, parts.dtype, magnitude=magnitude, roundings=roundings, underflows=underflows
        )

    outputs = array.size // len(bounds)
    scalars: list[Any] = []
    for place, number in enumerate(array.reshape(-1)):
        magnitude = bounds[place // outputs]
        real = finished(number.real, magnitude)
        whole = kind == INVERSE_REAL
        scalars.append(real if whole else Complex(real, finished(number.imag, magnitude)))
    return object_array(scalars, array.shape)
