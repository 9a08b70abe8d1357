"""Complex numbers in every domain: formulas, branch cuts, bounds, derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import mpmath  # type: ignore[import-untyped]
import numpy as np
import pytest
from flint import arb, ctx
from jax import lax

from gradlaw.oracles.domains.cartesian import Cartesian
from gradlaw.oracles.domains.chain import Chain
from gradlaw.oracles.domains.complex_functions import FUNCTIONS
from gradlaw.oracles.domains.complex_parts import Complex
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.jets import Jets
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.elementary import Elementary, X
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.x64 import x64

Array = np.ndarray[Any, Any]
BITS, WIDE = 128, 400
REFERENCES: dict[str, Callable[..., Any]] = {
    "exp2": lambda z: mpmath.power(2, z),
    "log2": lambda z: mpmath.log(z) / mpmath.log(2),
    "expm1": lambda z: mpmath.exp(z) - 1,
    "log1p": lambda z: mpmath.log(1 + z),
    "rsqrt": lambda z: 1 / mpmath.sqrt(z),
    "logistic": lambda z: 1 / (1 + mpmath.exp(-z)),
    "square": lambda z: z * z,
    "sign": lambda z: z / abs(z),
    "neg": lambda z: -z,
    "one_minus_square": lambda z: 1 - z * z,
    "integer_pow[-3]": lambda z: z**-3,
    "integer_pow[0]": lambda z: z**0,
    "integer_pow[5]": lambda z: z**5,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: mpmath.exp(b * mpmath.log(a)),
}
REFERENCES |= {name: getattr(mpmath, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan")}
REFERENCES |= {name: getattr(mpmath, name) for name in ("sinh", "cosh", "tanh", "asin", "acos")}
REFERENCES |= {name: getattr(mpmath, name) for name in ("atan", "asinh", "acosh", "atanh")}
TWO = {"add", "sub", "mul", "div", "pow"}


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    with x64(True), ctx.workprec(BITS), mpmath.workprec(WIDE):
        yield


def numbers(seed: int, count: int, decades: float) -> list[complex]:
    """Of all magnitudes, the parts apart or together, in all quadrants."""
    generator = np.random.default_rng(seed)
    magnitudes = 10 ** generator.uniform(-decades, decades / 4, (count, 2))
    together = generator.random(count) < 0.5
    magnitudes[together, 1] = magnitudes[together, 0] * generator.uniform(0.1, 3, together.sum())
    signs = generator.choice([-1.0, 1.0], (count, 2))
    return [complex(*row) for row in magnitudes * signs]


def number(z: complex) -> Complex:
    return Complex(arb(z.real), arb(z.imag))


def holds(ball: arb, value: Any) -> bool:
    """Whether the ball holds the value, but for the value's own last digits."""
    reference = arb(mpmath.nstr(value, 100, min_fixed=1, max_fixed=0))
    return bool(ball.is_finite()) and bool(ball.overlaps(reference))


def holds_complex(z: Complex, value: Any) -> bool:
    value = mpmath.mpc(value)
    return holds(z.real, value.real) and holds(z.imag, value.imag)


def read(domain: Any, function: Callable[..., Any], *arguments: Any) -> list[Array]:
    reader = Reader(domain)
    program = jax.make_jaxpr(function)(*arguments)
    return reader.read(program, [reader.lift(argument) for argument in arguments])


def parts_of(array: Array) -> list[Any]:
    """Real and imaginary parts in turn."""
    if array.dtype != object:
        return list(array.reshape(-1))
    flat = array.reshape(-1)
    pairs = ((s.real, s.imag) if isinstance(s, Complex) else (s,) for s in flat)
    return [part for pair in pairs for part in pair]


def floats_of(array: Any) -> list[float]:
    flat = np.asarray(array).reshape(-1)
    if np.iscomplexobj(flat):
        return [float(part) for z in flat for part in (z.real, z.imag)]
    return [float(x) for x in flat]


def every_one_holds(balls: list[Array], arrays: Any) -> bool:
    """Whether every number that JAX returned is in its ball."""
    leaves = jax.tree.leaves(arrays)
    assert [ball.shape for ball in balls] == [leaf.shape for leaf in leaves]
    return all(
        bool(ball.contains(arb(value))) if isinstance(ball, arb) else ball == value
        for array, leaf in zip(balls, leaves, strict=True)
        for ball, value in zip(parts_of(array), floats_of(leaf), strict=True)
    )


