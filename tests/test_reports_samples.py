"""Sample reports, small and full of what a report can hold, and the strategy that draws them."""

from __future__ import annotations

import string
from typing import Any, get_args

import msgspec
from hypothesis import strategies as st

from gradlaw.reports.merging import merge_records
from gradlaw.reports.ordering import ROOMS
from gradlaw.reports.record import (
    CaseSheet,
    Environment,
    Failure,
    KnownIssue,
    Record,
    Report,
)
from gradlaw.reports.rooms import (
    ClaimEvidence,
    ConventionEvidence,
    DeviceEvidence,
    LawEvidence,
    PitfallEvidence,
    TracingEvidence,
)
from gradlaw.reports.verdict import (
    FAILING,
    FindingKind,
    Verdict,
)

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
LAWS = ("grad", "jit(grad)", "vmap(grad)", "jit(vmap(grad))")
DTYPES = ("float16", "float32")
SUM = (
    "<mrow><munderover><mo>&#x2211;</mo><mi>i</mi><mi>n</mi></munderover>"
    "<mi>w</mi><mo>&InvisibleTimes;</mo><msub><mi>x</mi><mi>i</mi></msub></mrow>"
)

ENVIRONMENT = Environment(
    started="2026-01-02T03:04:05+00:00",
    profile="quick",
    seed=7,
    python="3.11.9",
    machine="Linux x86_64, 2 processors",
    versions={"jax": "0.10.2", "jaxlib": "0.10.2"},
    devices=("TFRT_CPU_0",),
    backends=("cpu",),
    flags={"XLA_FLAGS": "--xla_a=1"},
    subnormals={"float32": "flushed or kept"},
)

CASES = (
    CaseSheet(
        name="quadratic",
        signature="(),(),(n)->()",
        source="A tutorial",
        formula=SUM,
        derivatives={"w": SUM},
    ),
    CaseSheet(name="affine", signature="(m,n),(n),(m)->()", source="Linear algebra", formula=SUM),
)


def law_record(
    case: str = "quadratic",
    law: str = "grad",
    dtype: str = "float32",
    verdict: Verdict = "conforms",
    *,
    error: float | None = 0.5,
    **fields: Any,
) -> Record:
    """A law's record, with a failure where its verdict is failing."""
    failures = ()
    if verdict in FAILING:
        failures = (
            Failure(
                verdict=verdict,
                explanation=f"the gradient is {verdict}",
                where="x[3]",
                arguments="w = 1.5",
                shape=(7,),
                got="2.25",
                expected="1.125",
                error=error,
                attainable=2.0,
                program=16.0,
                reproducer="import jax\nprint(jax.grad(abs)(1.5))",
            ),
        )
    fields = {"failures": failures, "seconds": {"compile": 0.25, "oracle": 0.125}, **fields}
    return Record(
        node=f"conformance/test_laws.py::test_law[{case}-{law}-{dtype}-cpu]",
        room="law",
        subject=case,
        verdict=verdict,
        backend="cpu",
        law=LawEvidence(
            case=case,
            law=law,
            dtype=dtype,
            examples=10,
            components=70,
            tally={verdict: 10},
            error=error,
            attainable=2.0,
            program=16.0,
            ratio=None if error is None else error / 2,
            regions={"ordinary": 8, "zeros": 2},
            plans=("w: (), x: (7,)",),
        ),
        **fields,
    )


def device_record(
    law: str = "jit(vmap(grad))",
    devices: int = 8,
    verdict: Verdict = "conforms",
    placement: str = "sharded by batch",
    **fields: Any,
) -> Record:
    """A device law's record."""
    record = law_record("quadratic", law, "float32", verdict)
    where = f"{placement}-{devices} devices-float32-cpu"
    return msgspec.structs.replace(
        record,
        node=f"conformance/test_devices.py::test_device_law[quadratic-{law} {where}]",
        room="device",
        device=DeviceEvidence(devices=devices, placement=placement, **fields),
    )


