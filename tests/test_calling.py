"""Laws that are called: that each way of running can fail, and what is said beside plain laws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from mutants.interface import replaced
from mutants.planted import PROFILE, array_case

from gradlaw.conformance.agreeing import agreement
from gradlaw.conformance.cases import FORMULATED, case_named
from gradlaw.conformance.compiling import heard, shared_out
from gradlaw.conformance.distances import places_apart
from gradlaw.conformance.laws import LAWS, Law
from gradlaw.conformance.laws.calling_laws import drawn_called, ways
from gradlaw.conformance.laws.transforms import TRANSFORMS
from gradlaw.conformance.profiles import PROFILES
from gradlaw.conformance.test_laws import called, composed, examination
from gradlaw.reports.record import Record

FEW = replace(PROFILE, examples=4)
SINE = array_case(lambda x: jnp.sum(jnp.sin(x) * x), max_batch=7, regions=("ordinary",))
BY_NAME = ("jit[ahead_of_time]", "jit[donate_argnums]", "disable_jit", "export")


def record_of(law: str, seed: int = 1) -> Record:
    return examination(SINE, Law(name=law), "float32", "cpu", FEW, seed).record()


def off(results: Any) -> Any:
    return jax.tree.map(lambda array: array * 1.125, results)


def compiled_wrongly(true: Callable[..., Any]) -> Callable[..., Any]:
    """What is compiled ahead of time computes something else."""

    def jit(function: Any, **options: Any) -> Any:
        jitted = true(function, **options)

        def lower(*arguments: Any) -> Any:
            compiled = jitted.lower(*arguments).compile()
            return SimpleNamespace(compile=lambda: lambda *given: off(compiled(*given)))

        def call(*arguments: Any) -> Any:
            return jitted(*arguments)

        call.lower = lower  # type: ignore[attr-defined]
        return call

    return jit


def donated_too_early(true: Callable[..., Any]) -> Callable[..., Any]:
    """A donated buffer is written over before it is read."""

    def jit(function: Any, **options: Any) -> Any:
        jitted = true(function, **options)
        if "donate_argnums" not in options:
            return jitted
        return lambda *arguments: jitted(*off(arguments))

    return jit


def read_wrongly(true: Callable[..., Any]) -> Callable[..., Any]:
    """What was serialised computes something else when it is read again."""

    def deserialize(written: Any) -> Any:
        program = true(written)
        return SimpleNamespace(call=lambda *arguments: off(program.call(*arguments)))

    return deserialize


def refusing(true: Callable[..., Any]) -> Callable[..., Any]:
    del true

    def disable_jit(*_: Any) -> Any:
        raise ValueError("nothing is disabled")

    return disable_jit


@pytest.mark.parametrize(
    ("name", "owner", "attribute", "change", "verdict"),
    [
        ("jit[ahead_of_time]", jax, "jit", compiled_wrongly, "wrong number"),
        ("jit[donate_argnums]", jax, "jit", donated_too_early, "wrong number"),
        ("disable_jit", jax, "disable_jit", refusing, "refused"),
    ],
)
def test_a_way_of_running_that_is_off_is_reported(
    name: str, owner: Any, attribute: str, change: Any, verdict: str
) -> None:
    assert record_of(f"{name}(grad)").verdict == "conforms"
    with replaced(owner, attribute, change):
        assert record_of(f"{name}(grad)").verdict == verdict


@pytest.mark.parametrize("law", ["export(grad)", "grad(export)", "export(vmap(value_and_grad))"])
def test_an_exported_program_that_is_off_is_reported(law: str) -> None:
    if "export" not in TRANSFORMS:
        pytest.skip("jax.export needs the packages flatbuffers and, up to 0.6.0, absl")
    from jax import export

    assert record_of(law).verdict == "conforms"
    with replaced(export, "deserialize", read_wrongly):
        assert record_of(law).verdict == "wrong number"


def test_a_composition_is_set_beside_its_plain_law() -> None:
    record = record_of("jit(checkpoint(vjp))")
    assert record.law is not None
    assert record.law.stands_for == "grad"
    assert sum(record.law.agreement.values()) == record.law.tally["conforms"]
    assert record.law.apart is not None
    plain = record_of("jit(grad)").law
    assert plain is not None
    assert not plain.agreement
    assert plain.apart is None


@pytest.mark.parametrize("dtype", [np.float16, jnp.bfloat16, np.float32, np.float64])
def test_distances_are_counted_in_numbers_between(dtype: Any) -> None:
    one = np.array([1.0, -1.0, 0.0], dtype)
    kind = f"i{one.dtype.itemsize}"
    up = (one.view(kind) + 3).view(one.dtype)
    assert places_apart(one, one.copy()) == 0
    assert places_apart(one, up) == 3
    assert places_apart(np.array(0.0, dtype), np.array(-0.0, dtype)) == 1
    assert places_apart(np.array([np.nan], dtype), np.array([np.nan], dtype)) == 0
    assert places_apart(np.array([np.nan], dtype), one[:1]) == np.inf
    assert [agreement(apart) for apart in (0.0, 1.0, 2.0)] == ["bitwise", "1 ULP", "within bound"]


def test_complex_numbers_are_compared_by_their_parts() -> None:
    one = np.array([1 + 2j], np.complex64)
    other = np.array([1 + 2 * (1 + 2.0**-23) * 1j], np.complex64)
    assert places_apart(one, other) == 1


@pytest.mark.parametrize("way", ways())
def test_laws_of_a_way_hold_it(way: str) -> None:
    found = list(drawn_called(way, Random(0)))
    assert len(found) > 5
    name = way.removeprefix("of ")
    for law in found:
        assert law not in LAWS
        place = -1 if way.startswith("of ") else 0
        assert law.transforms[place] == name or way == "jit"
        assert law.equals.order <= 2
        assert len(law.transforms) <= 3


def test_a_run_calls_laws_of_every_way_and_few_of_them() -> None:
    profile = PROFILES["default"]
    nodes = list(composed(profile, 0))
    assert len(nodes) >= (len(ways()) - 1) * profile.ways
    assert {case.name for case, _, _ in nodes} <= {case.name for case in FORMULATED}
    assert not any(case.heavy for case, _, _ in nodes)
    lattice = [law for _, law, _ in called(profile, 0) if law not in LAWS]
    assert 40 < len(lattice) < 100


def test_named_tuples_can_be_exported() -> None:
    if "export" not in TRANSFORMS:
        pytest.skip("jax.export needs the packages flatbuffers and, up to 0.6.0, absl")
    case = case_named("squared_error_in_named_tuple")
    law = Law(name="export(value_and_grad)")
    assert examination(case, law, "float32", "cpu", FEW, 0).record().verdict == "conforms"


def test_a_first_call_is_shared_out_by_what_jax_tells() -> None:
    with heard() as told:
        jax.jit(lambda x: jnp.sin(x) * 0.8125)(jnp.ones(3)).block_until_ready()
    assert {"trace", "lower", "compile"} <= told.keys()
    parts = shared_out(2.0, {"trace": 1.0, "compile": 3.0})
    assert parts == {"trace": 0.5, "compile": 1.5, "run": 0.0}
    assert shared_out(4.0, {"compile": 1.0}) == {"compile": 1.0, "run": 3.0}
    assert shared_out(0.0, {}) == {}