def test_every_function_has_a_reference() -> None:
    assert set(FUNCTIONS) <= set(REFERENCES)


@pytest.mark.parametrize("name", REFERENCES)
def test_exact_formulas_hold_mpmaths_values(name: str) -> None:
    """Small and large, in all quadrants; a value of the conjugate is refused."""
    domain, function = Cartesian(Exact()), Elementary(name, X, 1 + (name in TWO))
    first, second = numbers(1, 60, 8), numbers(2, 60, 1)
    for pair in zip(first, second, strict=True):
        arguments = pair[: function.arity]
        found = domain.apply(function, "complex128", *map(number, arguments))
        expected = REFERENCES[name](*map(mpmath.mpc, arguments))
        assert holds_complex(found, expected), (name, arguments)
        refused = mpmath.conj(expected)
        assert refused == expected or not holds_complex(found, refused)


@pytest.mark.parametrize("name", sorted(set(REFERENCES) | {"abs"}))
@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_rounded_balls_hold_what_jax_returns(name: str, dtype: str) -> None:
    if not hasattr(lax, name.partition("[")[0]):
        pytest.skip(f"this release has no lax.{name}")
    exponent = int(name[12:-1]) if name.startswith("integer_pow") else None
    function = getattr(lax, name.partition("[")[0])
    call = function if exponent is None else lambda z: function(z, exponent)
    arguments = [
        np.asarray(numbers(seed, 40, 4), dtype=dtype) for seed in range(3, 4 + (name in TWO))
    ]
    balls = read(Rounded(), call, *arguments)
    got = jax.jit(call)(*arguments)
    assert every_one_holds(balls, got)
    if exponent != 0:
        assert not every_one_holds(balls, np.asarray(got) * (1 + 2.0**-10) + 1e-6)


@pytest.mark.parametrize(
    ("name", "at"),
    {
        "log": -2,
        "sqrt": -2,
        "rsqrt": -3,
        "log1p": -3,
        "acosh": 0.5,
        "asin": 2,
        "acos": -2,
        "atanh": 2,
        "asinh": 2j,
        "atan": -2j,
    }.items(),
)
def test_a_branch_cut_is_not_decided_for_sure(name: str, at: complex) -> None:
    for domain in (Exact(), Rounded()):
        function = Elementary(name, X, 1)
        Cartesian(domain).apply(function, "complex128", number(at + (1 + 1j) / 8))
        assert not domain.undecided
        Cartesian(domain).apply(function, "complex128", number(at))
        assert domain.undecided


