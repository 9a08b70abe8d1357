"""The same function with its derivative computed badly, and computed well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from mutants.planted import array_case, examine

from gradlaw.conformance.profiles import Profile
from gradlaw.reports.record import Record
from gradlaw.strategies.domains import Domain

Function = Callable[[Any], Any]


def with_slope(function: Function, slope: Function) -> Function:
    """The sum of a function of each element, whose derivative is computed as ``slope`` says."""

    @jax.custom_jvp
    def judged(x: Any) -> Any:
        return function(x)

    @judged.defjvp
    def _judged_jvp(primals: Any, tangents: Any) -> Any:
        (x,), (tangent,) = primals, tangents
        return function(x), slope(x) * tangent

    return lambda x: jnp.sum(judged(x))


def sech_squared(x: Any) -> Any:
    small = jnp.exp(-2 * jnp.abs(x))
    return 4 * small / (1 + small) ** 2


SATURATED = Domain(lower=3.0, upper=8.0)
NEGATIVE = Domain(lower=-16.0, upper=-8.0)
POSITIVE = Domain(lower=8.0, upper=15.0)

PAIRS: dict[str, tuple[Function, Function, Function, Domain, str]] = {
    "tanh": (jnp.tanh, lambda x: 1 - jnp.tanh(x) ** 2, sech_squared, SATURATED, "tanh"),
    "logistic": (
        jax.nn.sigmoid,
        lambda x: jax.nn.sigmoid(x) * (1 - jax.nn.sigmoid(x)),
        lambda x: jax.nn.sigmoid(x) * jax.nn.sigmoid(-x),
        POSITIVE,
        "logistic",
    ),
    "expm1": (jnp.expm1, lambda x: jnp.expm1(x) + 1, jnp.exp, NEGATIVE, "expm1"),
    "log1p of exp": (
        lambda x: jnp.log1p(jnp.exp(x)),
        lambda x: 1 - 1 / (1 + jnp.exp(x)),
        lambda x: jnp.exp(x) / (1 + jnp.exp(x)),
        NEGATIVE,
        "div",
    ),
}
"""Function, derivative computed badly and well, where, and the primitive that loses the digits."""


def record(function: Function, domain: Domain, law: str) -> Record:
    case = array_case(function, domains={"x": domain}, regions=("ordinary",), min_size=3)
    return examine(case, law, profile=Profile(plans=1, examples=8))


@pytest.mark.parametrize("law", ["grad", "jit(grad)", "vmap(grad)"])
@pytest.mark.parametrize("name", PAIRS)
def test_only_the_bad_one_is_inaccurate(name: str, law: str) -> None:
    function, bad, good, domain, _ = PAIRS[name]
    assert record(with_slope(function, good), domain, law).verdict == "conforms"
    assert record(with_slope(function, bad), domain, law).verdict == "inaccurate"


@pytest.mark.parametrize("name", PAIRS)
def test_the_equation_that_loses_the_digits_is_named(name: str) -> None:
    function, bad, _, domain, primitive = PAIRS[name]
    failure = record(with_slope(function, bad), domain, "jit(grad)").failures[0]
    assert f"the rounding of {primitive}, " in failure.explanation
    assert "test_inaccurate.py" in failure.explanation
    assert failure.error is not None
    assert failure.attainable is not None
    assert failure.program is not None
    assert failure.attainable < failure.error <= failure.program


def scaled_complement(x: Any) -> Any:
    """``erfcx`` as far as ``exp`` goes, rounded once."""
    wide = x.astype(jnp.promote_types(x.dtype, jnp.float32))
    return (jnp.exp(wide * wide) * jax.lax.erfc(wide)).astype(x.dtype)


@pytest.mark.parametrize(("factor", "verdict"), [(1.0, "inaccurate"), (1.25, "wrong rule")])
def test_a_literal_that_is_short_by_its_rounding_is_no_wrong_rule(
    factor: float, verdict: str
) -> None:
    """In bfloat16 2/sqrt(pi) is 9/8, and what cancels with it is lost."""

    constant = np.float64(factor * 2 / np.sqrt(np.pi))

    def slope(x: Any) -> Any:
        return 2 * x * scaled_complement(x) - constant.astype(x.dtype)

    domain = Domain(lower=5.0, upper=8.5)
    case = array_case(
        with_slope(scaled_complement, slope), domains={"x": domain}, regions=("ordinary",)
    )
    found = examine(case, "jit(grad)", "bfloat16", profile=Profile(plans=1, examples=8))
    assert found.verdict == verdict
