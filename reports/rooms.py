"""What each room of the suite keeps of a node: the evidence behind its verdict."""

from __future__ import annotations

import msgspec

from gradlaw.reports.verdict import FindingKind, RuleKind


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
