"""One wrong rule looked for, node by node, by those that ran the rule."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from unittest.mock import patch

from gradlaw.conformance import searching
from gradlaw.frames import with_room
from mutants.sweep.nodes import Covering, Start, covering, evidence, examinations
from mutants.sweep.table import mutants

Settings = tuple[Path, str, int, float]
"""The report of a run without faults, its profile and seed, and seconds for each fault."""


@cache
def _prepared(report: Path, profile: str, seed: int) -> tuple[Covering, dict[str, Start]]:
    return covering(report), examinations(profile, seed)


def looked_for(name: str, settings: Settings) -> tuple[str, str]:
    """What became of one mutant, and where: reported, survives, or uncovered by any node."""
    mutant = next(mutant for mutant in mutants() if str(mutant) == name)
    report, profile, seed, seconds = settings
    covered, nodes = _prepared(report, profile, seed)
    records = [
        record
        for record in covered[mutant.rule, mutant.primitive]
        if mutant.shows(evidence(record)) and _name(record.node) in nodes
    ]
    if not records:
        return "uncovered", "no node runs it"
    start = time.process_time()
    with patch.object(searching, "SHRINK_SECONDS", 0.0), mutant.planted():
        for tried, record in enumerate(records, start=1):
            name = _name(record.node)
            try:
                again = with_room(nodes[name]().record)
            except Exception as error:  # a node that crashes fails its run, too
                return "reported", f"{type(error).__name__} in {name}, node {tried}"
            if again.failed:
                return "reported", f"{again.verdict} in {again.node}, node {tried}"
            if time.process_time() - start > seconds:
                return "survives", f"{tried} of {len(records)} nodes, and the time is out"
    return "survives", f"{len(records)} nodes: {', '.join(_name(r.node) for r in records[:3])}"


def _name(node: str) -> str:
    """The name between the brackets of pytest's node."""
    return node.partition("[")[2].removesuffix("]") or node
