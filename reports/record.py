"""The record: one line of the report's data."""

from __future__ import annotations

from typing import Literal

import msgspec

SCHEMA_VERSION = 1

Verdict = Literal[
    "conforms",
    "inaccurate",
    "wrong rule",
    "wrong number",
    "not finite",
    "wrong structure",
    "refused",
    "ill-posed",
    "unsupported",
    "timed out",
    "crashed",
    "skipped",
    "wrong error",
    "wrong count",
    "wrong convention",
    "confirmed",
    "refuted",
]
"""What a record can say. The last five belong to pitfalls, tracing laws, conventions and claims."""

FAILING: frozenset[str] = frozenset(
    {
        "inaccurate",
        "wrong rule",
        "wrong number",
        "not finite",
        "wrong structure",
        "refused",
        "timed out",
        "crashed",
        "wrong error",
        "wrong count",
        "wrong convention",
    }
)
"""Verdicts that fail a run unless a known issue accounts for them."""

Room = Literal["law", "device", "pitfall", "convention", "tracing", "claim"]

FindingKind = Literal["outside", "modes", "jit", "dtypes", "releases"]
"""Kinds of findings about a convention, none of them a failure: a value outside the accepted set; a
difference between forward and reverse mode, by jit, between dtypes, between releases."""

Agreement = Literal["bitwise", "1 ULP", "within bound"]
"""How far what a composition returned agrees with what the plain law did."""

RuleKind = Literal["jvp", "linearization", "transpose", "batching"]
"""Kinds of rules that JAX keeps for its primitives, each in a table of its own."""

RuleStatus = Literal["covered", "excused", "uncovered"]


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


class LawEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a law's examples on a case added up to.

    Attributes:
        case, law, dtype: the names in the node.
        stands_for: of a composition the simpler law whose result it must give, in whose column it
            is shown; empty where it has a column of its own.
        examples: drawn examples judged.
        components: gradient components held against the oracle.
        tally: examples by verdict.
        error: the worst error seen, ULP.
        attainable: the attainable allowance at that component, ULP (None: unbounded).
        program: the program allowance there, ULP (None: unbounded).
        ratio: the largest error / attainable allowance over all components.
        weak: components whose program allowance is wider than 2**10 ULP.
        estimated: primitives without a rounding rule, so that bounds are not certified.
        regions: value regions drawn, with counts.
        plans: the shapes, argnums and axes that were compiled.
        notes: warnings that JAX or NumPy emitted, weak types, and the like.
        witnesses: for each known issue whose witness was judged here, whether it still shows.
        rules: for each kind the primitives whose rules ran while the law was traced, where its
            results were then held against the oracle; those that the function itself runs, if the
            oracle is traced from it, do not count.
        family: of cases, which the case belongs to.
        agreement: of a composition that was called, examples by how far its derivative agrees with
            that of the plain law.
        apart: the largest distance between the two, ULP.
    """

    case: str
    law: str
    dtype: str
    stands_for: str = ""
    examples: int = 0
    components: int = 0
    tally: dict[str, int] = {}
    error: float | None = None
    attainable: float | None = None
    program: float | None = None
    ratio: float | None = None
    weak: int = 0
    estimated: tuple[str, ...] = ()
    regions: dict[str, int] = {}
    plans: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    witnesses: dict[str, bool] = {}
    rules: dict[RuleKind, tuple[str, ...]] = {}
    family: str = ""
    agreement: dict[str, int] = {}
    apart: float | None = None


class DeviceEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """Where a device law ran.

    Attributes:
        devices: on how many devices.
        processes: of how many processes.
        placement: how the arguments lay on them.
        backends: the platforms that were given the same arguments, where several were.
        apart: for two such platforms the largest difference between their results, ULP (None: one
            of them had no number).
        identical: calls whose results were bitwise the same, where that was asked.
    """

    devices: int = 1
    processes: int = 1
    placement: str = ""
    backends: tuple[str, ...] = ()
    apart: dict[str, float | None] = {}
    identical: int = 0


class PitfallEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """A misuse, the error it must raise, the error it raised, and the remedy.

    Attributes:
        family: what is misused, in words.
        misuse: the code, or what it does.
        phase: where it must raise: wrap, trace, compile or call; none where it must not.
        error: the class of the error or warning that must come; empty where none must.
        message: what that must say; ``…`` stands for any text.
        expected: the exception that must come, or what must happen instead of one.
        got: what came.
        modes: for jit, vmap, grad and scan what came inside of them, empty where it was the same;
            a mode that is not there had nothing to move.
        remedy: what to write instead, in words.
        remedied: the same as code.
        remedy_works: whether the remedy was right; None where it was not tried.
        source: the document that warns of it.
    """

    family: str = ""
    misuse: str
    phase: str
    error: str = ""
    message: str = ""
    expected: str
    got: str
    modes: dict[str, str] = {}
    remedy: str
    remedied: str = ""
    remedy_works: bool | None
    source: str = ""


class ConventionEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """A function at a point without a derivative, and what JAX gives there.

    Attributes:
        family: the table that it stands in.
        function: of x, as code.
        point: where.
        sides: the closed form beside the point.
        forward: the first derivative in forward mode.
        reverse: the first derivative in reverse mode.
        second: the second derivatives, each with the ways that give it.
        computed: the ways that this run computed; the values of others are as stated.
        accepted: what a mathematician accepts for the first derivative.
        accepted_second: and for the second.
        meaning: why that is acceptable.
        findings: each kind that was found, with a sentence.
        provenance: where a first derivative that is no number comes from.
        why: how JAX comes to its value.
        remedy: what to write instead.
        remedy_code: that, as code.
        remedy_works: whether the remedy was tried and right, or there is none to try.
        source: the document that says so.
    """

    family: str
    function: str
    point: str
    sides: str
    forward: str
    reverse: str
    second: str
    accepted: str
    accepted_second: str
    meaning: str
    computed: tuple[str, ...] = ()
    findings: dict[FindingKind, str] = {}
    provenance: str = ""
    why: str = ""
    remedy: str = ""
    remedy_code: str = ""
    remedy_works: bool = True
    source: str = ""


class TracingEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """A tracing law: how often a function must be traced, and how often it was.

    Attributes:
        statement: the law in one sentence.
        expected: traces that it states.
        got: traces counted.
    """

    statement: str
    expected: int
    got: int


class ClaimEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """A number or behaviour that a tutorial states, beside the oracle's.

    Attributes:
        document: its title.
        statement: what is stated, in words of this suite.
        stated: the value that the document gives.
        oracle: the value that is right.
        jax: the value that this installation computes.
    """

    document: str
    statement: str
    stated: str
    oracle: str
    jax: str


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
