"""SymPy expressions as functions of Arb balls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy
from flint import arb, fmpq
from sympy.printing.pycode import PythonCodePrinter


class ArbPrinter(PythonCodePrinter):  # type: ignore[misc]
    """Print SymPy as Python over :class:`flint.arb`: exact rationals, methods for functions."""

    def _print_Rational(self, expr: sympy.Rational) -> str:
        return f"fmpq({expr.p}, {expr.q})"

    def _print_Pi(self, _: sympy.Expr) -> str:
        return "arb.pi()"

    def _print_Exp1(self, _: sympy.Expr) -> str:
        return "arb.const_e()"

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
            return f"({base})**({self._print(exponent)})"
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
        arguments = [self._print(argument) for argument in expr.args]
        return f"arb({arguments[0]}).{_METHODS[type(expr)]}({', '.join(arguments[1:])})"

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
    sympy.log: "log",
    sympy.sinh: "sinh",
    sympy.cosh: "cosh",
    sympy.tanh: "tanh",
    sympy.asin: "asin",
    sympy.acos: "acos",
    sympy.atan: "atan",
    sympy.asinh: "asinh",
    sympy.acosh: "acosh",
    sympy.atanh: "atanh",
    sympy.erf: "erf",
    sympy.erfc: "erfc",
    sympy.gamma: "gamma",
    sympy.loggamma: "lgamma",
    sympy.digamma: "digamma",
    sympy.sign: "sgn",
}

for _function in _METHODS:
    setattr(ArbPrinter, f"_print_{_function.__name__}", ArbPrinter._print_method)


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
    names = {"arb": arb, "fmpq": fmpq}
    compiled: Callable[..., Any] = sympy.lambdify(
        list(parameters), expression, modules=[names], printer=printer
    )
    return compiled
