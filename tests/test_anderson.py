"""The implicit layer keeps its stated backward error, mixes history, and has the exact gradient."""

from collections.abc import Iterator
from fractions import Fraction

import flint
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gradlaw.conformance.cases import anderson as module
from gradlaw.conformance.cases.anderson import (
    BACKWARD_ERROR,
    DEPTH,
    anderson,
    implicit_layer,
    weighted_solution,
)
from gradlaw.oracles.x64 import x64

DTYPES = ("float16", "bfloat16", "float32", "float64")
SIZED = [("float16", 7), ("bfloat16", 3), ("float32", 1), ("float32", 7), ("float64", 3)]
"""Each dtype and each size once: every pair costs a compilation."""

each_sized = pytest.mark.parametrize(("dtype", "n"), SIZED, indirect=["dtype"])
BATCH = 24
layers = jax.jit(jax.vmap(implicit_layer))
gradients = jax.jit(jax.vmap(jax.grad(weighted_solution, argnums=(0, 1, 2))))


@pytest.fixture(params=DTYPES)
def dtype(request: pytest.FixtureRequest) -> Iterator[str]:
    with x64(request.param == "float64"):
        yield request.param


def rational(a) -> flint.fmpq_mat:
    """Every floating number is a rational; a vector becomes a column."""
    rows = np.asarray(a, np.float64)
    rows = rows[:, None] if rows.ndim == 1 else rows
    return flint.fmpq_mat([[flint.fmpq(*float(v).as_integer_ratio()) for v in row] for row in rows])


def norm(m: flint.fmpq_mat) -> Fraction:
    rows = (sum((abs(v) for v in row), flint.fmpq(0)) for row in m.tolist())
    largest = max(rows, default=flint.fmpq(0))
    return Fraction(int(largest.p), int(largest.q))


def unit_roundoff(dtype: str) -> Fraction:
    return Fraction(float(jnp.finfo(dtype).eps)) / 2


def working(dtype: str) -> str:
    return "float64" if dtype == "float64" else "float32"


def backward_error(A, b, x) -> Fraction:
    """‖b - A·x‖∞ / (‖A‖∞‖x‖∞ + ‖b‖∞), exactly."""
    A, b, x = rational(A), rational(b), rational(x)
    size = norm(A) * norm(x) + norm(b)
    return norm(b - A * x) / size if size else Fraction(0)


def allowed(dtype: str, n: int) -> Fraction:
    return BACKWARD_ERROR * (n + 1) * unit_roundoff(dtype)


def dominant(n: int, dtype: str, seed: int = 0):
    """A batch of strictly dominant A, nonsymmetric, with uneven rows, and of b and c."""
    draw = np.random.default_rng([seed, n])
    A = draw.standard_normal((BATCH, n, n))
    off = np.abs(A).sum(axis=2) - np.abs(np.einsum("kii->ki", A))
    margin = draw.choice([1.0625, 1.5, 4.0], size=(BATCH, 1))
    sign = draw.choice([-1.0, 1.0], size=(BATCH, n))
    A[:, range(n), range(n)] = sign * (off * margin + 0.125)
    A *= 2.0 ** draw.integers(-3, 4, size=(BATCH, n, 1))
    b, c = draw.standard_normal((2, BATCH, n))
    return tuple(jnp.asarray(v, dtype) for v in (A, b, c))


@each_sized
def test_every_solution_keeps_the_stated_backward_error(n, dtype):
    A, b, _ = dominant(n, dtype)
    x = layers(A, b)
    assert x.dtype == dtype
    assert max(map(backward_error, A, b, x)) <= allowed(dtype, n)


@each_sized
def test_a_solution_moved_beyond_the_stated_backward_error_is_seen(n, dtype):
    A, b, _ = dominant(n, dtype)
    x = np.array(layers(A, b), np.float64)
    for Ai, bi, xi in zip(A, b, x, strict=True):
        worst = np.abs(np.asarray(Ai, np.float64)).max(axis=0).argmax()
        xi[worst] += 4 * n * float(allowed(dtype, n)) * np.abs(xi).max()
        xi[worst] += 4 * n * float(allowed(dtype, n)) * np.abs(bi).max() / np.abs(Ai).max()
        assert backward_error(Ai, bi, xi) > allowed(dtype, n)


