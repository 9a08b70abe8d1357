"""A program too large to be read is called, estimated and named."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from gradlaw.conformance.case import Case
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.judging import SECONDS, judge
from gradlaw.conformance.laws.table import law_named
from gradlaw.conformance.profiles import Profile
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.interpreter import Reader, TooLarge
from gradlaw.oracles.patience import keep_patience, patience
from gradlaw.reports.record import Record
from gradlaw.reports.rooms import LawEvidence


def squares(x: Any) -> Any:
    return jnp.sum(x * x) / 3


@jax.custom_jvp
def doubled(x: Any) -> Any:
    return squares(x)


@doubled.defjvp
def _doubled_jvp(primals: Any, tangents: Any) -> Any:
    (x,), (tangent,) = primals, tangents
    # Right in float64, where the estimate is taken, and wrong in every narrower dtype.
    factor = 2.0 if x.dtype == jnp.float64 else 4.0
    return squares(x), jnp.sum(factor * x * tangent) / 3


def record(function: Callable[..., Any], seconds: float = SECONDS) -> Record:
    case = Case(name="large", function=function, signature="(n)->()", source="a test", min_size=4)
    return Examination(
        case=case,
        law=law_named("jit(grad)"),
        dtype="float32",
        backend="cpu",
        seed=0,
        profile=Profile(plans=1, examples=3),
        judge=partial(judge, seconds=seconds),
    ).record()


def evidence(judged: Record) -> LawEvidence:
    assert judged.law is not None
    return judged.law


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that no program keeps."""
    real = Reader.__init__

    def limited(self: Reader, domain: Any, limit: int = 3) -> None:
        real(self, domain, limit)

    monkeypatch.setattr(Reader, "__init__", limited)


@pytest.mark.usefixtures("unread")
def test_estimate_is_named_and_holds_what_is_right() -> None:
    found = record(squares)
    assert found.verdict == "conforms"
    assert found.law is not None
    assert found.law.estimated == ("a program too large",)
    assert any("more than 3 scalar results" in note for note in found.law.notes)


@pytest.mark.usefixtures("unread")
def test_what_is_beyond_an_estimate_is_said_and_fails_nothing() -> None:
    found = record(doubled)
    assert found.law is not None
    assert found.law.tally["unsupported"] >= 1
    assert not found.failed


def test_a_program_that_is_read_is_not_estimated() -> None:
    found = record(squares)
    assert found.law is not None
    assert found.law.estimated == ()


def test_what_takes_too_long_to_bound_is_estimated() -> None:
    assert "a program too large" not in evidence(record(squares)).estimated
    late = record(squares, seconds=0.0)
    assert late.verdict == "conforms"
    assert "a program too large" in evidence(late).estimated
    assert any("more processor time" in note for note in evidence(late).notes)


def test_patience_within_patience_is_no_longer() -> None:
    with patience(0.0), patience(60.0), pytest.raises(TooLarge):
        keep_patience()
    with patience(60.0):
        keep_patience()


def test_a_solve_of_too_many_unknowns_is_too_large_before_it_is_begun() -> None:
    def solved(b: Any) -> Any:
        return jnp.sum(lax.custom_linear_solve(lambda x: 2 * x, b, lambda _, b: b / 2))

    program = jax.make_jaxpr(solved)(jnp.ones(50))
    reader = Reader(Exact(), limit=2_000)
    with pytest.raises(TooLarge, match="custom_linear_solve"):
        reader.read(program, [reader.lift(np.ones(50))])
    assert reader.steps < 100
