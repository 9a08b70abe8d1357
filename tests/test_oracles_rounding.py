"""The rounded reading holds what JAX computes, eagerly and compiled, in every dtype."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb, ctx
from jax import lax

from gradlaw.oracles.domains import rounded as module
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.rounding.arithmetic import arithmetic
from gradlaw.oracles.rounding.rules import Rule
from gradlaw.oracles.x64 import x64

DTYPES = ("float16", "bfloat16", "float32", "float64")
POINTS = 400
Array = np.ndarray[Any, Any]

each_dtype = pytest.mark.parametrize("dtype", DTYPES)


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    with ctx.workprec(256):
        yield


def ordinary(dtype: str, shape: tuple[int, ...] = (POINTS,), seed: int = 0) -> Array:
    """Numbers of both signs around 1, and a few to the ends of the range."""
    draw = np.random.default_rng(seed)
    numbers = draw.normal(0, 1, shape) * 2.0 ** draw.integers(-6, 7, shape)
    return numbers.astype(jnp.dtype(dtype))


def extreme(dtype: str) -> Array:
    """Numbers to the ends of the dtype's range, subnormals, zeros and powers of two."""
    numbers = arithmetic(dtype)
    low, high = np.log2(numbers.smallest), np.log2(numbers.largest)
    draw = np.random.default_rng(1)
    sizes = 2.0 ** draw.uniform(low, high, POINTS)
    sizes[::7] = 2.0 ** np.floor(np.log2(sizes[::7]))
    sizes[::31] = 0
    return (sizes * draw.choice([-1.0, 1.0], POINTS)).astype(jnp.dtype(dtype))


def outside(function: Callable[..., Any], *operands: Array, jit: bool = True) -> list[float]:
    """What JAX computes outside its balls; every infinity or NaN within an unbounded ball is in."""
    dtype = operands[0].dtype.name
    with x64(dtype == "float64"):
        program = jax.make_jaxpr(function)(*operands)
        reader = Reader(Rounded())
        readings = reader.read(program, [reader.lift(operand) for operand in operands])
        on_device = map(jnp.asarray, operands)
        computed = jax.tree.leaves((jax.jit(function) if jit else function)(*on_device))
    assert not reader.domain.estimated
    found, bounded = [], 0
    for reading, result in zip(readings, computed, strict=True):
        wide = np.asarray(result).astype(np.float64)
        assert wide.shape == reading.shape
        for ball, number in zip(reading.reshape(-1), wide.reshape(-1).tolist(), strict=True):
            bounded += bool(ball.is_finite())
            if ball.is_finite() and not ball.contains(arb(number)):
                found.append(number)
    assert bounded, "no ball says anything"
    return found


UNARY: dict[str, Callable[[Any], Any]] = {
    "neg": lax.neg,
    "square": lax.square,
    "sqrt": lambda x: lax.sqrt(abs(x)),
    "rsqrt": lambda x: lax.rsqrt(abs(x)),
    "exp": lax.exp,
    "log": lambda x: lax.log(abs(x)),
    "sin": lax.sin,
    "cos": lax.cos,
    "tan": lax.tan,
    "tanh": lax.tanh,
    "atan": lax.atan,
    "erf": lax.erf,
    **{
        f"integer_pow[{y}]": partial(lax.integer_pow, y=y)
        for y in (-5, -3, -2, -1, 0, 1, 2, 3, 4, 5, 7)
    },
    "division by a constant": lambda x: x / 3,
    "multiplication by constants": lambda x: x * 0.1 * 7 * 3,
    "chain": lambda x: lax.sin(x) * x + lax.log(abs(x) + 1),
}

BINARY: dict[str, Callable[..., Any]] = {
    "add": lax.add,
    "sub": lax.sub,
    "mul": lax.mul,
    "div": lax.div,
    "square of a sum": lambda x, y: (x * y + 3) ** 2,
    "quotient of products": lambda x, y: (x * y) / (x + y) / 3,
}


@each_dtype
@pytest.mark.parametrize("name", UNARY)
def test_unary_functions(name: str, dtype: str) -> None:
    assert outside(UNARY[name], ordinary(dtype)) == []
    assert outside(UNARY[name], extreme(dtype)) == []
    assert outside(UNARY[name], ordinary(dtype), jit=False) == []


@each_dtype
@pytest.mark.parametrize("name", BINARY)
def test_binary_functions(name: str, dtype: str) -> None:
    x, y = ordinary(dtype), ordinary(dtype, seed=2)
    assert outside(BINARY[name], x, y) == []
    assert outside(BINARY[name], extreme(dtype), np.roll(extreme(dtype), 1)) == []
    assert outside(BINARY[name], x, y, jit=False) == []


REDUCTIONS: dict[str, Callable[[Any], Any]] = {
    "sum": jnp.sum,
    "sum of rows": lambda x: jnp.sum(x, axis=0),
    "mean": jnp.mean,
    "product with itself": lambda x: x @ x.T,
    "sum of cancelling squares": lambda x: jnp.sum(x * x - x * abs(x)),
    "scan": lambda x: lax.scan(lambda c, row: (c * row + 1, c), x[0], x),
    "gradient": jax.grad(lambda x: jnp.mean((jnp.sin(x) @ x.T) ** 2)),
}


