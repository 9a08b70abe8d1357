"""Every rule of every traced case, read exactly: nothing is compiled, so all of it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import CASES
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.laws import LAWS, Law
from gradlaw.conformance.plan import applies
from gradlaw.conformance.profiles import PROFILES, Profile
from gradlaw.conformance.rule import judge_rule
from gradlaw.reports.record import Record

EXAMPLES = 3
"""Drawn for each reading: where nothing rounds, one that is not special would nearly do."""

LARGEST_BATCH = 100
"""Of a larger one a reading tells nothing more, and takes minutes."""

EXACT = "exact"
"""What stands for a backend where none is asked."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One node for each traced case and law; a call that is compiled reads as one that is not."""
    options = metafunc.config.option
    nodes = list(read(PROFILES[options.profile], options.seed))
    metafunc.parametrize(
        ("case", "law"), nodes, ids=[f"{case.name}-{law.name}-float32-exact" for case, law in nodes]
    )


def read(profile: Profile, seed: int) -> Iterator[tuple[Case, Law]]:
    """The cases without a formula, each under the next of the laws that do not compile."""
    for place, case in enumerate(case for case in CASES if case.formula is None):
        laws = [law for law in LAWS if "jit" not in law.transforms and applies(case, law)]
        for turn in range(min(profile.readings, len(laws))):
            yield case, laws[(seed + place + turn) % len(laws)]


def test_reading(
    case: Case, law: Law, request: pytest.FixtureRequest, keep: Callable[[Record], None]
) -> None:
    """Examine the rule of one law on one case, at numbers that float32 holds."""
    options = request.config.option
    examination = Examination(
        case=replace(case, max_batch=min(case.max_batch, LARGEST_BATCH)),
        law=law,
        dtype="float32",
        backend=EXACT,
        seed=options.seed,
        profile=replace(PROFILES[options.profile], plans=1, examples=EXAMPLES),
        judge=judge_rule,
    )
    keep(examination.record())
