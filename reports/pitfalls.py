"""Pitfalls as a reader looks for them: by family, with what comes in other modes."""

from __future__ import annotations

from gradlaw.reports.record import Record, Report
from gradlaw.reports.rooms import PitfallEvidence

WORKS: dict[bool | None, str] = {True: "works", False: "does not work", None: "not tried"}
"""What is said of a remedy."""

_MODES = ("jit", "vmap", "grad", "scan")


def by_family(report: Report) -> dict[str, list[Record]]:
    """The pitfalls' records by family, the families in the order of their names."""
    families: dict[str, list[Record]] = {}
    for record in report.records:
        if record.pitfall is not None:
            families.setdefault(record.pitfall.family, []).append(record)
    return dict(sorted(families.items()))


def elsewhere(pitfall: PitfallEvidence) -> list[tuple[str, str]]:
    """Modes of transformation, and what comes in them: first all in which it is the same.

    Args:
        pitfall: what was seen of it.
    """
    known = [*_MODES, *(mode for mode in pitfall.modes if mode not in _MODES)]
    same = ", ".join(mode for mode in known if pitfall.modes.get(mode) == "")
    others = [(mode, pitfall.modes[mode]) for mode in known if pitfall.modes.get(mode)]
    return [*([(same, "the same")] if same else []), *others]
