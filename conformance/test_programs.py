"""Random programs: rules read exactly, and numbers called on every backend asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from gradlaw.conformance.laws import LAWS, Law
from gradlaw.conformance.profiles import PROFILES, Profile
from gradlaw.conformance.programs.judging import ProgramExamination
from gradlaw.conformance.readings import EXACT
from gradlaw.conformance.rule import judge_rule
from gradlaw.reports.record import Record

COUNT = 5
"""Programs of a node; the first is the simplest there is."""

DTYPES = ("float32", "float64")
"""In which every function has a meaning, and its numbers are sharp."""

EACH = Profile(plans=1, examples=2)
"""What is drawn for a program."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Half of the nodes read rules, half call what is compiled; the seed turns the wheel."""
    options = metafunc.config.option
    called = "backend" in metafunc.fixturenames
    laws = [law for law in LAWS if called == ("jit" in law.transforms)]
    nodes = [
        (place, laws[(options.seed + place) % len(laws)])
        for place in range(PROFILES[options.profile].programs)
    ]
    dtypes = [DTYPES[(place // len(laws)) % 2] if called else "float32" for place, _ in nodes]
    metafunc.parametrize(
        ("place", "law", "dtype"),
        [(place, law, dtype) for (place, law), dtype in zip(nodes, dtypes, strict=True)],
        ids=[
            f"program{place}-{law.name}-{dtype}" + ("" if called else f"-{EXACT}")
            for (place, law), dtype in zip(nodes, dtypes, strict=True)
        ],
    )


def test_program_rule(
    place: int,
    law: Law,
    dtype: str,
    request: pytest.FixtureRequest,
    keep: Callable[[Record], None],
) -> None:
    """Read the rules of random programs under one law."""
    examination = _examination(place, law, dtype, EXACT, request.config.option.seed)
    keep(replace(examination, judge=judge_rule).record())


def test_program(
    place: int,
    law: Law,
    dtype: str,
    backend: str,
    request: pytest.FixtureRequest,
    keep: Callable[[Record], None],
) -> None:
    """Call one law on random programs."""
    keep(_examination(place, law, dtype, backend, request.config.option.seed).record())


def _examination(place: int, law: Law, dtype: str, backend: str, seed: int) -> ProgramExamination:
    return ProgramExamination(
        place=place, law=law, dtype=dtype, backend=backend, seed=seed, count=COUNT, profile=EACH
    )
