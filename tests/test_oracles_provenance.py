"""Where a NaN comes from: each known trap is told by its name, its primitive and its line."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import ctx
from jax import lax

from gradlaw.oracles.blame import losing_equation
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.provenance import Provenance, provenance
from gradlaw.oracles.x64 import x64


def of(function: Any, *arguments: float, forward: bool = False, argument: int = 0) -> Any:
    """The provenance of a derivative of a function of scalars, and what JAX gives."""
    points = [np.float32(number) for number in arguments]

    def tangent(*xs: Any) -> Any:
        ones = [jnp.float32(place == argument) for place in range(len(xs))]
        return jax.jvp(function, xs, tuple(ones))[1]

    derivative = tangent if forward else jax.grad(function, argnums=argument)
    program = jax.make_jaxpr(derivative)(*points)
    return provenance(program, points, 0, ()), float(derivative(*points))


TRAPS = {
    "double where": (lambda x: jnp.where(x > 0, jnp.sqrt(x), 0.0), 0.0, "sqrt at 0 under where"),
    "where and log": (lambda x: jnp.where(x > 0, jnp.log(x), 0.0), 0.0, "0/0 under where"),
    "where and exp": (
        lambda x: jnp.where(x < 0, jnp.exp(x), 1.0),
        1000.0,
        "overflow under where",
    ),
    "where and pow": (lambda x: jnp.where(x > 0, x**0.5, 0.0), 0.0, "pow at 0 under where"),
    "norm": (lambda x: jnp.linalg.norm(jnp.array([x, x])), 0.0, "0·∞"),
    "sqrt of square": (lambda x: jnp.sqrt(x**2), 0.0, "0·∞"),
    "pow(0, 0)": (lambda x: jnp.power(x, 0.0), 0.0, "0·∞"),
    "sqrt": (lambda x: jnp.sqrt(3 * x), 0.0, "sqrt at 0"),
    "pow": (lambda x: x**0.5, 0.0, "pow at 0"),
    "pole": (lambda x: 1 / x, 0.0, "pow at 0"),
    "quotient": (lambda x: x / x, 0.0, "0·∞"),
    "log": (lambda x: jnp.log(3 * x), 0.0, "1/0"),
    "difference": (lambda x: jnp.exp(x) - jnp.exp(x), 1000.0, "∞−∞"),
    "sigmoid": (lambda x: jnp.exp(x) / (1 + jnp.exp(x)), 1000.0, "0·∞"),
    "beyond": (lambda x: jnp.sqrt(3 * x), -1.0, "sqrt outside its domain"),
    "eigenvectors": (
        lambda x: jnp.linalg.eigh(jnp.array([[x, 0.0], [0.0, 1.0]]))[1][0, 0],
        1.0,
        "0·∞",
    ),
    "singular": (
        lambda x: jnp.linalg.solve(jnp.array([[x, 0.0], [0.0, 1.0]]), jnp.ones(2))[0],
        0.0,
        "a singular matrix",
    ),
    "in a loop": (
        lambda x: lax.fori_loop(0, 3, lambda _, y: jnp.sqrt(y * y), x),
        0.0,
        "0·∞",
    ),
    "in a branch": (lambda x: lax.cond(x > -1, lambda y: jnp.sqrt(y * y), jnp.sin, x), 0.0, "0·∞"),
}


@pytest.mark.parametrize("name", TRAPS)
def test_each_trap_is_named(name: str):
    function, point, trap = TRAPS[name]
    found, value = of(function, point)
    assert not np.isfinite(value)
    assert isinstance(found, Provenance)
    assert found.trap == trap
    assert found.primitive
    assert "test_oracles_provenance.py" in found.line


@pytest.mark.parametrize("name", [name for name in TRAPS if "where" not in name])
def test_forward_mode_is_followed_too(name: str):
    function, point, _ = TRAPS[name]
    found, value = of(function, point, forward=True)
    assert np.isnan(value) == (found is not None and found.trap not in POLES)


POLES = {"sqrt at 0", "pow at 0", "1/0"}


def test_a_where_hides_nothing_in_forward_mode():
    function, point, _ = TRAPS["double where"]
    found, value = of(function, point, forward=True)
    assert (found, value) == (None, 0.0)


def test_the_infinity_behind_a_nan_is_told_with_its_line():
    found, _ = of(lambda x: jnp.sqrt(x**2), 0.0)
    assert found.primitive == "mul"
    assert found.behind.startswith("sqrt at 0, div, ")
    assert "test_oracles_provenance.py" in str(found)


def test_the_line_is_that_of_the_trap_and_not_of_another():
    def function(x):
        safe = jnp.sqrt(x + 1.0)
        caught = jnp.sqrt(x * x)  # here
        return safe + caught

    found, _ = of(function, 0.0)
    here = function.__code__.co_firstlineno + 2
    assert f"test_oracles_provenance.py:{here}" in found.line


def test_each_component_has_its_own_provenance():
    def function(x):
        return jnp.sum(jnp.sqrt(jnp.array([1.0, 1.0, 1.0]) * x))

    point = np.array([1.0, 0.0, 4.0], dtype=np.float32)
    program = jax.make_jaxpr(jax.grad(function))(point)
    found = [provenance(program, [point], 0, (place,)) for place in range(3)]
    assert [each is None for each in found] == [True, False, True]


def test_of_two_arguments_the_blamed_one_is_differentiated():
    assert of(jnp.power, 0.0, 0.5, argument=0)[0].trap == "pow at 0"
    assert of(jnp.power, 0.0, 0.5, argument=1) == (None, 0.0)


def test_an_infinite_constant_is_an_origin_of_its_own():
    found, value = of(lambda x: x * jnp.inf, 0.0)
    assert np.isinf(value)
    assert str(found).endswith("an argument or a constant")


def test_what_cannot_be_read_has_no_provenance():
    def function(x):
        shape = jax.ShapeDtypeStruct((), jnp.float32)
        return jax.pure_callback(lambda y: y, shape, x) * x

    program = jax.make_jaxpr(function)(np.float32(0.0))
    assert provenance(program, [np.float32(0.0)], 0, ()) is None


def test_complex_numbers_are_followed_by_their_parts():
    def function(x):
        return jnp.real(jnp.log(lax.complex(x, 0.0 * x)))

    found, value = of(function, 0.0)
    assert not np.isfinite(value)
    assert found is not None


def test_a_wider_dtype_does_not_overflow():
    with x64(True):
        point = np.float64(100.0)
        wide = jax.make_jaxpr(jax.grad(lambda x: jnp.log(jnp.exp(x))))(point)
        assert provenance(wide, [point], 0, ()) is None
    narrow, value = of(lambda x: jnp.log(jnp.exp(x)), 100.0)
    assert np.isnan(value)
    assert narrow.trap == "0·∞"


def complement(x: Any) -> Any:
    """Go through 1 - x, of which nothing may be left."""
    return jnp.log1p(-(1 - x))


def test_numbers_are_rounded_to_the_nearest_whatever_balls_are_rounded_to():
    point = np.float64(1e-300)
    with x64(True), ctx.workprec(53):
        program = jax.make_jaxpr(jax.grad(complement))(point)
        found = provenance(program, [point], 0, ())
        assert np.isinf(jax.grad(complement)(point))
    assert found is not None
    assert found.trap == "1/0"


def test_the_rounding_of_balls_is_no_equation_s():
    point = np.float64(0.1)
    with x64(True):
        program = jax.make_jaxpr(lambda x: jnp.sqrt(x + 1) - jnp.exp(x * jnp.sin(x)))(point)
    with ctx.workprec(20):
        assert losing_equation(program, [np.asarray(point)], Rounded(), 0, ()).startswith("exp, ")