def pitfall_record(verdict: Verdict = "conforms", **fields: Any) -> Record:
    """A pitfall's record."""
    evidence = {
        "family": "Not a scalar",
        "misuse": "f = lambda x: x * x\njax.grad(f)(x)",
        "phase": "trace",
        "error": "TypeError",
        "message": "only scalar outputs…",
        "expected": "TypeError at trace: only scalar outputs…",
        "got": "TypeError at trace: only scalar outputs, not (2,)",
        "modes": {"jit": "", "vmap": "ValueError: another"},
        "remedy": "wrap in jnp.sum",
        "remedied": "def f(x):\n    return jnp.sum(x * x)\njax.grad(f)(x)",
        "remedy_works": True,
        **fields,
    }
    return Record(
        node="conformance/test_pitfalls.py::test_pitfall[vector_output-cpu]",
        room="pitfall",
        subject="vector_output",
        verdict=verdict,
        backend="cpu",
        pitfall=PitfallEvidence(**evidence),
    )


def convention_record(verdict: Verdict = "conforms", **fields: Any) -> Record:
    """A convention's record."""
    evidence = {
        "family": "roots_and_norms",
        "function": "jnp.linalg.norm(jnp.array([x, 0.0]))",
        "point": "0",
        "sides": "-x below, x above",
        "forward": "nan",
        "reverse": "nan",
        "second": "jvp(jvp): nan; grad(grad): 0",
        "accepted": "[-1, 1]",
        "accepted_second": "0",
        "meaning": "Clarke",
        "computed": ("jit(jvp)", "jit(grad)"),
        "findings": {"outside": "jvp: nan; accepted: [-1, 1]"},
        "provenance": "jvp: 0·∞: mul, norms.py:3",
        "why": "A root of a sum of squares.",
        "remedy": "Double where.",
        "remedy_code": "jnp.where(x == 0, 0.0, x)",
        "source": "A source file",
        **fields,
    }
    return Record(
        node="conformance/test_conventions.py::test_convention[norm_2-roots_and_norms-cpu]",
        room="convention",
        subject="norm_2",
        verdict=verdict,
        backend="cpu",
        convention=ConventionEvidence(**evidence),
    )


def tracing_record(verdict: Verdict = "conforms", got: int = 1) -> Record:
    """A tracing law's record."""
    return Record(
        node="conformance/test_tracing.py::test_tracing[second_call]",
        room="tracing",
        subject="second_call",
        verdict=verdict,
        tracing=TracingEvidence(statement="a second call does not trace", expected=1, got=got),
    )


def claim_record(verdict: Verdict = "refuted", stated: str = "-1.96") -> Record:
    """A claim's record."""
    return Record(
        node="conformance/test_claims.py::test_claim[bias_gradient]",
        room="claim",
        subject="bias_gradient",
        verdict=verdict,
        claim=ClaimEvidence(
            document="A tutorial",
            statement="the gradient by the bias",
            stated=stated,
            oracle="-4.6",
            jax="-4.6",
        ),
    )


def sample_report(*records: Record, **fields: Any) -> Report:
    """A report of these records, or of one record of every kind."""
    chosen = records or (
        *(
            law_record(case, law, dtype, error=1.5)
            for case in ("quadratic", "affine")
            for law in LAWS
            for dtype in DTYPES
        ),
        device_record(),
        pitfall_record(),
        convention_record(),
        tracing_record(),
        claim_record(),
    )
    fields = {"cases": CASES, "wall_seconds": 61.5, **fields}
    return merge_records(chosen, ENVIRONMENT, **fields)


texts = st.text(max_size=40)
"""Every character but surrogates, line ends and control characters included."""

numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(0, 2**40)
words = st.text(string.ascii_lowercase, min_size=1, max_size=6)


def structs(struct: type[msgspec.Struct], **fields: Any) -> st.SearchStrategy[Any]:
    """Any instance of a record type, whatever its fields hold."""
    return st.builds(struct, **fields)


