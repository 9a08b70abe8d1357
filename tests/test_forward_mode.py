"""Forward mode: JVP rules alone, few elements, and functions that have none."""

from __future__ import annotations

import math
import re
from typing import Any

import jax
import jax.numpy as jnp
import pytest
from mutants.planted import array_case, examine, read_rule

from gradlaw.conformance.case import DERIVED, Case
from gradlaw.conformance.cases import CASES, COMPLEX_CASES, case_named
from gradlaw.conformance.cases.curves import along_a_curve
from gradlaw.conformance.laws import LAWS, Law, law_named
from gradlaw.conformance.layout import LARGEST_FORWARD
from gradlaw.conformance.plan import applies, plan_pool
from gradlaw.conformance.profiles import PROFILES
from gradlaw.conformance.readings import read, traced
from gradlaw.strategies.domains import Domain

FORWARD = [law for law in LAWS if law.forward]


@jax.custom_jvp
def square(x: Any) -> Any:
    return x * x


@square.defjvp
def _square_jvp(primals: Any, tangents: Any) -> Any:
    (x,), (tangent,) = primals, tangents
    return x * x, (2 + 2.0**-30) * x * tangent


@jax.custom_vjp
def cube(x: Any) -> Any:
    return x * x * x


cube.defvjp(lambda x: (cube(x), x), lambda x, cotangent: (3 * x * x * cotangent,))


@pytest.mark.parametrize("law", ["jacfwd", "vmap(jacfwd)"])
def test_a_wrong_tangent_is_a_wrong_rule(law: str) -> None:
    assert read_rule(array_case(lambda x: jnp.sum(square(x))), law).verdict == "wrong rule"
    assert read_rule(array_case(lambda x: jnp.sum(x * x)), law).verdict == "conforms"


def test_a_wrong_tangent_shows_along_a_curve() -> None:
    line = along_a_curve(array_case(lambda x: jnp.sum(square(x))))
    assert read_rule(line, "jacfwd").verdict == "wrong rule"
    assert read_rule(along_a_curve(case_named("jnp.dot")), "jacfwd").verdict == "conforms"


def test_what_has_a_reverse_mode_alone_is_unsupported_in_forward_mode() -> None:
    case = array_case(lambda x: jnp.sum(cube(x)))
    record = read_rule(case, "jacfwd")
    assert record.verdict == "unsupported"
    assert read_rule(case, "grad").verdict == "conforms"


def test_a_function_that_forward_mode_should_differentiate_is_refused() -> None:
    def raising(x: Any) -> Any:
        @jax.custom_jvp
        def function(x: Any) -> Any:
            return x

        @function.defjvp
        def _(*_: Any) -> Any:
            raise TypeError("planted")

        return jnp.sum(function(x))

    assert read_rule(array_case(raising), "jacfwd").verdict == "refused"


@pytest.mark.parametrize("law", FORWARD, ids=lambda law: law.name)
def test_forward_mode_is_given_few_elements(law: Any) -> None:
    seen = 0
    for case in CASES[::20]:
        if applies(case, law):
            for plan in plan_pool(case, law, "float32", 3, seed=1):
                batch = 1 if plan.batching is None else max(1, plan.batching.size)
                largest = LARGEST_FORWARD * len(case.leaves) * batch
                assert plan.elements(case) <= max(largest, _least(case) * batch), case.name
                seen += 1
    assert seen > 20


def _least(case: Case) -> int:
    def size(axis: str) -> int:
        return int(axis) if axis.isdigit() else case.min_size or 1

    return sum(math.prod(map(size, axes)) for axes in case.axes.values())


def test_forward_mode_through_an_iterative_solver_is_no_less_accurate_than_its_program() -> None:
    case = case_named("implicit_layer")
    profile = PROFILES["quick"]
    assert examine(case, "jacfwd", "bfloat16", 0, profile).verdict == "conforms"


def test_what_overflows_by_one_component_is_not_asked_of_the_others() -> None:
    def function(x: Any) -> Any:
        return jnp.sum(jnp.exp(x))

    huge = {"x": Domain(lower=80.0, upper=100.0)}
    case = array_case(function, domains=huge, regions=("ordinary",))
    assert not examine(case, "jacfwd").failed
    assert not examine(case, "grad").failed


def test_no_real_function_of_complex_numbers_meets_forward_mode() -> None:
    case = next(case for case in COMPLEX_CASES if not case.holomorphic)
    assert not any(applies(case, law) for law in FORWARD)
    holomorphic = next(case for case in COMPLEX_CASES if case.holomorphic)
    assert applies(holomorphic, law_named("jacfwd"))


def test_a_sign_that_is_wrong_twice_shows_where_the_arguments_bend() -> None:
    @jax.custom_jvp
    def exponential(x: Any) -> Any:
        return jnp.exp(x)

    @exponential.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        (x,), (tangent,) = primals, tangents
        return exponential(x), -exponential(x) * tangent

    curve = along_a_curve(array_case(lambda x: jnp.sum(exponential(x))))
    for law in ("jacfwd(grad)", "value_and_grad(grad)"):
        assert read_rule(curve, law).verdict == "wrong rule"


def underived(name: str) -> str:
    """The name of the case that a case is derived from."""
    for derived in DERIVED:
        name = name.replace(derived, "")
    return name


def forward_alone(law: Law) -> bool:
    """Whether nothing of it is in reverse mode."""
    reverse = {"grad", "vjp", "jacrev", "hessian", "linear_transpose", "fwd_and_bwd"}
    return law.forward and reverse.isdisjoint(re.findall(r"\w+", law.name))


@pytest.mark.parametrize("seed", [0, 1])
def test_a_default_run_reads_nearly_every_case_in_forward_mode_alone(seed: int) -> None:
    met = {
        underived(case.name)
        for case, law, _ in read(PROFILES["default"], seed)
        if forward_alone(law)
    }
    taking = {case.name for case in traced() if applies(case, law_named("jacfwd"))}
    assert len(taking) > 1_300
    # JAX is known to refuse some, and some meet the lattice alone.
    assert len(taking - met) < len(taking) / 100
