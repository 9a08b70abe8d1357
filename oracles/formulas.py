"""A primal program as a formula: SymPy differentiates what the program computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import sympy
from flint import arb

from gradlaw.oracles.arb_printing import compile_expression
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.symbolic import Formula, Symbolic, TooLarge
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.interpreter.arrays import mapped, object_array
from gradlaw.oracles.interpreter.reading import is_complex
from gradlaw.oracles.primal import PrimalReading

Array = np.ndarray[Any, Any]
Balls = np.ndarray[Any, np.dtype[np.object_]]


class FormulaReading(PrimalReading):
    """The derivatives of a program at arguments, by SymPy from the formula that it computes there.

    Raises:
        TooLarge: on first use, where the formula is too large.
    """

    @cached_property
    def _once(self) -> tuple[dict[Any, arb], dict[str, Array], Array]:
        """The symbols' values, the leaves' symbols and the output's formulas."""
        domain, lifting = Symbolic(), Reader(Exact())
        inputs, symbols = [], {}
        values: dict[Any, arb] = {}
        if any(is_complex(a) for a in (*self.program.in_avals, *self.program.out_avals)):
            message = "a complex function has two formulas"
            raise TooLarge(message)
        for name in self.leaves:
            balls = lifting.lift(self.arguments[name])
            inputs.append(balls)
            if balls.dtype == object:
                formulas = [
                    domain.variable("_".join([name, *map(str, index)]), ball)
                    for index, ball in np.ndenumerate(balls)
                ]
                inputs[-1] = object_array(formulas, balls.shape)
                symbols[name] = mapped(lambda formula: formula.expression, inputs[-1])
                values.update((formula.expression, formula.ball) for formula in formulas)
        (output,) = Reader(domain).read(self.program, inputs)
        self.undecided |= domain.undecided
        self.estimated |= domain.estimated
        return values | domain.bound, symbols, output

    def expressions(self) -> Array:
        """The output as SymPy expressions, valid on the arguments' side of every branch."""
        _, _, output = self._once
        return mapped(lambda formula: formula.expression, output)

    def value(self) -> Balls:
        """The output: Arb balls, of its shape."""
        _, _, output = self._once
        return mapped(lambda formula: formula.ball, output)

    def first(self, leaf: str) -> Balls:
        """First derivatives: of the output's shape and then the leaf's."""
        return self._derivatives(leaf)

    def second(self, first: str, second: str) -> Balls:
        """Second derivatives: of the output's shape, the first leaf's and then the second's."""
        return self._derivatives(first, second)

    def _derivatives(self, *by: str) -> Balls:
        values, symbols, output = self._once
        columns = [symbols[leaf].reshape(-1) for leaf in by]
        entries = [
            self._evaluated(formula, directions, values)
            for formula in output.reshape(-1)
            for directions in _products(columns)
        ]
        shape = (*output.shape, *(size for leaf in by for size in symbols[leaf].shape))
        return object_array(entries, shape)

    def _evaluated(
        self, formula: Formula, directions: Sequence[Any], values: Mapping[Any, arb]
    ) -> arb:
        if not formula.ball.is_finite():  # SymPy simplifies what has no value here
            return arb("nan")
        derivative = sympy.diff(formula.expression, *directions)
        symbols = tuple(sorted(derivative.free_symbols, key=str))
        return arb(_compiled(symbols, derivative)(*(values[symbol] for symbol in symbols)))


def _products(columns: Sequence[Array]) -> list[tuple[Any, ...]]:
    grid: list[tuple[Any, ...]] = [()]
    for column in columns:
        grid = [(*row, symbol) for row in grid for symbol in column]
    return grid


@lru_cache(maxsize=1024)
def _compiled(symbols: tuple[Any, ...], expression: Any) -> Callable[..., Any]:
    return compile_expression(symbols, expression)
