"""Exact answers for the claims: a polynomial loss, differentiated by SymPy at rational points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy

from gradlaw.conformance.claims.claim import Answer


def vector(name: str, size: int) -> tuple[sympy.Symbol, ...]:
    """Return the symbols of a vector's entries."""
    return tuple(sympy.Symbol(f"{name}{entry}", real=True) for entry in range(size))


def quadratic(
    w: sympy.Expr, b: sympy.Expr, x: Sequence[sympy.Expr], y: Sequence[sympy.Expr] | None = None
) -> sympy.Expr:
    """Return Σ (w·xᵢ + b − yᵢ)²; without y, Σ (w·xᵢ + b)²."""
    target = [sympy.Integer(0)] * len(x) if y is None else y
    return sympy.Add(*((w * xi + b - yi) ** 2 for xi, yi in zip(x, target, strict=True)))


def derivative(loss: sympy.Expr, by: object, at: dict[sympy.Symbol, Any]) -> object:
    """Differentiate by each symbol of a nested tuple and evaluate exactly.

    Args:
        loss: an expression.
        by: a symbol, or nested tuples of symbols; the answer is nested alike.
        at: a value for each symbol; strings are read as exact decimals.
    """
    return _each(by, lambda symbol: sympy.diff(loss, symbol).subs(exactly(at)))


def gradient(
    loss: sympy.Expr,
    by: object,
    at: dict[sympy.Symbol, Any],
    *,
    roundings: int = 0,
    reason: str = "",
) -> Answer:
    """Return a loss's exact gradient, with what rounding may cost a program that computes it.

    Args:
        loss: a polynomial.
        by: a symbol, or nested tuples of symbols.
        at: a value for each symbol.
        roundings: as in `Answer`.
        reason: as in `Answer`.
    """
    return Answer(
        value=derivative(loss, by, at),
        magnitude=_each(by, lambda symbol: magnitude(sympy.diff(loss, symbol), at)),
        roundings=roundings,
        reason=reason,
    )


def magnitude(polynomial: sympy.Expr, at: dict[sympy.Symbol, Any]) -> sympy.Expr:
    """Return the sum of the absolute values of the polynomial's terms."""
    point = exactly(at)
    return sympy.Add(
        *(sympy.Abs(term.subs(point)) for term in sympy.Add.make_args(sympy.expand(polynomial)))
    )


def exactly(at: dict[sympy.Symbol, Any]) -> dict[Any, Any]:
    """Read each value as the exact decimal or fraction that it is written as."""
    return {symbol: sympy.Rational(value) for symbol, value in at.items()}


def _each(by: object, answer: Callable[[Any], Any]) -> object:
    return tuple(_each(part, answer) for part in by) if isinstance(by, tuple) else answer(by)
