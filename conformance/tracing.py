"""Tracing laws: how often a function is traced, and that what was compiled is not stale.

A trace is counted where it happens: the traced function is Python and counts its own calls.
Every law also holds the results against exact numbers, so a cache that answers from the wrong
entry is noticed though its count is right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gradlaw.conformance.bitwise import difference, printed
from gradlaw.reports.record import Failure, Record
from gradlaw.reports.rooms import TracingEvidence


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a run of a tracing law saw: traces, and the results in order."""

    traces: int
    results: tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class TracingLaw:
    """How often a function must be traced, and what its calls must return.

    Attributes:
        name: unique; names the pytest node.
        statement: the law in words.
        expected: traces.
        results: what the calls must return, in order, as small exact numbers.
        run: makes the calls, on a function of its own.
        source: the document that states the law.
    """

    name: str
    statement: str
    expected: int
    results: tuple[object, ...]
    run: Callable[[], Run]
    source: str


class Counted:
    """A function that counts the calls of its Python code, which are its traces.

    Not a callable itself: `function` is, a plain function made anew for each instance, so that
    no cache of JAX has seen it.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.traces = 0

        def counting(*arguments: Any) -> Any:
            self.traces += 1
            return function(*arguments)

        self.function: Callable[..., Any] = counting


def judge_tracing(law: TracingLaw) -> Record:
    """Judge one tracing law on the installed JAX.

    Returns:
        A record with the verdict *conforms*, *wrong count*, *wrong number* (the count is right
        and a result is not) or *refused* (the run raised; the count is then −1). The node and
        backend are left for the caller.
    """
    try:
        run = law.run()
        stale = difference(run.results, law.results)
    except Exception as error:  # noqa: BLE001, RUF100 - whatever comes is what is judged
        explanation = f"it raised {type(error).__name__}: {error}"
        return _record(law, -1, (Failure(verdict="refused", explanation=explanation),))
    failures = []
    if run.traces != law.expected:
        failures.append(
            Failure(
                verdict="wrong count",
                explanation=f"{law.statement} It was traced {run.traces} times.",
                got=str(run.traces),
                expected=str(law.expected),
            )
        )
    if stale is not None:
        failures.append(
            Failure(
                verdict="wrong number",
                explanation=f"a call returned what belongs to another: {stale}",
                got=printed(run.results),
                expected=printed(law.results),
            )
        )
    return _record(law, run.traces, tuple(failures))


def _record(law: TracingLaw, traces: int, failures: tuple[Failure, ...]) -> Record:
    return Record(
        node="",
        room="tracing",
        subject=law.name,
        verdict=failures[0].verdict if failures else "conforms",
        failures=failures,
        tracing=TracingEvidence(statement=law.statement, expected=law.expected, got=traces),
    )
