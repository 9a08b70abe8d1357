"""The matrix of a linear program: as unit vectors give it, by fewer products."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.sparse.linalg
import numpy as np
import pytest
from flint import arb

from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.reach import Reach
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter import Reader, probing
from gradlaw.oracles.interpreter.probing import matrix_of
from gradlaw.oracles.patience import TooLarge

Array = np.ndarray[Any, Any]
Product = Callable[[Any, Any], Any]

BATCHED = jax.vmap(jnp.dot)
RANDOM = np.random.default_rng(7)


def number(scalar: Any) -> complex:
    """The number that a scalar of an exact reading stands for."""
    if isinstance(scalar, arb):
        return float(scalar)
    return complex(float(scalar.real), float(scalar.imag))


def found(
    product: Product, constant: Array, x: Array, monkeypatch: pytest.MonkeyPatch
) -> tuple[Array, int]:
    """The matrix of ``product(constant, ·)`` that is found, and by how many products."""
    program = jax.make_jaxpr(product)(constant, x)
    reader, reads = Reader(Exact()), list[Any]()
    read = reader.read

    def counted(asked: Any, arguments: Any) -> list[Array]:
        reads.extend([asked] if asked is program else [])
        return read(asked, arguments)

    monkeypatch.setattr(reader, "read", counted)
    constants = [reader.lift(constant)]
    rows = matrix_of(reader, program, constants, (x.shape,), x.dtype.name)
    matrix = np.zeros((x.size, x.size), dtype=x.dtype)
    for place, row in enumerate(rows):
        for column, entry in row.items():
            matrix[place, column] = number(entry)
    return matrix, len(reads)


def wanted(product: Product, constant: Array, x: Array) -> Array:
    """The matrix by JAX, unit vector by unit vector."""
    units = np.eye(x.size, dtype=x.dtype).reshape((x.size, *x.shape))
    columns = [np.asarray(product(constant, unit)).reshape(-1) for unit in units]
    return np.stack(columns, axis=-1)


def choosing(A: Any, x: Any) -> Any:
    """Go through the unknowns backwards where a constant is positive."""
    return jnp.where(A[0, 0, 0] > 0, x[::-1], x)


def looping(A: Any, x: Any) -> Any:
    """Multiply one system after the other."""
    return jax.lax.map(lambda pair: pair[0] @ pair[1], (A, x))


def moved(places: Any, x: Any) -> Any:
    """Take unknowns from places that a constant names."""
    return jnp.take(x.reshape(-1), places.reshape(-1)).reshape(x.shape)


def narrow(A: Any, x: Any) -> Any:
    """A tridiagonal matrix: no row has more than three entries."""
    z = jnp.pad(x.reshape(-1), 1)
    return A.reshape(-1)[: x.size].reshape(x.shape) * x + (z[2:] - 3 * z[:-2]).reshape(x.shape)


def circular(c: Any, x: Any) -> Any:
    """Convolve around a circle."""
    return jnp.fft.irfft(jnp.fft.rfft(x.reshape(-1)) * c, x.size).reshape(x.shape)


COMPLEX = (RANDOM.normal(size=(4, 2, 2)) + 1j * RANDOM.normal(size=(4, 2, 2))).astype(np.complex64)
REAL = RANDOM.normal(size=(5, 3, 3)).astype(np.float32)
UNKNOWNS = np.zeros((5, 3), np.float32)

MET: tuple[tuple[str, Product, Array, Array, int], ...] = (
    ("of one system after the other", looping, REAL, UNKNOWNS, 3),
    ("batched", BATCHED, REAL, UNKNOWNS, 3),
    ("batched along another axis", jax.vmap(jnp.dot, (0, 1), 1), REAL, UNKNOWNS.T, 3),
    ("complex", BATCHED, COMPLEX, np.zeros((4, 2), np.complex64), 2),
    ("tridiagonal", narrow, REAL, UNKNOWNS, 3),
    ("that couples all", lambda A, x: BATCHED(A, x) + jnp.sum(x), REAL, UNKNOWNS, 15),
    ("of a choice by a constant", choosing, REAL, UNKNOWNS, 15),
    (
        "by a Fourier transform",
        circular,
        np.full(8, 2.0, np.float32),
        np.zeros((5, 3), np.float32),
        15,
    ),
    ("of places that a constant names", moved, np.arange(15)[::-1].copy(), UNKNOWNS, 15),
)


@pytest.mark.parametrize(
    ("product", "constant", "x", "most"),
    [pytest.param(*met, id=name) for name, *met in MET],
)
def test_a_matrix_is_what_unit_vectors_give_by_fewer_products(
    product: Product, constant: Array, x: Array, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix, reads = found(product, constant, x, monkeypatch)
    np.testing.assert_allclose(matrix, wanted(product, constant, x), rtol=1e-6, atol=1e-6)
    assert reads <= most


def test_a_set_too_small_mixes_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "_reached", lambda *_: [1 << place for place in range(15)])
    matrix, reads = found(BATCHED, REAL, UNKNOWNS, monkeypatch)
    assert reads == 1
    assert not np.allclose(matrix, wanted(BATCHED, REAL, UNKNOWNS))


def test_where_patience_ends_nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    def impatient(*_: Any) -> int:
        raise TooLarge

    def product(A: Any, x: Any) -> Any:  # JAX remembers the program of one that it knows
        return BATCHED(A, x)

    program = jax.make_jaxpr(product)(REAL, UNKNOWNS)
    reader = Reader(Exact())
    asked = reader, program, [reader.lift(REAL)], (UNKNOWNS.shape,), "float32"
    with monkeypatch.context() as patched:
        patched.setattr(Reach, "inner", impatient)
        with pytest.raises(TooLarge):
            matrix_of(*asked)
    assert {len(row) for row in matrix_of(*asked)} == {3}


def test_one_norm_ends_an_iteration_for_all_systems() -> None:
    def solved(scale: Any, b: Any) -> Any:
        return jax.scipy.sparse.linalg.cg(lambda x: scale * scale * x, b)[0]

    scale = np.array([[1e30, 2, 3], [4, 5, 6]], np.float32)
    b = np.ones((2, 3), np.float32)
    program, reader = jax.make_jaxpr(solved)(scale, b), Reader(Rounded())
    (balls,) = reader.read(program, [reader.lift(scale), reader.lift(b)])
    assert not any(ball.is_finite() for ball in balls.reshape(-1))
