"""Cases beside integers."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import pytest
from mutants.planted import array_case, read_rule

from gradlaw.conformance.case import BESIDE_INTEGERS
from gradlaw.conformance.cases import case_named
from gradlaw.conformance.cases.integers import beside_integers, takes_integers
from gradlaw.conformance.profiles import PROFILES
from gradlaw.conformance.readings import read
from gradlaw.strategies.domains import Domain


@jax.custom_jvp
def scaled(x: Any, y: Any) -> Any:
    return x * y


@scaled.defjvp
def _scaled_jvp(primals: tuple[Any, Any], tangents: tuple[Any, Any]) -> Any:
    (x, y), (dx, dy) = primals, tangents
    if dx.dtype == jax.dtypes.float0:
        return scaled(x, y), 1.25 * x * dy
    if dy.dtype == jax.dtypes.float0:
        return scaled(x, y), y * dx
    return scaled(x, y), x * dy + y * dx


def test_a_rule_that_is_wrong_beside_an_integer_alone_shows() -> None:
    case = array_case(lambda x, y: jnp.sum(scaled(x, y)), signature="(*n),(*n)->()")
    assert read_rule(case, "value_and_grad").verdict == "conforms"
    assert read_rule(beside_integers(case), "value_and_grad").verdict == "wrong rule"


def test_each_argument_is_whole_in_one_term() -> None:
    met: list[tuple[str, str]] = []

    def seen(x: jax.Array, y: jax.Array) -> jax.Array:
        met.append((str(x.dtype), str(y.dtype)))
        return x * y

    case = beside_integers(array_case(seen, signature="(),()->()"))
    assert case.function(jnp.float32(2.75), jnp.float32(-9.5)) == 2 * -9.5 + 2.75 * -4
    assert met == [("int32", "float32"), ("float32", "int32")]


@pytest.mark.parametrize(
    ("domain", "drawn", "whole"),
    [
        (Domain(lower=0.0), 0.5, 1.0),
        (Domain(poles=(0.0,)), -0.5, 1.0),
        (Domain(lower=1.5), 3.5, 3.0),
        (Domain(upper=2.5), 3.5, 2.0),
    ],
)
def test_whole_numbers_lie_in_the_domain(domain: Domain, drawn: float, whole: float) -> None:
    case = array_case(lambda x, y: x + 0 * y, signature="(),()->()", domains={"x": domain})
    both = beside_integers(case).function(jnp.float32(drawn), jnp.float32(0.0))
    assert both == whole + drawn


def test_only_what_promotes_takes_them() -> None:
    assert takes_integers(case_named("jnp.logaddexp"))
    assert not takes_integers(case_named("jnp.sin"))
    assert not takes_integers(case_named("lax.atan2"))
    assert not takes_integers(case_named("jnp.fill_diagonal"))


def test_some_readings_are_beside_integers() -> None:
    names = [case.name for case, _, _ in read(PROFILES["default"], 0)]
    beside = [name for name in names if BESIDE_INTEGERS in name]
    assert len(beside) > 60
    assert all(case_named(name).name == name for name in beside)
