"""Cases in wide ranges."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import pytest
from jax import lax
from mutants.internals import changed_jvp
from mutants.planted import array_case, read_rule

from gradlaw.conformance.case import IN_WIDE_RANGES
from gradlaw.conformance.cases import case_named
from gradlaw.conformance.cases.catalogue.places import MODERATE, SHAPE, UNIT
from gradlaw.conformance.cases.wide import LARGEST, in_wide_ranges, takes_wide_ranges
from gradlaw.conformance.profiles import PROFILES
from gradlaw.conformance.readings import read
from gradlaw.strategies.domains import Domain

SEEDS = range(4)


@pytest.mark.parametrize(
    ("domain", "edge", "beyond"),
    [(MODERATE, 8.0, True), (SHAPE, 32.0, True), (SHAPE, 0.125, False)],
)
def test_a_rule_that_is_wrong_beyond_a_narrow_range_alone_shows(
    domain: Domain, edge: float, beyond: bool
) -> None:
    def wrong(primals: Any, _tangents: Any, out: Any, _params: Any) -> Any:
        there = (abs(primals[0]) > edge) == beyond
        return jnp.where(there, 1.25, 1.0).astype(out.dtype) * out

    case = array_case(lambda x: jnp.sum(jnp.sinh(x)), domains={"x": domain}, dtypes=("float64",))
    with changed_jvp(lax.sinh_p, wrong):
        near = {read_rule(case, "value_and_grad", seed=seed).verdict for seed in SEEDS}
        wide = in_wide_ranges(case)
        far = {read_rule(wide, "value_and_grad", examples=8, seed=seed).verdict for seed in SEEDS}
    assert near == {"conforms"}
    assert "wrong rule" in far
    assert read_rule(wide, "value_and_grad", examples=8).verdict == "conforms"


def test_other_domains_stay() -> None:
    case = array_case(lambda x, y: x * y, signature="(),()->()", domains={"x": UNIT, "y": MODERATE})
    domains = in_wide_ranges(case).domains
    assert domains["x"] == UNIT
    assert domains["y"] == Domain(lower=-LARGEST, upper=LARGEST)


def test_only_what_is_kept_from_overflow_takes_wide_ranges() -> None:
    assert takes_wide_ranges(case_named("lax.igammac"))
    assert not takes_wide_ranges(case_named("jnp.sin"))
    with pytest.raises(ValueError, match="narrower"):
        in_wide_ranges(case_named("jnp.sin"))


def test_some_readings_are_in_wide_ranges() -> None:
    names = [case.name for case, _, _ in read(PROFILES["default"], 0)]
    wide = [name for name in names if IN_WIDE_RANGES in name]
    assert len(wide) > 30
    assert all(case_named(name).name == name for name in wide)
