"""What forward mode's tangents may round to, and what a program and its reference may."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb, ctx

from gradlaw.oracles.attainable import attainable_gradient, either_ball
from gradlaw.oracles.domains.known_numbers import KnownNumbers
from gradlaw.oracles.domains.rounded import ANYTHING, Rounded
from gradlaw.oracles.elementary import named
from gradlaw.oracles.interpreter import Reader


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    with ctx.workprec(256):
        yield


def test_what_is_known_of_one_step_without_a_bound_is_not_known_of_another() -> None:
    known = KnownNumbers()
    ball = known.noted(ANYTHING, arb(0))
    assert known.of(ball) == 0
    assert not known.of(ANYTHING).is_finite()


def quotient(backend: str, a: float, b: float, dtype: str) -> Any:
    known = KnownNumbers(backend)
    return known.computed(named("div"), [arb(a), arb(b)], dtype)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_a_whole_quotient_is_known_where_its_reciprocal_gives_it_too(dtype: str) -> None:
    assert quotient("cpu", 3.0, 3.0, dtype) == 1
    assert quotient("gpu", 3.0, 3.0, dtype) is None  # whose division is not IEEE 754's
    assert quotient("gpu", 2.0, 2.0, dtype) == 1
    assert quotient("cpu", 1.0, 3.0, dtype) is None


def test_a_whole_quotient_that_its_reciprocal_misses_is_not_known() -> None:
    missed = [
        (a, b)
        for b in range(3, 200)
        for a in range(b, 4 * b, b)
        if np.float32(a) * (np.float32(1) / np.float32(b)) != a // b
    ]
    assert missed
    assert all(quotient("cpu", float(a), float(b), "float32") is None for a, b in missed)


def test_forward_mode_rounds_a_tangent_where_the_value_is_rounded() -> None:
    def f(x: Any) -> Any:
        return (x.astype(jnp.float32) * 3.3).astype(jnp.float16) * jnp.float16(1.1)

    x = np.array(1.2, np.float16)
    program = jax.make_jaxpr(f)(x)
    reverse, forward = (
        attainable_gradient(program, [x], [0], Rounded(), forward=forward).gradient[0].item()
        for forward in (False, True)
    )
    assert forward.contains(reverse)
    more = float((forward.rad() - reverse.rad()) / reverse.mid())
    assert 0.9 * 2.0**-11 <= more <= 1.1 * 2.0**-11


@pytest.mark.parametrize(
    ("number", "undecided"), [(3e38, {"ne"}), (1e38, set()), (math.nan, set())]
)
def test_whether_an_overflow_is_no_number_is_not_decided(
    number: float, undecided: set[str]
) -> None:
    def f(x: Any) -> Any:
        y = x if math.isnan(number) else x + x
        return jnp.where(jnp.isnan(y), 0, y)

    rounded, x = Rounded(), np.float32(number)
    reader = Reader(rounded)
    reader.read(jax.make_jaxpr(f)(x), [reader.lift(x)])
    assert rounded.undecided == undecided


def test_a_tangent_underflows_and_overflows_where_its_value_is_not_the_output() -> None:
    def mean_of_squares(x: Any, y: Any) -> Any:
        return jnp.mean((x * y) ** 2)

    def balls(number: float, by: float, *, forward: bool) -> arb:
        x, y = np.full(4, number, np.float16), np.full(4, by, np.float16)
        program = jax.make_jaxpr(mean_of_squares)(x, y)
        found = attainable_gradient(program, [x, y], [0], Rounded(), forward=forward)
        return found.gradient[0].item(0)

    # 2 x y y is 78,125, which float16 has not, and a quarter of it is.
    assert balls(2.5, 125.0, forward=False).is_finite()
    assert not balls(2.5, 125.0, forward=True).is_finite()
    # It is 1.5 steps of float16's subnormal numbers, and rounded to one of them before the mean.
    step, small = 2.0**-24, 2.0**-12
    assert float(balls(2.0**-2 * 3 * small, small, forward=False).rad()) < 0.51 * step
    assert float(balls(2.0**-2 * 3 * small, small, forward=True).rad()) > 0.6 * step


def test_forward_mode_rounds_what_cancels_before_it_is_added() -> None:
    weights = np.array([1.0, -1.125, 1.25, -1.375], np.float32)
    x = np.array(1.2, np.float32)
    program = jax.make_jaxpr(lambda x: jnp.sum(jnp.log(x) * weights))(x)
    reverse, forward = (
        float(
            attainable_gradient(program, [x], [0], Rounded(), forward=mode).gradient[0].item().rad()
        )
        for mode in (False, True)
    )
    size = float(np.abs(weights / x).sum()) * 2.0**-24
    assert reverse + size / 2 <= forward <= reverse + 4 * size


@pytest.mark.parametrize(
    ("own", "reference", "exact", "held", "missed"),
    [
        (arb(1, 0.1), arb(1.2, 0.01), arb(1), [0.95, 1.2], [0.5]),
        (ANYTHING, arb(1.2, 0.01), arb(1.2), [1.2], [0.95]),
        (arb(1, 0.1), ANYTHING, arb(1), [0.95], [1.2]),
        # Through a solver nothing is differentiated: the program has a derivative of its own.
        (arb(0), arb(1.2, 0.01), arb(1.2), [1.2], [0.0]),
    ],
)
def test_a_program_and_its_reference_may_round_each_as_it_does(
    own: arb, reference: arb, exact: arb, held: list[float], missed: list[float]
) -> None:
    found = either_ball(own, reference, exact)
    assert all(found.contains(arb(number)) for number in held)
    assert not any(found.contains(arb(number)) for number in missed)


def test_nothing_is_known_where_a_program_is_not_of_the_function_and_its_reference_unbounded() -> (
    None
):
    assert not either_ball(arb(0), ANYTHING, arb(1)).is_finite()
