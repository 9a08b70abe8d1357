"""Factorisations: exact ones against mpmath, rounded ones against JAX, and planted faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from flint import arb, ctx
from jax.lax import linalg

from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.linear_algebra.elimination import Cholesky
from gradlaw.oracles.x64 import x64

Array = np.ndarray[Any, Any]
Function = Callable[..., Any]


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    before, ctx.prec = ctx.prec, 160
    with x64(True), mpmath.workprec(160):
        yield
    ctx.prec = before


def drawn(seed: int, rows: int, columns: int) -> Array:
    return np.random.default_rng(seed).normal(size=(rows, columns))


def positive(seed: int, size: int) -> Array:
    root = drawn(seed, size, size + 1)
    return root @ root.T


def read(domain: Any, function: Function, *arguments: Array) -> tuple[list[Array], Reader]:
    reader = Reader(domain)
    program = jax.make_jaxpr(function)(*arguments)
    return reader.read(program, [reader.lift(argument) for argument in arguments]), reader


def ball_of(number: Any) -> arb:
    """The mpmath number, with what its last bits may be off by."""
    text = mpmath.nstr(number, 45)
    return arb(text, abs(arb(text)) * arb("1e-38") + arb("1e-38"))


def apart(balls: Array, numbers: Any) -> list[str]:
    """The elements whose ball misses the number's; signs of rows and columns are agreed."""
    rows = np.asarray(numbers.tolist(), dtype=object).reshape(balls.shape)
    pairs = zip(balls.reshape(-1), rows.reshape(-1), strict=True)
    return [f"{b} {n}" for b, n in pairs if not b.overlaps(ball_of(n))]


def same_signs(balls: Array, numbers: Any) -> Any:
    """The numbers' columns with the signs of the balls'."""
    for j in range(numbers.cols):
        i = max(range(numbers.rows), key=lambda i: abs(numbers[i, j]))
        if (balls[i, j] > 0) != (numbers[i, j] > 0):
            for row in range(numbers.rows):
                numbers[row, j] = -numbers[row, j]
    return numbers


@pytest.mark.parametrize("seed", range(3))
def test_cholesky_is_mpmath_s(seed: int) -> None:
    matrix = positive(seed, 4)
    (factor,), _ = read(Exact(), linalg.cholesky, (matrix + matrix.T) / 2)
    assert not apart(factor, mpmath.cholesky(mpmath.matrix(((matrix + matrix.T) / 2).tolist())))


@pytest.mark.parametrize("seed", range(3))
def test_qr_is_mpmath_s_but_for_signs(seed: int) -> None:
    matrix = drawn(seed, 4, 3)
    (orthogonal, triangle), _ = read(Exact(), lambda a: linalg.qr(a, full_matrices=False), matrix)
    wanted, _ = mpmath.qr(mpmath.matrix(matrix.tolist()), mode="skinny")
    assert not apart(orthogonal, same_signs(orthogonal, wanted))
    assert not apart(orthogonal.dot(triangle), mpmath.matrix(matrix.tolist()))


@pytest.mark.parametrize("seed", range(3))
def test_eigh_is_mpmath_s_but_for_signs(seed: int) -> None:
    matrix = drawn(seed, 4, 4)
    matrix = matrix + matrix.T
    (vectors, values), _ = read(Exact(), linalg.eigh, matrix)
    wanted_values, wanted = mpmath.eigsy(mpmath.matrix(matrix.tolist()))
    assert not apart(values, wanted_values)
    assert not apart(vectors, same_signs(vectors, wanted))


@pytest.mark.parametrize("shape", [(4, 3), (3, 4), (3, 3)])
def test_singular_values_are_mpmath_s(shape: tuple[int, int]) -> None:
    matrix = drawn(7, *shape)
    (left, values, right), _ = read(Exact(), lambda a: linalg.svd(a, full_matrices=False), matrix)
    wanted_left, wanted, _ = mpmath.svd_r(mpmath.matrix(matrix.tolist()))
    assert not apart(values, wanted)
    assert not apart(left, same_signs(left, wanted_left))
    product = (left * values).dot(right)
    assert not apart(product, mpmath.matrix(matrix.tolist()))


def test_a_solution_is_mpmath_s() -> None:
    matrix, right = drawn(3, 4, 4), drawn(4, 4, 1)
    (solution,), reader = read(Exact(), jnp.linalg.solve, matrix, right)
    wanted = mpmath.lu_solve(mpmath.matrix(matrix.tolist()), mpmath.matrix(right.tolist()))
    assert not apart(solution, wanted)
    assert not reader.domain.estimated


def test_eigenvalues_of_a_general_matrix_are_mpmath_s() -> None:
    matrix = drawn(5, 4, 4)
    (values,), _ = read(Exact(), jnp.linalg.eigvals, matrix)
    found, _ = mpmath.eig(mpmath.matrix(matrix.tolist()))
    for value in values:
        near = min(found, key=lambda f: abs(f - complex(float(value.real), float(value.imag))))
        assert value.real.overlaps(ball_of(mpmath.re(near)))
        assert value.imag.overlaps(ball_of(mpmath.im(near)))


