"""The words that a record is made of: verdicts, rooms, kinds of findings and of rules."""

from __future__ import annotations

from typing import Literal

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
