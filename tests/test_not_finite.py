"""A gradient that is NaN and should not be names the equation that made it, and the trap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import pytest
from mutants.planted import array_case, examine

from gradlaw.conformance.profiles import Profile
from gradlaw.reports.record import Failure
from gradlaw.strategies.domains import Domain

LARGE = Domain(lower=100.0, upper=200.0)


def softplus(x: Any) -> Any:
    return jnp.sum(jnp.where(x > 20, x, jnp.log1p(jnp.exp(x))))


def distance(x: Any) -> Any:
    return jnp.sum(jnp.where(x > 50, x, jnp.sqrt(x - x)))


TRAPS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "where and exp": (softplus, "overflow under where: mul, "),
    "where and sqrt": (distance, "sqrt at 0 under where: mul, "),
}


def failure(function: Callable[[Any], Any], law: str) -> Failure:
    case = array_case(function, domains={"x": LARGE}, regions=("ordinary",), min_size=3)
    record = examine(case, law, profile=Profile(plans=1, examples=3))
    assert record.verdict == "not finite"
    return record.failures[0]


@pytest.mark.parametrize("law", ["jit(grad)", "jit(vmap(grad))"])
@pytest.mark.parametrize("name", TRAPS)
def test_the_trap_is_named_with_its_line(name: str, law: str) -> None:
    function, trap = TRAPS[name]
    found = failure(function, law)
    assert trap in found.explanation
    assert "test_not_finite.py" in found.explanation
    assert found.got == "nan"
