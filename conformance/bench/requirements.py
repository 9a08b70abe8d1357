"""The figures that this suite must reach, each met or not."""

from __future__ import annotations

from dataclasses import dataclass

from gradlaw.conformance.bench.comparison import Comparison

RULE_ERROR = 1e-9
"""Relative: the largest error in a rule that may go unnoticed."""

NUMBER_UNITS = 64.0
"""ULP times conditioning: the largest error in a returned number that may go unnoticed."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A required figure and what was reached.

    Attributes:
        met: whether it was reached everywhere.
        sentence: what is asked for, and the numbers.
    """

    met: bool
    sentence: str

    def __str__(self) -> str:
        return f"{'met' if self.met else 'NOT MET'}: {self.sentence}"


def figures(comparison: Comparison, suite: str) -> list[Figure]:
    """What this suite reached.

    Args:
        comparison: the measurements.
        suite: this suite's name among the checkers.
    """
    return [_rule(comparison, suite), _number(comparison), _alarms(comparison, suite)]


def _rule(comparison: Comparison, suite: str) -> Figure:
    reached = {name: found.error for name, found in comparison.rule[suite].items()}
    missed = {n: e for n, e in reached.items() if e is None or e > RULE_ERROR}
    return Figure(
        met=bool(reached) and not missed,
        sentence=f"rule verdict, one wrong element: relative error <= {RULE_ERROR:.0e}; "
        + _extremes(reached, missed, ".1e"),
    )


def _number(comparison: Comparison) -> Figure:
    reached = {name: found.units for name, found in comparison.number.items()}
    missed = {n: u for n, u in reached.items() if u is None or u > NUMBER_UNITS}
    return Figure(
        met=bool(reached) and not missed,
        sentence="number verdict, one wrong element: ULP x conditioning "
        f"<= {NUMBER_UNITS:g}; " + _extremes(reached, missed, "g"),
    )


def _extremes(reached: dict[str, float | None], missed: dict[str, float | None], form: str) -> str:
    """The worst figure where all are good, otherwise every bad one."""
    if missed:
        bad = (f"{n} {'none noticed' if f is None else format(f, form)}" for n, f in missed.items())
        return "beyond it: " + ", ".join(bad)
    worst = max(reached, key=lambda name: reached[name] or 0.0, default=None)
    if worst is None:
        return "nothing was measured"
    return f"worst {format(reached[worst], form)} ({worst})"


def _alarms(comparison: Comparison, suite: str) -> Figure:
    alarms = comparison.alarms[suite].values()
    raised, checked = sum(a.count for a in alarms), sum(a.checked for a in alarms)
    return Figure(
        met=checked > 0 and raised == 0,
        sentence=f"false alarms on correct gradients: none; {raised} of {checked}",
    )
