"""What a perfect derivative may err by: functions with rules of their own, roots and powers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import ctx
from jax import lax

from gradlaw.oracles.attainable import attainable_gradient, attainable_hessian
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.rounding import rules
from gradlaw.oracles.rounding.arithmetic import arithmetic
from gradlaw.oracles.rounding.rules import BUDGET, PARTIAL, rule
from gradlaw.oracles.traced import TracedForm
from gradlaw.oracles.verdict import holds

NUMBERS = arithmetic("float32")
ROOTS = {
    "sqrt": lax.sqrt,
    "rsqrt": lax.rsqrt,
    "integer_pow[-2]": lambda x: lax.integer_pow(x, -2),
}


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    with ctx.workprec(256):
        yield


def shared(x: Any, y: Any) -> Any:
    """log(exp x + exp y), written out."""
    return jnp.maximum(x, y) + jnp.log1p(jnp.exp(-jnp.abs(x - y)))


def no_rule(primals: Any, tangents: Any) -> Any:
    """Oracles ask for none."""
    raise NotImplementedError


ruled = jax.custom_jvp(shared)
ruled.defjvp(no_rule)


def radius(function: Callable[..., Any], *numbers: float, order: int = 1) -> float:
    """The attainable allowance of the derivative by the first argument, in roundoffs of it."""
    arguments = [np.float32(number) for number in numbers]
    program = jax.make_jaxpr(function)(*arguments)
    arrays = [np.asarray(argument) for argument in arguments]
    rounded = Rounded("cpu")
    if order == 2:
        ball = attainable_hessian(program, arrays, 0, 0, rounded)
    else:
        ball = attainable_gradient(program, arrays, [0], rounded).gradient[0].item()
    return float(ball.rad() / abs(ball.mid())) / NUMBERS.unit_roundoff


@pytest.mark.parametrize("order", [1, 2])
def test_a_function_with_its_own_rule_has_the_budget_of_a_library_function(order: int) -> None:
    written_out = radius(shared, 3.0, 1.0, order=order)
    as_a_whole = radius(ruled, 3.0, 1.0, order=order)
    assert as_a_whole >= written_out + order * BUDGET.roundoffs
    assert as_a_whole <= written_out + (order + 1) * BUDGET.roundoffs


def test_the_oracle_is_the_same_with_a_rule_and_without() -> None:
    arguments = {"x": np.asarray(np.float32(3)), "y": np.asarray(np.float32(1))}
    written_out, as_a_whole = (
        TracedForm(jax.make_jaxpr(function)(*arguments.values()), ("x", "y")).gradient(
            "x", arguments
        )
        for function in (shared, ruled)
    )
    assert holds(as_a_whole, written_out).all()
    assert as_a_whole.item().rad() < 2.0**-200


def second_derivatives_beyond(name: str) -> int:
    """How many of JAX's second derivatives are beyond the attainable allowance."""
    function, beyond = ROOTS[name], 0
    program = jax.make_jaxpr(function)(np.float32(1))
    twice = jax.jit(jax.grad(jax.grad(function)))
    for number in np.random.default_rng(0).uniform(1, 4, 60).astype(np.float32):
        ball = attainable_hessian(program, [np.asarray(number)], 0, 0, Rounded("cpu"))
        beyond += not ball.contains(float(twice(number)))
    return beyond


@pytest.mark.parametrize("name", ROOTS)
def test_roots_and_powers_may_round_each_factor(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert second_derivatives_beyond(name) == 0
    assert rule(f"d {name}") != PARTIAL
    rules.rule.cache_clear()
    monkeypatch.setattr(rules, "_partial_rule", lambda *_: PARTIAL)
    try:
        assert second_derivatives_beyond(name) > 0
    finally:
        rules.rule.cache_clear()


def test_a_partial_of_a_power_is_that_of_the_next_lower_one() -> None:
    for exponent in (-3, -1, 3, 5):
        found, lower = rule(f"d integer_pow[{exponent}]"), rule(f"integer_pow[{exponent - 1}]")
        assert found is not None
        assert lower is not None
        assert found.roundoffs == max(PARTIAL.roundoffs, lower.roundoffs + 1)
