"""What a case's reference is asked for, and where comparisons of constants decide nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb
from mutants.planted import array_case, examine

from gradlaw.conformance.profiles import Profile
from gradlaw.oracles.attainable import attainable_gradient
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.interpreter.arrays import mapped
from gradlaw.oracles.traced import TracedForm
from gradlaw.reports.record import Record
from gradlaw.strategies.domains import Domain

Function = Callable[..., Any]


def at_zero(x: Any) -> Any:
    """0, moving with x."""
    return x - jax.lax.stop_gradient(x)


def length_squared(x: Any) -> Any:
    return jnp.sum(at_zero(x) + at_zero(x) ** 2)


def by_the_length(x: Any) -> Any:
    """The same by way of a root whose derivative at 0 is infinite."""
    return jnp.sum(at_zero(x)) + jnp.sqrt(jnp.sum(at_zero(x) ** 2)) ** 2


def doubled(x: Any) -> Any:
    return jnp.sum(2 * at_zero(x))


def examined(function: Function, law: str = "jit(grad)") -> Record:
    case = array_case(
        function,
        arguments=("x",),
        domains={"x": Domain(lower=-2.0, upper=2.0)},
        reference=length_squared,
        min_size=1,
    )
    return examine(case, law, profile=Profile(plans=1, examples=3))


@pytest.mark.parametrize("law", ["jit(grad)", "jit(vmap(grad))", "jit(grad(mean(vmap)))"])
def test_the_reference_has_the_derivative_that_the_program_lacks(law: str) -> None:
    assert examined(length_squared, law).verdict == "conforms"
    assert examined(by_the_length, law).verdict == "not finite"
    assert examined(doubled, law).verdict == "wrong rule"


def kinks(function: Function, numbers: list[float]) -> frozenset[str]:
    form = TracedForm(jax.make_jaxpr(function)(jnp.zeros(len(numbers))), ["x"])
    return form.kinks({"x": np.array(numbers, np.float32)})


def selected_by_constants(x: Any) -> Any:
    """A choice that rounding decides, between numbers that are nearly the same."""
    place = jnp.float32(0.1) * 10
    return jnp.sum(jnp.where(place >= 1, place - 1, 0) + x)


def test_what_is_compared_without_the_arguments_is_no_kink() -> None:
    assert not kinks(selected_by_constants, [1.0, 2.0])
    assert kinks(lambda x: jnp.sum(jnp.where(x >= 1, x, 0)), [1.0, 2.0]) == {"ge"}


def attainable(function: Function, numbers: list[float]) -> list[arb]:
    array = np.array(numbers, np.float32)
    found = attainable_gradient(jax.make_jaxpr(function)(array), [array], [0], Rounded())
    return list(found.gradient[0])


def test_at_an_extremum_that_rounding_decides_each_has_a_share() -> None:
    balls = attainable(lambda x: jnp.maximum(x[0] * x[1], x[2]), [3.0, 1 / 3, 1.0])
    assert all(ball.is_finite() for ball in balls)
    assert balls[2].contains(0)
    assert balls[2].contains(1)
    assert balls[0].contains(0)
    assert balls[0].contains(arb(1) / 3)


def test_an_extremum_that_rounding_does_not_decide_has_none() -> None:
    balls = attainable(lambda x: jnp.maximum(x[0] * x[1], x[2]), [3.0, 1 / 3, 2.0])
    assert balls[0] == 0
    assert balls[2] == 1


def test_what_overflowed_is_no_more_the_extremum_than_another() -> None:
    balls = attainable(lambda x: jnp.maximum(x[0] + x[1], x[2] + x[3]), [3e38] * 4)
    assert all(ball.contains(0) and ball.contains(1) for ball in balls)


def test_programs_of_their_own_are_read_exactly_where_nothing_rounds() -> None:
    def product(x: Any) -> Any:
        one = jnp.ones((), x.dtype)
        return jax.lax.reduce(x, one, lambda a, b: a * b * jnp.ones((), a.dtype), (0,))

    array = np.array([2.0, 3.0, 5.0], np.float32)
    program = jax.make_jaxpr(product)(array)
    assert list(TracedForm(program, ["x"]).gradient("x", {"x": array})) == [15, 10, 6]
    rounded = Rounded()
    reader = Reader(rounded)
    reader.read(program, [reader.lift(array)])
    assert rounded.estimated == {"reduce"}


@pytest.mark.parametrize("name", ["cumsum", "cumprod"])
def test_prefixes_are_the_same_one_by_one_and_together(name: str) -> None:
    array = np.array([[2.0, 3.0, 5.0, 0.0, 7.0]], np.float32)
    program = jax.make_jaxpr(lambda x: getattr(jax.lax, name)(x, axis=1, reverse=True))(array)
    exact = TracedForm(program, ["x"]).values({"x": array})
    rounded = Reader(Rounded())
    (wide,) = rounded.read(program, [rounded.lift(array)])
    assert mapped(lambda ball, true: ball.contains(true), wide, exact).all()
    assert [float(ball.mid()) for ball in exact.reshape(-1)] == list(
        np.asarray(getattr(jax.lax, name)(array, axis=1, reverse=True)).reshape(-1)
    )
