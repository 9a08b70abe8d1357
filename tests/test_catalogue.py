"""The catalogue: every entry resolves, is named once, and is defined on its domain."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from packaging.version import Version

from gradlaw.conformance.bench.readings import READ, read_case, summary
from gradlaw.conformance.bench.tame import tame_leaves, tame_shapes
from gradlaw.conformance.case import Case
from gradlaw.conformance.cases.catalogue import (
    COMPLEX,
    ENTRIES,
    FAMILIES,
    UNTRACED,
    Entry,
    catalogue,
    entry,
)
from gradlaw.conformance.cases.catalogue.entry import resolved, weighted_sum, weights
from gradlaw.conformance.readings import traced
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.interpreter import Reader, Unsupported

LEAST = 400


def case_of(found: Entry) -> Case:
    if found.case is None:
        pytest.skip(f"{found.path} is not in JAX {jax.__version__}")
    return found.case


def test_there_are_enough() -> None:
    assert len(ENTRIES) >= LEAST
    assert len({found.path for found in ENTRIES}) >= LEAST
    assert all(FAMILIES.values())


def test_names_are_unique() -> None:
    counts = Counter(found.name for found in (*ENTRIES, *COMPLEX))
    assert [name for name, count in counts.items() if count > 1] == []


def test_every_entry_resolves_where_it_says() -> None:
    missing = [found for found in (*ENTRIES, *COMPLEX) if found.function is None]
    assert [found.name for found in missing if not found.since] == []
    installed = Version(jax.__version__)
    assert [found.name for found in missing if installed >= Version(found.since)] == []


def value_of(case: Case, program: Any, leaves: Mapping[str, Any]) -> float:
    """The program's value: read, since compiling takes ten times as long, or else called."""
    reader, number = Reader(Exact()), math.nan
    with suppress(Unsupported):
        (value,) = reader.read(program, [reader.lift(leaves[name]) for name in case.leaves])
        number = float(value.item().mid())
    if math.isnan(number):
        return float(jax.jit(case.function)(*case.assemble(leaves)))
    return number


@pytest.mark.parametrize("found", ENTRIES, ids=lambda found: found.name)
def test_a_function_is_a_defined_scalar_on_its_domain(found: Entry) -> None:
    case = case_of(found)
    dtype = case.dtypes[0] if "float32" not in case.dtypes else "float32"
    leaves = tame_leaves(case, dtype, seed=1)
    program = jax.make_jaxpr(case.function)(*case.assemble(leaves))
    (value,) = program.out_avals
    assert value.shape == ()
    assert value.dtype == jnp.dtype(dtype)
    assert not math.isnan(value_of(case, program, leaves))


def test_a_path_that_leads_nowhere_gives_no_case() -> None:
    assert resolved("jnp.no_such_function") is None
    assert resolved("jax.no_such_module.function") is None
    assert entry("jnp.no_such_function", "(n)").case is None


def test_parameters_name_the_variant() -> None:
    assert entry("jnp.sum", "(m,n)", axis=0, keepdims=True).name == "jnp.sum(axis=0,keepdims)"
    assert entry("jnp.sum", "(m,n)", variant="both", axis=(0, 1)).name == "jnp.sum(both)"


def test_leaves_are_named_in_the_tree_of_the_signature() -> None:
    found = entry("jnp.add", "((n),()),(n)", call=lambda add, pair, y: add(pair[0], pair[1] * y))
    case = case_of(found)
    assert case.trees == (("x", "y"), "z")
    assert tame_shapes(case) == {"x": (3,), "y": (), "z": (3,)}


def test_weights_tell_every_element_from_another() -> None:
    every = weights((61,))
    assert len(set(every.tolist())) == every.size
    for dtype in ("float16", "bfloat16"):
        assert (every.astype(jnp.dtype(dtype)).astype(np.float64) == every).all()
    square = np.arange(9.0).reshape(3, 3)
    assert weighted_sum(jnp.asarray(square)) != weighted_sum(jnp.asarray(square.T))
    one, zero = jnp.ones(1), jnp.zeros(1)
    assert weighted_sum((one, zero)) != weighted_sum((zero, one))


def test_an_integer_result_has_nothing_to_differentiate() -> None:
    with pytest.raises(TypeError, match="no inexact result"):
        weighted_sum(jnp.arange(3))


def status_of(function: Any, **changes: Any) -> str:
    case = case_of(entry("jnp.square", "(n)"))
    return read_case(replace(case, function=function, **changes)).status


def test_a_program_is_read_where_every_primitive_is_known() -> None:
    assert status_of(lambda x: jnp.sum(x * x)) == READ


def test_what_stands_in_the_way_of_a_reading_is_told_apart() -> None:
    assert status_of(lambda x: jnp.sum(jnp.sqrt(x - 100))) == "not finite"
    assert status_of(lambda x: jax.pure_callback(lambda y: y, x[0], x[0])) == "refused"
    tie = lambda x: jnp.argmax(jnp.stack([jnp.sin(x[0]), jnp.sin(x[0] + 1 - 1)]))  # noqa: E731
    assert status_of(lambda x: x[tie(x)]) == "undecided"


def test_the_summary_counts_what_is_read() -> None:
    reading = read_case(case_of(entry("jnp.square", "(n)")))
    unread = replace(reading, status="estimated", reason="own, other")
    text = summary([reading, unread, unread])
    assert "1 of 3, 33.3 %" in text
    assert "own 2" in text


def test_what_is_not_traced_is_an_entry_and_no_case() -> None:
    names = {entry.name for entry in ENTRIES}
    assert set(UNTRACED) <= names
    cases = {case.name: case for case in catalogue()}
    assert all(cases[name].approximated for name in set(UNTRACED) & set(cases))
    assert not {case.name for case in traced()} & set(UNTRACED)
