"""Every law on every case with a formula, in every dtype, on every backend asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import FORMULATED
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.laws import LAWS, Law
from gradlaw.conformance.plan import applies
from gradlaw.conformance.profiles import PROFILES, Profile
from gradlaw.reports.record import Record


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One node for each case, law and dtype; backends are the plugin's."""
    options = metafunc.config.option
    nodes = list(judged(PROFILES[options.profile], options.seed))
    metafunc.parametrize(
        ("case", "law", "dtype"),
        nodes,
        ids=[f"{case.name}-{law.name}-{dtype}" for case, law, dtype in nodes],
    )


def judged(profile: Profile, seed: int) -> Iterator[tuple[Case, Law, str]]:
    """The nodes of a profile; where each pair gets one dtype, the seed turns the wheel."""
    for place, case in enumerate(FORMULATED):
        dtypes = [dtype for dtype in case.dtypes if dtype != "python" or case.takes_scalars]
        for turn, law in enumerate(law for law in LAWS if applies(case, law)):
            turned = dtypes[(seed + place + turn) % len(dtypes)]
            for dtype in dtypes if profile.every_dtype else [turned]:
                yield case, law, dtype


def test_law(
    case: Case,
    law: Law,
    dtype: str,
    backend: str,
    request: pytest.FixtureRequest,
    keep: Callable[[Record], None],
) -> None:
    """Examine one law on one case."""
    options = request.config.option
    examination = Examination(
        case=case,
        law=law,
        dtype=dtype,
        backend=backend,
        seed=options.seed,
        profile=PROFILES[options.profile],
    )
    keep(examination.record())