@each_dtype
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions(name: str, dtype: str) -> None:
    x = (ordinary(dtype, (7, 23)) / 8).astype(jnp.dtype(dtype))
    for jit in (True, False):
        assert outside(REDUCTIONS[name], x, jit=jit) == []


@each_dtype
def test_conversions(dtype: str) -> None:
    def function(x: Any) -> Any:
        return tuple(x.astype(other).astype(dtype) for other in DTYPES[:3])

    assert outside(function, ordinary(dtype)) == []


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_conversions_that_round_twice(dtype: str) -> None:
    half = arithmetic(dtype).unit_roundoff
    numbers = np.array([1 + half + 2.0**-40, 1 + 3 * half - 2.0**-40, 1 + half])
    assert outside(lambda x: x.astype(dtype), numbers) == []


def test_products_and_sums_that_are_flushed() -> None:
    """Every term is below the smallest normal number, their sum is far above it."""
    tiny = arithmetic("float32").tiny
    x = np.full(1000, 2.0**-63, np.float32)
    y = np.full(1000, 2.0**-64, np.float32)
    assert outside(jnp.dot, x, y) == []
    reader = Reader(Rounded())
    program = jax.make_jaxpr(jnp.dot)(x, y)
    (ball,) = reader.read(program, [reader.lift(x), reader.lift(y)])
    # Each product flushed, or each product kept and each partial sum flushed.
    assert ball.item().contains(arb(0))
    assert float(ball.item().rad()) <= 2001 * tiny


@pytest.mark.parametrize("exponent", [-3, -2, 3, 5])
def test_every_power_in_float16(exponent: int) -> None:
    """Early products overflow, underflow and lose their digits before the result does."""
    numbers = np.arange(2**16, dtype=np.uint16).view(np.float16)[::13]
    numbers = numbers[np.isfinite(numbers)]
    for jit in (True, False):
        assert outside(lambda x: lax.integer_pow(x, exponent), numbers, jit=jit) == []


def test_a_power_is_no_wider_than_its_roundings() -> None:
    unit = arithmetic("float32").unit_roundoff
    for exponent, roundoffs in ((1, 0), (2, 1), (3, 2), (-1, 2), (-2, 3)):
        x = np.full(1, 1.5, np.float32)
        program = jax.make_jaxpr(lambda x, y=exponent: lax.integer_pow(x, y))(x)
        reader = Reader(Rounded())
        (ball,) = reader.read(program, [reader.lift(x)])
        relative = float(ball[0].rad()) / 1.5**exponent / unit
        assert relative <= roundoffs * (1 + 2.0**-10)
        assert relative >= roundoffs * (1 - 2.0**-10)


def test_overflow_bounds_nothing_and_underflow_holds_zero() -> None:
    reader = Reader(Rounded())
    x = np.array([1e30, 1e-30, 1.0], np.float32)
    (balls,) = reader.read(jax.make_jaxpr(lambda x: x * x)(x), [reader.lift(x)])
    assert [bool(ball.is_finite()) for ball in balls] == [False, True, True]
    assert [bool(ball.contains(arb(0))) for ball in balls] == [True, True, False]


def test_a_subnormal_argument_may_be_read_as_zero() -> None:
    number = np.array([1e-40], np.float32)
    assert Reader(Rounded()).lift(number)[0].contains(arb(0))
    half = np.array([1e-7], np.float16)
    assert not Reader(Rounded()).lift(half)[0].contains(arb(0))


@each_dtype
@pytest.mark.parametrize("name", ["add", "mul", "div", "sqrt", "sin", "log", "tanh"])
def test_a_rule_of_no_roundoffs_is_violated(
    name: str, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "rule", lambda *_: Rule(roundoffs=0, source="planted"))
    x, y = ordinary(dtype), ordinary(dtype, seed=2)
    operands = (x, y) if name in BINARY else (x,)
    assert len(outside({**UNARY, **BINARY}[name], *operands)) > POINTS // 10


@each_dtype
def test_a_sum_without_roundings_is_violated(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Rounded,
        "_accumulated",
        lambda self, terms, *_: sum(terms, arb(0)),  # noqa: ARG005
    )
    x = ordinary(dtype, (7, 23))
    assert len(outside(lambda x: x @ x.T, x)) > 7


@each_dtype
def test_a_reading_in_a_wider_arithmetic_is_violated(
    dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = arithmetic(dtype)
    finer = type(real)(**{**vars(real), "unit_roundoff": real.unit_roundoff / 16})
    monkeypatch.setattr(module, "arithmetic", lambda *_: finer)
    assert outside(lambda x, y: x * y, ordinary(dtype), ordinary(dtype, seed=2))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_wrong_last_digits_are_seen(dtype: str) -> None:
    """Sixteen ULP in one of a thousand numbers."""

    def wrong(x: Any) -> Any:
        y = x * 3 + 1
        return jnp.where(jnp.arange(len(x)) == 77, y * (1 + 16 * jnp.finfo(x.dtype).eps), y)

    with x64(dtype == "float64"):
        x = ordinary(dtype, (1000,))
        reader = Reader(Rounded())
        (balls,) = reader.read(jax.make_jaxpr(lambda x: x * 3 + 1)(x), [reader.lift(x)])
        computed = np.asarray(jax.jit(wrong)(x)).astype(np.float64)
    missed = [
        place
        for place, (ball, number) in enumerate(zip(balls, computed.tolist(), strict=True))
        if not ball.contains(arb(number))
    ]
    assert missed == [77]
