"""Which laws are read on which cases: of each kind one on each, in the end all on each family."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import chain, count
from random import Random

import jax

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import CASES, COMPLEX_CASES, FORMULATED
from gradlaw.conformance.cases.curves import along_a_curve
from gradlaw.conformance.cases.families import family
from gradlaw.conformance.cases.integers import beside_integers, takes_integers
from gradlaw.conformance.cases.mixed import in_mixed_dtypes, takes_mixed_dtypes
from gradlaw.conformance.cases.ranks import in_all_ranks, takes_any_rank
from gradlaw.conformance.cases.twice import passed_twice, takes_one_twice
from gradlaw.conformance.cases.wide import in_wide_ranges, takes_wide_ranges
from gradlaw.conformance.known_issues import known_faults
from gradlaw.conformance.laws import LAWS, Law
from gradlaw.conformance.laws.composition import without_options
from gradlaw.conformance.laws.drawing import Drawing
from gradlaw.conformance.laws.lattice import lattice
from gradlaw.conformance.laws.table import law_named
from gradlaw.conformance.layout import seed_from
from gradlaw.conformance.number_types import is_wide
from gradlaw.conformance.plan import applies
from gradlaw.conformance.profiles import Profile
from gradlaw.reports.compositions import SHALLOW

DRAWN = 20
"""Laws of the lattice that a case meets beside all of the table, where it meets those."""

LESS = frozenset({"grad", "vmap(grad)", "grad(grad)", "grad(mean(vmap))", "mean(vmap(grad))"})
"""Laws that show less than the same with a value or without a mean: of a linear function, whose
gradient is constant, what its batching rule does; of a second derivative a sign wrong twice; of
a batch which example got which numbers."""

TELLING = law_named("vmap(value_and_grad)")
"""What every case meets that meets nothing else that runs all its rules of first order."""

UNBATCHED = law_named("value_and_grad")
"""What it meets where JAX is known to refuse that."""

FORWARD = {False: law_named("jacfwd"), True: law_named("vmap(jacfwd)")}
"""What it meets in forward mode alone, unbatched or batched."""

REVERSE = frozenset({"grad", "value_and_grad", "jacrev", "vjp", "fwd_and_bwd", "hessian"})
"""Transformations that run transposes."""

NO_LAW = "\0"
"""What no pattern of a law matches."""

EXACT = "exact"
"""What stands for a backend where none is asked."""


def traced() -> list[Case]:
    """The cases whose rule is read against a program, of real arguments and of complex ones."""
    cases = (*CASES, *COMPLEX_CASES)
    return [case for case in cases if case.formula is None and not case.approximated]


def read(profile: Profile, seed: int) -> Iterator[tuple[Case, Law, str | None]]:
    """The cases without a formula, each under a law of every kind, and those with one.

    The seed turns the wheels, that of the narrower dtype from reading to reading of a case, too; a
    composition of the lattice shows no more of a dtype than the table's laws, where there are such.
    A case with a formula is called under the laws of the table, and so is read under others alone.
    """
    drawing = Drawing()
    chosen = _chosen(drawing, profile, seed)
    if profile.every_reading:
        chosen = chain(chosen, _unmet(drawing, seed))
    for place, pairs in enumerate(chosen):
        turns = count(seed + place)
        for case, law in pairs:
            drawing.remember(law, family(case))
            telling = law in LAWS or profile.readings == 1 or profile.every_reading
            yield case, law, _narrower(case, next(turns)) if telling else None


def _chosen(drawing: Drawing, profile: Profile, seed: int) -> Iterator[Iterator[tuple[Case, Law]]]:
    """For each case what is read of it."""
    for place, case in enumerate(traced()):
        yield _of_traced(drawing, case, place, profile, seed)
    for case in FORMULATED:
        turns = DRAWN if profile.every_reading else profile.readings
        yield _composed(drawing, case, turns, seed)


def _unmet(drawing: Drawing, seed: int) -> Iterator[Iterator[tuple[Case, Law]]]:
    """For each family the shallow laws that none of its cases met, each on a case of it."""
    members = defaultdict[str, list[Case]](list)
    for case in (*traced(), *FORMULATED):
        members[family(case)].append(case)
    shallow = [law for law in (*LAWS, *lattice()) if len(law.transforms) <= SHALLOW]
    for name, cases in members.items():
        chance = Random(seed_from(f"{seed} {name} unmet"))
        unmet = [law for law in shallow if not drawing.met[name, law.shape]]
        found = [_first_taking(law, chance.sample(cases, len(cases))) for law in unmet]
        yield iter([pair for pair in found if pair is not None])


def _first_taking(law: Law, cases: list[Case]) -> tuple[Case, Law] | None:
    """The law on the first case, or on what it is along a curve, that it means something on.

    One that JAX is known to refuse comes last.
    """
    subjects = [*cases, *(along_a_curve(case) for case in cases if not case.is_complex)]
    taking = [subject for subject in subjects if applies(subject, law)]
    found = next((subject for subject in taking if not _refused(subject, law)), None)
    return None if not taking else (found or taking[0], law)


def _of_traced(
    drawing: Drawing, case: Case, place: int, profile: Profile, seed: int
) -> Iterator[tuple[Case, Law]]:
    if profile.every_reading:
        yield from _every(drawing, case, seed)
        return
    pairs = list(_turns(drawing, case, place, profile, seed))
    if profile.readings > 1:
        pairs = _also_forward(pairs)
    yield from pairs
    if profile.readings > 1 and not _runs_rules(pairs):
        yield from _telling(case, pairs)


def _turns(
    drawing: Drawing, case: Case, place: int, profile: Profile, seed: int
) -> Iterator[tuple[Case, Law]]:
    """The case under a law of each kind, as many as the profile has readings."""
    for turn in range(profile.readings):
        subject = _varied(case, turn, seed)
        kinds = [kind for kind in _kinds(subject) if kind]
        if turn >= len(kinds):
            break
        wheel = kinds if profile.readings > 1 else _weighted(kinds)
        around, which = divmod(seed + place + turn, len(wheel))
        pair = wheel[which][(around + which) % len(wheel[which])]
        composed = Random(seed_from(f"{seed} {case.name} {turn} composed")).random() < 1 / 3
        yield (_drawn(drawing, subject, pair[1], turn, seed) if composed else None) or pair


def _also_forward(pairs: list[tuple[Case, Law]]) -> list[tuple[Case, Law]]:
    """The same, one of them in forward mode alone, if another still runs transposes.

    Reverse mode runs other rules, of linearization, and of a rule that is not linear only what is.
    """
    if any(_is_forward_alone(law) for _, law in pairs):
        return pairs
    for place in sorted(range(len(pairs)), key=lambda place: pairs[place][1] not in LAWS):
        on, law = pairs[place]
        forward = FORWARD[law.batched]
        if law.equals.order == 1 and applies(on, forward) and not _refused(on, forward):
            moved = [*pairs[:place], (on, forward), *pairs[place + 1 :]]
            if _runs_rules(moved) or not _runs_rules(pairs):
                return moved
    return pairs


def _is_forward_alone(law: Law) -> bool:
    transposing = {*REVERSE, "linear_transpose"}
    once = law.forward and law.equals.order == 1
    return once and transposing.isdisjoint(map(without_options, law.transforms))


def _runs_rules(pairs: list[tuple[Case, Law]]) -> bool:
    """Whether some law runs batching rules, as ``lax.map`` does not, and some law transposes.

    A law that JAX is known to refuse runs none.
    """
    laws = [law for on, law in pairs if not _refused(on, law)]
    names = [set(map(without_options, law.transforms)) for law in laws]
    return any("vmap" in each for each in names) and any(each & REVERSE for each in names)


def _telling(case: Case, pairs: list[tuple[Case, Law]]) -> list[tuple[Case, Law]]:
    """The case under the law that tells most, of those that JAX is not known to refuse."""
    met = {(on.name, law) for on, law in pairs}
    for law in (TELLING, UNBATCHED):
        if applies(case, law) and (case.name, law) not in met and not _refused(case, law):
            return [(case, law)]
    return []


def _refused(case: Case, law: Law) -> bool:
    """Whether a known issue of this very function says that JAX refuses this very law.

    One that names no law goes by numbers or shapes, too, mostly.
    """
    node, any_law = named(case, law), f"{case.name}-{NO_LAW}-{case.reading_dtype}-{EXACT}"
    return any(
        fnmatchcase(node, pattern) and not fnmatchcase(any_law, pattern)
        for fault in known_faults(jax.__version__)
        for pattern in fault.patterns
        if "refused" in fault.verdicts and not pattern.startswith("*")
    )


def named(case: Case, law: Law) -> str:
    """The node's name, as it stands between brackets."""
    return f"{case.name}-{law.name}-{case.reading_dtype}-{EXACT}"


