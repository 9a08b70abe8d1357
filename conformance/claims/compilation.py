"""The claims of "JAX - Automatic Differentiation and JIT Compilation": its implicit layer."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import sympy

from gradlaw.conformance.bitwise import difference
from gradlaw.conformance.claims.behaviours import NO_ERROR, error_of, traces_by_call
from gradlaw.conformance.claims.claim import Answer, Claim
from gradlaw.conformance.documents import COMPILATION

_MATRIX = sympy.Matrix([[2, 1], [1, 2]])
_RIGHT_HAND_SIDE = sympy.Matrix([1, 2])
_claim = partial(Claim, document=COMPILATION)


def _system() -> tuple[Any, Any]:
    return jnp.array([[2.0, 1.0], [1.0, 2.0]]), jnp.array([1.0, 2.0])


def _solve_as_described(
    A: Any, b: Any, *, history: tuple[Any, ...] = (), stops: bool = True
) -> Any:
    """Solve A·x = b by the document's recipe: wait for a history, then correct by A⁻¹."""
    x = jnp.zeros_like(b)
    past = list(history)
    for _ in range(10):
        left = b - A @ x
        past.append(left)
        if stops and jnp.linalg.norm(left) < 1e-5:
            break
        if len(past) > 1:
            x = x + jnp.linalg.solve(A, left)
    return x


def _solved() -> Any:
    # "highest": an accelerator's default would round the factors of a product to 11 bits.
    with jax.default_matmul_precision("highest"):
        return _solve_as_described(*_system())


def _jacobian() -> Any:
    A, b = _system()
    with jax.default_matmul_precision("highest"):
        return jax.jacobian(lambda right: jnp.linalg.solve(A, right))(b)


def _solution_of(right: sympy.Matrix, reason: str) -> Answer:
    # Higham (2002), Theorem 9.4: |x − x̂| ≤ γ₃ₙ |A⁻¹|·|L|·|U|·|x|, here n = 2.
    lower, upper, _ = _MATRIX.LUdecomposition()
    exact = _MATRIX.LUsolve(right)
    wide = _MATRIX.inv().applyfunc(sympy.Abs) * lower.applyfunc(sympy.Abs)
    spread = wide * upper.applyfunc(sympy.Abs) * exact.applyfunc(sympy.Abs)
    return Answer(value=_rows(exact), magnitude=_rows(spread), roundings=6, reason=reason)


def _rows(matrix: sympy.Matrix) -> tuple[object, ...]:
    if matrix.cols == 1:
        return tuple(matrix[row, 0] for row in range(matrix.rows))
    return tuple(
        tuple(matrix[row, column] for column in range(matrix.cols)) for row in range(matrix.rows)
    )


def _layer_gradient(*, stops: bool) -> object:
    A, b = _system()
    solver = jax.jit(lambda A, b: _solve_as_described(A, b, stops=stops))
    return jax.jit(jax.grad(lambda right: solver(A, right)))(b)


def _history_matters() -> bool:
    A, b = _system()
    one, another = (_solve_as_described(A, b, history=(past,)) for past in (jnp.ones(2), 100.0 * b))
    return difference(one, another.tolist()) is not None


_TRACED_NORM = "the loop asks Python whether a traced norm is small (JAX documentation, jax.errors)"

COMPILATION_CLAIMS: tuple[Claim, ...] = (
    _claim(
        name="compilation-reused",
        statement="What the first call compiles is reused for inputs of the same shape.",
        kind="count",
        stated=(1, 0),
        oracle=lambda: Answer(value=(1, 0), reason="jit's cache is keyed by shapes and dtypes"),
        jax=lambda: traces_by_call(
            lambda x: jnp.sin(x) * x**2, jax.jit, (jnp.array(2.0), jnp.array(3.0))
        ),
    ),
    _claim(
        name="compilation-solution",
        statement="The layer's solution of [[2, 1], [1, 2]]·x = [1, 2].",
        kind="number",
        stated=("0.6666667", "1.3333334"),
        oracle=lambda: _solution_of(
            _RIGHT_HAND_SIDE, "A·(0, 1) = (1, 2); A·(2/3, 4/3) = (8/3, 10/3)"
        ),
        jax=_solved,
    ),
    _claim(
        name="compilation-gradient",
        statement="The gradient of the layer's solution by its right-hand side.",
        kind="number",
        stated=("0.6666667", "1.3333334"),
        oracle=lambda: _solution_of(
            sympy.eye(2),
            "the derivative of A⁻¹·b by b is the matrix A⁻¹; that of the solution's sum would be "
            "(1/3, 1/3)",
        ),
        jax=_jacobian,
    ),
    _claim(
        name="compilation-solver_under_jit",
        statement="The solver, which breaks off at a small residual, runs under jit.",
        kind="error",
        stated=NO_ERROR,
        oracle=lambda: Answer(value="TracerBoolConversionError", reason=_TRACED_NORM),
        jax=lambda: error_of(lambda: jax.jit(_solve_as_described)(*_system())),
    ),
    _claim(
        name="compilation-gradient_of_layer",
        statement="jit(grad(layer)) of the jitted solver runs.",
        kind="error",
        stated=NO_ERROR,
        oracle=lambda: Answer(value="TracerBoolConversionError", reason=_TRACED_NORM),
        jax=lambda: error_of(lambda: _layer_gradient(stops=True)),
    ),
    _claim(
        name="compilation-gradient_of_vector_layer",
        statement="grad differentiates the layer, whose output is a vector (here without break).",
        kind="error",
        stated=NO_ERROR,
        oracle=lambda: Answer(value="TypeError", reason="a gradient belongs to a scalar function"),
        jax=lambda: error_of(lambda: _layer_gradient(stops=False)),
    ),
    _claim(
        name="compilation-history",
        statement="The solver forms its correction from earlier iterates.",
        kind="truth",
        stated=True,
        oracle=lambda: Answer(
            value=False, reason="the correction is A⁻¹·(b − A·x): no earlier iterate is in it"
        ),
        jax=_history_matters,
    ),
)
