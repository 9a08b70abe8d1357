"""Holds what came of a misuse against what must come, in each mode, and says what is amiss."""

from __future__ import annotations

from gradlaw.conformance.bitwise import difference
from gradlaw.conformance.pitfalls.observing import Observed, Seen, observe
from gradlaw.conformance.pitfalls.pitfall import (
    Absent,
    Expectation,
    Mode,
    Pitfall,
    Raises,
    Retraces,
    Yields,
    says,
)
from gradlaw.conformance.pitfalls.snippet import PREAMBLE
from gradlaw.reports.record import Failure, Record
from gradlaw.reports.rooms import PitfallEvidence


def judge_pitfall(pitfall: Pitfall, *, release: str | None = None) -> Record:
    """Judge one misuse on the installed JAX.

    Args:
        pitfall: the misuse.
        release: the release whose expectations hold; None for the one installed.

    Returns:
        A record with the verdict *conforms*, *wrong error* or *skipped*; one failure for each
        thing amiss in each mode (no error, another type, another message, another phase, another
        value, another warning, a remedy that does not work), or for the reason why nothing was
        judged. The node and backend are left for the caller.

    Raises:
        LookupError: the pitfall says nothing, or says two things, of this release and a mode.
    """
    import jax

    installed = jax.__version__ if release is None else release
    expected = pitfall.expected(installed)
    if isinstance(expected, Absent):
        return _unjudged(pitfall, f"JAX {installed} {expected.reason}")
    present = len(jax.devices())
    if present < pitfall.devices:
        return _unjudged(pitfall, f"it needs {pitfall.devices} devices, and there is {present}")
    return hold(pitfall, observe(pitfall), installed)


def hold(pitfall: Pitfall, observed: Observed, release: str) -> Record:
    """The record of what was observed, held against what this release must do.

    Args:
        pitfall: the misuse.
        observed: what came of it.
        release: a version, as ``jax.__version__`` gives it.
    """
    failures: list[Failure] = []
    modes: dict[str, str] = {}
    script = PREAMBLE + pitfall.misuse + "\n"
    for mode, seen in observed.modes.items():
        if seen is None:
            continue
        expected = pitfall.expected(release, mode)
        where = "" if mode == "eager" else f"{_WHERE[mode]}: "
        complaints = amiss(expected, seen, phased=mode == "eager")
        if mode != "eager":
            modes[mode] = str(seen) if complaints or mode in expected.modes else ""
        failures += [
            Failure(
                verdict="wrong error",
                explanation=where + complaint,
                got=str(seen),
                expected=str(expected),
                reproducer=script,
            )
            for complaint in complaints
        ]
    remedy = _remedy(pitfall, observed.remedied)
    if remedy is not None:
        failures.append(
            Failure(
                verdict="wrong error",
                explanation=remedy,
                got=str(observed.remedied),
                expected=repr(pitfall.right),
                reproducer=PREAMBLE + pitfall.remedied + "\n",
            )
        )
    alone = observed.modes["eager"]
    assert alone is not None
    return Record(
        node="",
        room="pitfall",
        subject=pitfall.name,
        verdict="wrong error" if failures else "conforms",
        failures=tuple(failures),
        pitfall=_evidence(
            pitfall,
            pitfall.expected(release),
            got=str(alone),
            modes=modes,
            remedy_works=remedy is None,
        ),
    )


_WHERE: dict[Mode, str] = {
    "jit": "under jit",
    "vmap": "under vmap",
    "grad": "inside grad",
    "scan": "inside scan",
}


def amiss(expected: Expectation, seen: Seen, *, phased: bool) -> list[str]:
    """Each thing about an outcome that is not as expected, in words.

    Args:
        expected: what must come.
        seen: what came.
        phased: whether the phase is held too.
    """
    match expected:
        case Raises():
            return _with_error(expected, seen, phased=phased)
        case Yields():
            return _with_value(expected, seen)
        case Retraces():
            return _with_traces(expected, seen)
        case Absent():
            return []


def _with_error(expected: Raises, seen: Seen, *, phased: bool) -> list[str]:
    if not seen.error:
        return [f"no error came; {expected.error} must come at {expected.phase}"]
    found = []
    if seen.error != expected.error:
        found.append(f"other type: {seen.error} came and not {expected.error}")
    if not says(expected.message, seen.message):
        found.append(f"other message: {seen.message!r} does not say {expected.message!r}")
    if phased and seen.phase != expected.phase:
        found.append(f"other phase: it came at {seen.phase} and not at {expected.phase}")
    return found


def _with_value(expected: Yields, seen: Seen) -> list[str]:
    if seen.error:
        when = f" at {seen.phase}" if seen.phase else ""
        return [f"an error came where none must: {seen.error}{when}"]
    apart = {difference(value, expected.value) for value in seen.values}
    found = [f"other value: {each}" for each in sorted(filter(None, apart))]
    wanted = False
    for name, text in dict.fromkeys(seen.warnings):
        if name == expected.warning and says(expected.message, text):
            wanted = True
        else:
            found.append(f"a warning came that must not: {name}: {text}")
    if expected.warning and not wanted:
        found.append(f"no warning came; {expected.warning} must come: {expected.message}")
    return found


def _with_traces(expected: Retraces, seen: Seen) -> list[str]:
    if seen.error:
        return [f"an error came where none must: {seen.error} at {seen.phase}"]
    found = []
    if seen.values != (expected.traces,):
        found.append(f"other count: {seen.values[0]} traces and not {expected.traces}")
    if not any(says(f"…{expected.reason}…", line) for line in seen.log):
        logged = "\n".join(seen.log) or "nothing"
        found.append(f"other reason: JAX logged {logged!r} and not {expected.reason!r}")
    return found


def _remedy(pitfall: Pitfall, seen: Seen) -> str | None:
    if seen.error:
        return f"the remedy fails: {seen.error}: {seen.message}"
    if seen.warnings:
        return "the remedy warns: " + "; ".join(f"{name}: {text}" for name, text in seen.warnings)
    found = difference(seen.values[0], pitfall.right)
    return None if found is None else f"the remedy gives another value: {found}"


def _unjudged(pitfall: Pitfall, reason: str) -> Record:
    return Record(
        node="",
        room="pitfall",
        subject=pitfall.name,
        verdict="skipped",
        failures=(Failure(verdict="skipped", explanation=reason),),
        pitfall=_evidence(pitfall, Absent(reason=reason, releases=""), got="", modes={}),
    )


def _evidence(
    pitfall: Pitfall,
    expected: Expectation,
    *,
    got: str,
    modes: dict[str, str],
    remedy_works: bool | None = None,
) -> PitfallEvidence:
    error, phase, message = _said(expected)
    return PitfallEvidence(
        family=pitfall.family,
        misuse=pitfall.misuse,
        phase=phase,
        error=error,
        message=message,
        expected=str(expected),
        got=got,
        modes=modes,
        remedy=pitfall.remedy,
        remedied=pitfall.remedied,
        remedy_works=remedy_works,
        source=pitfall.source,
    )


def _said(expected: Expectation) -> tuple[str, str, str]:
    """The class, the phase and the message of the error or warning that must come."""
    match expected:
        case Raises():
            return expected.error, expected.phase, expected.message
        case Yields():
            return expected.warning, "none", expected.message
        case _:
            return "", "none", ""
