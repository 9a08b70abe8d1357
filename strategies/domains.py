"""Where a function may be evaluated."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Domain:
    """An open interval of the reals, less the poles inside it.

    Attributes:
        lower: the end below, not contained; ``-inf`` where there is none.
        upper: the end above, not contained; ``inf`` where there is none.
        poles: points that are not contained. They need not lie inside the interval: the
            region "poles" approaches those that do.
        saturation: the magnitude of the argument around which the function's tail begins
            (where tanh becomes 1, where exp overflows); None where there is none.

    Raises:
        ValueError: the interval is empty, a pole or the saturation is not finite, or the
            saturation is not positive.

    """

    lower: float = -math.inf
    upper: float = math.inf
    poles: tuple[float, ...] = ()
    saturation: float | None = None

    def __post_init__(self) -> None:
        if not self.lower < self.upper:
            raise ValueError(
                f"Domain(lower={self.lower!r}, upper={self.upper!r}) is empty: "
                "lower must be less than upper"
            )
        if not all(map(math.isfinite, self.poles)):
            raise ValueError(f"Domain(poles={self.poles!r}): every pole must be finite")
        if self.saturation is not None and not 0 < self.saturation < math.inf:
            raise ValueError(
                f"Domain(saturation={self.saturation!r}): the saturation is a positive, "
                "finite magnitude, or None"
            )

    def contains(self, x: float) -> bool:
        """Say whether the function may be evaluated at ``x``; NaN and infinities are outside."""
        return self.lower < x < self.upper and x not in self.poles


REAL = Domain()
"""All finite numbers."""


@dataclass(frozen=True, kw_only=True)
class WellConditioned:
    """Square matrices that are strictly diagonally dominant by rows, and not symmetric.

    For each row, ``|a_ii| >= (1 + margin) * max(sum_j≠i |a_ij|, scale)``, but for the n + 2
    roundings in float64 of finding the right-hand side, hence
    ``norm(inv(A), inf) <= 1 / (margin * scale)``, where scale is the power of two by which
    the whole matrix is scaled, from 1/4 to 4.

    Attributes:
        margin: the least relative dominance of the diagonal.
        positive_diagonal: whether the diagonal is positive, for solvers that iterate
            ``x + (b - A x)``; otherwise its signs are drawn.

    Raises:
        ValueError: the margin is not positive and finite.

    Source: Varah, A lower bound for the smallest singular value of a matrix, Linear Algebra
    and its Applications 11 (1975).

    """

    margin: float = 0.5
    positive_diagonal: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.margin < math.inf:
            raise ValueError(
                f"WellConditioned(margin={self.margin!r}): the margin is positive and finite"
            )
