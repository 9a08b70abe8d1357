"""What tallies add up to, as lines of text."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping

from gradlaw.conformance.certificates.measuring import Tally, Violation
from gradlaw.conformance.certificates.surveying import Cell


def violation_line(violation: Violation) -> str:
    """Where a component left its bound, and by how much."""
    return (
        f"OUTSIDE: {violation.case} {violation.dtype} ({violation.region}): got "
        f"{violation.got!r}, exact {violation.exact!r}, error {violation.error:.3g} of "
        f"{violation.bound:.3g} ULP"
    )


def cell_line(cell: Cell, tally: Tally) -> str:
    """One cell's figures."""
    case, dtype = cell
    if tally.reason:
        return f"{case} {dtype}: {tally.reason[:150]}"
    median = statistics.median(tally.bounds) if tally.bounds else float("nan")
    return (
        f"{case} {dtype}: {tally.components} held, {tally.unbounded} unbounded, {tally.weak} of "
        f"{len(tally.bounds)} weak, bound {median:.3g} ULP, {len(tally.violations)} outside, "
        f"{tally.seconds:.1f} s"
    )


def summary(tallies: Mapping[Cell, Tally], weakest: int) -> list[str]:
    """The figures of all cells, by dtype, and the cells with most weak components.

    Args:
        tallies: of each cell.
        weakest: how many of those are listed.
    """
    whole = _sum(tallies.values())
    reasons = {cell: tally.reason for cell, tally in tallies.items() if tally.reason}
    lines = [
        f"{whole.components:,} components within certified bounds but {len(whole.violations)}; "
        f"{whole.unbounded:,} unbounded, {whole.undefined:,} no number; {whole.seconds:,.0f} s",
        _usefulness("at ordinary values", whole),
    ]
    for dtype in dict.fromkeys(dtype for _, dtype in tallies):
        own = _sum(tally for cell, tally in tallies.items() if cell[1] == dtype)
        lines.append(
            _usefulness(f"{dtype}: {own.components:,}, {len(own.violations)} outside", own)
        )
    late = sum(tally.late for tally in tallies.values())
    lines += [f"{late} gradients stopped by time", f"{len(reasons)} without a certificate:"]
    lines += [f"  {case} {dtype}: {reason[:150]}" for (case, dtype), reason in reasons.items()]
    listed = sorted(tallies.items(), key=lambda pair: -pair[1].weak)[:weakest]
    lines += ["most weak components:"] if weakest else []
    return lines + [f"  {cell_line(cell, tally)}" for cell, tally in listed if tally.weak]


def _usefulness(label: str, tally: Tally) -> str:
    bounds, ratios = tally.bounds, tally.ratios
    unbounded = sum(bound == float("inf") for bound in bounds)
    shares = f"{tally.weak / max(1, len(bounds)):.2%} of {len(bounds):,} weak ({unbounded:,} none)"
    if not ratios:
        return f"{label}: {shares}"
    return (
        f"{label}: {shares}; error / bound: median {statistics.median(ratios):.3f}, "
        f"largest {max(ratios):.3f}"
    )


def _sum(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total.add(tally)
    return total
