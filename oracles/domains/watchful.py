"""The chain rule over exact numbers, where a tie has every derivative that the tied have."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb

from gradlaw.oracles.domains.chain import Chain
from gradlaw.oracles.domains.exact import Exact, balls_overlap, extreme_ball
from gradlaw.oracles.domains.jumps import jumps
from gradlaw.oracles.domains.nodes import Node
from gradlaw.oracles.domains.protocol import Scalar
from gradlaw.oracles.elementary import Elementary


class WatchfulChain(Chain):
    """A chain that sees where a derivative may jump: at ties, and where compared numbers touch.

    Attributes:
        ties: extrema whose arguments tied. Their derivative is a ball that holds Clarke's
            generalized gradient, a second derivative through one is NaN.

    Source: F. H. Clarke, Optimization and Nonsmooth Analysis (1983), propositions 2.3.12, 2.3.9.
    """

    ties: set[str]

    def __init__(self, below: Exact | WatchfulChain) -> None:
        super().__init__(below)
        self.ties = below.ties if isinstance(below, WatchfulChain) else set()

    def apply(self, function: Elementary, dtype: str, *scalars: Scalar) -> Scalar:
        """The function with its partial derivatives; a jump at the value is noted."""
        owned = any(map(self.owns, scalars))
        if owned and jumps(function, *map(ball_of, scalars)):
            self.undecided.add(function.name)
        return super().apply(function, dtype, *scalars)

    def overlap(self, left: Scalar, right: Scalar) -> bool:
        """Whether the values touch and at least one is differentiated; or overlap below."""
        if left is right:
            return False
        if self.owns(left) or self.owns(right):
            balls = ball_of(left), ball_of(right)
            return bool(balls[0].overlaps(balls[1])) or balls_overlap(*balls)
        return super().overlap(left, right)

    def extremum(self, scalars: Sequence[Scalar], dtype: str, *, larger: bool) -> Scalar:
        """The extremum; of several that touch it, each has a share of 0 to 1 in the derivative."""
        balls = [ball_of(scalar) for scalar in scalars]
        best = extreme_ball(balls, larger=larger)
        touching = {
            id(scalar): scalar
            for scalar, ball in zip(scalars, balls, strict=True)
            if ball.overlaps(best)
        }
        candidates = list(touching.values())
        if len(candidates) == 1 and not best.is_nan():
            return candidates[0]  # which midpoints in float64 need not tell
        if best.is_nan() or len(candidates) < 2 or not any(map(self.owns, candidates)):
            return super().extremum(scalars, dtype, larger=larger)
        self.ties.add("max" if larger else "min")
        values = [self.value_of(candidate) for candidate in candidates]
        share = self._share(values, dtype)
        parents = [(candidate, share) for candidate in candidates if self.owns(candidate)]
        return self.node(self.below.extremum(values, dtype, larger=larger), dtype, *parents)

    def _share(self, values: Sequence[Scalar], dtype: str) -> Scalar:
        """Any number from 0 to 1, which jumps where the values cross."""
        share, below = arb(0.5, 0.5), self.below
        if not isinstance(below, WatchfulChain):
            return share
        return below.node(share, dtype, *((v, arb("nan")) for v in values if below.owns(v)))


def ball_of(scalar: Scalar) -> arb:
    """The ball under a scalar of any number of chains."""
    while isinstance(scalar, Node):
        scalar = scalar.value
    return scalar
