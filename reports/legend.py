"""The legend: what each verdict means, how bad it is, and the sign it is shown by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gradlaw.reports.record import Record
from gradlaw.reports.verdict import FAILING, Verdict

Tone = Literal["good", "warn", "bad", "dead", "note", "finding"]


@dataclass(frozen=True, kw_only=True)
class Sign:
    """How a verdict is shown.

    Attributes:
        verdict: the verdict.
        glyph: one character, so that no reader depends on colour.
        plain: the glyph where the terminal has ASCII only.
        tone: the family of colours.
        style: the same for Rich.
        meaning: one sentence.
    """

    verdict: Verdict
    glyph: str
    plain: str
    tone: Tone
    style: str
    meaning: str


def _sign(verdict: Verdict, glyph: str, plain: str, tone: Tone, meaning: str) -> Sign:
    style = {
        "good": "green",
        "warn": "yellow",
        "bad": "red",
        "dead": "bold magenta",
        "note": "dim",
        "finding": "cyan",
    }[tone]
    return Sign(verdict=verdict, glyph=glyph, plain=plain, tone=tone, style=style, meaning=meaning)


LEGEND: tuple[Sign, ...] = (
    _sign("crashed", "☠", "X", "dead", "The process died while the node was judged."),
    _sign("timed out", "◷", "T", "dead", "The node was stopped at its limit of time."),
    _sign("refused", "⊘", "R", "bad", "The law raised where the function itself evaluates."),
    _sign(
        "wrong structure",
        "⊞",
        "S",
        "bad",
        "The gradient's pytree, shape or dtype is not the differentiated argument's.",
    ),
    _sign(
        "wrong rule",
        "∂",
        "D",
        "bad",
        "The exact reading of the derivative program does not hold the closed form's value.",
    ),
    _sign(
        "wrong number",
        "≠",
        "N",
        "bad",
        "The result is beyond what rounding in the derivative program can cause: "
        "the compiler or the backend.",
    ),
    _sign("not finite", "∞", "I", "bad", "A NaN or an infinity where the closed form is finite."),
    _sign("wrong error", "!", "!", "bad", "A misuse did not raise the error that it must raise."),
    _sign("wrong count", "#", "#", "bad", "A function was traced more or less often than stated."),
    _sign(
        "wrong convention",
        "∠",
        "C",
        "bad",
        "At a point without a derivative JAX gives another value than is stated for this release.",
    ),
    _sign(
        "inaccurate",
        "≈",
        "~",
        "warn",
        "Within the program allowance but beyond the attainable one: "
        "the derivative formula loses what the function keeps.",
    ),
    _sign(
        "refuted",
        "✗",
        "x",
        "finding",
        "A document states what is not so: a finding about the document, not a failure of JAX.",
    ),
    _sign(
        "ill-posed",
        "∿",
        "?",
        "note",
        "The function's own program overflows or loses everything there, "
        "so no gradient can be demanded.",
    ),
    _sign("unsupported", "∅", "0", "note", "JAX says that it has no rule for this."),
    _sign("skipped", "–", "-", "note", "Not judged."),
    _sign("conforms", "✓", "+", "good", "Within what rounding costs a perfect rule."),
    _sign("confirmed", "✓", "+", "good", "A document states what is so."),
)
"""Every verdict, the worst first."""

SIGNS: dict[str, Sign] = {sign.verdict: sign for sign in LEGEND}

_RANK: dict[str, int] = {sign.verdict: rank for rank, sign in enumerate(LEGEND)}


def severity(verdict: str) -> int:
    """Larger is worse.

    Args:
        verdict: one of the legend's.
    """
    return len(LEGEND) - _RANK[verdict]


def badness(record: Record) -> tuple[bool, int]:
    """The key by which records are ordered from good to bad.

    A failure that no known issue accounts for is worse than any that one does account for.
    """
    return record.failed, severity(record.verdict)


def accounted(record: Record) -> bool:
    """Whether a known issue accounts for this record's failing verdict."""
    return record.verdict in FAILING and record.known is not None
