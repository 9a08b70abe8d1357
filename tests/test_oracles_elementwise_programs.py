"""Elementwise primitives in programs: what JAX computes lies in its ball, derivatives follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb, ctx
from jax import lax

from gradlaw.oracles.domains.chain import Chain
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.interpreter.arrays import object_array
from gradlaw.oracles.x64 import x64

DTYPES = ("float16", "bfloat16", "float32", "float64")
Array = np.ndarray[Any, Any]


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    with ctx.workprec(128):
        yield


def lacking(name: str) -> bool:
    return not hasattr(lax, name)


UNARY = [
    "exp2",
    "log2",
    "cbrt",
    "erf_inv",
    "lgamma",
    "digamma",
    "bessel_i0e",
    "bessel_i1e",
    "one_minus_square",
    "sinh",
    "cosh",
    "erfc",
    "logistic",
    "expm1",
    "asin",
    "acos",
    "asinh",
    "floor",
    "ceil",
    "sign",
    "abs",
]
PROGRAMS: dict[str, Callable[..., Any]] = {
    "pow": lambda x: lax.pow(abs(x), 0.75 * x),
    "pow of a negative base": lambda x: lax.pow(x, jnp.full_like(x, 3)),
    "pow by an integer": lambda x: lax.pow(x, jnp.int32(-3)),
    "atan2": lambda x: lax.atan2(x, 1 - x),
    "rem": lambda x: lax.rem(x, jnp.full_like(x, 0.75)),
    "round": lambda x: lax.round(x * 4, lax.RoundingMethod.TO_NEAREST_EVEN),
    "round away": lambda x: lax.round(x * 4, lax.RoundingMethod.AWAY_FROM_ZERO),
    "nextafter": lambda x: lax.nextafter(x, jnp.zeros_like(x)),
    "reduce_precision": lambda x: lax.reduce_precision(x, 5, 10),
    "igamma": lambda x: lax.igamma(abs(x) + 1, jnp.full_like(x, 2)),
    "igammac": lambda x: lax.igammac(abs(x) + 1, jnp.full_like(x, 2)),
    "betainc": lambda x: lax.betainc(abs(x) + 1, abs(x) + 2, jnp.full_like(x, 0.25)),
    "zeta": lambda x: lax.zeta(abs(x) + 2, jnp.full_like(x, 2)),
    "polygamma": lambda x: lax.polygamma(jnp.full_like(x, 1), abs(x) + 1),
    "polynomial": lambda x: getattr(lax, "polynomial")(x, [1.0, 0.5, x, 2.0]),  # noqa: B009
}


def readings(function: Callable[..., Any], operand: Array) -> tuple[list[Any], list[float], Any]:
    with x64(operand.dtype == "float64"):
        program = jax.make_jaxpr(function)(operand)
        reader = Reader(Rounded())
        (balls,) = reader.read(program, [reader.lift(operand)])
        computed = np.asarray(jax.jit(function)(jnp.asarray(operand)))
    return list(balls.reshape(-1)), computed.astype(np.float64).tolist(), reader.domain


def numbers(dtype: str) -> Array:
    draw = np.random.default_rng(0)
    sizes = draw.uniform(-0.95, 0.95, 24) * 2.0 ** draw.integers(-4, 3, 24)
    return np.concatenate([sizes, [0.5, -1.0, 2.5, 3.0]]).astype(jnp.dtype(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", [*UNARY, *PROGRAMS])
def test_what_jax_computes_lies_in_its_ball(name: str, dtype: str) -> None:
    if lacking(name) and name not in PROGRAMS:
        pytest.skip(f"this JAX has no lax.{name}")
    if name == "polynomial" and lacking(name):
        pytest.skip("this JAX has no lax.polynomial")
    function = PROGRAMS.get(name) or getattr(lax, name)
    balls, computed, domain = readings(function, numbers(dtype))
    assert not domain.estimated
    finite = [(b, c) for b, c in zip(balls, computed, strict=True) if b.is_finite()]
    assert len(finite) >= 8
    assert [c for b, c in finite if not b.contains(arb(c))] == []


def derivative(function: Callable[..., Any], at: float) -> tuple[float, Chain]:
    chain = Chain(Exact())
    program = jax.make_jaxpr(function)(jnp.float32(at))
    leaf = chain.node(arb(at), "float32")
    (output,) = Reader(chain).read(program, [object_array([leaf], ())])
    (found,) = chain.gradient(output.item(), [leaf])
    return float(found.mid()), chain


@pytest.mark.parametrize(
    ("function", "at", "expected"),
    [
        (abs, -1.5, -1.0),
        (abs, 2.5, 1.0),
        (lax.sign, -1.5, 0.0),
        (lax.floor, 1.25, 0.0),
        (lax.ceil, 1.25, 0.0),
        (lax.round, 1.25, 0.0),
        (lambda x: lax.rem(x, jnp.float32(0.75)), 2.0, 1.0),
        (lambda x: lax.rem(jnp.float32(7), x), 2.0, -3.0),
        (lambda x: lax.pow(x, jnp.int32(3)), -2.0, 12.0),
        (lambda x: lax.pow(x, jnp.float32(2)), 0.0, 0.0),
        (lambda x: lax.reduce_precision(x, 8, 7), 1.5, 1.0),
        (lambda x: lax.floor(x) * x, 2.5, 2.0),
    ],
)
def test_derivatives_of_programs_with_steps(
    function: Callable[..., Any], at: float, expected: float
) -> None:
    found, chain = derivative(function, at)
    assert found == expected
    assert not chain.undecided


@pytest.mark.parametrize(
    "function",
    [
        lambda x: (x * 0.1).astype(jnp.int32),
        lambda x: lax.rem(x * 0.1, jnp.float32(0.25)),
        lambda x: lax.nextafter(x * 0.1, jnp.float32(0)),
        lambda x: (x * 0.1 - 1).astype(bool),
    ],
)
def test_what_another_rounding_may_turn_is_undecided(function: Callable[..., Any]) -> None:
    for at, undecided in ((10.0, True),):
        program = jax.make_jaxpr(function)(jnp.float32(at))
        reader = Reader(Rounded())
        reader.read(program, [reader.lift(np.float32(at))])
        assert bool(reader.domain.undecided) == undecided


@pytest.mark.parametrize(
    ("number", "dtype"),
    [(2.9, "int32"), (-2.9, "int8"), (1e30, "int32"), (-1e30, "int64"), (300.0, "uint8")],
)
def test_conversions_to_integers(number: float, dtype: str) -> None:
    with x64(True):
        program = jax.make_jaxpr(lambda x: x.astype(dtype))(jnp.float64(number))
        reader = Reader(Exact())
        (found,) = reader.read(program, [reader.lift(np.float64(number))])
        assert found.item() == int(jnp.float64(number).astype(dtype))
    assert not reader.domain.undecided


def test_a_half_is_true() -> None:
    program = jax.make_jaxpr(lambda x: x.astype(bool))(jnp.float32(0.5))
    reader = Reader(Exact())
    (found,) = reader.read(program, [reader.lift(np.float32(0.5))])
    assert found.item() is True


def test_an_infinity_passes_through_the_rounded_reading() -> None:
    def masked(x: Any) -> Any:
        return lax.exp(jnp.where(x > 0, x, -jnp.inf) - x)

    program = jax.make_jaxpr(masked)(jnp.float32(-1))
    reader = Reader(Rounded())
    (found,) = reader.read(program, [reader.lift(np.float32(-1))])
    assert found.item().is_zero()
