"""Matrix formulas, such as ``c.T * A.I * b``, and their derivatives by SymPy's matrix calculus."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import sympy
from flint import arb, arb_mat


class MatrixForm:
    """A 1 × 1 matrix expression over ``MatrixSymbol`` objects.

    Source: SymPy documentation, "Matrix Expressions"; K. B. Petersen and M. S. Pedersen,
    The Matrix Cookbook (2012), equations 59 to 63, agree with what SymPy derives.
    """

    def __init__(self, expression: sympy.MatrixExpr) -> None:
        self.expression = expression
        self._symbols = {symbol.name: symbol for symbol in expression.atoms(sympy.MatrixSymbol)}
        self._derivative = cache(lambda leaf: self.expression.diff(self._symbols[leaf]))

    def derivative(self, *leaves: str) -> sympy.Expr:
        """The expression, or its derivative by one leaf, of that leaf's shape.

        Raises:
            ValueError: for more than one leaf.
        """
        if len(leaves) > 1:
            message = f"a second derivative by the matrices {', '.join(leaves)} is not a matrix"
            raise ValueError(message)
        return self._derivative(leaves[0]) if leaves else self.expression

    def evaluate(
        self,
        by: tuple[str, ...],
        arguments: Mapping[str, np.ndarray[Any, Any]],
        shape: tuple[int, ...],
    ) -> np.ndarray[Any, np.dtype[np.object_]]:
        """The value or derivative as Arb balls of ``shape``; NaN where a matrix is singular."""
        result = np.empty(shape, dtype=object)
        if result.size == 0:
            return result
        if any(array.size == 0 for array in arguments.values()):
            result.ravel()[:] = [arb(0)] * result.size
            return result
        matrices = {name: _matrix(arguments[name]) for name in self._symbols}
        try:
            entries = _evaluate(self.derivative(*by), matrices).entries()
        except ZeroDivisionError:
            entries = [arb("nan")] * result.size
        result.ravel()[:] = entries
        return result


def _matrix(array: np.ndarray[Any, Any]) -> arb_mat:
    rows, columns = array.shape if array.ndim == 2 else (array.size, 1)
    return arb_mat(rows, columns, [arb(float(number)) for number in array.ravel()])


def _evaluate(expression: sympy.Expr, matrices: Mapping[str, arb_mat]) -> arb_mat:
    match expression:
        case sympy.MatrixSymbol():
            return matrices[expression.name]
        case sympy.Transpose():
            return _evaluate(expression.arg, matrices).transpose()
        case sympy.Inverse():
            return _evaluate(expression.arg, matrices).inv()
        case sympy.MatPow() if expression.exp == -1:
            return _evaluate(expression.base, matrices).inv()
        case sympy.MatAdd():
            terms = [_evaluate(term, matrices) for term in expression.args]
            return sum(terms[1:], terms[0])
        case sympy.MatMul():
            factor, product = expression.as_coeff_mmul()
            factors = product.args if isinstance(product, sympy.MatMul) else (product,)
            result = _evaluate(factors[0], matrices)
            for matrix in factors[1:]:
                result = result * _evaluate(matrix, matrices)
            return result * arb(int(factor.p)) / arb(int(factor.q))
        case _:
            message = f"{expression} is not a matrix formula that can be evaluated"
            raise TypeError(message)
