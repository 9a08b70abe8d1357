"""Codes: the drawn bytes behind an array, four for each element.

Hypothesis pays some 40 µs for each draw, whatever its size, so an array is one draw of bytes
and costs what a single float does. Hypothesis shrinks bytes one by one towards zero; each
byte therefore means one thing, and its zero is the simplest.
"""

from __future__ import annotations

from dataclasses import dataclass

import hypothesis.strategies as st
import numpy as np
from numpy.typing import NDArray

from gradlaw.strategies.dtypes import FloatFormat

BYTES_PER_CODE = 4
"""Sign with variant and the rank's last bits; mantissa in two; the rank's first bits.

Of two simple values, the one with the shorter significand is taken to be the simpler."""

_ALL_ONES = 63
_SIMPLE_FRACTIONS = np.array([int(f"{order:06b}"[::-1], 2) / 64 for order in range(_ALL_ONES + 1)])
"""0, 1/2, 1/4, 3/4, 1/8, …: six bits in reverse."""

_FIBONACCI = np.uint64(0x9E3779B97F4A7C15)
"""2**64 divided by the golden ratio (Knuth, The Art of Computer Programming, section 6.4)."""


@dataclass(frozen=True, kw_only=True)
class Codes:
    """What was drawn for each of n elements, before a region gives it a meaning.

    Attributes:
        negative: (n,) whether the sign is negative.
        variant: (n,) 0 to 7: which of its kinds of value a region takes.
        rank: (n,) 0 to 4095: how far down the region's list, of exponents mostly.
        mantissa: (n,) 0 to 65535: which fraction of the significand.

    """

    negative: NDArray[np.bool_]
    variant: NDArray[np.int64]
    rank: NDArray[np.int64]
    mantissa: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rank)

    def __getitem__(self, chosen: slice) -> Codes:
        return Codes(
            negative=self.negative[chosen],
            variant=self.variant[chosen],
            rank=self.rank[chosen],
            mantissa=self.mantissa[chosen],
        )

    def choice(self, count: int) -> NDArray[np.int64]:
        """(n,) 0 to count - 1, in the order of ranks, for a count of up to 4096."""
        return (self.rank * count) >> 12

    @property
    def sign(self) -> NDArray[np.float64]:
        """(n,) 1.0 or -1.0."""
        return np.where(self.negative, -1.0, 1.0)

    def fraction(self, fmt: FloatFormat) -> NDArray[np.float64]:
        """(n,) fractions of significands, in [0, 1), that the format represents exactly.

        One in eight is simple: few bits, ordered 0, 1/2, 1/4, 3/4, 1/8, …, the last of them
        all ones. The others fill every bit of the significand, so that sums and products
        round. (On simple values alone every operation is exact, which hides rounding errors.)
        """
        order = self.mantissa >> 7
        ulp = 2.0 ** (1 - fmt.precision)
        dense = (self.mantissa.astype(np.uint64) * _FIBONACCI) >> np.uint64(65 - fmt.precision)
        simple = _SIMPLE_FRACTIONS[np.minimum(order, _ALL_ONES)]
        simple = np.where(order < _ALL_ONES, simple, 1 - ulp)
        return np.where(order <= _ALL_ONES, simple, dense * ulp)


def decode(drawn: bytes) -> Codes:
    """Read codes from drawn bytes, ``BYTES_PER_CODE`` for each."""
    columns = np.frombuffer(drawn, np.uint8).reshape(-1, BYTES_PER_CODE).astype(np.int64).T
    head, coarse, fine, high = columns
    return Codes(
        negative=(head & 1).astype(np.bool_),
        variant=(head >> 1) & 7,
        rank=high << 4 | head >> 4,
        mantissa=coarse << 8 | fine,
    )


def drawn_bytes(count: int) -> st.SearchStrategy[bytes]:
    """Bytes for ``count`` codes, in one draw."""
    return st.binary(min_size=count * BYTES_PER_CODE, max_size=count * BYTES_PER_CODE)
