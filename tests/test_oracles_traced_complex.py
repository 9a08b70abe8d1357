"""Complex arguments in JAX's convention, and factorisations, in each way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import acb, arb, ctx
from jax import lax

from gradlaw.oracles.interpreter import Unsupported
from gradlaw.oracles.tracing import traced
from gradlaw.oracles.x64 import x64

WAYS = ("chain", "jets", "symbolic")
Z: Any = np.asarray([0.5 + 1.25j, -0.75 + 0.5j])


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    with ctx.workprec(192):
        yield


def agree(found: Any, expected: Any) -> bool:
    pairs = list(zip(np.ravel(found), np.ravel(expected), strict=True))
    return len(pairs) > 0 and all(a.overlaps(b) and a.rad() < arb(2) ** -100 for a, b in pairs)


def exact(numbers: Any) -> Any:
    balls = [acb(complex(z)) for z in np.ravel(numbers)]
    return np.array([*balls, None], dtype=object)[:-1]


@pytest.mark.parametrize("way", WAYS)
def test_a_real_function_has_the_gradient_by_x_less_i_times_that_by_y(way: str) -> None:
    found = traced(lambda z: jnp.sum(z.real**2 * z.imag + jnp.abs(z) ** 2), Z, way=way).gradient()
    x, y = Z.real, Z.imag
    expected = (2 * x * y + 2 * x) - 1j * (x**2 + 2 * y)
    assert agree(found, exact(expected))
    assert not agree(found, exact(expected.conj()))


def test_that_is_the_convention_of_jax() -> None:
    with x64(True):
        convention = jax.grad(lambda z: z.real**2 * z.imag)(jnp.asarray(Z[0]))
    assert traced(lambda z: z.real**2 * z.imag, Z[0]).gradient().item() == acb(complex(convention))


@pytest.mark.parametrize("way", WAYS)
def test_a_holomorphic_function_has_its_derivative(way: str) -> None:
    found = traced(lambda z: jnp.exp(z) * z, Z, way=way).jacobian()
    expected = [z.exp() * (z + 1) for z in exact(Z)]
    assert agree(np.diagonal(found), expected)
    assert not agree(np.diagonal(found), [z.exp() for z in exact(Z)])
    assert found[0, 1] == 0


@pytest.mark.parametrize("way", WAYS)
def test_a_complex_function_that_is_not_holomorphic_has_none(way: str) -> None:
    found = traced(lambda z: z * jnp.conj(z) + 0j, Z[0], way=way).jacobian().item()
    assert not found.is_finite()


def test_complex_values_by_real_arguments() -> None:
    found = traced(lambda x: jnp.exp(1j * x), 0.75)
    expected = [acb(0, 0.75).exp() * acb(0, 1)]
    assert agree(found.jacobian(), expected)
    assert agree(found.value(), [acb(0, 0.75).exp()])
    assert agree(found.directional({0: 1.0}, 2), [-acb(0, 0.75).exp()])


def test_through_complex_numbers_and_back() -> None:
    at = np.asarray([1.0, 2.0, -0.5, 0.25])
    found = traced(lambda x: jnp.sum(jnp.abs(jnp.fft.fft(x)) ** 2), at).gradient()
    expected = 2 * len(at) * at  # Parseval
    assert all(a.overlaps(arb(b)) for a, b in zip(found, expected, strict=True))
    assert not any(a.overlaps(arb(-b)) for a, b in zip(found, expected, strict=True))


def test_second_derivatives_are_those_of_holomorphic_functions() -> None:
    found = traced(lambda z: jnp.exp(z) * z, Z[0]).hessian()
    (z,) = exact(Z[:1])
    assert agree(found, [z.exp() * (z + 2)])
    assert not agree(found, [z.exp() * (z + 1)])
    for function in (lambda z: jnp.sum(jnp.abs(z) ** 2), lambda z: z[0] * jnp.conj(z[0])):
        with pytest.raises(Unsupported, match="holomorphic"):
            traced(function, Z).hessian()


def log_determinant(a: Any) -> Any:
    return jnp.sum(jnp.log(jnp.diagonal(lax.linalg.cholesky(a, symmetrize_input=False))))


def test_power_series_go_through_a_factorisation() -> None:
    at = np.asarray([[2.0, 0.0, 0.0], [0.5, 1.5, 0.0], [-0.25, 0.75, 3.0]])
    chain, jets = (traced(log_determinant, at, way=way) for way in ("chain", "jets"))
    assert agree(jets.gradient(), chain.gradient())
    assert agree(jets.hessian(), chain.hessian())
    assert not agree(jets.gradient(), chain.gradient() + arb(2) ** -60)
