"""Jets: power series in one variable over Arb balls, for derivatives along a curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations_with_replacement
from math import factorial, prod
from typing import Any

import sympy
from flint import arb, arb_series, fmpq
from sympy.codegen.cfunctions import expm1, log1p

from gradlaw.oracles.arb_printing import ArbPrinter
from gradlaw.oracles.domains.exact import Exact, balls_overlap, extreme_ball, solve_balls
from gradlaw.oracles.domains.jumps import jumps
from gradlaw.oracles.domains.protocol import Scalar
from gradlaw.oracles.elementary import Elementary, X, Y, Z
from gradlaw.oracles.linear_algebra.factorisation import Factorisation
from gradlaw.oracles.linear_algebra.systems import Solution

LARGEST_ORDER = 9
"""Flint truncates longer series."""


class Jets(Exact):
    """Truncated power series a₀ + a₁t + …; what does not vary is a plain ball.

    Elementary functions whose expressions Flint has series for are evaluated on series, without
    any derivative of SymPy's; the others by Taylor's formula with SymPy's partial derivatives.
    Where an extremum ties, its first coefficient is a ball around all of theirs, which holds
    Clarke's generalized gradient, and later ones are NaN.

    Args:
        order: of the last coefficient, 1 to 9.

    Attributes:
        kinks: primitives that compared numbers of equal concrete value of which one varies: the
            derivative may be another one on either side.

    Raises:
        ValueError: for another order.

    Source: A. Griewank and A. Walther, Evaluating Derivatives (2008), chapter 13; F. Johansson,
        Arb: efficient arbitrary-precision midpoint-radius interval arithmetic (2017).
    """

    joins = False

    def __init__(self, order: int) -> None:
        if not 1 <= order <= LARGEST_ORDER:
            message = f"the order is {order}, not one of 1 to {LARGEST_ORDER}"
            raise ValueError(message)
        super().__init__()
        self.order = order

    @property
    def kinks(self) -> set[str]:
        """The same set as ``undecided``, to which handlers add what ``overlap`` affirms."""
        return self.undecided

    def variable(self, value: Scalar, velocity: float) -> Scalar:
        """The series value + velocity·t; the value itself where it does not move."""
        return self.series([value, arb(velocity)]) if velocity else value

    def series(self, coefficients: Sequence[arb]) -> arb_series:
        """A series of this order."""
        return arb_series(list(coefficients), self.order + 1)

    def coefficient(self, scalar: Scalar, order: int) -> arb:
        """A coefficient; those of a plain ball after the first are 0."""
        if isinstance(scalar, arb_series):
            return scalar[order]
        return scalar if order == 0 else arb(0)

    def apply(self, function: Elementary, dtype: str, *scalars: Scalar) -> Scalar:
        """The function of the series."""
        if not any(isinstance(scalar, arb_series) for scalar in scalars):
            return super().apply(function, dtype, *scalars)
        values = [self.coefficient(scalar, 0) for scalar in scalars]
        if function.constant_between_jumps:
            if jumps(function, *values):
                self.undecided.add(function.name)
            return super().apply(function, dtype, *values)
        native = _on_series(function)
        if native is not None:
            try:
                result = native(*scalars)
            except (ValueError, ZeroDivisionError):  # a pole: Taylor's formula knows its value
                result = None
            if result is not None and self._whole(result):
                return result
        return self._composed(function, scalars)

    def _whole(self, result: Scalar) -> bool:
        if not isinstance(result, arb_series):
            return True
        coefficients = (result[order] for order in range(self.order + 1))
        return result.prec == self.order + 1 and all(c.is_finite() for c in coefficients)

    def _composed(self, function: Elementary, scalars: Sequence[Scalar]) -> Scalar:
        """Taylor's formula around the constant coefficients."""
        values = [self.coefficient(scalar, 0) for scalar in scalars]
        total = self.series([arb(function.evaluate(*values))])
        moves = {
            place: self.series([arb(0), *(scalar[k] for k in range(1, self.order + 1))])
            for place, scalar in enumerate(scalars)
            if isinstance(scalar, arb_series)
        }
        for order in range(1, self.order + 1):
            for places in combinations_with_replacement(moves, order):
                partial = function
                for place in places:
                    partial = partial.partial(place)
                if partial.vanishes:
                    continue
                move = prod((moves[place] for place in places[1:]), start=moves[places[0]])
                scale = prod(factorial(places.count(place)) for place in set(places))
                total = total + self._scaled(move, arb(partial.evaluate(*values)) / scale)
        return total

    def _scaled(self, series: arb_series, factor: arb) -> arb_series:
        """A multiple of a series, in which an exact 0 remains 0 though the factor be infinite."""
        coefficients = (series[order] for order in range(self.order + 1))
        return self.series([c if c.is_zero() else c * factor for c in coefficients])

    def solve(
        self,
        matrix: Sequence[Sequence[Scalar]],
        right: Sequence[Scalar],
        dtype: str,  # noqa: ARG002
    ) -> list[Scalar]:
        """The solution, coefficient by coefficient: A₀xₖ = bₖ − Σ Aⱼxₖ₋ⱼ."""
        size = range(len(right))

        def system(order: int) -> list[list[arb]]:
            return [[self.coefficient(entry, order) for entry in row] for row in matrix]

        systems = [system(order) for order in range(self.order + 1)]
        found: list[list[arb]] = []
        for order in range(self.order + 1):
            known = [
                sum(
                    (
                        systems[j][row][column] * found[order - j][column]
                        for j in range(1, order + 1)
                        for column in size
                    ),
                    arb(0),
                )
                for row in size
            ]
            rest = [self.coefficient(right[row], order) - known[row] for row in size]
            found.append(solve_balls(systems[0], rest))
        return [self.series([coefficients[row] for coefficients in found]) for row in size]

    def factor(
        self, factorisation: Factorisation, scalars: Sequence[Scalar], dtype: str
    ) -> list[Scalar]:
        """The factors: each coefficient from the differential of the ones before it."""
        if isinstance(factorisation, Solution):  # its differential is a solution itself
            return factorisation.values(self, dtype, scalars)
        values = [self.coefficient(scalar, 0) for scalar in scalars]
        factors = super().factor(factorisation, values, dtype)
        if not any(isinstance(scalar, arb_series) for scalar in scalars):
            return factors
        found = [[factor] for factor in factors]
        speeds = [self._derivative(scalar) for scalar in scalars]
        for order in range(1, self.order + 1):
            known = [self.series(coefficients) for coefficients in found]
            moves = factorisation.linearised(self, dtype, scalars, known)(speeds)
            for coefficients, move in zip(found, moves, strict=True):
                coefficients.append(self.coefficient(move, order - 1) / order)
        return [self.series(coefficients) for coefficients in found]

    def _derivative(self, scalar: Scalar) -> arb_series:
        orders = range(1, self.order + 1)
        return self.series([self.coefficient(scalar, order) * order for order in orders])

    def magnitude(self, scalar: Scalar) -> arb:
        """The largest absolute value in the constant coefficient."""
        return self.coefficient(scalar, 0).abs_upper()

    def extremum(self, scalars: Sequence[Scalar], dtype: str, *, larger: bool) -> Scalar:  # noqa: ARG002
        """The extremum; of several that touch it, a series that holds each one's derivative."""
        balls = [self.coefficient(scalar, 0) for scalar in scalars]
        best = extreme_ball(balls, larger=larger)
        touching = {
            id(scalar): scalar
            for scalar, ball in zip(scalars, balls, strict=True)
            if ball.overlaps(best)
        }
        candidates = list(touching.values())
        if best.is_nan() or not any(isinstance(c, arb_series) for c in candidates):
            return best
        if len(candidates) == 1:
            return candidates[0]
        slopes = [self.coefficient(candidate, 1) for candidate in candidates]
        hull = slopes[0]
        for slope in slopes[1:]:
            hull = hull.union(slope)
        return self.series([best, hull, *[arb("nan")] * (self.order - 1)])

    def stopped(self, scalar: Scalar) -> arb:
        """The constant coefficient."""
        return self.coefficient(scalar, 0)

    def decide(self, scalar: Scalar) -> float:
        """The midpoint of the constant coefficient."""
        return float(self.coefficient(scalar, 0).mid())

    def overlap(self, left: Scalar, right: Scalar) -> bool:
        """Whether the values touch and at least one varies; or are balls that overlap."""
        if left is right:
            return False
        if isinstance(left, arb_series) or isinstance(right, arb_series):
            values = self.coefficient(left, 0), self.coefficient(right, 0)
            return bool(values[0].overlaps(values[1])) or balls_overlap(*values)
        return super().overlap(left, right)