FUNCTIONS: dict[str, tuple[Function, str]] = {
    "cholesky": (linalg.cholesky, "positive"),
    "lu": (linalg.lu, "any"),
    "qr": (lambda a: linalg.qr(a, full_matrices=False), "any"),
    "full qr": (lambda a: linalg.qr(a, full_matrices=True), "any"),
    "eigh": (linalg.eigh, "symmetric"),
    "svd": (lambda a: linalg.svd(a, full_matrices=False), "any"),
    "singular values": (lambda a: linalg.svd(a, compute_uv=False), "any"),
    "eig": (linalg.eig, "square"),
    "inv": (jnp.linalg.inv, "square"),
    "triangular_solve": (
        lambda a: linalg.triangular_solve(
            a, jnp.ones((len(a), 2), a.dtype), left_side=True, lower=True, transpose_a=True
        ),
        "square",
    ),
    "unit triangular_solve": (
        lambda a: linalg.triangular_solve(
            a, jnp.ones((2, len(a)), a.dtype), lower=False, unit_diagonal=True, conjugate_a=True
        ),
        "square",
    ),
    "tridiagonal_solve": (
        lambda a: linalg.tridiagonal_solve(a[0], 3 + a[1], a[2], a[:, :2]),
        "square",
    ),
}


def argument(kind: str, dtype: str, seed: int) -> Array:
    generator = np.random.default_rng(seed)
    rows, columns = (4, 3) if kind == "any" else (4, 4)
    matrix = generator.normal(size=(rows, columns)) * generator.choice([1e-3, 1.0, 1e3])
    if dtype.startswith("complex"):
        matrix = matrix + 1j * generator.normal(size=(rows, columns))
    if kind == "positive":
        matrix = matrix @ matrix.conj().T + np.eye(rows)
    if kind == "symmetric":
        matrix = matrix + matrix.conj().T
    return np.asarray(matrix, dtype=dtype)


def held(ball: Any, number: Any) -> bool:
    if hasattr(ball, "imag") and not isinstance(ball, arb):
        return ball.real.contains(float(number.real)) and ball.imag.contains(float(number.imag))
    return bool(ball.contains(float(number)))


def missed(balls: list[Array], results: list[Any]) -> int:
    return sum(
        not held(ball, number)
        for array, result in zip(balls, results, strict=True)
        if array.dtype == object
        for ball, number in zip(array.reshape(-1), np.asarray(result).reshape(-1), strict=True)
    )


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_rounded_balls_hold_what_jax_returns(name: str, dtype: str) -> None:
    function, kind = FUNCTIONS[name]
    for seed in range(2):
        matrix = argument(kind, dtype, seed)
        balls, reader = read(Rounded(), function, matrix)
        results = jax.tree.leaves(function(matrix))
        assert not missed(balls, results)
        assert not reader.domain.estimated
        finite = [
            getattr(ball, "real", ball).is_finite()
            for array in balls
            if array.dtype == object
            for ball in array.reshape(-1)
        ]
        assert all(finite) or name == "eig"  # its vectors may be too sensitive for float32


@pytest.mark.parametrize("name", ["cholesky", "lu", "qr", "svd", "eigh"])
def test_rounded_balls_reject_a_transposed_factor_a_sign_and_a_digit(name: str) -> None:
    function, kind = FUNCTIONS[name]
    balls, _ = read(Rounded(), function, argument(kind, "float64", 2))
    results = [np.asarray(r) for r in jax.tree.leaves(function(argument(kind, "float64", 2)))]
    place = max(range(len(results)), key=lambda i: results[i].size)
    for change in (lambda r: -r, lambda r: r[::-1, ::-1], lambda r: r * (1 + 1e-9)):
        wrong = list(results)
        wrong[place] = change(results[place])
        assert missed(balls, wrong)


def test_lu_pivots_and_permutation_are_jax_s() -> None:
    matrix = np.stack([drawn(seed, 5, 3) for seed in range(4)])
    (_, pivots, order), reader = read(Exact(), linalg.lu, matrix)
    _, wanted_pivots, wanted_order = linalg.lu(matrix)
    np.testing.assert_array_equal(pivots, wanted_pivots)
    np.testing.assert_array_equal(order, wanted_order)
    assert not reader.domain.undecided
    (again,), _ = read(Exact(), lambda p: linalg.lu_pivots_to_permutation(p, 5), pivots)
    np.testing.assert_array_equal(again, wanted_order)


def test_a_near_tie_of_pivots_is_undecided() -> None:
    matrix = np.array([[1.0, 2.0], [1.0 + 2.0**-52, 3.0]])
    _, reader = read(Rounded(), linalg.lu, matrix)
    assert "lu" in reader.domain.undecided


