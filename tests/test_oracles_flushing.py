"""What float64 has no number for may be zero, and nothing else may."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from mutants.planted import array_case

from gradlaw.conformance import rule
from gradlaw.conformance.answers import Example
from gradlaw.conformance.laws import law_named
from gradlaw.conformance.outcome import Outcome
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.preparation import prepare
from gradlaw.conformance.rule import judge_rule
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.rounded import Rounded


def judged(end: float, x: float) -> Outcome:
    """The rule of a bell curve, which takes it at ``end`` wherever x is beyond that."""

    @jax.custom_jvp
    def bell(x: Any) -> Any:
        return jnp.exp(-x * x)

    def derivative(primals: Any, tangents: Any) -> Any:
        (x,), (tangent,) = primals, tangents
        return bell(x), -2 * x * jnp.exp(-jnp.square(jnp.minimum(jnp.abs(x), end))) * tangent

    bell.defjvp(derivative)
    numbers = np.array([x], np.float32)
    leaves = {"x": numbers}
    example = Example(leaves=leaves, rows=(leaves,), row_of=None, region="huge")
    plan = Plan(shapes={"x": (1,)}, argnums=0)
    law = law_named("grad")
    case = array_case(lambda x: jnp.sum(bell(x)))
    return judge_rule(prepare(case, law, plan, "float32", Rounded("cpu", None)), example, "float32")


@pytest.mark.parametrize("x", [0.5, -30.0, 1e10, -2.3e33])
def test_a_rule_that_ends_below_float64_conforms(x: float) -> None:
    assert judged(28.0, x).verdict == "conforms"


def test_without_it_the_end_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule, "Flushing", lambda _, **options: Exact(**options))
    assert judged(28.0, -2.3e33).verdict == "wrong rule"


@pytest.mark.parametrize("x", [21.0, -2.3e33])
def test_a_rule_that_ends_above_it_is_wrong(x: float) -> None:
    assert judged(20.0, 1.0).verdict == "conforms"
    assert judged(20.0, x).verdict == "wrong rule"
