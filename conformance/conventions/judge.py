"""Holds what JAX gives against the table, and against what a mathematician accepts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import jax
import jax.numpy as jnp
import numpy as np
import sympy

from gradlaw.conformance.conventions.accepted import shown
from gradlaw.conformance.conventions.convention import Convention, same
from gradlaw.conformance.conventions.findings import findings, grouped
from gradlaw.conformance.conventions.measuring import Ask, Found, measure
from gradlaw.conformance.conventions.ways import FIRST, Reading, derivative
from gradlaw.conformance.spelling import expression
from gradlaw.oracles.provenance import provenance
from gradlaw.reports.record import Failure, Record
from gradlaw.reports.rooms import ConventionEvidence

ALL = 99
"""More groups of readings than there are."""

REMEDIED = tuple(Reading(way=way, jitted=True) for way in FIRST)
"""How a remedy is tried."""


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What JAX gives at a convention's point.

    Attributes:
        values: of the function, by reading.
        remedied: of the remedy's function.
    """

    values: Mapping[Reading, Found]
    remedied: Mapping[Reading, Found] = field(default_factory=dict)


def asked(convention: Convention, readings: Iterable[Reading]) -> tuple[list[Ask], list[Ask]]:
    """What is to be computed of a convention's function, and of its remedy's."""
    point = convention.point
    own = [Ask(function=convention.function, point=point, reading=reading) for reading in readings]
    remedy = convention.remedy
    if remedy is None or remedy.function is None:
        return own, []
    return own, [Ask(function=remedy.function, point=point, reading=one) for one in REMEDIED]


def observe(
    conventions: Sequence[Convention], turn: int = 0, share: int = ALL
) -> dict[str, Observed]:
    """Compute derivatives of some conventions together.

    Args:
        conventions: the points.
        turn: of the wheel.
        share: how many groups of readings each is computed in, besides the first.

    Returns:
        What came, by the conventions' names.
    """
    every = {each.name: asked(each, each.drawn(turn, share)) for each in conventions}
    values = iter(measure([ask for pair in every.values() for part in pair for ask in part]))
    return {
        name: Observed(
            values={ask.reading: next(values) for ask in own},
            remedied={ask.reading: next(values) for ask in remedied},
        )
        for name, (own, remedied) in every.items()
    }


def judge_convention(
    convention: Convention,
    family: str,
    observed: Observed | None = None,
    *,
    release: str | None = None,
) -> Record:
    """Judge one convention on the installed JAX.

    Args:
        convention: the point.
        family: which table it stands in.
        observed: what JAX gives there; None to compute it.
        release: the release whose expectation holds; None for the one installed.

    Returns:
        A record with the verdict *conforms* or *wrong convention*, one failure for each value that
        readings give instead of what the table says, and one for a remedy that does not work. Its
        findings, which fail nothing, are in the evidence. The node and backend are left for the
        caller.

    Raises:
        LookupError: the convention says nothing, or says two things, of this release.
    """
    stated = convention.stated(jax.__version__ if release is None else release)
    seen = observe([convention])[convention.name] if observed is None else observed
    failures = (*differences(convention, stated, seen), *_remedy_failures(convention, seen))
    return Record(
        node="",
        room="convention",
        subject=convention.name,
        verdict="wrong convention" if failures else "conforms",
        failures=failures,
        convention=_evidence(convention, family, stated, seen),
    )


def differences(
    convention: Convention, stated: Mapping[Reading, float], seen: Observed
) -> list[Failure]:
    """One failure for each pair of a value that came and one that had to.

    Args:
        convention: the point.
        stated: what the table says of this release, by reading.
        seen: what came.
    """
    wrong: dict[tuple[str, str], list[Reading]] = {}
    for reading, got in seen.values.items():
        wanted = stated[reading]
        if isinstance(got, str) or not same(got, wanted):
            wrong.setdefault((told(got), shown(wanted)), []).append(reading)
    return [
        Failure(
            verdict="wrong convention",
            explanation=f"{_listed(places)}: {got} and not {wanted}",
            where=_listed(places),
            got=got,
            expected=wanted,
            reproducer=reproducer(convention, places[0]),
        )
        for (got, wanted), places in wrong.items()
    ]


