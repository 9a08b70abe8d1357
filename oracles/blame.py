"""Which equation of a program loses the digits: the one whose rounding the bound is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from flint import arb, ctx

from gradlaw.oracles.domains.cartesian import Cartesian
from gradlaw.oracles.domains.complex_balls import parts_of
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter.reading import Reader
from gradlaw.oracles.interpreter.source_lines import source_line

Array = np.ndarray[Any, Any]

BITS = 128
"""Of a reading, whose own rounding is no equation's."""

MOST_EQUATIONS = 200
"""Longer programs are not asked: each equation costs a reading."""


class _Sparing(Reader):
    """A rounded reading in which one equation computes exactly."""

    def __init__(self, rounded: Rounded, spared: Any) -> None:
        super().__init__(rounded)
        self.spared = spared

    def evaluate(self, handler: Any, equation: Any, operands: list[Array]) -> list[Array]:
        """The equation's results; the spared one's in the exact domain."""
        if equation is not self.spared:
            return super().evaluate(handler, equation, operands)
        rounding, exact = self.domain, Exact()
        self.domain = Cartesian(exact) if isinstance(rounding, Cartesian) else exact
        try:
            return super().evaluate(handler, equation, operands)
        finally:
            self.domain = rounding


def losing_equation(
    program: Any,
    arguments: Sequence[Array],
    rounded: Rounded,
    output: int,
    place: tuple[int, ...],
) -> str:
    """The equation without whose rounding one component's bound shrinks most.

    Args:
        program: a ``ClosedJaxpr``.
        arguments: one array of numbers for each input.
        rounded: the arithmetic.
        output: the position of the result that holds the component.
        place: the component's index in it, and of a complex number the part's.

    Returns:
        The primitive and its source line; empty where the program is long, or its bound is not of
        any one equation's making.
    """
    every = list(computing(program.jaxpr))
    if len(every) > MOST_EQUATIONS:
        return ""

    def radius(reader: Reader) -> arb:
        inputs = [reader.lift(argument) for argument in arguments]
        found = reader.read(program, inputs)[output]
        parts = parts_of(found[place[: found.ndim]])
        ball = parts[place[-1] if len(parts) > 1 else 0]
        return ball.rad() if ball.is_finite() else arb("inf")

    with ctx.workprec(BITS):
        whole = radius(Reader(rounded))
        least, blamed = whole, None
        for equation in every:
            without = radius(_Sparing(rounded, equation))
            if without < least:
                least, blamed = without, equation
    return "" if blamed is None else f"{blamed.primitive.name}, {source_line(blamed)}"


def equations(jaxpr: Any) -> Iterator[Any]:
    """Every equation, those of inner programs included, and calls of such programs."""
    for equation in jaxpr.eqns:
        for program in _programs(equation.params.values()):
            yield from equations(program)
        yield equation


def computing(jaxpr: Any) -> Iterator[Any]:
    """The equations that compute, and call no program."""
    return (each for each in equations(jaxpr) if not list(_programs(each.params.values())))


def _programs(values: Any) -> Iterator[Any]:
    for value in values:
        if hasattr(value, "eqns"):
            yield value
        elif hasattr(value, "jaxpr"):
            yield value.jaxpr
        elif isinstance(value, (tuple, list)):
            yield from _programs(value)
