"""The implicit layer: a solution of A·x = b by Anderson acceleration."""

from __future__ import annotations

from sympy import MatrixSymbol, symbols

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases.anderson import BACKWARD_ERROR, weighted_solution
from gradlaw.conformance.documents import COMPILATION
from gradlaw.strategies.domains import WellConditioned

n = symbols("n")
A = MatrixSymbol("A", n, n)
b, c = MatrixSymbol("b", n, 1), MatrixSymbol("c", n, 1)

IMPLICIT = (
    Case(
        name="implicit_layer",
        function=weighted_solution,
        formula=c.T * A.inverse() * b,
        signature="(n,n),(n),(n)->()",
        domains={"A": WellConditioned()},
        regions=("ordinary", "rationals", "zeros", "ties"),
        max_size=5,
        max_batch=7,
        heavy=True,
        solve_backward_error=BACKWARD_ERROR,
        source=f"{COMPILATION}, implicit layer",
    ),
)
