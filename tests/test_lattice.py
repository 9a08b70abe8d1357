"""The lattice of laws: what is composed, that it holds, and that each transformation can fail."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from mutants.planted import array_case, read_rule
from mutants.wrongly_composed import FAULTS, REFUSED, wrongly

from gradlaw.conformance.answers import Example
from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import CASES, FORMULATED, case_named
from gradlaw.conformance.cases.curves import along_a_curve
from gradlaw.conformance.cases.families import families, family
from gradlaw.conformance.laws import LAWS, Law
from gradlaw.conformance.laws.drawing import Drawing, all_pairs, pairs
from gradlaw.conformance.laws.lattice import DEPTH, lattice, with_options
from gradlaw.conformance.laws.transforms import TRANSFORMS
from gradlaw.conformance.plan import applies, plan_pool
from gradlaw.conformance.profiles import PROFILES
from gradlaw.conformance.readings import read, traced
from gradlaw.conformance.reproducer import reproducer
from gradlaw.conformance.test_laws import called, composed, judged
from gradlaw.reports.compositions import SHALLOW

NAMES = {law.name for law in lattice()}

READ = {name: step for name, step in TRANSFORMS.items() if not step.only_called}
ALONE = [name for name, step in READ.items() if step.order]
AROUND = [f"{name}(grad)" for name, step in READ.items() if not step.order and name != "mean"]
WITHIN = [f"grad({name})" for name, step in READ.items() if not (step.order or step.batch)]
TWICE = [
    "grad(jacfwd)",
    "jacfwd(jacrev)",
    "hessian(checkpoint)",
    "linearize(vjp)",
    "jvp(linear_transpose)",
    "checkpoint(grad(jacrev))",
]
THRICE = ["grad(grad(grad))", "jvp(hessian)", "value_and_grad(jacfwd(jacrev))"]
DEEP = [
    "vmap(hessian)",
    "map(grad(jacfwd))",
    "vmap(value_and_grad(grad))",
    "scan(grad(cond))",
    "map(value_and_grad(checkpoint))",
    "custom_vjp(fori_loop(jacrev))",
]


def subject(law: str) -> Case:
    """A case that the law means something on."""
    case = array_case(lambda x: jnp.sum(jnp.sin(x) * x))
    return case if applies(case, Law(name=law)) else along_a_curve(case)


@pytest.mark.parametrize("law", [*ALONE, *AROUND, *WITHIN, *TWICE, *THRICE, *DEEP])
def test_a_composition_holds(law: str) -> None:
    record = read_rule(subject(law), law)
    assert record.verdict == "conforms"
    assert record.law is not None
    assert record.law.examples >= 3


@pytest.mark.parametrize("name", FAULTS)
def test_every_transformation_that_is_off_is_reported(name: str) -> None:
    step = TRANSFORMS[name]
    law = name if step.order else "mean(vmap(grad))" if name == "mean" else f"{name}(grad)"
    case = subject(law)
    with wrongly(name):
        verdict = read_rule(case, law).verdict
    assert verdict == ("refused" if name in REFUSED else "wrong rule")


def test_a_rule_that_is_wrong_in_third_order_alone_is_reported() -> None:
    @jax.custom_jvp
    def slope(x: Any) -> Any:
        return 3 * x * x

    @slope.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        (x,), (tangent,) = primals, tangents
        return slope(x), (6 * x + 2.0**-30 * (x - jax.lax.stop_gradient(x))) * tangent

    @jax.custom_jvp
    def cube(x: Any) -> Any:
        return x * x * x

    cube.defjvp(lambda primals, tangents: (cube(*primals), slope(*primals) * tangents[0]))
    line = along_a_curve(array_case(lambda x: jnp.sum(cube(x))))
    assert read_rule(line, "grad(grad)").verdict == "conforms"
    assert read_rule(line, "grad(grad(grad))").verdict == "wrong rule"


def test_every_transformation_has_a_planted_fault() -> None:
    assert set(FAULTS) == set(READ)


def test_the_lattice_has_every_composition_that_means_something() -> None:
    assert len(NAMES) == len(lattice())
    assert not NAMES & {law.name for law in LAWS}
    assert {len(law.transforms) for law in lattice()} == set(range(1, DEPTH + 1))
    plain = {name for name in WITHIN if "[" not in name}
    assert {*plain, *TWICE, *THRICE, *DEEP} - {"grad(jit)"} <= NAMES
    assert not any("[" in name for name in NAMES)
    for outer in ("checkpoint", "scan", "jit", "custom_jvp"):
        for inner in ("grad", "vjp", "jvp", "hessian"):
            assert f"{outer}({inner})" in NAMES | {law.name for law in LAWS}


@pytest.mark.parametrize(
    "name",
    [
        "jit(checkpoint)",
        "vmap(vmap(grad))",
        "grad(vmap)",
        "grad(vmap(grad))",
        "grad(value_and_grad)",
        "jacfwd(custom_vjp)",
        "linearize(scan(custom_vjp))",
        "hessian(hessian)",
        "vmap(grad(grad(grad)))",
        "jit(jit(grad))",
    ],
)
def test_what_means_nothing_is_not_composed(name: str) -> None:
    assert name not in NAMES


def test_a_law_stands_for_the_simpler_one_that_it_must_equal() -> None:
    alike = {
        "checkpoint(vjp)": "grad",
        "jit(map(jacrev(scan)))": "vmap(grad)",
        "hessian(cond)": "jacfwd(grad)",
        "linearize(grad)": "jacfwd(grad)",
        "value_and_grad(grad)": "grad(grad)",
        "grad(mean(vmap))": "grad(mean(vmap))",
    }
    assert {name: Law(name=name).alike for name in alike} == alike


def test_jacrev_of_a_real_function_of_complex_numbers_is_none() -> None:
    case = case_named("jnp.abs(complex)")
    assert applies(case, Law(name="vjp"))
    assert not applies(case, Law(name="jacrev"))
    assert not applies(case, Law(name="scan(jvp)"))


def test_a_hessian_is_by_one_argument() -> None:
    line, law = along_a_curve(case_named("jnp.dot")), Law(name="hessian")
    for seed in range(5):
        (plan,) = plan_pool(line, law, "float32", 1, seed)
        assert plan.argnums == plan.outer_argnums
    scalars = case_named("jnp.logaddexp")
    pairs = {
        (plan.argnums, plan.outer_argnums)
        for seed in range(20)
        for plan in plan_pool(scalars, law, "float32", 1, seed)
    }
    assert pairs == {(0, 0), (1, 1)}


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_drawn_laws_are_of_the_same_kind(law: Law) -> None:
    found = {next(Drawing().of_kind(law, "shapes", Random(seed))).name for seed in range(20)}
    assert len(found) > 5
    for name in found:
        drawn = Law(name=name).equals
        assert (drawn.batch != "none") == law.batched
        assert law.equals.order <= drawn.order <= law.equals.order + 1


def test_options_stand_wherever_they_mean_something() -> None:
    found = {law.name for law in with_options(Law(name="checkpoint(grad)"))}
    assert {"checkpoint[dots_saveable](grad)", "checkpoint(grad[has_aux])"} <= found
    inner = {law.name for law in with_options(Law(name="vmap(grad(grad))"))}
    assert "vmap(grad[has_aux](grad))" in inner
    assert "vmap(grad(grad[has_aux]))" not in inner  # its value is no number to differentiate


def test_an_integer_is_no_argument_of_a_holomorphic_function() -> None:
    case = case_named("jnp.sin(holomorphic)")
    assert case.holomorphic
    assert applies(case, Law(name="grad[has_aux]"))
    assert not applies(case, Law(name="grad[allow_int]"))


def test_what_a_family_met_least_comes_first() -> None:
    drawing, law = Drawing(), Law(name="grad")
    met: list[str] = []
    for seed in range(60):
        drawn = next(drawing.of_kind(law, "shapes", Random(seed)))
        drawing.remember(drawn, "shapes")
        if len(drawn.transforms) < DEPTH:
            met.append(drawn.shape)
    assert len(set(met)) == len(met)


@pytest.mark.parametrize("seed", range(3))
def test_a_run_composes_every_pair_of_transformations_and_every_option(seed: int) -> None:
    profile = PROFILES["default"]
    laws = {law.name: law for _, law, _ in read(profile, seed)}
    laws |= {
        law.name: law for nodes in (judged, called, composed) for _, law, _ in nodes(profile, seed)
    }
    assert len(laws) > 1000
    assert {pair for law in laws.values() for pair in pairs(law)} >= set(all_pairs())
    counts = Counter(name for law in laws.values() for name in set(law.transforms))
    assert {name for name in TRANSFORMS if counts[name] < 3} == set()


def test_every_family_meets_laws_of_the_lattice() -> None:
    met: dict[str, set[str]] = {name: set() for name in families()}
    for case, law, _ in read(PROFILES["default"], 0):
        if law not in LAWS:
            met[family(case)].add(law.shape)
    # A family of a single function, three times.
    assert {name: len(laws) for name, laws in met.items() if len(laws) < 1} == {}


def test_in_a_thorough_run_every_family_meets_every_shallow_law() -> None:
    laws = [law for law in (*LAWS, *lattice()) if len(law.transforms) <= SHALLOW]
    meaning = {
        (family(case), law.shape)
        for case in (*traced(), *FORMULATED)
        for subject in ((case,) if case.is_complex else (case, along_a_curve(case)))
        for law in laws
        if applies(subject, law)
    }
    assert len(meaning) > 9_000
    met = {(family(case), law.shape) for case, law, _ in read(PROFILES["thorough"], 0)}
    assert meaning - met == set()


@pytest.mark.parametrize(
    "law",
    [
        "checkpoint[dots_saveable](grad[has_aux])",
        "map[batch_size](vjp[has_aux])",
        "checkpoint(vjp)",
        "map(value_and_grad)",
        "scan(linear_transpose(cond))",
        "jit(jacrev)",
    ],
)
def test_a_script_spells_the_composition(law: str) -> None:
    case, composed = case_named("quadratic"), Law(name=law)
    assert case in CASES
    (plan,) = plan_pool(case, composed, "float32", 1, 3)
    leaves = {name: np.full(shape, 0.5, np.float32) for name, shape in plan.shapes.items()}
    stacked = {
        name: leaf
        if (axis := plan.mapped(case)[name]) is None or plan.batching is None
        else np.stack([leaf] * plan.batching.size, axis)
        for name, leaf in leaves.items()
    }
    example = Example(leaves=stacked, rows=(leaves,), row_of=None, region="ordinary")
    names: dict[str, Any] = {"__name__": "script"}
    exec(compile(reproducer(case, composed, plan, example, "float32", ""), "s", "exec"), names)
    found = names["law"](*names["arguments"])
    own = composed.compose(case.function, plan.axes(case))(
        *case.assemble({name: jnp.asarray(leaf) for name, leaf in stacked.items()})
    )
    assert str(found) == str(own)
