"""Fourier transforms, read exactly and rounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import acb, arb, ctx, fmpq

from gradlaw.oracles.domains.chain import Chain
from gradlaw.oracles.domains.complex_parts import Complex
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.interpreter.reading import HANDLERS
from gradlaw.oracles.rounding.fourier import (
    convolution_stretch,
    prime_factors,
    transform_roundings,
)
from gradlaw.oracles.x64 import x64

Array = np.ndarray[Any, Any]
LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 16, 18, 23, 30, 32]


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    with x64(True), ctx.workprec(128):
        yield


def drawn(shape: tuple[int, ...], dtype: str, seed: int = 0) -> Array:
    generator = np.random.default_rng(seed)
    real, imag = generator.normal(size=(2, *shape))
    return np.asarray(real + 1j * imag if dtype.startswith("c") else real).astype(dtype)


def read(domain: Any, function: Callable[..., Any], *arguments: Any) -> Array:
    reader = Reader(domain)
    program = jax.make_jaxpr(function)(*arguments)
    return reader.read(program, [reader.lift(argument) for argument in arguments])[0]


def pairs(array: Array) -> list[tuple[Any, Any]]:
    return [(s.real, s.imag) if isinstance(s, Complex) else (s, arb(0)) for s in array.reshape(-1)]


def holds(balls: Array, numbers: Any) -> bool:
    numbers = np.asarray(numbers)
    assert balls.shape == numbers.shape
    return all(
        bool(real.contains(arb(float(z.real)))) and bool(imag.contains(arb(float(z.imag))))
        for (real, imag), z in zip(pairs(balls), numbers.reshape(-1), strict=True)
    )


def by_definition(numbers: Array, sign: int) -> list[acb]:
    """Σ xⱼ exp(± 2πi jk/n)."""
    size = len(numbers)
    values = [acb(float(z.real), float(z.imag)) for z in numbers]

    def root(place: int) -> acb:
        turn = fmpq(2 * sign * place, size)
        return acb(arb.cos_pi_fmpq(turn), arb.sin_pi_fmpq(turn))

    return [sum((x * root(j * k) for j, x in enumerate(values)), acb(0)) for k in range(size)]


def overlaps(balls: Array, values: list[acb]) -> bool:
    return all(
        bool(real.overlaps(z.real)) and bool(imag.overlaps(z.imag))
        for (real, imag), z in zip(pairs(balls), values, strict=True)
    )


@pytest.mark.parametrize("size", LENGTHS)
def test_the_definition(size: int) -> None:
    """The exact reading is the sum that defines the transform, and not that of the other sign."""
    x = drawn((size,), "complex128", size)
    forward, backward = by_definition(x, -1), by_definition(x, 1)
    found = read(Exact(), jnp.fft.fft, x)
    assert overlaps(found, forward)
    assert size < 3 or not overlaps(found, backward)
    found = read(Exact(), jnp.fft.ifft, x)
    assert overlaps(found, [z / size for z in backward])
    assert size < 3 or not overlaps(found, [z / size for z in forward])
    real = read(Exact(), jnp.fft.rfft, x.real)
    assert overlaps(real, by_definition(x.real, -1)[: size // 2 + 1])
    half = drawn((size // 2 + 1,), "complex128", size)
    whole = np.concatenate([half, np.conj(half[1 : (size + 1) // 2])[::-1]])
    for own in {0, size // 2 if size % 2 == 0 else 0}:
        whole[own] = whole[own].real
    found = read(Exact(), lambda h: jnp.fft.irfft(h, size), half)
    assert overlaps(found, [z / size for z in by_definition(whole, 1)])


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize("size", [*LENGTHS, 53, 64, 67])
def test_rounded_balls_hold_what_jax_returns(size: int, dtype: str) -> None:
    real = {"complex64": "float32", "complex128": "float64"}[dtype]
    unit = np.zeros(size, dtype=dtype)
    unit[size // 3] = 1
    for function, x in (
        (jnp.fft.fft, drawn((size,), dtype)),
        (jnp.fft.ifft, drawn((size,), dtype)),
        (jnp.fft.fft, unit),
        (jnp.fft.rfft, drawn((size,), real)),
        (lambda h: jnp.fft.irfft(h, size), drawn((size // 2 + 1,), dtype)),
    ):
        balls, got = read(Rounded(), function, x), np.asarray(jax.jit(function)(x))
        assert holds(balls, got)
        assert not holds(balls, got * (1 + 2.0**-8))


@pytest.mark.parametrize("shape", [(2, 3), (3, 1, 4), (0, 3), (2, 5), (5, 4)])
def test_axes(shape: tuple[int, ...]) -> None:
    x = drawn(shape, "complex128")
    functions: list[Callable[..., Any]] = [
        jnp.fft.fftn,
        jnp.fft.fft,
        jnp.fft.ifft2,
        lambda z: jnp.fft.rfft2(z.real),
        jnp.fft.irfft2,
        lambda z: jnp.fft.fft(z, axis=0) if z.size else z,
    ]
    for function in functions:
        if 0 not in shape:
            balls, got = read(Rounded(), function, x), np.asarray(function(x))
            assert holds(balls, got)
            assert not holds(balls, got + 2.0**-30)
    if 0 in shape:
        assert read(Exact(), jnp.fft.fft, x).shape == shape


@pytest.mark.parametrize("size", [5, 6])
def test_transposes(size: int) -> None:
    """Pulled back through the real transform and its inverse, JAX's numbers are in the balls."""
    x, cotangent = drawn((size,), "float64"), drawn((size // 2 + 1,), "complex128", 1)
    for function, primal, tangent in (
        (jnp.fft.rfft, x, cotangent),
        (lambda h: jnp.fft.irfft(h, size), cotangent, x),
        (jnp.fft.fft, cotangent, cotangent[::-1].copy()),
    ):

        def pulled(v: Any, f: Any = function, p: Any = primal) -> Any:
            return jax.vjp(f, p)[1](v)[0]

        balls, got = read(Rounded(), pulled, tangent), np.asarray(pulled(tangent))
        assert holds(balls, got)
        assert not holds(balls, got * (1 + 2.0**-20))


def test_the_chain_rule_gives_the_roots() -> None:
    """∂X₁/∂x₁ of four numbers is -i: nothing of the real part, -1 of the imaginary one."""
    chain = Chain(Exact())
    nodes = [chain.node(arb(k + 1), "float64") for k in range(4)]
    array = np.array(nodes, dtype=object)
    program = jax.make_jaxpr(jnp.fft.rfft)(np.ones(4))
    (found,) = Reader(chain).read(program, [array])
    assert [float(d.mid()) for d in chain.gradient(found[1].imag, nodes)] == [0, -1, 0, 1]
    assert [float(d.mid()) for d in chain.gradient(found[1].real, nodes)] == [1, 0, -1, 0]


def test_every_spelling_of_a_kind() -> None:
    """Releases name kinds by one enumeration or another, or number them."""
    x = drawn((3,), "complex128")
    (equation,) = (
        jax.make_jaxpr(lambda z: jax.lax.fft(z, "ifft", (3,)))(x)
        .eqns[0]
        .params.get("jaxpr", jax.make_jaxpr(lambda z: jax.lax.fft(z, "ifft", (3,)))(x))
        .eqns
    )
    expected = [z / 3 for z in by_definition(x, 1)]
    for spelled in (1, SimpleNamespace(name="IFFT"), equation.params["fft_type"]):
        other = SimpleNamespace(
            outvars=equation.outvars,
            invars=equation.invars,
            params={"fft_type": spelled, "fft_lengths": (3,)},
        )
        reader = Reader(Exact())
        lifted = reader.lift(x)
        assert overlaps(HANDLERS["fft"](reader, other, [lifted])[0], expected)


def test_bounds_by_length() -> None:
    assert prime_factors(60) == [2, 2, 3, 5]
    assert prime_factors(1) == []
    assert transform_roundings([1]) == 1
    assert transform_roundings([8]) < transform_roundings([16]) < transform_roundings([17])
    assert convolution_stretch([64, 47]) is None
    assert convolution_stretch([53, 4]) == (4 * 53 * 4) ** 0.5
