"""Random programs examined: one record for all that a node draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from gradlaw.conformance.answers import Example
from gradlaw.conformance.case import Case
from gradlaw.conformance.cases.curves import along_a_curve
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.judging import judge
from gradlaw.conformance.laws import Law
from gradlaw.conformance.outcome import Outcome, severity
from gradlaw.conformance.plan import applies
from gradlaw.conformance.preparation import Prepared
from gradlaw.conformance.profiles import Profile
from gradlaw.conformance.programs.composing import Program
from gradlaw.conformance.programs.drawing import programs
from gradlaw.conformance.searching import smallest_failure
from gradlaw.reports.record import Record
from gradlaw.reports.rooms import LawEvidence
from gradlaw.reports.verdict import FAILING, Verdict

SUBJECT = "random programs"


def judge_as_written(prepared: Prepared, example: Example, dtype: str) -> Outcome:
    """The verdict on an example, where a program is not asked to be written well.

    Which derivative rules lose digits is judged function by function: whatever is composed of them
    loses as many. A rule, a number or a structure that is wrong stays so.
    """
    outcome = judge(prepared, example, dtype)
    if outcome.verdict == "inaccurate":
        outcome.verdict = "conforms"
        outcome.notes |= {"some derivative rule loses digits that its function keeps"}
    return outcome


@dataclass(kw_only=True)
class ProgramExamination:
    """A law on random programs.

    Attributes:
        place: the node's number.
        law, dtype, backend: the rest of its name.
        seed: of the run.
        count: programs that are drawn.
        profile: how much is drawn for each.
        judge: what holds an example against the oracle.
    """

    place: int
    law: Law
    dtype: str
    backend: str
    seed: int
    count: int
    profile: Profile
    judge: Callable[[Prepared, Example, str], Outcome] = judge_as_written
    records: list[Record] = field(default_factory=list)

    @property
    def node(self) -> str:
        """The node's own name."""
        return f"program{self.place}-{self.law.name}-{self.dtype}-{self.backend}"

    def record(self) -> Record:
        """Draw programs and judge each; where one fails, the smallest that does is told."""
        failing = smallest_failure(
            self._fails, programs(), self.count, f"{self.seed} {self.node} programs"
        )
        if failing is not None:
            self.records.append(failing[1].record)
        worst = max(self.records, key=lambda record: severity(record.verdict))
        seconds: Counter[str] = Counter()
        for record in self.records:
            seconds.update(record.seconds)
        return Record(
            node=self.node,
            room="law",
            subject=SUBJECT if failing is None else f"{SUBJECT}: {worst.subject}",
            verdict=worst.verdict if failing is not None else self._mildest(),
            backend=self.backend,
            seconds={phase: round(spent, 6) for phase, spent in seconds.items()},
            failures=() if failing is None else worst.failures,
            law=self._evidence(),
        )

    def _mildest(self) -> Verdict:
        return min((record.verdict for record in self.records), key=severity)

    def _fails(self, program: Program, drawn: bool) -> _Failing | None:
        record = self._examined(program.case)
        if record.failures and record.known is None and record.verdict in FAILING:
            return _Failing(verdict=record.verdict, record=record)
        if drawn:
            self.records.append(record)
        return None

    def _examined(self, case: Case) -> Record:
        return Examination(
            case=case if applies(case, self.law) else along_a_curve(case),
            law=self.law,
            dtype=self.dtype,
            backend=self.backend,
            seed=self.seed,
            profile=self.profile,
            judge=self.judge,
        ).record()

    def _evidence(self) -> LawEvidence:
        found = [record.law for record in self.records if record.law is not None]
        tally: Counter[str] = Counter()
        regions: Counter[str] = Counter()
        for evidence in found:
            tally.update(evidence.tally)
            regions.update(evidence.regions)
        return LawEvidence(
            case=SUBJECT,
            law=self.law.name,
            dtype=self.dtype,
            examples=sum(evidence.examples for evidence in found),
            components=sum(evidence.components for evidence in found),
            tally=dict(tally),
            ratio=max(evidence.ratio or 0.0 for evidence in found),
            weak=sum(evidence.weak for evidence in found),
            estimated=tuple(sorted({name for each in found for name in each.estimated})),
            regions=dict(regions),
            plans=tuple(record.subject for record in self.records),
            notes=tuple(sorted({note for each in found for note in each.notes})),
        )


@dataclass(frozen=True, kw_only=True)
class _Failing:
    """A program that fails."""

    verdict: Verdict
    record: Record
