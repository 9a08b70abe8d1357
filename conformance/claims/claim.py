"""The record of a claim: what a document states, what an oracle says, what JAX does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "shape", "truth", "error", "count"]
"""What is claimed: numbers as printed; the shape of an array; whether something holds; the error
that comes; how often a function is traced."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an oracle says.

    Attributes:
        value: *number*: a SymPy number, or nested tuples of them; *shape*: a tuple of shapes;
            *truth*: True or False; *error*: an exception's class name, or "no error"; *count*: an
            integer for each call.
        reason: why, in a sentence; may be empty where `value` says all.
        magnitude: *number*, where `value` is not exact in floating point: the sum of the absolute
            values of the terms that add up to each number, nested like `value`.
        roundings: *number*: how many roundings, those of the inputs included, the value of each
            term meets on its way into the result; 0 where the result must be exact.
    """

    value: object
    reason: str = ""
    magnitude: object = None
    roundings: int = 0


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One number or behaviour that a document states.

    Attributes:
        name: unique; names the pytest node.
        document: its title.
        statement: what it says, in our words.
        kind: what is claimed.
        stated: *number*: the numerals as printed, nested as printed; else like `Answer.value`.
        oracle: says what is true, without JAX.
        jax: what JAX does: arrays, or a value like `Answer.value`.
        leeway: *number*: how far rounding may carry JAX's numbers, nested like them, where that
            is read from their program; what is printed may be as far from what is true.
        code: what the document shows, as a script; may be empty.
    """

    name: str
    document: str
    statement: str
    kind: Kind
    stated: object
    oracle: Callable[[], Answer]
    jax: Callable[[], object]
    leeway: Callable[[], object] | None = None
    code: str = ""
