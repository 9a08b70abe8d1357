"""Claims can be confirmed, refuted, and can find JAX at fault; their oracles stand without JAX."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy

from gradlaw.conformance.claims.claim import Claim
from gradlaw.conformance.claims.judge import judge_claim
from gradlaw.conformance.claims.table import CLAIMS
from gradlaw.conformance.documents import (
    COMBINING,
    COMPILATION,
    COMPOSITION,
    DOCUMENTS,
    GRADIENT,
    REVISITED,
)

REFUTED = {
    "revisited-results_close",
    "revisited-changed_closure",
    "revisited-gradient_by_w",
    "revisited-gradient_by_b",
    "compilation-solution",
    "compilation-gradient",
    "compilation-solver_under_jit",
    "compilation-gradient_of_layer",
    "compilation-gradient_of_vector_layer",
    "compilation-history",
    "cookbook-gradient_of_loss",
    "cookbook-both_gradients",
}
NUMBERS = [claim for claim in CLAIMS if claim.kind == "number"]
EXACT = [claim for claim in NUMBERS if claim.leeway is None and claim.oracle().roundings == 0]
OTHERS = [claim for claim in CLAIMS if claim.kind != "number"]


def by_name(claim: Claim) -> str:
    return claim.name


each = pytest.mark.parametrize("claim", CLAIMS, ids=by_name)
each_number = pytest.mark.parametrize("claim", NUMBERS, ids=by_name)
each_other = pytest.mark.parametrize("claim", OTHERS, ids=by_name)


def leaves(tree: Any) -> Iterator[Any]:
    if isinstance(tree, tuple):
        for part in tree:
            yield from leaves(part)
    else:
        yield tree


def change_last(tree: Any, change: Any) -> Any:
    if isinstance(tree, tuple) and tree:
        return (*tree[:-1], change_last(tree[-1], change))
    return change(tree)


def test_names_are_unique_and_documents_known():
    assert len({claim.name for claim in CLAIMS}) == len(CLAIMS)
    others = {claim.document for claim in CLAIMS if claim.code}
    assert {claim.document for claim in CLAIMS} == {*DOCUMENTS, *others}
    assert all(", https://" in document for document in others)


@pytest.mark.parametrize(
    ("document", "printed"),
    [
        (COMPOSITION, {"40.0", "6.0", "30.0"}),
        (GRADIENT, {"4.0", "2.0", "6.0", "30.0", "TypeError"}),
        (REVISITED, {"-0.392", "-1.568", "-1.96", True}),
        (COMPILATION, {"0.6666667", "1.3333334"}),
    ],
)
def test_whatever_a_document_prints_is_claimed(document: str, printed: set[Any]):
    stated = {
        leaf for claim in CLAIMS if claim.document == document for leaf in leaves(claim.stated)
    }
    assert printed <= stated


@pytest.mark.parametrize(
    ("document", "shape"),
    [(COMBINING, (5,)), (COMBINING, ()), (COMBINING, (100000,)), (REVISITED, (4, 2))]
    + [(REVISITED, shape) for shape in ((4, 3), (16, 2), (16,))],
)
def test_each_printed_shape_is_claimed(document: str, shape: tuple[int, ...]):
    stated = [c.stated for c in CLAIMS if c.document == document and c.kind == "shape"]
    assert any(isinstance(shapes, tuple) and shape in shapes for shapes in stated)


@each
def test_a_flipped_statement_flips_the_verdict(claim: Claim):
    """What holds is refuted when one leaf is changed; what does not, confirmed when put right."""
    true = claim.oracle().value
    if claim.name in REFUTED:
        right = change_all(true, lambda v: str(sympy.N(v, 9))) if claim.kind == "number" else true
        assert judge_claim(claim).verdict == "refuted"
        assert judge_claim(replace(claim, stated=right)).verdict == "confirmed"
    else:
        wrong = change_last(claim.stated, other)
        assert judge_claim(claim).verdict == "confirmed"
        assert judge_claim(replace(claim, stated=wrong)).verdict == "refuted"


def change_all(tree: Any, change: Any) -> Any:
    if isinstance(tree, tuple):
        return tuple(change_all(part, change) for part in tree)
    return change(tree)


def other(leaf: Any) -> Any:
    match leaf:
        case bool():
            return not leaf
        case int():
            return leaf + 1
        case ():
            return (1,)
        case str() if leaf[-1].isdigit():
            return re.sub("[0-9]", lambda digit: str(9 - int(digit[0])), leaf, count=1)
    return f"Other{leaf}"


@each_number
def test_a_wrong_number_of_jax_is_noticed(claim: Claim):
    def wrong() -> object:
        got = claim.jax()
        return tuple(map(off, got)) if isinstance(got, tuple) else off(got)

    steps = 64 if claim.leeway is None else 1024

    def off(got: Any) -> Any:
        array = np.array(got)
        array.flat[-1] += steps * np.spacing(np.maximum(np.abs(array.flat[-1]), np.float32(0.25)))
        return array

    record = judge_claim(replace(claim, jax=wrong))
    assert record.verdict == "wrong number"
    assert record.failures[0].expected == record.claim.oracle  # type: ignore[union-attr]


@each_number
@pytest.mark.parametrize("poison", [np.nan, np.inf])
def test_nan_is_no_number_that_a_claim_accepts(claim: Claim, poison: float):
    got = jax.tree.map(lambda leaf: jnp.full_like(leaf, poison), claim.jax())
    assert judge_claim(replace(claim, jax=lambda: got)).verdict == "wrong number"


@pytest.mark.parametrize("claim", EXACT, ids=by_name)
def test_an_exact_claim_has_no_leeway(claim: Claim):
    got = jax.tree.map(lambda leaf: jnp.nextafter(leaf, jnp.inf), claim.jax())
    assert judge_claim(replace(claim, jax=lambda: got)).verdict == "wrong number"


@each_number
def test_another_structure_is_noticed(claim: Claim):
    assert judge_claim(replace(claim, jax=lambda: (claim.jax(),))).verdict == "wrong number"


@each_other
def test_another_behaviour_of_jax_is_noticed(claim: Claim):
    faults = {
        "shape": "wrong structure",
        "truth": "wrong number",
        "error": "wrong error",
        "count": "wrong count",
    }
    wrong = change_last(claim.jax(), other)
    assert judge_claim(replace(claim, jax=lambda: wrong)).verdict == faults[claim.kind]


@each
def test_an_unforeseen_error_is_refused(claim: Claim):
    def fails() -> object:
        raise RuntimeError("no such device")

    record = judge_claim(replace(claim, jax=fails))
    assert record.verdict == "refused"
    assert "RuntimeError: no such device" in record.failures[0].explanation


@each
def test_no_oracle_differentiates_with_jax(claim: Claim, monkeypatch: pytest.MonkeyPatch):
    def forbidden(*_: Any, **__: Any) -> Any:
        raise AssertionError("an oracle asked JAX")

    names = ("grad", "value_and_grad", "jacobian", "jacrev", "jacfwd", "vjp", "jvp", "vmap", "jit")
    expected = claim.oracle()
    for name in names:
        monkeypatch.setattr(jax, name, forbidden)
    assert claim.oracle() == expected


def test_a_wrong_derivative_rule_is_found(monkeypatch: pytest.MonkeyPatch):
    real = jax.grad
    monkeypatch.setattr(
        jax, "grad", lambda f, **o: lambda *a: jax.tree.map(lambda g: 2 * g, real(f, **o)(*a))
    )
    found = {claim.name: judge_claim(claim).verdict for claim in CLAIMS}
    for name in ("composition-first_call", "gradient-both_arguments", "revisited-gradient_by_w"):
        assert found[name] == "wrong number"
    assert found["combining-mean_gradients_match"] == "wrong number"
    assert found["combining-mean_shapes"] == "confirmed"
