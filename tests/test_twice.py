"""Cases with one array in two places."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import pytest
from jax import lax
from mutants.internals import changed_jvp
from mutants.planted import array_case, read_rule

from gradlaw.conformance.cases import case_named
from gradlaw.conformance.cases.curves import along_a_curve
from gradlaw.conformance.cases.twice import passed_twice, takes_one_twice
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.laws import Law
from gradlaw.conformance.profiles import PROFILES
from gradlaw.conformance.readings import read


def test_a_rule_that_is_wrong_for_one_array_in_both_places_shows() -> None:
    def wrong(primals: tuple[Any, ...], _given: Any, out: Any, _params: Any) -> Any:
        return 1.25 * out if primals[0] is primals[1] else out

    case = array_case(lambda x, y: jnp.sum(lax.atan2(x, y + 3.0)), signature="(*n),(*n)->()")
    squares = array_case(lambda x, y: jnp.sum(lax.mul(x, y)), signature="(*n),(*n)->()")
    with changed_jvp(lax.mul_p, wrong):
        assert read_rule(squares, "value_and_grad").verdict == "conforms"
        assert read_rule(passed_twice(squares), "value_and_grad").verdict == "wrong rule"
    assert read_rule(passed_twice(case), "value_and_grad").verdict == "conforms"


def test_the_first_array_stands_in_both_places() -> None:
    case = passed_twice(array_case(lambda x, y: x - 3.0 * y, signature="(),()->()"))
    assert case.trees == ("x",)
    assert case.function(2.0) == -4.0
    assert jax.grad(case.function)(2.0) == -2.0


def test_what_lies_between_keeps_its_place() -> None:
    case = passed_twice(array_case(lambda x, m, y: x + m @ y, signature="(n),(n,n),(n)->()"))
    assert case.signature == "(n),(n,n)->()"
    assert case.trees == ("x", "m")
    assert case.function(jnp.ones(2), jnp.eye(2)).tolist() == [2.0, 2.0]


def test_only_what_is_alike_may_be_one_array() -> None:
    assert takes_one_twice(case_named("jnp.logaddexp"))
    assert not takes_one_twice(case_named("jnp.sin"))
    assert not takes_one_twice(case_named("jnp.matmul"))
    with pytest.raises(ValueError, match=r"'jnp\.sin' has no two arguments"):
        passed_twice(case_named("jnp.sin"))


def test_it_has_the_faults_of_the_case() -> None:
    node = Examination(
        case=along_a_curve(passed_twice(case_named("jnp.logaddexp"))),
        law=Law(name="hessian"),
        dtype="float32",
        backend="exact",
        seed=0,
        profile=PROFILES["quick"],
    )
    assert "jnp.logaddexp-grad(grad)-float32-exact" in node.nodes
    assert "jnp.logaddexp passed twice-hessian-float32-exact" in node.nodes
    assert case_named(node.case.name).name == node.case.name


def test_some_readings_pass_one_array_twice() -> None:
    names = [case.name for case, _, _ in read(PROFILES["default"], 0)]
    assert sum(" passed twice" in name for name in names) > 30
