"""The record: one line of the report's data."""

from __future__ import annotations

import msgspec

from gradlaw.reports.rooms import (
    ClaimEvidence,
    ConventionEvidence,
    DeviceEvidence,
    LawEvidence,
    PitfallEvidence,
    TracingEvidence,
)
from gradlaw.reports.verdict import FAILING, Room, RuleKind, RuleStatus, Verdict

SCHEMA_VERSION = 1


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """The smallest example found that earns a failing verdict.

    Attributes:
        verdict: what it earns.
        explanation: one sentence.
        where: the component, as ``argument[index]``.
        arguments: the arguments as JAX got them, printed.
        shape: the shape of the component's array.
        got: what the backend returned.
        expected: the closed form's value, to 17 digits.
        error: the distance in ULP of the dtype, or None where it has no measure.
        attainable: the attainable allowance in ULP (None: unbounded or not computed).
        program: the program allowance in ULP (likewise).
        reproducer: a script that needs only jax and numpy.
    """

    verdict: Verdict
    explanation: str
    where: str = ""
    arguments: str = ""
    shape: tuple[int, ...] = ()
    got: str = ""
    expected: str = ""
    error: float | None = None
    attainable: float | None = None
    program: float | None = None
    reproducer: str = ""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One judged node.

    Attributes:
        node: the pytest node's id.
        room: which part of the suite it belongs to.
        subject: the case's, pitfall's, convention's, tracing law's or claim's name.
        verdict: the worst verdict reached.
        backend: the platform, as JAX names it.
        known: the name of the known issue that accounts for a failing verdict.
        seconds: processor time by phase.
        failures: one for each failing verdict seen, known ones included.
        law: the evidence of a law's node.
        device: where a device law's node ran.
        pitfall: the evidence of a pitfall's node.
        convention: the evidence of a convention's node.
        tracing: the evidence of a tracing law's node.
        claim: the evidence of a claim's node.
    """

    node: str
    room: Room
    subject: str
    verdict: Verdict
    backend: str = ""
    known: str | None = None
    seconds: dict[str, float] = {}
    failures: tuple[Failure, ...] = ()
    law: LawEvidence | None = None
    device: DeviceEvidence | None = None
    pitfall: PitfallEvidence | None = None
    convention: ConventionEvidence | None = None
    tracing: TracingEvidence | None = None
    claim: ClaimEvidence | None = None

    @property
    def failed(self) -> bool:
        """Whether this record fails a run."""
        return self.verdict in FAILING and self.known is None


class CaseSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A case as the report shows it: its closed form and derivatives, typeset (MathML).

    Attributes:
        name: as in the records' ``subject``.
        signature: the core shapes of arguments and result.
        source: where the function comes from.
        formula: the closed form, presentation MathML; empty where there is none.
        derivatives: the argument's name to the derivative by it, presentation MathML.
    """

    name: str
    signature: str
    source: str
    formula: str
    derivatives: dict[str, str] = {}


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how the run was made.

    Attributes:
        started: the time, ISO 8601.
        profile: how much was drawn.
        seed: what all draws follow from.
        python: the version.
        machine: system, architecture and processors.
        versions: distribution to version.
        devices: each device as JAX names it.
        backends: the platforms judged.
        flags: settings of JAX and XLA that were in force.
        subnormals: dtype or backend to what is accepted there.
    """

    started: str
    profile: str
    seed: int
    python: str
    machine: str
    versions: dict[str, str] = {}
    devices: tuple[str, ...] = ()
    backends: tuple[str, ...] = ()
    flags: dict[str, str] = {}
    subnormals: dict[str, str] = {}


class KnownIssue(msgspec.Struct, frozen=True, kw_only=True):
    """A triaged, true fault of a release, as the report shows it.

    Attributes:
        name: as in the records' ``known``.
        pattern: the nodes that it covers.
        verdict: the verdict that it accounts for.
        reason: what is wrong, and why.
        link: where it is reported.
        matched: failing nodes that it accounted for in this run.
        stale: whether it should have matched and did not.
    """

    name: str
    pattern: str
    verdict: str
    reason: str
    link: str = ""
    matched: int = 0
    stale: bool = False


class RuleCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of the installed release, and whether the run judged it.

    Attributes:
        primitive: the name of the primitive whose rule it is.
        kind: the table that it stands in.
        status: covered where a judged node ran it, or else excused, or uncovered.
        cases: how many cases ran it.
        reverse: how many nodes ran it under laws in reverse mode.
        forward: how many nodes ran it under laws in forward mode.
        node: one of these nodes; one that conforms, if there is one.
        verdict: that node's verdict.
        reason: why it is excused.
    """

    primitive: str
    kind: RuleKind
    status: RuleStatus
    cases: int = 0
    reverse: int = 0
    forward: int = 0
    node: str = ""
    verdict: Verdict | None = None
    reason: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run.

    Attributes:
        schema: the version of this form; a reader refuses any other.
        environment: where and how the run was made.
        complete: False where the run was interrupted.
        wall_seconds: the run's duration.
        records: what was judged, by room, case, law, dtype, backend and node.
        cases: the case sheets, in the order of the matrix's rows.
        known_issues: all that were in force.
        rules: every derivative and batching rule of the installed release, by primitive and kind.
        pairs: of transformations, the first around the second, that mean something in some law.
        coverage_required: whether a rule that is neither covered nor excused fails the run.
    """

    schema: int = SCHEMA_VERSION
    environment: Environment
    complete: bool = True
    wall_seconds: float = 0.0
    records: tuple[Record, ...] = ()
    cases: tuple[CaseSheet, ...] = ()
    known_issues: tuple[KnownIssue, ...] = ()
    rules: tuple[RuleCoverage, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    coverage_required: bool = False
