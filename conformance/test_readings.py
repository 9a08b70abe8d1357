"""Every rule of every traced case, read exactly: nothing is compiled, so all of it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

import pytest

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import CASES, COMPLEX_CASES
from gradlaw.conformance.cases.lines import along_a_line
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

SPARE = 2
"""Plans tried where the first judges nothing."""

EXACT = "exact"
"""What stands for a backend where none is asked."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One node for each traced case and law; a call that is compiled reads as one that is not."""
    options = metafunc.config.option
    nodes = list(read(PROFILES[options.profile], options.seed))
    names = [f"{case.name}-{law.name}-{case.reading_dtype}-{EXACT}" for case, law in nodes]
    metafunc.parametrize(("case", "law"), nodes, ids=names)


def traced() -> list[Case]:
    """The cases whose oracle is traced, of real arguments and of complex ones."""
    return [case for case in (*CASES, *COMPLEX_CASES) if case.formula is None]


def read(profile: Profile, seed: int) -> Iterator[tuple[Case, Law]]:
    """The cases without a formula, each under a law of every kind; the seed turns the wheels."""
    for place, case in enumerate(traced()):
        kinds = [kind for kind in _kinds(case) if kind]
        if profile.every_reading:
            yield from chain.from_iterable(kinds)
            continue
        for turn in range(min(profile.readings, len(kinds))):
            around, which = divmod(seed + place + turn, len(kinds))
            yield kinds[which][around % len(kinds[which])]


def _kinds(case: Case) -> list[list[tuple[Case, Law]]]:
    """What is read of a case: unbatched, batched, of second order."""
    laws = [law for law in LAWS if "jit" not in law.transforms and applies(case, law)]
    first = [(case, law) for law in laws if law.equals.order == 1]
    second = [(case, law) for law in laws if law.equals.order == 2]
    if not second and not case.is_complex and not case.once:
        line = along_a_line(case)
        second = [(line, law) for law in LAWS if law.transforms == ("grad", "grad")]
    return [
        [(case, law) for case, law in first if not law.batched],
        [(case, law) for case, law in first if law.batched],
        second,
    ]


def test_reading(
    case: Case, law: Law, request: pytest.FixtureRequest, keep: Callable[[Record], None]
) -> None:
    """Examine the rule of one law on one case, at numbers that float32 holds."""
    options = request.config.option
    examination = Examination(
        case=replace(case, max_batch=min(case.max_batch, LARGEST_BATCH)),
        law=law,
        dtype=case.reading_dtype,
        backend=EXACT,
        seed=options.seed,
        profile=replace(PROFILES[options.profile], plans=1, examples=EXAMPLES),
        judge=judge_rule,
        spare=SPARE,
    )
    keep(examination.record())