def test_equal_eigenvalues_have_no_vectors_and_certain_values() -> None:
    matrix = np.diag([2.0, 2.0, 5.0])
    (vectors, values), _ = read(Exact(), linalg.eigh, matrix)
    assert all(value.contains(n) for value, n in zip(values, [2, 2, 5], strict=True))
    assert [entry.is_finite() for entry in vectors[0]] == [False, False, True]


def test_a_matrix_that_rounding_makes_indefinite_may_give_anything() -> None:
    matrix = np.array([[1.0, 1.0], [1.0, 1.0 + 2.0**-52]])
    (factor,), _ = read(Rounded(), linalg.cholesky, matrix)
    assert not factor[1, 1].is_finite()


def weighted(function: Function, shape: tuple[int, int]) -> Function:
    """A number that depends on every output's every element."""

    def number(matrix: Any) -> Any:
        return sum(
            jnp.sum(jnp.cos(jnp.arange(out.size).reshape(out.shape) + 1.0) * out)
            for out in jax.tree.leaves(function(matrix.reshape(shape)))
        )

    return number


GRADIENTS: dict[str, tuple[Function, str]] = {
    "cholesky": (jnp.linalg.cholesky, "positive"),
    "qr": (jnp.linalg.qr, "any"),
    "square qr": (lambda a: jnp.linalg.qr(a, mode="complete"), "square"),
    "eigh": (jnp.linalg.eigh, "symmetric"),
    "svd": (lambda a: jnp.linalg.svd(a, full_matrices=False), "any"),
    "svdvals": (lambda a: jnp.linalg.svd(a, compute_uv=False), "any"),
    "lu": (lambda a: jax.scipy.linalg.lu(a)[1:], "any"),
    "inv": (jnp.linalg.inv, "square"),
    "det": (jnp.linalg.det, "square"),
    "slogdet": (lambda a: jnp.linalg.slogdet(a)[1], "square"),
    "pinv": (jnp.linalg.pinv, "any"),
    "norm": (lambda a: jnp.linalg.norm(a, 2), "any"),
    "eigvals": (lambda a: jnp.abs(jnp.linalg.eigvals(a)), "square"),
    "tridiagonal": (FUNCTIONS["tridiagonal_solve"][0], "square"),
}


def chain_gradient(function: Function, matrix: Array) -> list[arb]:
    from gradlaw.oracles.domains.chain import Chain
    from gradlaw.oracles.interpreter.arrays import object_array

    chain = Chain(Exact())
    leaves = [chain.node(arb(float(number)), "float64") for number in matrix.reshape(-1)]
    (output,) = Reader(chain).read(
        jax.make_jaxpr(function)(matrix), [object_array(leaves, matrix.shape)]
    )
    return chain.gradient(output.item(), leaves)


@pytest.mark.parametrize("name", GRADIENTS)
def test_the_chain_rule_agrees_with_jax_s_derivative_program(name: str) -> None:
    function, kind = GRADIENTS[name]
    matrix = argument(kind, "float64", 1)
    number = weighted(function, matrix.shape)
    (program,), _ = read(Exact(), jax.grad(number), matrix)
    gradient = chain_gradient(number, matrix)
    assert all(ball.is_finite() for ball in gradient)
    pairs = zip(program.reshape(-1), gradient, strict=True)
    assert all(ball.overlaps(other) for ball, other in pairs)


@pytest.mark.parametrize("name", ["cholesky", "svd", "eigh", "inv"])
def test_the_chain_rule_disagrees_with_a_derivative_off_in_the_ninth_digit(name: str) -> None:
    function, kind = GRADIENTS[name]
    matrix = argument(kind, "float64", 1)
    number = weighted(function, matrix.shape)
    (program,), _ = read(Exact(), lambda a: jax.grad(number)(a) * (1 + 1e-9), matrix)
    pairs = zip(program.reshape(-1), chain_gradient(number, matrix), strict=True)
    assert not any(ball.overlaps(other) for ball, other in pairs)


def test_a_wrong_differential_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Cholesky.linearised

    def wrong(self: Any, *arguments: Any) -> Any:
        derive = right(self, *arguments)
        return lambda tangents: [entry * 2 for entry in derive(tangents)]

    monkeypatch.setattr(Cholesky, "linearised", wrong)
    with pytest.raises(AssertionError):
        test_the_chain_rule_agrees_with_jax_s_derivative_program("cholesky")


def test_a_solution_has_no_bound_where_a_sum_of_its_elimination_may_overflow() -> None:
    """30000 + 3 * 20000 does, in float16, though the solution is (30000, 20000)."""
    matrix = [[arb(1), arb(-3)], [arb(0), arb(1)]]
    held = Rounded("cpu", 8.0).solve(matrix, [arb(3000), arb(2000)], "float16")
    lost = Rounded("cpu", 8.0).solve(matrix, [arb(-30000), arb(20000)], "float16")
    assert all(ball.is_finite() for ball in held)
    assert not any(ball.is_finite() for ball in lost)