def _every(drawing: Drawing, case: Case, seed: int) -> Iterator[tuple[Case, Law]]:
    """All laws of the table, and some of the lattice."""
    pairs = _pairs(case)
    yield from pairs
    met = {(on.name, law.name) for on, law in pairs}
    for on, law in _composed(drawing, case, DRAWN, seed):
        if (on.name, law.name) not in met:
            yield on, law


def _composed(drawing: Drawing, case: Case, turns: int, seed: int) -> Iterator[tuple[Case, Law]]:
    """Laws of the lattice alone."""
    met, laws = set[tuple[str, str]](), [law for _, law in _pairs(case)]
    for turn in range(turns):
        pair = _drawn(drawing, _varied(case, turn, seed), laws[turn % len(laws)], turn, seed)
        if pair is not None and (pair[0].name, pair[1].name) not in met:
            met.add((pair[0].name, pair[1].name))
            yield pair


def _varied(case: Case, turn: int, seed: int) -> Case:
    """The case; in every third place another one that is derived from it, where one can be.

    Half of what is kept from overflow is not, here where nothing overflows.
    """
    chance = Random(seed_from(f"{seed} {case.name} {turn} in ranks"))
    ways = [passed_twice] if takes_one_twice(case) else []
    if takes_any_rank(case) and not case.is_complex:
        ways.append(in_all_ranks)
    if takes_mixed_dtypes(case):
        ways.append(in_mixed_dtypes)
    if takes_integers(case):
        ways.append(beside_integers)
    varied = chance.choice(ways)(case) if ways and chance.random() < 1 / 3 else case
    wide = takes_wide_ranges(varied) and chance.random() < 1 / 2
    return in_wide_ranges(varied) if wide else varied