PROGRAMS: dict[str, Callable[..., Any]] = {
    "sum": lambda a, b: (jnp.sum(a * b), jnp.cumsum(a)),
    "product": lambda a, b: (jnp.prod(a), jnp.cumprod(b)),
    "dot": lambda a, b: (a @ b, jnp.outer(a, b) @ jnp.outer(b, a)),
    "choice": lambda a, b: (jnp.where(a.real > 0, a, b), jnp.sort(a), jnp.max(b), a == b, a != b),
    "scatter": lambda a, b: a.at[jnp.array([1, 1, 2])].add(b[:3]),
    "parts": lambda a, b: (a.conj() * b.real, lax.complex(a.real, b.imag), jnp.conj(b.imag)),
    "conversion": lambda a, b: (a.astype(np.complex128), b.real.astype(np.complex64), a + 1.5),
    "integers": lambda a, b: (jnp.arange(5).astype(np.complex64) * a, b * 2),
    "scan": lambda a, b: lax.scan(lambda s, x: (s * x, s + x), a[0], b),
    "solve": lambda a, b: jnp.linalg.solve(jnp.outer(a, b)[:3, :3] + 4 * jnp.eye(3), b[:3]),
    "gradient": lambda a, b: jax.grad(lambda z: jnp.sum(jnp.abs(z * b) ** 2))(a),
    "holomorphic": lambda a, b: jax.vmap(jax.grad(jnp.sqrt, holomorphic=True))(a * b),
    "variance": lambda a, b: jnp.var(a - b),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_on_complex_numbers(name: str) -> None:
    arguments = [np.asarray(numbers(seed, 5, 1), dtype=np.complex64) for seed in (5, 6)]
    got = jax.jit(PROGRAMS[name])(*arguments)
    rounded, exact = Rounded(), Exact()
    balls = read(rounded, PROGRAMS[name], *arguments)
    assert every_one_holds(balls, got)
    assert not every_one_holds(balls, jax.tree.map(lambda x: np.asarray(x) + 0.25, got))
    centres = read(exact, PROGRAMS[name], *arguments)
    for wide, narrow in zip(balls, centres, strict=True):
        for ball, centre in zip(parts_of(wide), parts_of(narrow), strict=True):
            assert not isinstance(ball, arb) or ball.contains(centre)


def test_gradients_are_jaxs_conjugates() -> None:
    """∂f/∂x - i ∂f/∂y: of |z|² it is 2 conj(z), of Re z³ it is 3z²."""
    z = complex(1.25, -0.5)
    for function, expected in (
        (lambda z: jnp.abs(z) ** 2, 2 * z.conjugate()),
        (lambda z: (z**3).real, 3 * z * z),
        (lambda z: (z**3).imag, -3j * z * z),
        (lambda z: (z * z.conj()).real, 2 * z.conjugate()),
    ):
        (found,) = read(Exact(), jax.grad(function), np.complex128(z))
        assert holds_complex(found.item(), expected)
        assert not holds_complex(found.item(), expected.conjugate())


@pytest.mark.parametrize("name", sorted({*FUNCTIONS, "sqrt"} - {"pow", "exp2", "log2", "rsqrt"}))
def test_holomorphic_derivatives_are_mpmaths(name: str) -> None:
    z = complex(0.375, 0.625)
    derivative = jax.grad(getattr(lax, name), holomorphic=True)
    (found,) = read(Exact(), derivative, np.complex128(z))
    with mpmath.workprec(WIDE):
        h = mpmath.mpf(2) ** -120
        around = [REFERENCES[name](mpmath.mpc(z) + step) for step in (h, -h, 1j * h, -1j * h)]
        # The two central differences' mean has an error of order h⁴.
        expected = ((around[0] - around[1]) - 1j * (around[2] - around[3])) / (4 * h)
    slack = arb(0, 2.0**-100)
    ball = found.item()
    assert holds_complex(Complex(ball.real + slack, ball.imag + slack), expected)
    assert not holds_complex(Complex(ball.real + slack, ball.imag + slack), mpmath.conj(expected))


def test_the_chain_rule_and_jets_agree_with_cauchy_and_riemann() -> None:
    """For w = f(x + iy): ∂Re w/∂x is Re f' and ∂Re w/∂y is -Im f', in every domain."""
    z, derivative = complex(0.5, 0.75), mpmath.cos(mpmath.mpc(0.5, 0.75))
    for domain in (Exact(), Rounded()):
        chain = Chain(domain)
        leaves = [chain.node(arb(part), "float64") for part in (z.real, z.imag)]
        w = Cartesian(chain).apply(Elementary("sin", X, 1), "complex128", Complex(*leaves))
        along, across = chain.gradient(w.real, leaves)
        assert holds(along, derivative.real)
        assert holds(across, -derivative.imag)
        assert not holds(across, derivative.imag)
    jets = Jets(1)
    moving = Complex(jets.variable(arb(z.real), 1.0), jets.variable(arb(z.imag), 0.0))
    w = Cartesian(jets).apply(Elementary("sin", X, 1), "complex128", moving)
    assert holds(w.real[1], derivative.real)
    assert holds(w.imag[1], derivative.imag)


def test_a_small_part_is_bounded_by_the_norm_and_so_is_its_derivative() -> None:
    """A quotient's tiny part may be lost to the large one's rounding, here and in the adjoint."""
    rounded = Rounded()
    chain = Chain(rounded)
    leaves = [chain.node(arb(part), "float32") for part in (1.0, 2.0**-60)]
    domain = Cartesian(chain)
    one = domain.constant(1.0, "complex64", literal=False)
    w = domain.apply(Elementary("div", X, 2), "complex64", one, Complex(*leaves))
    assert float(chain.value_of(w.imag).rad()) > 2.0**-25
    _, across = chain.gradient(w.real, leaves)
    assert float(across.rad()) > 2.0**-25


def test_sqrt_survives_where_squares_overflow() -> None:
    z = number(complex(1e30, -1e30))
    found = Cartesian(Rounded()).apply(Elementary("sqrt", X, 1), "complex64", z)
    assert holds_complex(found, mpmath.sqrt(mpmath.mpc(1e30, -1e30)))
    assert math.isfinite(float(found.real.rad()))
