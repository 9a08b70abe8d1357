"""Second derivatives along a curve: what they equal, and what only they see."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb
from mutants.planted import array_case, read_rule

from gradlaw.conformance import readings
from gradlaw.conformance.case import DERIVED, STEP
from gradlaw.conformance.cases import CASES, COMPLEX_CASES, case_named, curves
from gradlaw.conformance.cases.catalogue.entry import as_weights, weights
from gradlaw.conformance.cases.curves import BEND, along_a_curve
from gradlaw.conformance.known_issues import known_faults
from gradlaw.conformance.laws import LAWS, Law
from gradlaw.conformance.plan import applies
from gradlaw.conformance.profiles import PROFILES
from gradlaw.conformance.readings import read
from gradlaw.conformance.test_laws import called
from gradlaw.oracles.traced import TracedForm

sine = jax.custom_jvp(jnp.sin)


def _right_once(primals: tuple[Any], tangents: tuple[Any]) -> Any:
    (x,), (t,) = primals, tangents
    return sine(x), t * jax.lax.stop_gradient(jnp.cos(x))


sine.defjvp(_right_once)


def test_the_oracle_is_the_quadratic_form_of_the_hessian() -> None:
    curve = along_a_curve(array_case(lambda x: jnp.sum(x**3) + x[0] * x[1]))
    x = np.array([1.5, -2.0, 0.25])
    program = jax.make_jaxpr(curve.function)(jnp.float32(0), jnp.asarray(x, jnp.float32))
    form = TracedForm(program, curve.leaves)
    found = form.hessian(
        STEP, STEP, {STEP: np.zeros((), np.float32), "x": x.astype(np.float32)}
    ).item()
    d, e = weights((3,)), weights((3,), BEND)
    slope = 3 * x**2 + np.array([x[1], x[0], 0.0])
    bent = np.sum(6 * x * d**2) + 2 * d[0] * d[1] + 2 * slope @ e
    assert found.overlaps(arb(float(bent)))
    assert found.rad() < arb(2) ** -40
    assert not found.overlaps(arb(float(np.sum(6 * x * d**2))))  # mixed terms take part


def test_a_rule_that_is_wrong_in_second_order_alone_is_reported() -> None:
    planted = array_case(lambda x: jnp.sum(sine(x) * x))
    assert read_rule(planted, "grad").verdict == "conforms"
    assert read_rule(along_a_curve(planted), "grad(grad)").verdict == "wrong rule"
    right = array_case(lambda x: jnp.sum(jnp.sin(x) * x))
    assert read_rule(along_a_curve(right), "grad(grad)").verdict == "conforms"


@jax.custom_jvp
def double(x: Any) -> Any:
    """Linear, so that its second derivative by what it is given is 0, whatever its rule is."""
    return 2 * x


def _dropped(primals: tuple[Any], tangents: tuple[Any]) -> Any:
    (x,), (t,) = primals, tangents
    return double(x), 2 * jax.lax.stop_gradient(t)


def test_a_rule_that_drops_the_tangent_of_a_tangent_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    double.defjvp(_dropped)
    case = array_case(lambda x: jnp.sum(double(x)))
    assert read_rule(along_a_curve(case), "jacfwd(jacfwd)").verdict == "wrong rule"
    straight = lambda shape, start, dtype: as_weights(shape, start, dtype) * (start < BEND)  # noqa: E731
    monkeypatch.setattr(curves, "as_weights", straight)
    assert read_rule(along_a_curve(case), "jacfwd(jacfwd)").verdict == "conforms"


@pytest.mark.parametrize("name", ["jnp.linalg.det", "jnp.linalg.solve", "jax.nn.softmax(axis=1)"])
def test_functions_of_arrays_conform_along_a_curve(name: str) -> None:
    record = read_rule(along_a_curve(case_named(name)), "grad(grad)")
    assert record.verdict == "conforms"
    assert record.law is not None
    assert record.law.components >= 1


def test_a_curve_meets_laws_of_second_order_and_of_forward_mode_alone() -> None:
    curve = along_a_curve(case_named("jnp.dot"))
    for law in LAWS:
        assert applies(curve, law) == (law.equals.order == 2 or law.forward), law.name


def kind(law: Law) -> tuple[str, bool]:
    return "first" if law.equals.order == 1 else "higher", law.batched


def alone(name: str) -> str:
    for derived in reversed(DERIVED):
        name = name.removesuffix(derived)
    return name


def test_every_traced_case_is_read_in_every_kind_by_default() -> None:
    cases = [case for case in (*CASES, *COMPLEX_CASES) if case.formula is None]
    traced = [case for case in cases if not case.approximated]
    nodes = [(case.name, law) for case, law, _ in read(PROFILES["default"], seed=3)]
    assert len(nodes) == len(set(nodes))
    by_case: dict[str, list[Any]] = {case.name: [] for case in traced}
    for name, law in nodes:
        by_case.setdefault(alone(name), []).append(kind(law))
    for case in traced:
        found = by_case[case.name]
        assert ("first", False) in found, case.name
        assert {("first", True), ("higher", True)} & set(found), case.name
        if case.solve_backward_error is None and not case.is_complex and not case.once:
            assert {("higher", False), ("higher", True)} & set(found), case.name


def test_the_seeds_of_quick_runs_go_round_the_kinds() -> None:
    seen: dict[str, set[Any]] = {}
    for seed in range(5):
        for case, law, _ in read(PROFILES["quick"], seed):
            name = alone(case.name)
            seen.setdefault(name, set()).add(kind(law))
    for name, kinds in seen.items():
        case = case_named(name)
        if case.formula is not None:  # it is called under every kind
            continue
        assert len(kinds) >= (2 if case.is_complex or case.once else 3), name


def test_readings_of_a_case_go_through_its_narrower_dtypes() -> None:
    seen: dict[str, list[str | None]] = {}
    for case, law, also in read(PROFILES["default"], 4):
        if law not in LAWS:  # a composition shows no more of a dtype
            assert also is None
        elif len(set(case.dtypes) & {"float16", "bfloat16", "float32"}) == 3:
            seen.setdefault(alone(case.name), []).append(also)
    assert len(seen) > 500
    for name, dtypes in seen.items():
        assert len(set(dtypes)) == min(len(dtypes), 3), name
    assert sum(len(dtypes) >= 3 for dtypes in seen.values()) > 200


def test_no_node_of_a_run_is_twice_there() -> None:
    nodes = [(case.name, law.name) for case, law, _ in read(PROFILES["default"], 0)]
    assert len(set(nodes)) == len(nodes)


def test_what_jax_is_known_to_refuse_in_a_batch_is_differentiated_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of each function all laws but the plain ones are refused; transposes are run all the same."""
    [entry] = [fault for fault in known_faults("0.10.2") if fault.name == "ragged-dot-under-vmap"]
    others = ("*vmap*", "*jac*", "*hessian*", "*map*", "*(*(*(*")
    patterns = tuple(f"jnp.sin{each}" for each in others)
    monkeypatch.setattr(readings, "known_faults", lambda _: (replace(entry, pattern=patterns),))
    for seed in range(6):
        laws = [law for case, law, _ in read(PROFILES["default"], seed) if case.name == "jnp.sin"]
        left = [law for law in laws if not any(fnmatchcase(f"-{law.name}", o) for o in others)]
        assert any("grad" in law.name or "vjp" in law.name for law in left), (seed, laws)