@pytest.mark.parametrize(
    ("scale_A", "scale_b"), [(-100, -100), (-100, 0), (0, -100), (0, 100), (100, 0), (100, 100)]
)
def test_sizes_far_from_one_change_nothing(scale_A, scale_b):
    A, b, _ = dominant(3, "float32")
    plain = layers(A, b)
    scaled = layers(jnp.ldexp(A, scale_A), jnp.ldexp(b, scale_b))
    assert np.isfinite(scaled).all()
    np.testing.assert_array_equal(scaled, jnp.ldexp(plain, scale_b - scale_A))


def test_an_empty_system_has_an_empty_solution_and_empty_gradients(dtype):
    A, b = jnp.zeros((0, 0), dtype), jnp.zeros((0,), dtype)
    assert implicit_layer(A, b).shape == (0,)
    found = jax.jit(jax.grad(weighted_solution, argnums=(0, 1, 2)))(A, b, b)
    assert [(g.shape, g.dtype) for g in found] == [(a.shape, a.dtype) for a in (A, b, b)]


def test_what_cannot_be_solved_is_nan():
    A = jnp.stack([jnp.ones((2, 2)), 2 * jnp.eye(2), 2 * jnp.eye(2)])
    b = jnp.array([[1.0, 2.0], [1.0, jnp.nan], [1.0, 2.0]])
    np.testing.assert_array_equal(np.isnan(layers(A, b)).all(axis=1), [True, True, False])


def iterations(depth: int, n: int = 7) -> tuple[int, bool]:
    """Products with A for a chain on which Jacobi's iteration is slow, and whether it converged."""
    A = jnp.diag(jnp.full(n, 2.02)) - jnp.diag(jnp.ones(n - 1), 1) - jnp.diag(jnp.ones(n - 1), -1)
    A = A.at[0, 1].set(-0.5)
    found = anderson(
        lambda x: A @ x,
        jnp.arange(1.0, n + 1),
        diagonal=jnp.diagonal(A),
        norm=jnp.max(jnp.sum(jnp.abs(A), axis=1)),
        merit=lambda r: jnp.max(jnp.abs(r)),
        depth=depth,
    )
    return int(found.iterations), bool(found.converged)


def test_mixing_history_takes_fewer_iterations_than_jacobi_and_depth_counts():
    (jacobi, *converged), (one, *one_converged), (deep, *deep_converged) = map(
        iterations, (0, 1, DEPTH)
    )
    assert converged == one_converged == deep_converged == [True]
    assert jacobi > one > deep


def test_a_history_as_deep_as_the_system_ends_after_one_step_more_than_its_size():
    """As GMRES does: Walker and Ni (2011), theorem 2.2."""
    assert iterations(depth=7) <= (8, True)


def test_without_mixing_depth_no_longer_counts(monkeypatch):
    monkeypatch.setattr(module, "_mixed", lambda x, f, *_: x + f)
    assert min(iterations(depth=7), iterations(DEPTH)) > (50, True)


def solution_and_error(A: flint.fmpq_mat, b: flint.fmpq_mat, backward: Fraction):
    """The exact solution and how far a solution of that backward error can be from it.

    From A·δ = r and ‖r‖ <= η(‖A‖‖x + δ‖ + ‖b‖) follows
    ‖δ‖ <= ‖A⁻¹‖·η·(‖A‖‖x‖ + ‖b‖) / (1 - η‖A‖‖A⁻¹‖).
    """
    x, inverse = A.solve(b), norm(A.inv())
    assert backward * norm(A) * inverse < 1
    return x, inverse * backward * (norm(A) * norm(x) + norm(b)) / (
        1 - backward * norm(A) * inverse
    )


