"""A law's program read once more, where what its dtype has no number for may be zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradlaw.conformance.answers import Question
from gradlaw.oracles.allowance import Balls
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.flushing import Flushing
from gradlaw.oracles.interpreter import Reader, Unsupported
from gradlaw.oracles.verdict import holds


def read_exactly(
    domain: Exact, question: Question, program: Any, arguments: Sequence[Any]
) -> list[Balls]:
    """A program of the law, read at numbers."""
    reader = Reader(domain)
    return question.in_parts(reader.read(program, [reader.lift(array) for array in arguments]))


def holding_flushed(
    domain: Flushing,
    question: Question,
    program: Any,
    arguments: Sequence[Any],
    oracles: list[Balls],
) -> list[Balls] | None:
    """The reading in which tiny numbers may be zero, where it holds the oracles; else None."""
    try:
        flushed = read_exactly(domain, question, program, arguments)
    except Unsupported:  # by now it is known that the program as it stands does not hold them
        return None
    return flushed if not domain.undecided and all_hold(flushed, oracles) else None


def all_hold(readings: Sequence[Balls], oracles: Sequence[Balls]) -> bool:
    """Whether every reading holds its oracle."""
    return all(
        reading.shape == oracle.shape and bool(holds(reading, oracle).all())
        for reading, oracle in zip(readings, oracles, strict=True)
    )
