"""Elementary functions by their SymPy expressions: value and every partial derivative."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property, lru_cache
from typing import Any

import sympy
from sympy.codegen.cfunctions import expm1, log1p
from sympy.core.function import ArgumentIndexError

from gradlaw.oracles.arb_printing import compile_expression
from gradlaw.oracles.rounding.arithmetic import is_number
from gradlaw.oracles.special.functions import (
    Ceiling,
    CubeRoot,
    Dawson,
    ExponentialIntegral,
    Floor,
    Hurwitz,
    IncompleteBeta,
    Kummer,
    LowerGamma,
    NormalQuantile,
    OwenT,
    PowerByBase,
    RoundHalfAway,
    RoundHalfEven,
    ScaledBesselI,
    Sign,
    UpperGamma,
)

X, Y, Z = sympy.symbols("x y z", real=True)


class Elementary:
    """A scalar function of one to three real variables.

    Attributes:
        name: what the rounding rules call it; derivatives are called ``d name``.
        expression: SymPy, in the symbols ``X``, ``Y``, ``Z``.
        arity: the number of variables.
    """

    def __init__(self, name: str, expression: Any, arity: int) -> None:
        self.name = name
        self.expression = expression
        self.arity = arity
        self._partials: dict[int, Elementary] = {}
        self._numbers: dict[str, float | None] = {}

    def __repr__(self) -> str:
        return f"Elementary({self.name}: {self.expression})"

    @cached_property
    def evaluate(self) -> Callable[..., Any]:
        """The function on Arb balls (or anything with Arb's operators)."""
        return compile_expression((X, Y, Z)[: self.arity], self.expression)

    @cached_property
    def constant(self) -> sympy.Rational | None:
        """The value, where the function is a rational constant."""
        return self.expression if self.expression.is_Rational else None

    @cached_property
    def vanishes(self) -> bool:
        """Whether it is 0 everywhere."""
        return self.constant is not None and self.constant == 0

    @cached_property
    def constant_between_jumps(self) -> bool:
        """Whether it is a function of one variable, not constant, whose derivative is 0."""
        return self.arity == 1 and self.constant is None and self.partial(0).vanishes

    def number(self, dtype: str) -> float | None:
        """The value, where the function is a constant that the dtype has."""
        if dtype not in self._numbers:
            value = self.constant
            if value is not None and not is_number(value, dtype):
                value = None
            self._numbers[dtype] = None if value is None else float(value)
        return self._numbers[dtype]

    @cached_property
    def projection(self) -> int | None:
        """The position of the variable that the function merely returns, if it does."""
        symbols = (X, Y, Z)[: self.arity]
        return symbols.index(self.expression) if self.expression in symbols else None

    def partial(self, position: int) -> Elementary:
        """The partial derivative by the variable at ``position``; NaN where none is known."""
        if position not in self._partials:
            variable = (X, Y, Z)[position]
            expression = (
                PowerByBase(1, X, Y)
                if (self.expression, variable) == (X**Y, X)
                else derivative(self.expression, variable)
            )
            name = self.name if self.name.startswith("d ") else f"d {self.name}"
            self._partials[position] = Elementary(name, expression, self.arity)
        return self._partials[position]


def derivative(expression: sympy.Expr, variable: sympy.Symbol) -> sympy.Expr:
    """SymPy's derivative; NaN where it knows none.

    ``x**y`` differentiates to ``x**y * y / x``, which has no value at 0 where ``x**(y - 1)`` has.
    """
    if expression is sympy.nan:
        return expression
    try:
        found = sympy.diff(expression, variable)
    except ArgumentIndexError:
        return sympy.nan
    if found.has(sympy.Derivative, sympy.Subs):
        return sympy.nan
    symbolic = any(not power.exp.is_number for power in found.atoms(sympy.Pow))
    return sympy.powsimp(found, combine="exp") if symbolic else found


_FIXED: dict[str, tuple[Any, int]] = {
    "add": (X + Y, 2),
    "add_any": (X + Y, 2),
    "sub": (X - Y, 2),
    "mul": (X * Y, 2),
    "div": (X / Y, 2),
    "neg": (-X, 1),
    "square": (X**2, 1),
    "sqrt": (sympy.sqrt(X), 1),
    "rsqrt": (1 / sympy.sqrt(X), 1),
    "exp": (sympy.exp(X), 1),
    "log": (sympy.log(X), 1),
    "sin": (sympy.sin(X), 1),
    "cos": (sympy.cos(X), 1),
    "tan": (sympy.tan(X), 1),
    "sinh": (sympy.sinh(X), 1),
    "cosh": (sympy.cosh(X), 1),
    "tanh": (sympy.tanh(X), 1),
    "asinh": (sympy.asinh(X), 1),
    "atan": (sympy.atan(X), 1),
    "asin": (sympy.asin(X), 1),
    "acos": (sympy.acos(X), 1),
    "acosh": (sympy.acosh(X), 1),
    "atanh": (sympy.atanh(X), 1),
    "log1p": (log1p(X), 1),
    "expm1": (expm1(X), 1),
    "logistic": (1 / (1 + sympy.exp(-X)), 1),
    "erf": (sympy.erf(X), 1),
    "erfc": (sympy.erfc(X), 1),
    "erf_inv": (sympy.erfinv(X), 1),
    "exp2": (2**X, 1),
    "log2": (sympy.log(X) / sympy.log(2), 1),
    "cbrt": (CubeRoot(X), 1),
    "pow": (X**Y, 2),
    "atan2": (sympy.atan2(X, Y), 2),
    "one_minus_square": (1 - X**2, 1),
    "lgamma": (sympy.loggamma(X), 1),
    "digamma": (sympy.digamma(X), 1),
    "polygamma": (sympy.polygamma(X, Y), 2),
    "zeta": (Hurwitz(0, X, Y), 2),
    "igamma": (LowerGamma(0, X, Y), 2),
    "igammac": (UpperGamma(X, Y), 2),
    "igamma_grad_a": (LowerGamma(1, X, Y), 2),
    "random_gamma_grad": (-LowerGamma(1, X, Y) / LowerGamma(0, X, Y).fdiff(3), 2),
    "regularized_incomplete_beta": (IncompleteBeta(0, X, Y, Z), 3),
    "bessel_i0e": (ScaledBesselI(0, X), 1),
    "bessel_i1e": (ScaledBesselI(1, X), 1),
    "dawsn": (Dawson(X), 1),
    "expi": (sympy.Ei(X), 1),
    "si": (sympy.Si(X), 1),
    "ci": (sympy.Ci(X), 1),
    "ndtri": (NormalQuantile(X), 1),
    "erfcinv": (sympy.erfcinv(X), 1),
    "owens_t": (OwenT(X, Y), 2),
    "hyp1f1": (Kummer(0, 0, X, Y, Z), 3),
    "sign": (Sign(X), 1),
    "floor": (Floor(X), 1),
    "ceil": (Ceiling(X), 1),
}


@cache
def elementary(primitive: str) -> Elementary | None:
    """The function that a JAX primitive without parameters computes, or None."""
    if primitive not in _FIXED:
        return None
    expression, arity = _FIXED[primitive]
    return Elementary(primitive, expression, arity)


@cache
def integer_power(exponent: int) -> Elementary:
    """``x ** exponent`` for ``lax.integer_pow``; ``x ** 0`` is 1."""
    return Elementary(f"integer_pow[{exponent}]", X**exponent, 1)


@cache
def exponential_integral(order: int) -> Elementary:
    """``expn`` of one order, which is no variable."""
    return Elementary("expn", ExponentialIntegral(order, X), 1)


_ROUNDINGS = {0: RoundHalfAway(X), 1: RoundHalfEven(X)}
"""By the value of ``lax.RoundingMethod``."""


@cache
def rounding(method: int) -> Elementary:
    """``lax.round`` by its rounding method."""
    return Elementary("round", _ROUNDINGS[method], 1)


@lru_cache(maxsize=1024)
def remainder(quotient: int) -> Elementary:
    """``x − q y``: the remainder of a division whose quotient, truncated, is q."""
    return Elementary("rem", X - sympy.Integer(quotient) * Y, 2)


@cache
def named(name: str) -> Elementary:
    """An elementary function that the oracles themselves need.

    Raises:
        KeyError: if there is none of that name.
    """
    expression, arity = _FIXED[name]
    return Elementary(name, expression, arity)
