"""Commits a misuse, looks at what JAX says and when, tries the remedy, and says what is amiss."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gradlaw.conformance.bitwise import difference, printed
from gradlaw.conformance.pitfalls.pitfall import Phase, Pitfall, Raises
from gradlaw.reports.record import Failure, PitfallEvidence, Record

PREAMBLE = "import jax\nimport jax.numpy as jnp\nimport numpy as np\n\n"
"""What a misuse's code needs in front of it to be run as it stands."""


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What a misuse did: an error and its phase, or a value."""

    error: Exception | None = None
    phase: Phase | None = None
    value: object = None

    def __str__(self) -> str:
        """One line for the report."""
        if self.error is None:
            return f"no error: {printed(self.value)}"
        return f"{type(self.error).__name__} at {self.phase}: {self.error}"


def observe(pitfall: Pitfall) -> Observed:
    """Commit the misuse and note which step raised what.

    The wrap, the call and the abstract trace are separate steps, so the phase is seen and not
    assumed. The trace works on a function wrapped anew: the call may have left something behind.
    """
    import jax

    try:
        wrapped = pitfall.wrap()
    except Exception as error:  # noqa: BLE001, RUF100 - whatever comes is what is judged
        return Observed(error=error, phase="wrap")
    try:
        value = jax.block_until_ready(wrapped(*pitfall.arguments()))
    except Exception as error:  # noqa: BLE001, RUF100
        return Observed(error=error, phase="trace" if _traces_to(pitfall, error) else "call")
    return Observed(value=value)


def _traces_to(pitfall: Pitfall, error: Exception) -> bool:
    import jax

    try:
        jax.make_jaxpr(pitfall.wrap())(*pitfall.arguments())
    except Exception as traced:  # noqa: BLE001, RUF100
        return type(traced) is type(error)
    return False


def judge_pitfall(pitfall: Pitfall, *, release: str | None = None) -> Record:
    """Judge one misuse on the installed JAX.

    Args:
        pitfall: the misuse.
        release: the release whose expectation holds; None for the one installed.

    Returns:
        A record with the verdict *conforms* or *wrong error*; one failure for each thing amiss
        (no error, another type, another message, another phase, another value, a remedy that does
        not work). The node and backend are left for the caller.

    Raises:
        LookupError: the pitfall says nothing, or says two things, of this release.
    """
    import jax

    expected = pitfall.expected(jax.__version__ if release is None else release)
    observed = observe(pitfall)
    amiss = (
        _without_error(pitfall, observed) if expected is None else _with_error(expected, observed)
    )
    remedy = _remedy(pitfall)
    complaints = [*amiss, *([] if remedy is None else [remedy])]
    wanted = (
        f"no error: {pitfall.yields!r}"
        if expected is None
        else f"{expected.error} at {expected.phase}: {expected.message}"
    )
    failures = tuple(
        Failure(
            verdict="wrong error",
            explanation=complaint,
            got=str(observed),
            expected=wanted,
            reproducer=PREAMBLE + pitfall.misuse + "\n",
        )
        for complaint in complaints
    )
    return Record(
        node="",
        room="pitfall",
        subject=pitfall.name,
        verdict="wrong error" if failures else "conforms",
        failures=failures,
        pitfall=PitfallEvidence(
            misuse=pitfall.misuse,
            phase=observed.phase or "none",
            expected=wanted,
            got=str(observed),
            remedy=pitfall.remedy,
            remedy_works=remedy is None,
            source=pitfall.source,
        ),
    )


def _with_error(expected: Raises, observed: Observed) -> list[str]:
    error = observed.error
    if error is None:
        return [f"no error came; {expected.error} must come at {expected.phase}"]
    found = []
    name = type(error).__name__
    if name != expected.error:
        found.append(f"other type: {name} came and not {expected.error}")
    if re.fullmatch(expected.message, str(error), flags=re.DOTALL) is None:
        found.append(f"other message: {str(error)!r} does not match {expected.message!r}")
    if observed.phase != expected.phase:
        found.append(f"other phase: it came at {observed.phase} and not at {expected.phase}")
    return found


def _without_error(pitfall: Pitfall, observed: Observed) -> list[str]:
    if observed.error is not None:
        name = type(observed.error).__name__
        return [f"an error came where none must: {name} at {observed.phase}"]
    found = difference(observed.value, pitfall.yields)
    return [] if found is None else [f"other value: {found}"]


def _remedy(pitfall: Pitfall) -> str | None:
    try:
        value = pitfall.remedied()
    except Exception as error:  # noqa: BLE001, RUF100
        return f"the remedy fails: {type(error).__name__}: {error}"
    found = difference(value, pitfall.right)
    return None if found is None else f"the remedy gives another value: {found}"
