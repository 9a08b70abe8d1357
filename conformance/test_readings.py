"""Every rule of every traced case, read exactly: nothing is compiled, so all of it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from gradlaw.conformance.case import Case
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.laws import Law
from gradlaw.conformance.layout import seed_from
from gradlaw.conformance.patient import PatientJudge
from gradlaw.conformance.profiles import PROFILES, Profile
from gradlaw.conformance.readings import EXACT, named, read
from gradlaw.conformance.rule import judge_rule
from gradlaw.reports.record import Record

EXAMPLES = 3
"""Drawn for each reading: where nothing rounds, one that is not special would nearly do."""

LARGEST_BATCH = 100
"""Of a larger one a reading tells nothing more, and takes minutes."""

SPARE = 2
"""Plans tried where the first judges nothing."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One node for each traced case and law; a call that is compiled reads as one that is not."""
    options = metafunc.config.option
    nodes = list(read(PROFILES[options.profile], options.seed))
    names = [named(case, law) for case, law, _ in nodes]
    metafunc.parametrize(("case", "law", "also"), nodes, ids=names)


def examination(case: Case, law: Law, also: str | None, profile: Profile, seed: int) -> Examination:
    """The rule of a law read on a case, at numbers that float32 holds, in a narrower dtype too."""
    seldom = Random(seed_from(f"{seed} {case.name} {law.name} passed")).random() < 1 / 4
    passed = 0 if seldom else profile.passed
    # What is drawn after the simplest example tells enough, where one takes long.
    tries = 1 if passed else profile.tries
    patient = PatientJudge(judge=judge_rule, seconds=profile.patience, tries=tries)
    return Examination(
        case=replace(case, max_batch=min(case.max_batch, LARGEST_BATCH)),
        law=law,
        dtype=case.reading_dtype,
        backend=EXACT,
        seed=seed,
        profile=replace(profile, plans=1, examples=EXAMPLES),
        judge=patient,
        also=also,
        passed=passed,
        spare=SPARE,
    )


def test_reading(
    case: Case,
    law: Law,
    also: str | None,
    request: pytest.FixtureRequest,
    keep: Callable[[Record], None],
) -> None:
    """Examine the rule of one law on one case."""
    options = request.config.option
    keep(examination(case, law, also, PROFILES[options.profile], options.seed).record())
