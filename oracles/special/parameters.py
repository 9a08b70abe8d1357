"""Derivatives by a parameter that neither SymPy nor Arb differentiates by."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial
from typing import Any

from flint import acb, arb, ctx

from gradlaw.oracles.patience import keep_patience
from gradlaw.oracles.special.enclosures import NAN

_SHRINK = 16
"""The radius of the bounding circle over that of the circle of nodes: a power of two."""

_BITS = 2 * (_SHRINK.bit_length() - 1)
"""By which one node more on half a circle makes the error smaller."""

_ARCS = (8, 32, 256)
"""Pieces of the bounding circle: more where the function has no bound on a long one."""


def parameter_derivative(
    function: Callable[[acb], acb], centre: arb, order: int, radius: arb
) -> arb:
    """The derivative of an analytic function at every point of a ball.

    Cauchy's integral by the trapezoidal rule on a circle of radius r; on one of radius R > r the
    function is at most M, and the error at most n! M R⁻ⁿ qᴺ / (1 − qᴺ) with q = r / R.

    Args:
        function: real on the real axis, analytic in the disc of ``radius`` around each point.
        centre: where; a ball.
        order: of the derivative, 1 or more.
        radius: R, exact.

    Source: L. N. Trefethen and J. A. C. Weideman, The Exponentially Convergent Trapezoidal Rule,
    SIAM Review 56 (2014), section 2.
    """
    largest = _bound(function, centre, radius)
    if not largest.is_finite():
        return NAN
    nodes = ctx.prec // _BITS + _BITS
    small = radius / _SHRINK
    total = arb(0)
    # Conjugate points have conjugate values: the upper half circle stands for both.
    for node in range(nodes + 1):
        keep_patience()
        direction = _direction(arb(node) / nodes)
        value = (function(centre + small * direction) * direction ** (-order)).real
        total += value if node in {0, nodes} else 2 * value
    ratio = arb(_SHRINK) ** (-2 * nodes)
    error = largest * (small / radius) ** order * ratio / (1 - ratio)
    mean = total / (2 * nodes) + arb(0, error.abs_upper())
    return mean * factorial(order) / small**order


def _direction(half_turns: Any) -> acb:
    return acb(0, arb(half_turns) * arb.pi()).exp()


def _bound(function: Callable[[acb], acb], centre: arb, radius: arb) -> arb:
    for arcs in _ARCS:
        directions = (_direction(arb(2 * arc + 1, 1) / (2 * arcs)) for arc in range(arcs))
        largest = arb(0)
        for direction in directions:
            keep_patience()
            largest = largest.max(abs(function(centre + radius * direction)).upper())
            if not largest.is_finite():
                break
        else:
            return largest
    return NAN
