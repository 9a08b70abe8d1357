"""What a printed numeral states, and what a returned floating-point number may be."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import sympy


def prints_as(numeral: str, value: sympy.Expr, leeway: Fraction | int = 0) -> bool:
    """Whether a float32 program that computes `value` well may print `numeral`.

    It may where the exact value rounds to the float32 that the numeral names: NumPy and JAX print
    the shortest decimal that reads back as the same number (``numpy.format_float_positional``,
    ``unique=True``). It may also where the exact value, rounded to as many decimals as the
    numeral has, is the numeral: somebody cut the print. A lone ``.0`` was not cut: it is how the
    shortest print of an integer ends.

    Args:
        numeral: as printed, for instance ``-0.392`` or ``1.3333334``.
        value: a real SymPy number.
        leeway: how far from it the program's number may be.

    Raises:
        ValueError: the numeral is not a decimal number.
    """
    stated = Fraction(numeral)
    exact = fraction(value)
    named = np.float32(numeral)
    half_ulp = Fraction(float(np.spacing(np.abs(named)))) / 2
    if abs(exact - Fraction(float(named))) <= half_ulp + leeway:
        return True
    significand, _, exponent = numeral.partition("e")
    _, _, decimals = significand.partition(".")
    if decimals == "0":
        return False
    half_unit = Fraction(10) ** (int(exponent or 0) - len(decimals)) / 2
    return abs(exact - stated) <= half_unit + leeway


def fraction(value: Any) -> Fraction:
    """Return a SymPy number or a float as a fraction; irrational numbers to 50 digits."""
    number: Any = sympy.sympify(value)
    if isinstance(number, sympy.Float):
        return Fraction(float(number))
    if not number.is_Rational:
        number = sympy.Rational(str(number.evalf(50)))
    return Fraction(int(number.p), int(number.q))


def may_return(got: Any, value: sympy.Expr, magnitude: Any, roundings: int) -> bool:
    """Whether a correct program may return `got` for `value`.

    With no rounding it must return `value` itself. Otherwise each term of the exact sum meets at
    most k roundings, so the sum is wrong by at most γₖ = k·u/(1 − k·u) times the sum of the
    terms' absolute values.

    Args:
        got: a floating-point number with its dtype.
        value: the exact value.
        magnitude: the sum of the terms' absolute values.
        roundings: k.

    Source:
        N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition (2002),
        Lemma 3.1 and section 3.1.
    """
    number = np.asarray(got)
    if not np.isfinite(number):
        return False
    error = abs(Fraction(float(number)) - fraction(value))
    if roundings == 0:
        return error == 0
    ku = roundings * Fraction(float(np.finfo(number.dtype).eps)) / 2
    return error <= ku / (1 - ku) * fraction(magnitude)


def within(got: Any, value: sympy.Expr, leeway: Fraction) -> bool:
    """Whether a returned number is so near to a value."""
    number = np.asarray(got)
    return bool(np.isfinite(number)) and abs(Fraction(float(number)) - fraction(value)) <= leeway
