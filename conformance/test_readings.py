"""Every rule of every traced case, read exactly: nothing is compiled, so all of it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, zip_longest

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
    """What is read of a case: unbatched, batched, of second order; each in both modes."""
    laws = [law for law in LAWS if "jit" not in law.transforms]
    pairs = [(case, law) for law in laws if applies(case, law)]
    if not case.is_complex:
        line = along_a_line(case)
        second = any(law.equals.order == 2 for _, law in pairs)
        along = [(line, law) for law in laws if applies(line, law) and not law.batched]
        pairs += [pair for pair in along if not (second and pair[1].equals.order == 2)]
    first = [pair for pair in pairs if pair[1].equals.order == 1]
    return [
        _alternating([pair for pair in first if not pair[1].batched]),
        _alternating([pair for pair in first if pair[1].batched]),
        _alternating([pair for pair in pairs if pair[1].equals.order == 2]),
    ]


def _alternating(pairs: list[tuple[Case, Law]]) -> list[tuple[Case, Law]]:
    """Reverse and forward mode in turn, as long as both last."""
    modes = [[pair for pair in pairs if pair[1].forward is mode] for mode in (False, True)]
    return [pair for turn in zip_longest(*modes) for pair in turn if pair is not None]


def examination(case: Case, law: Law, profile: Profile, seed: int) -> Examination:
    """The rule of a law read on a case, at numbers that float32 holds."""
    return Examination(
        case=replace(case, max_batch=min(case.max_batch, LARGEST_BATCH)),
        law=law,
        dtype=case.reading_dtype,
        backend=EXACT,
        seed=seed,
        profile=replace(profile, plans=1, examples=EXAMPLES),
        judge=judge_rule,
        spare=SPARE,
    )


def test_reading(
    case: Case, law: Law, request: pytest.FixtureRequest, keep: Callable[[Record], None]
) -> None:
    """Examine the rule of one law on one case."""
    options = request.config.option
    keep(examination(case, law, PROFILES[options.profile], options.seed).record())
