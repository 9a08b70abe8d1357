"""The nodes of a profile that ran a rule, as the report of a run without faults tells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec

from gradlaw.conformance import test_laws, test_readings
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.profiles import PROFILES
from gradlaw.conformance.readings import read
from gradlaw.reports.record import Record
from gradlaw.reports.rooms import LawEvidence
from gradlaw.reports.verdict import RuleKind


class Run(msgspec.Struct):
    """What is read of a report."""

    records: list[Record]


Covering = dict[tuple[RuleKind, str], list[Record]]
"""For each rule the sound records of nodes that ran it, the cheapest first."""


def covering(report: Path) -> Covering:
    """The nodes of laws that ran each rule; failed ones, known issues included, are left out."""
    run = msgspec.json.decode(report.read_bytes(), type=Run)
    found: Covering = defaultdict(list)
    for record in sorted(run.records, key=lambda record: sum(record.seconds.values())):
        if record.room != "law" or record.law is None or record.failed or record.known:
            continue
        for kind, names in record.law.rules.items():
            for name in names:
                found["jvp" if kind == "linearization" else kind, name].append(record)
    return found


Start = Callable[[], Examination]
"""Makes an examination that has not begun."""


def examinations(profile: str, seed: int) -> dict[str, Start]:
    """Every node of a profile that laws are judged by, under its own name."""
    return {start().node: start for start in _examinations(PROFILES[profile], seed)}


def _examinations(profile: test_laws.Profile, seed: int) -> Iterator[Start]:
    for case, law, also in read(profile, seed):
        yield partial(test_readings.examination, case, law, also, profile, seed)
    nodes = (*test_laws.judged(profile, seed), *test_laws.called(profile, seed))
    for case, law, dtype in nodes:
        yield partial(test_laws.examination, case, law, dtype, "cpu", profile, seed)


def evidence(record: Record) -> LawEvidence:
    """What a node's record says of its law."""
    assert record.law is not None
    return record.law