def _drawn(drawing: Drawing, case: Case, law: Law, turn: int, seed: int) -> tuple[Case, Law] | None:
    """A law of the lattice in a law's stead, on the case or on what it is along a curve."""
    chance = Random(seed_from(f"{seed} {case.name} {turn} drawn"))
    for drawn in drawing.of_kind(law, family(case), chance):
        moved = drawn.scalar or drawn.equals.order > 1
        on = along_a_curve(case) if moved and not case.is_complex else case
        if applies(on, drawn):
            return on, drawn
    return None


def _weighted(kinds: list[list[tuple[Case, Law]]]) -> list[list[tuple[Case, Law]]]:
    """Second order and batches twice as often: they run all rules of first order, and more."""
    if len(kinds) < 3:
        return kinds
    unbatched, batched, second = kinds
    return [unbatched, second, batched, second, batched]


def _pairs(case: Case) -> list[tuple[Case, Law]]:
    """The laws that can be read of a case, and of the case along a curve."""
    laws = [law for law in LAWS if "jit" not in law.transforms]
    pairs = [(case, law) for law in laws if applies(case, law)]
    if case.is_complex:
        return pairs
    curve = along_a_curve(case)
    # Curves come first: they move arrays, and a second derivative by an argument only scalars.
    return [
        *((curve, law) for law in laws if applies(curve, law) and law.equals.order == 2),
        *pairs,
        *((curve, law) for law in laws if applies(curve, law) and law.transforms == ("jacfwd",)),
    ]


def _kinds(case: Case) -> list[list[tuple[Case, Law]]]:
    """What is read of a case: unbatched, batched, of second order."""
    pairs = _pairs(case)
    telling = [pair for pair in pairs if pair[1].name not in LESS]
    first = [pair for pair in telling if pair[1].equals.order == 1]
    return [
        _alternating([pair for pair in first if not pair[1].batched]),
        _alternating([pair for pair in first if pair[1].batched]),
        _alternating([pair for pair in telling if pair[1].equals.order == 2]),
    ]


def _alternating(pairs: list[tuple[Case, Law]]) -> list[tuple[Case, Law]]:
    """Laws that give a value beside the derivative in every second place: they tell most."""
    telling = [pair for pair in pairs if pair[1].equals.with_value]
    others = [pair for pair in pairs if not pair[1].equals.with_value]
    if not telling or not others:
        return pairs
    turns = range(max(len(telling), len(others)))
    return [
        pair
        for turn in turns
        for pair in (telling[turn % len(telling)], others[turn % len(others)])
    ]


def _narrower(case: Case, turn: int) -> str | None:
    """One of the dtypes narrower than that of the rule, if it is judged in any."""
    narrow = [dtype for dtype in case.dtypes if dtype != "python" and not is_wide(dtype)]
    return narrow[turn % len(narrow)] if narrow else None
