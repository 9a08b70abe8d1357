"""Where the processor's time went: in JAX and XLA, or in the suite."""

from __future__ import annotations

from dataclasses import dataclass

from gradlaw.reports.record import Report

JAX_PHASES: frozenset[str] = frozenset({"trace", "lower", "compile", "run"})
"""JAX's and XLA's phases; all others (oracle, reading, plain law, …) are the suite's."""


@dataclass(frozen=True, kw_only=True)
class Phases:
    """Processor time by phase, over all records.

    Attributes:
        seconds: phase to seconds, JAX's phases first, each group by size.
        total: the sum, seconds.
        jax: JAX's and XLA's part, seconds.
        composed: phase to seconds, of the compositions of the lattice alone.
    """

    seconds: dict[str, float]
    total: float
    jax: float
    composed: dict[str, float]

    @property
    def lattice(self) -> float:
        """What the lattice adds to a run, seconds."""
        return sum(self.composed.values())


def sum_phases(report: Report) -> Phases:
    """The processor time of all records, summed by phase."""
    seconds: dict[str, float] = {}
    composed: dict[str, float] = {}
    for record in report.records:
        is_composed = record.law is not None and bool(record.law.stands_for)
        for phase, spent in record.seconds.items():
            seconds[phase] = seconds.get(phase, 0.0) + spent
            if is_composed:
                composed[phase] = composed.get(phase, 0.0) + spent
    ordered = sorted(seconds.items(), key=lambda item: (item[0] not in JAX_PHASES, -item[1]))
    return Phases(
        seconds=dict(ordered),
        total=sum(seconds.values()),
        jax=sum(spent for phase, spent in seconds.items() if phase in JAX_PHASES),
        composed=composed,
    )