failures = structs(
    Failure,
    verdict=st.sampled_from(VERDICTS),
    explanation=texts,
    where=texts,
    arguments=texts,
    shape=st.lists(counts, max_size=3).map(tuple),
    got=texts,
    expected=texts,
    error=numbers,
    attainable=numbers,
    program=numbers,
    reproducer=texts,
)
evidences = structs(
    LawEvidence,
    case=texts,
    law=texts,
    dtype=texts,
    examples=counts,
    components=counts,
    tally=st.dictionaries(st.sampled_from(VERDICTS), counts, max_size=3),
    error=numbers,
    attainable=numbers,
    program=numbers,
    ratio=numbers,
    weak=counts,
    estimated=st.lists(texts, max_size=2).map(tuple),
    regions=st.dictionaries(texts, counts, max_size=2),
    plans=st.lists(texts, max_size=2).map(tuple),
    notes=st.lists(texts, max_size=2).map(tuple),
    witnesses=st.dictionaries(texts, st.booleans(), max_size=2),
    family=texts,
    agreement=st.dictionaries(texts, counts, max_size=2),
    apart=numbers,
)
records = structs(
    Record,
    node=texts,
    room=st.sampled_from(ROOMS),
    subject=texts,
    verdict=st.sampled_from(VERDICTS),
    backend=st.sampled_from(("", "cpu", "gpu")),
    known=st.none() | words,
    seconds=st.dictionaries(words, st.floats(0, 1e6), max_size=3),
    failures=st.lists(failures, max_size=2).map(tuple),
    law=st.none() | evidences,
    device=st.none()
    | structs(
        DeviceEvidence,
        devices=counts,
        processes=counts,
        placement=texts,
        backends=st.lists(texts, max_size=2).map(tuple),
        apart=st.dictionaries(texts, numbers, max_size=2),
        identical=counts,
    ),
    pitfall=st.none()
    | structs(
        PitfallEvidence,
        family=texts,
        misuse=texts,
        phase=texts | st.just("none"),
        error=texts,
        message=texts,
        expected=texts,
        got=texts,
        modes=st.dictionaries(st.sampled_from(("jit", "vmap", "other")), texts, max_size=3),
        remedy=texts,
        remedied=texts,
        remedy_works=st.none() | st.booleans(),
        source=texts,
    ),
    convention=st.none()
    | structs(
        ConventionEvidence,
        family=texts,
        function=texts,
        point=texts,
        sides=texts,
        forward=texts,
        reverse=texts,
        second=texts,
        accepted=texts,
        accepted_second=texts,
        meaning=texts,
        computed=st.lists(texts, max_size=2).map(tuple),
        findings=st.dictionaries(st.sampled_from(get_args(FindingKind)), texts, max_size=3),
        provenance=texts,
        why=texts,
        remedy=texts,
        remedy_code=texts,
        remedy_works=st.booleans(),
        source=texts,
    ),
    tracing=st.none() | structs(TracingEvidence, statement=texts, expected=counts, got=counts),
    claim=st.none()
    | structs(
        ClaimEvidence, document=texts, statement=texts, stated=texts, oracle=texts, jax=texts
    ),
)
reports = st.builds(
    lambda chosen, issues, sheets: sample_report(*chosen, known_issues=issues, cases=sheets),
    st.lists(records, min_size=1, max_size=5),
    st.lists(
        structs(
            KnownIssue,
            name=words,
            pattern=texts,
            verdict=texts,
            reason=texts,
            link=texts,
            matched=counts,
            stale=st.booleans(),
        ),
        max_size=2,
    ),
    st.lists(
        structs(
            CaseSheet,
            name=texts,
            signature=texts,
            source=texts,
            formula=texts | st.just(SUM),
            derivatives=st.dictionaries(words, texts, max_size=2),
        ),
        max_size=2,
    ),
)


def test_the_sample_holds_every_room_and_fails_nowhere():
    report = sample_report()
    assert {record.room for record in report.records} == set(ROOMS)
    assert not any(record.failed for record in report.records)
