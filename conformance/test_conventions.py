"""At points without a derivative JAX gives what the table says for its release."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from gradlaw.conformance.conventions.convention import Convention
from gradlaw.conformance.conventions.judge import Observed, judge_convention, observe
from gradlaw.conformance.conventions.table import FAMILIES
from gradlaw.conformance.profiles import PROFILES
from gradlaw.reports.record import Record

NODES = [(each, family) for family, conventions in FAMILIES.items() for each in conventions]


@cache
def observed(family: str, backend: str, seed: int, share: int) -> dict[str, Observed]:  # noqa: ARG001 - one for each
    """What a whole family gives on a backend: it is compiled as one program for each dtype."""
    return observe(FAMILIES[family], seed + list(FAMILIES).index(family), share)


@pytest.mark.parametrize(
    ("convention", "family"), NODES, ids=[f"{each.name}-{family}" for each, family in NODES]
)
def test_convention(
    convention: Convention,
    family: str,
    backend: str,
    request: pytest.FixtureRequest,
    keep: Callable[[Record], None],
) -> None:
    """Judge one convention."""
    options = request.config.option
    seen = observed(family, backend, options.seed, PROFILES[options.profile].convention_ways)
    keep(judge_convention(convention, family, seen[convention.name]))
