"""Cases in all ranks at once."""

from __future__ import annotations

from functools import partial

import jax.numpy as jnp
import pytest
from jax import lax
from mutants.internals import changed_jvp
from mutants.planted import array_case, read_rule
from mutants.sweep import changes

from gradlaw.conformance.cases import case_named
from gradlaw.conformance.cases.curves import along_a_curve
from gradlaw.conformance.cases.ranks import SHAPES, in_all_ranks, takes_any_rank
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.laws import Law
from gradlaw.conformance.plan import plan_pool
from gradlaw.conformance.profiles import PROFILES
from gradlaw.conformance.readings import read


@pytest.mark.parametrize("rank", range(len(SHAPES)))
def test_a_rule_that_is_wrong_in_one_rank_alone_shows(rank: int) -> None:
    case = in_all_ranks(array_case(lambda x: jnp.sum(jnp.sin(x)), signature="(*n)->()"))
    wrong = partial(changes.of_rank(rank), ())
    assert read_rule(case, "value_and_grad").verdict == "conforms"
    with changed_jvp(lax.sin_p, lambda _primals, _given, out, _params: wrong(out)):
        assert read_rule(case, "value_and_grad").verdict == "wrong rule"


def test_arguments_keep_their_places_and_leaves_their_domains() -> None:
    case = in_all_ranks(case_named("jnp.logaddexp"))
    assert len(case.trees) == 2
    assert case.signature == ",".join(SHAPES * 2) + "->()"
    (plan,) = plan_pool(case, Law(name="grad"), "float32", 1, 3)
    assert {len(shape) for shape in plan.shapes.values()} == {0, 1, 2, 3}
    logarithm = case_named("jnp.log")
    found = in_all_ranks(logarithm).domains
    assert [found[f"x{rank}"] for rank in range(4)] == [logarithm.domains["x"]] * 4


def test_what_is_drawn_is_the_sum_over_the_ranks() -> None:
    case = in_all_ranks(array_case(lambda x: jnp.sum(x * x), signature="(*n)->()"))
    arrays = [jnp.full((2,) * rank, 3.0) for rank in range(4)]
    assert case.function(tuple(arrays)) == 9 * (1 + 2 + 4 + 8)


def test_only_what_takes_any_rank_is_in_all_of_them() -> None:
    assert takes_any_rank(case_named("jnp.where"))
    assert not takes_any_rank(case_named("jnp.matmul"))
    assert not takes_any_rank(case_named("squared_error"))


def test_a_case_in_all_ranks_has_the_faults_of_the_case() -> None:
    node = Examination(
        case=along_a_curve(in_all_ranks(case_named("jnp.sin"))),
        law=Law(name="hessian"),
        dtype="float32",
        backend="exact",
        seed=0,
        profile=PROFILES["quick"],
    )
    assert "jnp.sin-grad(grad)-float32-exact" in node.nodes
    assert "jnp.sin in all ranks along a curve-hessian-float32-exact" in node.nodes
    assert case_named(node.case.name).name == node.case.name


def test_some_readings_are_in_all_ranks() -> None:
    names = [case.name for case, _, _ in read(PROFILES["quick"], 0)]
    several = [name for name in names if " in all ranks" in name]
    assert 50 < len(several) < len(names) / 5


def test_a_reference_is_taken_in_all_ranks_too() -> None:
    case = in_all_ranks(case_named("jax.scipy.special.kl_div"))
    assert case.reference is not None
    numbers = [jnp.full((2, 2, 2)[:rank], 1.5) for rank in range(4)]
    others = [jnp.full((2, 2, 2)[:rank], 0.5) for rank in range(4)]
    assert jnp.allclose(case.function(numbers, others), case.reference(numbers, others))


@pytest.mark.parametrize("name", ["igamma", "igammac"])
def test_the_incomplete_gamma_functions_are_read_in_every_rank_under_every_law(name: str) -> None:
    """By both arguments JAX has no second derivative, and a law of second order reads nothing."""
    case = case_named(f"lax.{name}(2.5,several ranks)")
    primitive = {"igamma": lax.igamma_p, "igammac": lax.igammac_p}[name]
    for rank in range(len(SHAPES)):
        wrong = partial(changes.of_rank(rank), ())
        with changed_jvp(primitive, lambda _x, _given, out, _params, wrong=wrong: wrong(out)):
            assert read_rule(along_a_curve(case), "jacfwd(grad)", 2).verdict == "wrong rule"
    assert read_rule(along_a_curve(case), "jacfwd(grad)", 2).verdict == "conforms"
