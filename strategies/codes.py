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
"""Sign with variant and high rank, low rank, mantissa in two."""

_SIMPLE_BITS = 6
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

    @property
    def sign(self) -> NDArray[np.float64]:
        """(n,) 1.0 or -1.0."""
        return np.where(self.negative, -1.0, 1.0)

    def fraction(self, fmt: FloatFormat) -> NDArray[np.float64]:
        """(n,) fractions of significands, in [0, 1), that the format represents exactly.

        One in eight is simple: few bits, ordered 0, 1/2, 1/4, 3/4, 1/8, …, the last of them
        all ones. The others fill every bit of the significand, so that sums and products
        round. (Bits that are filled would otherwise be rare: a random walk to simple values
        hides rounding errors.)
        """
        order = self.mantissa >> 7
        simple = np.zeros(len(self))
        for bit in range(_SIMPLE_BITS):
            simple += ((order >> bit) & 1) * 2.0 ** -(bit + 1)
        simple[order == 2**_SIMPLE_BITS - 1] = 1 - 2.0 ** (1 - fmt.precision)
        dense = (self.mantissa.astype(np.uint64) * _FIBONACCI) >> np.uint64(65 - fmt.precision)
        return np.where(
            order < 2**_SIMPLE_BITS, simple, dense.astype(np.float64) * 2.0 ** (1 - fmt.precision)
        )


def decode(drawn: bytes) -> Codes:
    """Read codes from drawn bytes, ``BYTES_PER_CODE`` for each."""
    columns = np.frombuffer(drawn, np.uint8).reshape(-1, BYTES_PER_CODE).astype(np.int64).T
    head, low, coarse, fine = columns
    return Codes(
        negative=(head & 1).astype(np.bool_),
        variant=(head >> 1) & 7,
        rank=low | (head >> 4) << 8,
        mantissa=coarse << 8 | fine,
    )


def drawn_bytes(count: int) -> st.SearchStrategy[bytes]:
    """Bytes for ``count`` codes, in one draw."""
    return st.binary(min_size=count * BYTES_PER_CODE, max_size=count * BYTES_PER_CODE)