_NATIVE: dict[type, str] = {
    sympy.exp: "exp",
    sympy.log: "log",
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.tan: "tan",
    sympy.asin: "asin",
    sympy.acos: "acos",
    sympy.atan: "atan",
    sympy.erf: "erf",
    sympy.erfc: "erfc",
    sympy.gamma: "gamma",
    sympy.loggamma: "lgamma",
}
"""Functions of which Flint has the series."""

_REWRITTEN: tuple[tuple[tuple[type, ...], type], ...] = (
    ((sympy.sinh, sympy.cosh, sympy.tanh, expm1), sympy.exp),
    ((sympy.asinh, sympy.acosh, sympy.atanh, log1p), sympy.log),
)
"""Functions that are made of those."""


class _SeriesPrinter(ArbPrinter):
    """Print SymPy as Python over :class:`flint.arb_series`."""

    def _print_native(self, expr: sympy.Expr) -> str:
        return f"arb({self._print(expr.args[0])}).{_NATIVE[type(expr)]}()"

    def _print_Pow(self, expr: sympy.Pow, rational: bool = False) -> str:  # noqa: ARG002, N802
        base, exponent = self._print(expr.base), self._print(expr.exp)
        if expr.exp.is_Integer and expr.exp > 0:
            return f"({base})**({exponent})"
        return f"arb({base})**arb({exponent})"


for _function in _NATIVE:
    setattr(_SeriesPrinter, f"_print_{_function.__name__}", _SeriesPrinter._print_native)


class _Lifting:
    """What a printed expression calls ``arb``: a series is left as it is."""

    pi = staticmethod(arb.pi)
    const_e = staticmethod(arb.const_e)

    def __call__(self, number: Any) -> Any:
        return number if isinstance(number, arb_series) else arb(number)


@cache
def _on_series(function: Elementary) -> Callable[..., Any] | None:
    """The function's expression, evaluated on series; None where Flint lacks one of its parts."""
    expression = function.expression
    for functions, target in _REWRITTEN:
        expression = expression.rewrite(functions, target)
    plain = (sympy.Symbol, sympy.Number, sympy.NumberSymbol, sympy.Add, sympy.Mul, sympy.Pow)
    for node in sympy.preorder_traversal(expression):
        if not isinstance(node, plain) and node.func not in _NATIVE:
            return None
    compiled: Callable[..., Any] = sympy.lambdify(
        (X, Y, Z)[: function.arity],
        expression,
        modules=[{"arb": _Lifting(), "fmpq": fmpq}],
        printer=_SeriesPrinter(
            {"fully_qualified_modules": False, "allow_unknown_functions": False}
        ),
    )
    return compiled