def _amiss(convention: Convention, seen: Observed) -> dict[Reading, Found]:
    """What a remedy gives that is not acceptable."""
    return {
        reading: got
        for reading, got in seen.remedied.items()
        if isinstance(got, str) or not convention.accepts.holds(got)
    }


def _remedy_failures(convention: Convention, seen: Observed) -> list[Failure]:
    return [
        Failure(
            verdict="wrong convention",
            explanation=f"the remedy does not work: {reading} gives {told(got)}",
            where=str(reading),
            got=told(got),
            expected=str(convention.accepts),
        )
        for reading, got in _amiss(convention, seen).items()
    ]


def _listed(places: list[Reading]) -> str:
    return ", ".join(map(str, places))


def told(got: Found) -> str:
    """A value or an error for the report."""
    return got if isinstance(got, str) else shown(got)


def _evidence(
    convention: Convention, family: str, stated: Mapping[Reading, float], seen: Observed
) -> ConventionEvidence:
    """What the report shows: what came, and what the table states of what was not computed."""
    remedy = convention.remedy
    values: dict[Reading, Found] = {**stated, **seen.values}
    code = expression(convention.function)
    tried = "" if remedy is None or remedy.function is None else expression(remedy.function)
    return ConventionEvidence(
        family=family,
        function=code,
        point=shown(convention.point),
        sides=_sides(convention),
        forward=told(values[Reading(way="jvp", jitted=True)]),
        reverse=told(values[Reading(way="grad", jitted=True)]),
        second=grouped({r: v for r, v in values.items() if r.order > 1}),
        computed=tuple(map(str, seen.values)),
        accepted=str(convention.accepts),
        accepted_second=str(convention.accepts_second),
        meaning=convention.accepts.meaning,
        findings=findings(convention, values),
        provenance=_provenance(convention, values),
        why=convention.why,
        remedy="" if remedy is None else remedy.words,
        remedy_code=tried,
        remedy_works=not _amiss(convention, seen),
        source=convention.source,
    )


def _sides(convention: Convention) -> str:
    """The closed form beside the point."""
    below, above = (None if side is None else sympy.sstr(side) for side in convention.sides)
    if below == above:
        return below or ""
    return f"{below or 'nothing'} below, {above or 'nothing'} above"


def _provenance(convention: Convention, values: Mapping[Reading, Found]) -> str:
    """Where first derivatives that are not finite, and not acceptable, come from."""
    told_of: dict[str, list[str]] = {}
    for way in FIRST:
        got = values[Reading(way=way, jitted=True)]
        if isinstance(got, str) or np.isfinite(got) or convention.accepts.holds(got):
            continue
        point = jnp.asarray(convention.point, dtype="float32")
        program = jax.make_jaxpr(derivative(convention.function, way))(point)
        found = provenance(program, [np.asarray(point)], 0, ())
        if found is not None:
            told_of.setdefault(str(found), []).append(way)
    return "; ".join(f"{', '.join(ways)}: {text}" for text, ways in told_of.items())


def reproducer(convention: Convention, reading: Reading) -> str:
    """A script that prints what one reading gives."""
    lines = [
        "import jax",
        "import jax.numpy as jnp",
        "import numpy as np",
        "from jax import grad, jit, lax",
        "from jax.scipy import linalg, special",
        "",
        'jax.config.update("jax_enable_x64", True)' if reading.dtype == "float64" else "",
        "def jvp(f):",
        "    return lambda x: jax.jvp(f, (x,), (jnp.ones_like(x),))[1]",
        "",
        f"f = lambda x: {expression(convention.function)}",
        f"x = jnp.asarray({_number(convention.point)}, dtype={reading.dtype!r})",
        *(
            [f"print({spelled(reading)}(x))"]
            if reading.jitted
            else ["with jax.disable_jit():", f"    print({spelled(reading)}(x))"]
        ),
    ]
    return "\n".join(lines) + "\n"


def spelled(reading: Reading) -> str:
    """The reading of a function ``f`` as it is written."""
    way = f"jit({reading.way})" if reading.jitted else reading.way
    return f"{way.rstrip(')')}(f){')' * way.count('(')}"


def _number(value: float) -> str:
    return repr(value) if np.isfinite(value) else f'float("{value}")'
