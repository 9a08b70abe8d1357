"""Every traced case in one dtype, by numbers; its law is compiled where there is a doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import CASES, COMPLEX_CASES
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.judging import judge
from gradlaw.conformance.laws import LAWS, Law
from gradlaw.conformance.patient import PatientJudge
from gradlaw.conformance.plan import applies
from gradlaw.conformance.profiles import PROFILES, Profile
from gradlaw.conformance.screening import Screen
from gradlaw.reports.record import Record

EXAMPLES = 6
"""Drawn for each case at least: without a compilation they cost little."""

LARGEST_BATCH = 20
"""Of a larger one another example tells more."""

STRIDE = 3
"""Laws from one dtype to the next: a function's dtypes are not all screened under the same."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One node for each case that is screened; backends are the plugin's."""
    options = metafunc.config.option
    nodes = list(screened(PROFILES[options.profile], options.seed))
    metafunc.parametrize(
        ("case", "law", "dtype"),
        nodes,
        ids=[f"{case.name}-{law.name}-{dtype}" for case, law, dtype in nodes],
    )


def screened(profile: Profile, seed: int) -> Iterator[tuple[Case, Law, str]]:
    """The traced cases, each under the next of the laws that compile, in the next dtype.

    What a program approximates is always called.
    """
    traced = [
        case for case in (*CASES, *COMPLEX_CASES) if case.formula is None and not case.approximated
    ]
    for place, case in enumerate(traced):
        if (seed + place) % profile.screened or case.only_read:
            continue
        turn = (seed + place) // profile.screened
        laws = [law for law in LAWS if "jit" in law.transforms and applies(case, law)]
        dtypes = [dtype for dtype in case.dtypes if dtype != "python"]
        around, which = divmod(turn, len(dtypes))
        yield case, laws[(around + which * STRIDE) % len(laws)], dtypes[which]


def examination(
    case: Case, law: Law, dtype: str, backend: str, profile: Profile, seed: int
) -> Examination:
    """A law screened on a case."""
    return Examination(
        case=replace(case, max_batch=min(case.max_batch, LARGEST_BATCH)),
        law=law,
        dtype=dtype,
        backend=backend,
        seed=seed,
        profile=replace(profile, plans=1, examples=max(EXAMPLES, profile.examples)),
        judge=PatientJudge(judge=Screen(), seconds=profile.patience, tries=profile.tries),
        of_witnesses=judge,
    )


def test_screening(
    case: Case,
    law: Law,
    dtype: str,
    backend: str,
    request: pytest.FixtureRequest,
    keep: Callable[[Record], None],
) -> None:
    """Screen one law on one case."""
    options = request.config.option
    profile = PROFILES[options.profile]
    keep(examination(case, law, dtype, backend, profile, options.seed).record())
