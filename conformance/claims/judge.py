"""Holds a document's statement against the oracle, and JAX against the oracle too."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from gradlaw.conformance.bitwise import printed
from gradlaw.conformance.claims.claim import Answer, Claim, Kind
from gradlaw.conformance.claims.numerals import may_return, prints_as, within
from gradlaw.reports.record import Failure, Record
from gradlaw.reports.rooms import ClaimEvidence
from gradlaw.reports.verdict import Verdict

_FAULT: dict[Kind, Verdict] = {
    "number": "wrong number",
    "truth": "wrong number",
    "shape": "wrong structure",
    "error": "wrong error",
    "count": "wrong count",
}
"""What it is called when JAX disagrees with the oracle."""


def judge_claim(claim: Claim) -> Record:
    """Judge one claim.

    Returns:
        A record with the verdict *confirmed* or *refuted*, which are findings about the document
        and fail nothing; or, where JAX itself disagrees with the oracle, *wrong number*, *wrong
        structure*, *wrong error*, *wrong count* or *refused*, which fail. The node and backend
        are left for the caller.
    """
    answer = claim.oracle()
    got: object
    try:
        got = claim.jax()
    except Exception as error:  # noqa: BLE001, RUF100 - whatever comes is what is judged
        got = f"{type(error).__name__}: {error}"
        return _record(claim, answer, got, "refused", f"JAX refuses what is claimed: {got}")
    leeway = None if claim.leeway is None else claim.leeway()
    if not agrees(claim.kind, got, answer, leeway):
        return _record(claim, answer, got, _FAULT[claim.kind], "JAX disagrees with the oracle")
    held = states(claim.kind, claim.stated, answer, leeway)
    return _record(claim, answer, got, "confirmed" if held else "refuted", None)


def states(kind: Kind, stated: object, answer: Answer, leeway: object = None) -> bool:
    """Whether a document's statement is what the oracle says, up to what rounding may do."""
    if kind != "number":
        return stated == answer.value
    if leeway is None:
        return _everywhere(stated, answer.value, prints_as)
    paired = _paired(answer.value, leeway)
    return _everywhere(stated, paired, lambda mine, true: prints_as(mine, true.value, true.leeway))


def agrees(kind: Kind, got: object, answer: Answer, leeway: object = None) -> bool:
    """Whether what JAX did is what the oracle says, as far as its dtype can hold that."""
    if kind != "number":
        return got == answer.value
    nested = _nested(got)
    if leeway is not None:
        near = _paired(answer.value, leeway)
        return _everywhere(nested, near, lambda mine, true: within(mine, true.value, true.leeway))
    if answer.roundings == 0:
        return _everywhere(nested, answer.value, lambda mine, true: may_return(mine, true, 0, 0))
    paired = _paired(answer.value, answer.magnitude)
    return _everywhere(
        nested,
        paired,
        lambda mine, true: may_return(mine, true.value, true.leeway, answer.roundings),
    )


_SHORT = 10**12
"""A fraction of a smaller denominator is shown."""


class _Number:
    """A value, and what says how far a result may be from it: one leaf."""

    def __init__(self, value: Any, leeway: Any) -> None:
        self.value = value
        self.leeway = leeway


def _paired(value: object, leeway: object) -> object:
    if isinstance(value, tuple) and isinstance(leeway, tuple) and len(value) == len(leeway):
        return tuple(map(_paired, value, leeway))
    return _Number(value, leeway)


def _nested(got: object) -> object:
    """Turn arrays into nested tuples of NumPy scalars, which keep their dtype."""
    if isinstance(got, tuple | list):
        return tuple(_nested(part) for part in got)
    array = np.asarray(got)
    if array.ndim == 0:
        return array[()]
    return tuple(_nested(part) for part in array)


def _everywhere(mine: object, true: object, fits: Any) -> bool:
    """Whether two trees have one structure and fit in each leaf."""
    if isinstance(true, tuple):
        return (
            isinstance(mine, tuple)
            and len(mine) == len(true)
            and all(_everywhere(m, t, fits) for m, t in zip(mine, true, strict=True))
        )
    return not isinstance(mine, tuple) and bool(fits(mine, true))


def shown(value: object) -> str:
    """Print an oracle's or a document's value: exact, and in decimals where it is a fraction."""
    if isinstance(value, tuple):
        inner = ", ".join(shown(part) for part in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, sympy.Rational) and not value.is_Integer:
        decimals = sympy.N(value, 9)
        return f"{value} = {decimals}" if value.q < _SHORT else str(decimals)
    return str(value)


def _record(
    claim: Claim, answer: Answer, got: object, verdict: Verdict, amiss: str | None
) -> Record:
    oracle = shown(answer.value) + (f": {answer.reason}" if answer.reason else "")
    returned = got if isinstance(got, str) else printed(got)
    failures = (
        ()
        if amiss is None
        else (
            Failure(
                verdict=verdict,
                explanation=amiss,
                got=returned,
                expected=oracle,
                reproducer=claim.code,
            ),
        )
    )
    return Record(
        node="",
        room="claim",
        subject=claim.name,
        verdict=verdict,
        failures=failures,
        claim=ClaimEvidence(
            document=claim.document,
            statement=claim.statement,
            stated=shown(claim.stated),
            oracle=oracle,
            jax=returned,
        ),
    )
