"""SymPy expressions as functions of Arb balls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy
from flint import arb, fmpq
from sympy.codegen import cfunctions
from sympy.printing.pycode import PythonCodePrinter

from gradlaw.oracles.special import bessel, beta, functions, gamma, integers, integrals, powers
from gradlaw.oracles.special.enclosures import Evaluator, limited


class ArbPrinter(PythonCodePrinter):  # type: ignore[misc]
    """Print SymPy as Python over :class:`flint.arb`: exact rationals, methods for functions."""

    def _print_Rational(self, expr: sympy.Rational) -> str:
        return f"fmpq({expr.p}, {expr.q})"

    def _print_Pi(self, expr: sympy.Expr) -> str:  # noqa: ARG002 (SymPy's)
        return "arb.pi()"

    def _print_Exp1(self, expr: sympy.Expr) -> str:  # noqa: ARG002
        return "arb.const_e()"

    def _print_NaN(self, expr: sympy.Expr) -> Any:  # noqa: ARG002
        return 'arb("nan")'

    def _print_Float(self, expr: sympy.Float) -> str:
        message = f"a formula holds the float {expr}; write an exact Rational instead"
        raise TypeError(message)

    def _print_Pow(self, expr: sympy.Pow, rational: bool = False) -> str:  # noqa: ARG002 (SymPy's)
        base, exponent = self._print(expr.base), expr.exp
        if exponent == sympy.Rational(1, 2):
            return f"arb({base}).sqrt()"
        if exponent == sympy.Rational(-1, 2):
            return f"arb({base}).rsqrt()"
        if exponent.is_Integer and exponent > 0:
            return f"natural_power({base}, {int(exponent)})"
        if not exponent.is_number and expr.base != sympy.E:
            return f"power({base}, {self._print(exponent)})"
        # An integer's negative or fractional power would be a Python float.
        return f"arb({base})**({self._print(exponent)})"

    def _print_Mul(self, expr: sympy.Mul) -> str:
        numerator, denominator = sympy.fraction(expr, exact=True)
        if denominator == 1:
            printed: str = super()._print_Mul(expr)
            return printed
        # Likewise a quotient of two of them: sizes and indices are Python's integers.
        return f"({self._print(numerator)})/arb({self._print(denominator)})"

    def _print_method(self, expr: sympy.Expr) -> str:
        return f"arb({self._print(expr.args[0])}).{_METHODS[type(expr)]}()"

    def _print_call(self, expr: sympy.Expr) -> str:
        arguments = ", ".join(self._print(argument) for argument in expr.args)
        return f"{type(expr).__name__}({arguments})"

    def _print_KroneckerDelta(self, expr: sympy.KroneckerDelta) -> str:
        left, right = (self._print(argument) for argument in expr.args)
        return f"(1 if {left} == {right} else 0)"

    def _print_Abs(self, expr: sympy.Abs) -> str:
        return f"abs({self._print(expr.args[0])})"


_METHODS: dict[type, str] = {
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.tan: "tan",
    sympy.exp: "exp",
    sympy.sinh: "sinh",
    sympy.cosh: "cosh",
    sympy.asin: "asin",
    sympy.acos: "acos",
    sympy.atan: "atan",
    sympy.asinh: "asinh",
    sympy.acosh: "acosh",
    sympy.gamma: "gamma",
    cfunctions.expm1: "expm1",
}
"""Functions that Arb encloses well, and whose values at infinities are its own."""

_INFINITY = float("inf")

_EVALUATORS: dict[type, Evaluator] = {
    sympy.log: limited(arb.log, {0: -_INFINITY}),
    cfunctions.log1p: limited(arb.log1p, {-1: -_INFINITY}),
    sympy.tanh: limited(arb.tanh, {}, by_ends=True),
    sympy.atanh: limited(arb.atanh, {1: _INFINITY, -1: -_INFINITY}),
    sympy.erf: limited(arb.erf, {_INFINITY: 1, -_INFINITY: -1}, by_ends=True),
    sympy.erfc: limited(arb.erfc, {_INFINITY: 0, -_INFINITY: 2}, by_ends=True),
    sympy.erfinv: limited(arb.erfinv, {}, by_ends=True),
    sympy.atan2: powers.angle,
    sympy.loggamma: gamma.log_gamma,
    sympy.polygamma: gamma.polygamma,
    sympy.digamma: lambda x: gamma.polygamma(0, x),
    functions.CubeRoot: powers.cube_root,
    functions.PowerByBase: powers.power_by_base,
    functions.ScaledBesselI: bessel.scaled_bessel_i,
    functions.Hurwitz: gamma.hurwitz,
    functions.LowerGamma: lambda n, a, x: (
        gamma.lower_gamma_by_order(n, a, x) if n else gamma.lower_gamma(a, x)
    ),
    functions.UpperGamma: gamma.upper_gamma,
    functions.IncompleteBeta: lambda n, a, b, x: (
        beta.incomplete_beta_by_first(n, a, b, x) if n else beta.incomplete_beta(a, b, x)
    ),
    sympy.Ei: integrals.logarithmic_exponential_integral,
    sympy.Si: integrals.sine_integral,
    sympy.Ci: integrals.cosine_integral,
    sympy.erfcinv: integrals.complementary_inverse,
    functions.Dawson: integrals.dawson,
    functions.ExponentialIntegral: integrals.exponential_integral,
    functions.Kummer: integrals.kummer,
    functions.NormalQuantile: integrals.normal_quantile,
    functions.OwenT: integrals.owen_t,
    sympy.sign: integers.sign,
    functions.Sign: integers.sign,
    functions.Floor: integers.floor,
    functions.Ceiling: integers.ceiling,
    functions.RoundHalfAway: integers.round_half_away,
    functions.RoundHalfEven: integers.round_half_even,
}
"""Functions that need more than a method: a limit, a tighter enclosure, a formula."""

for _function in _METHODS:
    setattr(ArbPrinter, f"_print_{_function.__name__}", ArbPrinter._print_method)
for _function in _EVALUATORS:
    setattr(ArbPrinter, f"_print_{_function.__name__}", ArbPrinter._print_call)

_NAMESPACE: dict[str, Any] = {
    "arb": arb,
    "fmpq": fmpq,
    "natural_power": powers.natural_power,
    "power": powers.power,
    **{function.__name__: evaluator for function, evaluator in _EVALUATORS.items()},
}


def compile_expression(parameters: Sequence[Any], expression: sympy.Expr) -> Callable[..., Any]:
    """A function of Arb balls that evaluates ``expression``.

    Args:
        parameters: symbols and ``IndexedBase`` arrays, in the order of the function's arguments. A
            ``Sum`` runs over Python integers and an ``Indexed`` subscripts its argument.
        expression: exact: a ``Float`` in it is refused.

    Raises:
        TypeError: for a ``Float``.

    Source: SymPy documentation, ``sympy.utilities.lambdify.lambdify``.
    """
    printer = ArbPrinter({"fully_qualified_modules": False, "allow_unknown_functions": False})
    compiled: Callable[..., Any] = sympy.lambdify(
        list(parameters), expression, modules=[_NAMESPACE], printer=printer
    )
    return compiled
