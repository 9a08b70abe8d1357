"""Looking for an example that fails, and for the smallest one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from gradlaw.conformance.layout import seed_from
from gradlaw.conformance.outcome import severity
from gradlaw.reports.verdict import Verdict

SHRINK_SECONDS = 2.0
"""Processor time after which a failing example is no longer made smaller."""


class _Failing(Exception):  # noqa: N818 (Hypothesis looks for it, nobody catches an error)
    """The example in hand failed."""


class _Exhausted(BaseException):
    """The example found last is small enough."""


class Judged(Protocol):
    """What has a verdict."""

    @property
    def verdict(self) -> Verdict:
        """The verdict."""


_SETTINGS = settings(
    database=None,
    deadline=None,
    derandomize=False,
    print_blob=False,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)

Drawn = TypeVar("Drawn")
Found = TypeVar("Found", bound=Judged)


def smallest_failure(
    fails: Callable[[Drawn, bool], Found | None],
    strategy: st.SearchStrategy[Drawn],
    count: int,
    entropy: str,
) -> tuple[Drawn, Found] | None:
    """The smallest failing example that Hypothesis finds, with its outcome.

    Its verdict is at least as severe as that of the example found first.

    Args:
        fails: gives the outcome of a failing example, None for any other; it is told whether the
            example was drawn, or made from one that failed.
        strategy: of examples.
        count: how many are drawn.
        entropy: what the seed is made of.
    """
    found: list[tuple[Drawn, Found]] = []
    began = 0.0

    def look(example: Drawn) -> None:
        nonlocal began
        if found and time.process_time() - began > SHRINK_SECONDS:
            raise _Exhausted
        outcome = fails(example, not found)
        if outcome is None:
            return
        if found and severity(outcome.verdict) < severity(found[0][1].verdict):
            return
        if not found:
            began = time.process_time()
        found.append((example, outcome))
        raise _Failing

    phases = (Phase.generate, Phase.shrink)
    try:
        _run(look, strategy, settings(_SETTINGS, max_examples=count, phases=phases), entropy)
    except (_Failing, _Exhausted, Flaky):
        # What fails once in a while (a stale cache, say) is a failure all the same.
        return found[-1]
    return None


def simplest(strategy: st.SearchStrategy[Any]) -> Any:
    """The value that Hypothesis draws first."""
    return drawn(strategy, 1, "simplest")[0]


def drawn(strategy: st.SearchStrategy[Any], count: int, entropy: str) -> list[Any]:
    """Values that Hypothesis draws, the simplest first; fewer where there are no more.

    Args:
        strategy: of the values.
        count: how many.
        entropy: what the seed is made of.
    """
    values: list[Any] = []

    phases = (Phase.generate,)
    _run(values.append, strategy, settings(_SETTINGS, max_examples=count, phases=phases), entropy)
    return values


def _run(
    test: Callable[[Any], None], strategy: st.SearchStrategy[Any], how: settings, entropy: str
) -> None:
    """Call a test with what Hypothesis draws, which reads the source of what it calls: two lines.

    Raises:
        Exception: what the test raises.
    """

    def examine(example: Any) -> None:
        test(example)

    seed(seed_from(entropy))(how(given(strategy)(examine)))()
