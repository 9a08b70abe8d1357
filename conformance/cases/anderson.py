"""An implicit layer: x solving A·x = b by Anderson acceleration of Jacobi's iteration.

The fixed-point map is g(x) = x + D⁻¹(b - A·x) with D the diagonal of A. Each step mixes the last
``DEPTH`` differences by least squares, as in D. G. Anderson, "Iterative procedures for nonlinear
integral equations", J. ACM 12 (1965), 547-560, in the difference form of H. F. Walker and P. Ni,
"Anderson acceleration for fixed-point iterations", SIAM J. Numer. Anal. 49 (2011), 1715-1735.
Gradients come from the implicit function theorem, by ``jax.lax.custom_linear_solve``
(https://docs.jax.dev/en/latest/_autosummary/jax.lax.custom_linear_solve.html).

What a returned x is worth: with u the unit roundoff of its dtype,
``‖b - A·x‖∞ <= BACKWARD_ERROR·(n + 1)·u·(‖A‖∞‖x‖∞ + ‖b‖∞)``, or x is NaN. The loop measures its
residual with an error of at most γₙ‖A‖∞‖x‖∞, so it stops at half of the right-hand side, and what
has not come so far by ``MAX_ITERATIONS`` is replaced by NaN. Overflow and underflow of x excepted.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

BACKWARD_ERROR = 2
"""The largest backward error of a returned solution, in units of (n + 1)·u."""
DEPTH = 5
"""How many differences are mixed, at most; never more than there are unknowns."""
MAX_ITERATIONS = 1000
"""Steps, rejected ones included, after which the solution is given up as NaN."""

Linear = Callable[[jax.Array], jax.Array]


class Solution(NamedTuple):
    """What ``anderson`` found.

    ``x``: (n,) real, NaN unless ``converged``; ``iterations``: () int32, products with A.
    """

    x: jax.Array
    iterations: jax.Array
    converged: jax.Array


class _State(NamedTuple):
    x: jax.Array  # (n,)
    r: jax.Array  # (n,) b - A·x
    dx: jax.Array  # (m, n) differences of x, newest first; rows of zeros are not in use
    df: jax.Array  # (m, n) differences of D⁻¹·r
    iterations: jax.Array
    stagnant: jax.Array  # even the plain step no longer lowers the merit


def _mixed(x: jax.Array, f: jax.Array, dx: jax.Array, df: jax.Array) -> jax.Array:
    """Minimise ‖f - γ·df‖₂ by orthogonalising df, newest first, and return x + f - γ·(dx + df)."""
    if len(dx) == 0:
        return x + f
    dependent = jnp.finfo(x.dtype).eps ** 0.5

    def project(j: Any, carry: tuple[jax.Array, ...]) -> tuple[jax.Array, ...]:
        x, f, p, q = carry
        pj, qj = dx[j], df[j]
        length = jnp.sqrt(jnp.sum(qj * qj))
        for _ in range(2):  # once leaves what rounding put along q; twice is enough
            along = jnp.sum(q * qj, axis=1, keepdims=True)
            pj, qj = pj - jnp.sum(along * p, axis=0), qj - jnp.sum(along * q, axis=0)
        rest = jnp.sqrt(jnp.sum(qj * qj))
        kept = rest > dependent * length
        scale = jnp.where(kept, 1 / jnp.where(kept, rest, 1), 0)
        pj, qj = pj * scale, qj * scale
        along = jnp.sum(qj * f)
        return x - along * pj, f - along * qj, p.at[j].set(pj), q.at[j].set(qj)

    none = jnp.zeros_like(dx)
    x, f, _, _ = lax.fori_loop(0, len(dx), project, (x, f, none, none))
    return x + f


def anderson(
    matvec: Linear,
    b: jax.Array,
    *,
    diagonal: jax.Array,
    norm: jax.Array,
    merit: Linear,
    depth: int = DEPTH,
) -> Solution:
    """Solve A·x = b.

    Args:
        matvec: x -> A·x for x: (n,), linear.
        b: (n,) float32 or float64.
        diagonal: (n,) of A.
        norm: () ‖A‖∞.
        merit: residual -> (), a norm that Jacobi's step always lowers. Steps that do not lower it
            are undone and the history dropped, so a plain step follows.
        depth: differences mixed; 0 is Jacobi's own iteration.

    Source: Anderson (1965); Walker and Ni (2011), algorithm AA with β = 1.
    """
    n, m = b.shape[0], min(depth, b.shape[0])
    # By powers of two, so exactly, to ‖A‖ and ‖b‖ near 1: no norm or product overflows.
    _, a_exponent = jnp.frexp(norm)
    _, b_exponent = jnp.frexp(jnp.max(jnp.abs(b), initial=0))
    b = jnp.ldexp(b, -b_exponent)
    norm = jnp.ldexp(norm, -a_exponent)
    diagonal = jnp.ldexp(diagonal, -a_exponent)
    half = a_exponent // 2
    enough = (n + 1) * (BACKWARD_ERROR - 1) * jnp.finfo(b.dtype).eps / 2

    def residual(x: jax.Array) -> jax.Array:
        return b - jnp.ldexp(matvec(jnp.ldexp(x, -half)), half - a_exponent)

    def converged(state: _State) -> jax.Array:
        size = norm * jnp.max(jnp.abs(state.x), initial=0) + jnp.max(jnp.abs(b), initial=0)
        return jnp.max(jnp.abs(state.r), initial=0) <= enough * size

    def unfinished(state: _State) -> jax.Array:
        return ~converged(state) & ~state.stagnant & (state.iterations < MAX_ITERATIONS)

    def step(state: _State) -> _State:
        f = state.r / diagonal
        x = _mixed(state.x, f, state.dx, state.df)
        r = residual(x)
        better = merit(r) < merit(state.r)
        plain = ~jnp.any(state.df)
        dx = jnp.concatenate([(x - state.x)[None], state.dx])[:m]
        df = jnp.concatenate([(r / diagonal - f)[None], state.df])[:m]
        return _State(
            x=jnp.where(better, x, state.x),
            r=jnp.where(better, r, state.r),
            dx=jnp.where(better, dx, 0),
            df=jnp.where(better, df, 0),
            iterations=state.iterations + 1,
            stagnant=~better & plain,
        )

    history = jnp.zeros((m, n), b.dtype)
    start = _State(jnp.zeros_like(b), b, history, history, jnp.int32(0), jnp.bool_(False))
    end = lax.while_loop(unfinished, step, start)
    x = jnp.where(converged(end), jnp.ldexp(end.x, b_exponent - a_exponent), jnp.nan)
    return Solution(x, end.iterations, converged(end))


def implicit_layer(A: jax.Array, b: jax.Array) -> jax.Array:
    """The solution of A·x = b, differentiable by A and b in both modes.

    Args:
        A: (n, n) real floating, strictly diagonally dominant by rows.
        b: (n,) real floating.

    Returns:
        (n,) of the promoted dtype, NaN where the backward error is not reached. Half precisions
        are solved in float32 and rounded once.

    Raises:
        TypeError: A or b is not real floating, or their shapes do not fit.

    Source: the implicit function theorem, as ``jax.lax.custom_linear_solve`` applies it.
    """
    A, b = jnp.asarray(A), jnp.asarray(b)
    if A.ndim != 2 or b.ndim != 1 or A.shape != b.shape * 2:
        raise TypeError(f"implicit_layer takes A: (n, n) and b: (n,); got {A.shape} and {b.shape}")
    dtype = jnp.result_type(A, b)
    if not jnp.issubdtype(dtype, jnp.floating):
        raise TypeError(f"implicit_layer takes real floating dtypes; got {A.dtype} and {b.dtype}")
    working = jnp.promote_types(dtype, jnp.float32)
    A, b = A.astype(working), b.astype(working)
    frozen = lax.stop_gradient(A)
    diagonal, sizes = jnp.diagonal(frozen), jnp.abs(frozen)

    def matvec(x: jax.Array) -> jax.Array:
        return jnp.dot(A, x, precision=lax.Precision.HIGHEST)

    def solve(matvec: Linear, b: jax.Array) -> jax.Array:
        norm = jnp.max(jnp.sum(sizes, axis=1), initial=0)

        def merit(r: jax.Array) -> jax.Array:  # dominance by rows: ‖I - D⁻¹A‖∞ < 1
            return jnp.max(jnp.abs(r / diagonal), initial=0)

        return anderson(matvec, b, diagonal=diagonal, norm=norm, merit=merit).x

    def transpose_solve(vecmat: Linear, b: jax.Array) -> jax.Array:
        norm = jnp.max(jnp.sum(sizes, axis=0), initial=0)

        def merit(r: jax.Array) -> jax.Array:  # the same, transposed: ‖I - AᵀD⁻¹‖₁ < 1
            return jnp.sum(jnp.abs(r))

        return anderson(vecmat, b, diagonal=diagonal, norm=norm, merit=merit).x

    return lax.custom_linear_solve(matvec, b, solve, transpose_solve).astype(dtype)


def weighted_solution(A: jax.Array, b: jax.Array, c: jax.Array) -> jax.Array:
    """Return cᵀ·x for x of ``implicit_layer``, () real; in closed form cᵀA⁻¹b.

    Args:
        A: (n, n) real floating, strictly diagonally dominant by rows.
        b: (n,) real floating.
        c: (n,) real floating.

    Raises:
        TypeError: as ``implicit_layer`` does.
    """
    return jnp.dot(c, implicit_layer(A, b))
