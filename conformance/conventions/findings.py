"""What is worth knowing of a convention: findings about JAX, which fail nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping

from gradlaw.conformance.conventions.accepted import shown
from gradlaw.conformance.conventions.convention import Convention, Gives
from gradlaw.conformance.conventions.measuring import Found
from gradlaw.conformance.conventions.ways import Reading
from gradlaw.reports.verdict import FindingKind

Values = Mapping[Reading, Found]


def findings(convention: Convention, values: Values) -> dict[FindingKind, str]:
    """Each kind that the values show, with a sentence; the sign of a zero is none.

    Args:
        convention: the point.
        values: what JAX gives, by reading.
    """
    found: dict[FindingKind, str] = {
        "outside": _outside(convention, values),
        "modes": _modes(values),
        "jit": _jit(values),
        "dtypes": _dtypes(values),
        "releases": _releases(convention.gives),
    }
    return {kind: sentence for kind, sentence in found.items() if sentence}


def _outside(convention: Convention, values: Values) -> str:
    accepted = {1: convention.accepts, 2: convention.accepts_second}
    beyond = {
        reading: value
        for reading, value in values.items()
        if isinstance(value, float) and not accepted[reading.order].holds(value, reading.dtype)
    }
    parts = [
        f"{grouped({r: v for r, v in beyond.items() if r.order == order})}; accepted: {accepts}"
        for order, accepts in accepted.items()
        if any(reading.order == order for reading in beyond)
    ]
    return "; ".join(parts)


def _modes(values: Values) -> str:
    """Whether forward and reverse mode differ, all else being equal."""
    return "; ".join(
        grouped(mine)
        for order in (1, 2)
        for jitted in (False, True)
        for mine in [_alike(values, order=order, jitted=jitted)]
        if _differ(mine)
    )


def _alike(values: Values, *, order: int, jitted: bool) -> Values:
    return {
        reading: value
        for reading, value in values.items()
        if (reading.order, reading.jitted, reading.dtype) == (order, jitted, "float32")
    }


def _jit(values: Values) -> str:
    """Whether a way gives something else once it is compiled."""
    pairs = (
        {reading: value, Reading(way=reading.way, jitted=True): compiled}
        for reading, value in values.items()
        if not reading.jitted
        and (compiled := values.get(Reading(way=reading.way, jitted=True))) is not None
    )
    return "; ".join(grouped(pair) for pair in pairs if _differ(pair))


def _dtypes(values: Values) -> str:
    """Whether a way gives one thing in one dtype and something else in another."""
    by_way: dict[str, dict[Reading, Found]] = {}
    for reading, value in values.items():
        if reading.jitted and reading.order == 1:
            by_way.setdefault(reading.way, {})[reading] = value
    return "; ".join(
        grouped(mine)
        for mine in by_way.values()
        if _differ({r: v if isinstance(v, str) else _coarse(v) for r, v in mine.items()})
    )


def _coarse(value: float) -> float:
    """A number as far as every dtype can tell it."""
    return float(f"{value:.2g}") if math.isfinite(value) else value


def _releases(gives: tuple[Gives, ...]) -> str:
    """What JAX gave, and since when, where that changed."""
    if len(gives) < 2:
        return ""
    return "; ".join(f"JAX {given.releases}: {_given(given)}" for given in gives)


def _given(given: Gives) -> str:
    exceptions = (f"{name} {shown(value)}" for name, value in given.otherwise.items())
    return ", ".join([f"{shown(given.first)} and {shown(given.second)}", *exceptions])


def _differ(values: Values) -> bool:
    """Whether these are several numbers; 0 and -0 are one, and so are all NaNs."""
    kinds = {
        value if isinstance(value, str) else "nan" if math.isnan(value) else value + 0.0
        for value in values.values()
    }
    return len(kinds) > 1


def grouped(values: Values) -> str:
    """Readings by what they give: ``jvp, grad: 0; jit(grad): nan``."""
    by_value: dict[str, list[str]] = {}
    for reading, value in values.items():
        text = value if isinstance(value, str) else shown(value)
        by_value.setdefault(text, []).append(str(reading))
    return "; ".join(f"{', '.join(names)}: {text}" for text, names in by_value.items())
