"""The error of fast Fourier transforms."""

from __future__ import annotations

import math
from collections.abc import Sequence

_TWIDDLE = 2.25 + 1.5
"""Roundoffs of a product with a root of unity: √5 for it, and the root's own error.

Source: R. P. Brent, C. Percival and P. Zimmermann, Math. Comp. 76 (2007), theorem 1; for the roots,
N. J. Higham, Accuracy and Stability of Numerical Algorithms, equation (24.5).
"""

_DIRECT = 50
"""Shorter transforms are never turned into convolutions.

Source: DUCC and pocketfft, ``util::cost_guess`` and the constructor of a complex plan.
"""


def transform_roundings(lengths: Sequence[int]) -> float:
    """How many roundings each summand of an output goes through, at most.

    A factor p of a length is a sum of p products, of which backends keep more than one formula: one
    product, and p - 1 additions for each of two parts that a formula may take apart.

    Args:
        lengths: of the axes.

    Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, theorem 24.2, whose
        argument holds for each output with the sum of the inputs' moduli in their norm's place.
    """
    return 1.0 + sum(_axis_roundings(length) for length in lengths)


def convolution_stretch(lengths: Sequence[int]) -> float | None:
    """By how much the norm of the input grows on the way, where a length is done by convolution.

    Bluestein's convolution is a product of transforms of m ≥ 2n - 1 numbers, m < 4n, whose error is
    bounded by norms: √m times the input's.

    Returns:
        The product over all axes, or None where no length has a large prime factor.

    Source: L. I. Bluestein, A linear filtering approach to the computation of discrete Fourier
        transform, IEEE Trans. Audio Electroacoustics 18 (1970).
    """
    if not any(_by_convolution(length) for length in lengths):
        return None
    return math.prod(
        math.sqrt(4 * length if _by_convolution(length) else length) for length in lengths
    )


def prime_factors(number: int) -> list[int]:
    """In ascending order, each as often as it divides."""
    factors, divisor = [], 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            factors.append(divisor)
            number //= divisor
        divisor += 1
    return [*factors, number] if number > 1 else factors


def _by_convolution(length: int) -> bool:
    factors = prime_factors(length)
    return length >= _DIRECT and factors[-1] ** 2 > length


def _axis_roundings(length: int) -> float:
    plain = sum(p - 1 + _TWIDDLE for p in prime_factors(length))
    if not _by_convolution(length):
        return plain
    levels = math.ceil(math.log2(4 * length))
    return max(plain, 3 * levels * (1 + _TWIDDLE) + 3 * _TWIDDLE)