def test_every_traced_case_is_called_within_a_few_seeds() -> None:
    cases = [case for case in (*CASES, *COMPLEX_CASES) if case.formula is None]
    traced = {case.name for case in cases if not (case.approximated or case.only_read)}
    for name in ("quick", "default", "thorough"):
        profile = PROFILES[name]
        every = [node for seed in range(profile.called) for node in called(profile, seed)]
        nodes = [node for node in every if not node[0].approximated]
        assert sorted(case.name for case, _, _ in nodes) == sorted(traced)
        assert {law.name for _, law, _ in nodes} > {law.name for law in LAWS if "jit" in law.name}
        assert {dtype for _, _, dtype in nodes} >= {"float16", "bfloat16", "float32", "float64"}


def test_what_a_case_is_referred_to_moves_with_it() -> None:
    named = case_named("jax.scipy.special.kl_div")
    curve = along_a_curve(named)
    assert curve.reference is not None
    assert read_rule(replace(curve, function=curve.reference), "grad(grad)").verdict == "conforms"


@pytest.mark.parametrize("seed", range(4))
def test_a_known_issue_that_names_no_law_keeps_none_from_being_read(seed: int) -> None:
    """Some issues of all sparse arrays go by their message, and are of some batches alone."""
    name = "jax.experimental.sparse.bcoo_dot_general(of two sparse, by forward mode)"
    laws = [law for case, law, _ in read(PROFILES["default"], seed) if case.name == name]
    assert any("vmap" in law.name for law in laws)
