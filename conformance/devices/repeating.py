"""The same calls again: once more, from many threads at once, and by a program that was kept.

Every bit must be the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

import jax
import msgspec
import numpy as np

from gradlaw.conformance.answers import Example
from gradlaw.conformance.devices.rereading import NothingRead, read_again
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.judging import judge
from gradlaw.conformance.outcome import Outcome, charged
from gradlaw.conformance.plan import Plan, plan_pool
from gradlaw.conformance.preparation import Prepared
from gradlaw.oracles.x64 import x64
from gradlaw.reports.record import Record
from gradlaw.reports.rooms import DeviceEvidence
from gradlaw.reports.verdict import FAILING

How = Literal["called again", "called from 8 threads", "read from the compilation cache"]

REPETITIONS: tuple[How, ...] = (
    "called again",
    "called from 8 threads",
    "read from the compilation cache",
)

THREADS = 8
CALLS = 4
"""Of each thread, or of the only one."""


@dataclass(kw_only=True, eq=False)  # one and the same alone is equal, so that JAX may cache by it
class Kept:
    """A callable whose last arguments and results are kept.

    Attributes:
        call: what is called.
        arguments, returned: of the last call; the results as leaves.
    """

    call: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    returned: list[Any] = field(default_factory=list)

    def __call__(self, *arguments: Any) -> Any:
        """Call it."""
        self.arguments = arguments
        results = jax.block_until_ready(self.call(*arguments))
        self.returned = jax.tree.leaves(results)
        return results


def bits(results: Any) -> tuple[bytes, ...]:
    """Every bit of the results, array by array."""
    return tuple(np.asarray(leaf).tobytes() for leaf in jax.tree.leaves(results))


def from_threads(call: Callable[..., Any], arguments: tuple[Any, ...]) -> Iterator[Any]:
    """The results of all calls of all threads, which begin together."""
    wide, together = bool(jax.config.jax_enable_x64), threading.Barrier(THREADS)

    def calls(_: int) -> list[Any]:
        # The 64-bit mode of a context is that of its thread alone.
        with x64(wide):
            together.wait(timeout=60)
            return [jax.block_until_ready(call(*arguments)) for _ in range(CALLS)]

    with ThreadPoolExecutor(THREADS) as pool:
        for results in pool.map(calls, range(THREADS)):
            yield from results


def again(call: Callable[..., Any], arguments: tuple[Any, ...]) -> Iterator[Any]:
    """The results of calls one after the other."""
    return (jax.block_until_ready(call(*arguments)) for _ in range(CALLS))


REPEATED: dict[How, Callable[[Callable[..., Any], tuple[Any, ...]], Iterator[Any]]] = {
    "called again": again,
    "called from 8 threads": from_threads,
    "read from the compilation cache": read_again,
}
"""What gives the results of the calls that are made again."""


def differing(
    outcome: Outcome, call: Callable[..., Any], arguments: tuple[Any, ...], first: Any, how: How
) -> int:
    """Call again, and put what differs in any bit into the outcome.

    Returns:
        The calls that gave the same.
    """
    try:
        with charged(outcome, "run"):
            wanted, alike = bits(first), [bits(r) for r in REPEATED[how](call, arguments)]
    except NothingRead as nothing:
        outcome.verdict, outcome.explanation = "unsupported", str(nothing)
        return 0
    same = alike.count(wanted)
    if same < len(alike):
        outcome.verdict = "wrong number"
        outcome.explanation = (
            f"{how}, {len(alike) - same} of {len(alike)} calls gave other bits than the first"
        )
    return same


@dataclass(kw_only=True)
class RepetitionExamination(Examination):
    """A compiled law on a case, called again.

    Attributes:
        how: again in one thread, in many, or by a program that was kept.
        identical: calls that gave the same bits as the first.
    """

    how: How
    identical: int = 0

    def __post_init__(self) -> None:
        self.judge = self._repeated

    @property
    def node(self) -> str:
        """The node's own name, as it stands between brackets."""
        return f"{self.case.name}-{self.law.name} {self.how}-{self.dtype}-{self.backend}"

    @property
    def nodes(self) -> set[str]:
        """That name, and those of the node that calls once."""
        return {self.node, *super().nodes}

    def record(self) -> Record:
        """Examine the node."""
        record = super().record()
        evidence = DeviceEvidence(placement=self.how, identical=self.identical)
        return msgspec.structs.replace(record, room="device", device=evidence)

    def _plans(self) -> Iterator[Plan]:
        """The boldest of the pool: the simplest hides what threads do to each other."""
        wanted = self.case, self.law, self.dtype, self.profile.plans, self.seed
        plans = plan_pool(*wanted, spare=3)
        yield max(plans, key=lambda plan: min(plan.elements(self.case), 2_000))

    def _prepare(self, plan: Plan) -> Prepared:
        prepared = super()._prepare(plan)
        prepared.call = Kept(call=prepared.call)
        return prepared

    def _repeated(self, prepared: Prepared, example: Example, dtype: str) -> Outcome:
        outcome, kept = judge(prepared, example, dtype), prepared.call
        assert isinstance(kept, Kept)
        if outcome.verdict not in FAILING and kept.returned:
            found = differing(outcome, kept.call, kept.arguments, kept.returned, self.how)
            self.identical += found
        return outcome
