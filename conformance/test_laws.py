"""Laws called on every backend: all of them on cases with a formula, one on each traced case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import pytest

from gradlaw.conformance.answers import Example
from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import CASES, COMPLEX_CASES, FORMULATED
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.judging import SECONDS, judge
from gradlaw.conformance.laws import LAWS, Law
from gradlaw.conformance.laws.calling_laws import drawn_called, ways
from gradlaw.conformance.laws.table import IN_EVERY_DTYPE
from gradlaw.conformance.layout import LARGEST_TRACED_BATCH, seed_from
from gradlaw.conformance.outcome import Outcome
from gradlaw.conformance.patient import PatientJudge
from gradlaw.conformance.plan import applies
from gradlaw.conformance.preparation import Prepared
from gradlaw.conformance.profiles import PROFILES, Profile
from gradlaw.reports.record import Record

EXAMPLES = 4
"""Drawn for each traced case: compiling costs more than all of them."""

LARGEST_COMPOSED = 1_000
"""Under a law of the lattice, which may loop over the batch."""

STRIDE = 5
"""Steps from one case with a formula to the next that a way of running meets."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One node for each case, law and dtype; backends are the plugin's."""
    options = metafunc.config.option
    profile = PROFILES[options.profile]
    chosen = judged, called, composed
    nodes = [node for nodes in chosen for node in nodes(profile, options.seed)]
    metafunc.parametrize(
        ("case", "law", "dtype"),
        nodes,
        ids=[f"{case.name}-{law.name}-{dtype}" for case, law, dtype in nodes],
    )


def judged(profile: Profile, seed: int) -> Iterator[tuple[Case, Law, str]]:
    """The nodes of a profile; where a pair does not get every dtype, the seed turns the wheel.

    Laws that share a dtype stand together: a worker that judges them in a row compiles an operation
    on its own once.
    """
    for place, case in enumerate(FORMULATED):
        dtypes = [dtype for dtype in case.dtypes if dtype != "python" or case.takes_scalars]
        laws = [law for law in LAWS if applies(case, law)]
        for start, dtype in enumerate(dtypes):
            for turn, law in enumerate(laws):
                at, share = seed + place + turn, 2 * profile.laws if case.heavy else profile.laws
                steps, skipped = divmod(at, share)
                often = profile.dtypes and law.name in IN_EVERY_DTYPE
                if (often and (at + start) % profile.dtypes == 0) or (
                    not skipped and (steps - start) % len(dtypes) == 0
                ):
                    yield case, law, dtype


def called(profile: Profile, seed: int) -> Iterator[tuple[Case, Law, str]]:
    """The traced cases, each under the next of the laws that compile, in the next dtype.

    Those that no reading tells anything of are called in every profile.
    """
    traced = [case for case in (*CASES, *COMPLEX_CASES) if case.formula is None]
    for place, case in enumerate(traced):
        if case.approximated:
            yield from _by_numbers_alone(case, profile, seed + place)
        elif (seed + place) % profile.called == 0 and not case.only_read:
            laws = [law for law in LAWS if "jit" in law.transforms and applies(case, law)]
            dtypes = [dtype for dtype in case.dtypes if dtype != "python"]
            turn = (seed + place) // profile.called
            dtype = dtypes[turn % len(dtypes)]
            drawn = (
                _drawn("jit", case, f"{seed} {case.name}") if turn % profile.composed == 0 else None
            )
            yield case, drawn or laws[turn % len(laws)], dtype


def _by_numbers_alone(case: Case, profile: Profile, turn: int) -> Iterator[tuple[Case, Law, str]]:
    """Laws of first order, the first in the widest dtype, and then one of second order.

    None gives a value, which is what the program approximates. Two of them, or one in each dtype.
    """
    laws = [law for law in LAWS if "jit" in law.transforms and applies(case, law)]
    first = [law for law in laws if law.equals.order == 1 and not law.equals.with_value]
    second = [law for law in laws if law.equals.order == 2]
    widest, *others = [dtype for dtype in reversed(case.dtypes) if dtype != "python"]
    if not profile.dtypes:
        others = [others[turn % len(others)]]
    for place, dtype in enumerate((widest, *others)):
        chosen = second if place == 1 and second else first
        yield case, chosen[(turn + place) % len(chosen)], dtype


def composed(profile: Profile, seed: int) -> Iterator[tuple[Case, Law, str]]:
    """Cases with a formula, under laws of the lattice that run in every way there is."""
    met: set[tuple[str, str]] = set()
    light = [case for case in FORMULATED if not case.heavy]
    for turn, way in enumerate(ways()):
        for place in range(profile.ways):
            # Each way goes through the families, and begins where the last one ended.
            case = light[(seed + turn * profile.ways + place) * STRIDE % len(light)]
            dtypes = [dtype for dtype in case.dtypes if dtype != "python" or case.takes_scalars]
            law = _drawn(way, case, f"{seed} {way} {place}")
            if law is not None and (case.name, law.name) not in met:
                met.add((case.name, law.name))
                yield case, law, dtypes[(seed + turn + place) % len(dtypes)]


def _drawn(way: str, case: Case, entropy: str) -> Law | None:
    """A law of the lattice, run in that way, that means something on the case."""
    found = drawn_called(way, Random(seed_from(f"{entropy} called")))
    return next((law for law in found if applies(case, law)), None)


def examination(
    case: Case, law: Law, dtype: str, backend: str, profile: Profile, seed: int
) -> Examination:
    """A law called on a case."""
    whole: Callable[[Prepared, Example, str], Outcome] = judge
    if case.formula is None:
        whole = PatientJudge(judge=judge, seconds=SECONDS, tries=profile.tries)
        profile = replace(profile, plans=1, examples=min(profile.examples, EXAMPLES))
        case = replace(case, max_batch=min(case.max_batch, LARGEST_TRACED_BATCH))
    elif law not in LAWS:
        case = replace(case, max_batch=min(case.max_batch, LARGEST_COMPOSED))
    return Examination(
        case=case,
        law=law,
        dtype=dtype,
        backend=backend,
        seed=seed,
        profile=profile,
        judge=whole,
        beside_plain=law not in LAWS,
    )


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
    profile = PROFILES[options.profile]
    keep(examination(case, law, dtype, backend, profile, options.seed).record())