def excess(dtype: str, A, b, c, gradients) -> Fraction:
    """The gradients' errors over their allowances; at most 1 where they are right.

    -λ·xᵀ with λ = A⁻ᵀc: errors δλ and δx move it by at most δλ·(‖x‖ + δx) + ‖λ‖·δx, and it is
    rounded twice, as a product and to the dtype; λ and x themselves once, to the dtype.
    """
    A, b, c = map(rational, (A, b, c))
    eta = allowed(working(dtype), b.nrows())
    x, dx = solution_and_error(A, b, eta)
    adjoint, da = solution_and_error(A.transpose(), c, eta)
    once = unit_roundoff(dtype)
    twice = once + unit_roundoff(working(dtype)) * (1 + once)
    least = Fraction(float(jnp.finfo(dtype).tiny))
    outer = da * (norm(x) + dx) + norm(adjoint) * dx
    size = norm(adjoint) * norm(x) + outer
    expected = (-1 * adjoint * x.transpose(), adjoint, x)
    allowances = (
        outer + twice * size + least,
        da + once * (norm(adjoint) + da) + least,
        dx + once * (norm(x) + dx) + least,
    )
    errors = (
        max(abs(v) for v in (rational(g) - e).entries())
        for g, e in zip(gradients, expected, strict=True)
    )
    return max(Fraction(int(e.p), int(e.q)) / a for e, a in zip(errors, allowances, strict=True))


@each_sized
def test_gradients_are_the_exact_ones_within_the_bound_from_the_backward_error(n, dtype):
    A, b, c = dominant(n, dtype)
    found = gradients(A, b, c)
    assert [g.dtype for g in found] == [jnp.dtype(dtype)] * 3
    for k in range(BATCH):
        assert excess(dtype, A[k], b[k], c[k], [g[k] for g in found]) <= 1


def test_a_gradient_from_the_untransposed_system_is_seen(dtype):
    A, b, c = dominant(3, dtype)
    for k, (x, wrong) in enumerate(zip(layers(A, b), layers(A, c), strict=True)):
        assert excess(dtype, A[k], b[k], c[k], (-jnp.outer(wrong, x), wrong, x)) > 1


@pytest.mark.parametrize(
    "composed",
    [
        jax.vmap(jax.jit(jax.grad(weighted_solution, argnums=(0, 1, 2)))),
        jax.vmap(jax.grad(jax.jit(weighted_solution), argnums=(0, 1, 2))),
    ],
    ids=["vmap(jit(grad))", "vmap(grad(jit))"],
)
def test_transformations_compose_in_other_orders(composed):
    A, b, c = dominant(2, "float32")
    found = composed(A, b, c)
    for k in range(BATCH):
        assert excess("float32", A[k], b[k], c[k], [g[k] for g in found]) <= 1


@pytest.mark.parametrize("in_axes", [(0, None), (None, 0), (2, 1), (1, 0), (-1, None)])
def test_vmap_over_any_axis_of_either_argument(in_axes):
    n = 3
    A, b, _ = dominant(n, "float32")
    packed_A = A[0] if in_axes[0] is None else jnp.moveaxis(A, 0, in_axes[0])
    packed_b = b[0] if in_axes[1] is None else jnp.moveaxis(b, 0, in_axes[1])
    x = jax.jit(jax.vmap(implicit_layer, in_axes=in_axes, out_axes=1))(packed_A, packed_b)
    assert x.shape == (n, BATCH)
    for k in range(BATCH):
        Ak, bk = A[0 if in_axes[0] is None else k], b[0 if in_axes[1] is None else k]
        assert backward_error(Ak, bk, x[:, k]) <= allowed("float32", n)


def test_forward_mode_solves_the_same_system(dtype):
    A, b, c = dominant(3, dtype)

    def tangent(A, b, c):
        return jax.jvp(lambda b: implicit_layer(A, b), (b,), (c,))[1]

    tangents = jax.jit(jax.vmap(tangent))(A, b, c)
    assert max(map(backward_error, A, c, tangents)) <= allowed(dtype, 3)


@pytest.mark.parametrize(
    ("A", "b", "message"),
    [
        (np.ones((2, 3), np.float32), np.ones(2, np.float32), r"A: \(n, n\)"),
        (np.ones((2, 2), np.float32), np.ones(3, np.float32), r"A: \(n, n\)"),
        (np.ones((2, 2), np.int32), np.ones(2, np.int32), "floating"),
        (np.ones((2, 2), np.complex64), np.ones(2, np.complex64), "floating"),
    ],
)
def test_other_shapes_and_dtypes_are_refused(A, b, message):
    with pytest.raises(TypeError, match=message):
        implicit_layer(A, b)
