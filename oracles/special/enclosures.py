"""Making an enclosure from what Arb offers: endpoints, limits, more digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flint import acb, arb, ctx

Evaluator = Callable[..., Any]
"""Arb balls in, a ball out that holds every value; NaN where there is none or it is not known."""

NAN = arb("nan")
INFINITY = arb("inf")

_PRECISIONS = (1, 4, 16)
"""Times the working precision: an alternating series may lose thousands of bits."""


def endpoints(ball: arb) -> tuple[arb, arb]:
    """The two ends of a ball, each exact."""
    return (ball, ball) if ball.is_exact() else (ball.lower(), ball.upper())


def hull(low: arb, high: arb) -> arb:
    """The ball from one value to another; NaN if either is not finite and they differ."""
    if low is high or (low.is_exact() and high.is_exact() and low == high):
        return low
    joined = low.union(high)
    return joined if joined.is_finite() else NAN


def monotone(function: Evaluator, ball: arb) -> arb:
    """The range of a monotone function of one variable: between its values at the ends."""
    low, high = endpoints(ball)
    return function(low) if low is high else hull(function(low), function(high))


def limited(
    method: Evaluator, limits: Mapping[float, float], *, by_ends: bool = False
) -> Evaluator:
    """``method`` of one ball, with its limits at exact numbers where Arb gives none.

    Args:
        method: of :class:`flint.arb`.
        limits: values at exact arguments, infinities among them.
        by_ends: whether the function is monotone and Arb's own enclosure is wide.
    """
    known = [(arb(point), arb(limit)) for point, limit in limits.items()]

    def at(argument: arb) -> arb:
        value = method(argument)
        if not value.is_finite():
            for point, limit in known:
                if argument == point:
                    return limit
        return value

    def evaluate(x: Any) -> arb:
        argument = arb(x)
        return monotone(at, argument) if by_ends else at(argument)

    return evaluate


def accurate(function: Callable[[], arb], *operands: arb) -> arb:
    """The value of an expression, with more working precision where digits were lost.

    Args:
        function: the expression.
        operands: what it is computed from; where one is a wide ball, more precision is no use.
    """
    wanted = ctx.prec // 2
    wide = any(not ball.is_exact() and ball.rel_accuracy_bits() < wanted for ball in operands)
    value = NAN
    for factor in _PRECISIONS[: 1 if wide else None]:
        with ctx.workprec(ctx.prec * factor):
            found = function()
        if found.is_finite() and (not value.is_finite() or found.rad() < value.rad()):
            value = found
        if value.is_exact() or value.rel_accuracy_bits() >= wanted:
            break
    return value


def real(value: acb) -> arb:
    """The value of a function that is real; NaN where it proves to be complex."""
    return value.real if value.imag.contains(arb(0)) else NAN
