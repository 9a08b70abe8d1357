"""Claims can be confirmed, refuted, and can find JAX at fault; their oracles stand without JAX."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy

from gradlaw.conformance.claims.claim import Answer, Claim, Kind
from gradlaw.conformance.claims.closed_forms import (
    derivative,
    gradient,
    magnitude,
    quadratic,
    vector,
)
from gradlaw.conformance.claims.judge import judge_claim, shown
from gradlaw.conformance.claims.numerals import may_return, prints_as
from gradlaw.conformance.claims.table import CLAIMS
from gradlaw.conformance.claims.tutorial import Shown, leeway, numerals, tutorial
from gradlaw.conformance.documents import (
    COMBINING,
    COMPILATION,
    COMPOSITION,
    DOCUMENTS,
    GRADIENT,
    REVISITED,
)
from gradlaw.conformance.pitfalls.snippet import Snippet

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


@pytest.mark.parametrize(
    ("numeral", "value", "prints"),
    [
        ("6.0", sympy.Integer(6), True),
        ("6.0", sympy.Rational("6.04"), False),
        ("6.04", sympy.Rational("6.044"), True),
        ("6.04", sympy.Rational("6.046"), False),
        ("1.3333334", sympy.Rational(4, 3), True),
        ("1.3333333", sympy.Rational(4, 3), True),
        ("1.3333335", sympy.Rational(4, 3), False),
        ("0.6666667", sympy.Rational(2, 3), True),
        ("-0.392", sympy.Rational("-0.92"), False),
        ("-0.92", sympy.Rational("-0.92"), True),
        ("0.92", sympy.Rational("-0.92"), False),
        ("1.4142135", sympy.sqrt(2), True),
        ("1.4142137", sympy.sqrt(2), False),
        ("0.0", sympy.Integer(0), True),
        ("0.0", sympy.Rational(1, 10**30), False),
    ],
)
def test_a_numeral_states_the_numbers_that_print_so(numeral: str, value: sympy.Expr, prints: bool):
    assert prints_as(numeral, value) is prints


def test_a_word_is_no_numeral():
    with pytest.raises(ValueError, match="many"):
        prints_as("many", sympy.Integer(1))


def test_roundings_allow_what_rounding_can_do_and_not_twice_that():
    """Dot products summed in float32 stay within γₖ; the bound is no more than that."""
    generator = np.random.default_rng(7)
    for _ in range(200):
        x, y = generator.standard_normal((2, 8)).astype(np.float32)
        terms = [Fraction(float(a)) * Fraction(float(b)) for a, b in zip(x, y, strict=True)]
        exact = sympy.Rational(sum(terms))
        wide = sympy.Rational(sum(map(abs, terms)))
        total = np.float32(0)
        for a, b in zip(x, y, strict=True):
            total += a * b
        assert may_return(total, exact, wide, 8)
        assert not may_return(total + np.float32(wide) * 17 * np.float32(2**-24), exact, wide, 8)


def test_no_rounding_allows_the_number_alone():
    assert may_return(np.float32(0.5), sympy.Rational(1, 2), 0, 0)
    assert not may_return(np.nextafter(np.float32(0.5), np.float32(1)), sympy.Rational(1, 2), 0, 0)
    assert not may_return(np.float32(0.1), sympy.Rational(1, 10), 0, 0)


def test_derivatives_agree_with_exact_differences():
    """A quadratic's central difference is its derivative, whatever the step."""
    w, b = vector("p", 2)
    x, y = vector("x", 3), vector("y", 3)
    loss = quadratic(w, b, x, y)
    numbers = (w, b, *x, *y)
    at = {symbol: f"{7 - 3 * place}/{place + 2}" for place, symbol in enumerate(numbers)}
    for symbol, found in zip((w, b, *x), leaves(derivative(loss, (w, b, *x), at)), strict=True):
        point = {each: sympy.Rational(value) for each, value in at.items()}
        above = loss.subs({**point, symbol: point[symbol] + 2})
        below = loss.subs({**point, symbol: point[symbol] - 2})
        assert found == (above - below) / 4


def test_a_magnitude_adds_up_terms_without_their_signs():
    w, b = vector("p", 2)
    polynomial = (w - b) * (w + 3)
    assert magnitude(polynomial, {w: "-2", b: "1/2"}) == 4 + 6 + 1 + sympy.Rational(3, 2)
    answer = gradient(w**2 - b * w, (w, b), {w: 3, b: 4}, roundings=2)
    assert (answer.value, answer.magnitude) == ((2, -3), (10, 3))


def test_values_are_shown_exactly_and_in_decimals():
    assert shown((sympy.Rational(-23, 25), sympy.Integer(4))) == "(-23/25 = -0.920000000, 4)"
    assert shown(((5,),)) == "((5,),)"


def test_an_answer_without_roundings_needs_no_magnitude():
    claim = Claim(
        name="half",
        document=GRADIENT,
        statement="A half.",
        kind="number",
        stated="0.5",
        oracle=lambda: Answer(value=sympy.Rational(1, 2)),
        jax=lambda: jnp.float32(0.5),
    )
    assert judge_claim(claim).verdict == "confirmed"


# A tutorial's snippets.


def snippet_claim(code: str, output: str, truth: str, kind: Kind = "number") -> Claim:
    """The claim of a snippet of one's own."""
    [claim] = tutorial(
        "own",
        "This test",
        "https://example.org",
        Shown(name="one", statement="It.", code=code, output=output, truth=truth, kind=kind),
    )
    return claim


CUBE = "f = lambda x: x**3\njax.grad(f)(2.0)"


@pytest.mark.parametrize(
    ("code", "output", "truth", "kind", "verdict"),
    [
        (CUBE, "12.0", "traced(f, 2.0).gradient()", "number", "confirmed"),
        (CUBE, "12.0", "3 * sympy.Integer(2) ** 2", "number", "confirmed"),
        (CUBE, "12.1", "traced(f, 2.0).gradient()", "number", "refuted"),
        (CUBE, "[12.0]", "traced(f, 2.0).gradient()", "number", "refuted"),
        (CUBE, "12.0", "12.1", "number", "wrong number"),
        (CUBE, "()", "()", "shape", "confirmed"),
        (CUBE, "(1,)", "()", "shape", "refuted"),
        (CUBE, "(1,)", "(1,)", "shape", "wrong structure"),
        ("jnp.ones(2) == 1", "True", "True", "truth", "confirmed"),
        ("jnp.ones(2) == 1", "False", "True", "truth", "refuted"),
        ("jnp.ones(2) == jnp.arange(2)", "True", "True", "truth", "wrong number"),
        ("jax.grad(3.0)", "TypeError", "TypeError", "error", "confirmed"),
        ("jax.grad(3.0)", "ValueError", "TypeError", "error", "refuted"),
        ("jax.grad(abs)", "TypeError", "TypeError", "error", "wrong error"),
        ("missing(1.0)", "12.0", "12", "number", "refused"),
    ],
)
def test_a_snippet_is_judged_as_any_claim(
    code: str, output: str, truth: str, kind: Kind, verdict: str
):
    claim = snippet_claim(code, output, truth, kind)
    record = judge_claim(claim)
    assert record.verdict == verdict
    for failure in record.failures:
        assert failure.reproducer.endswith(code)


def test_what_is_printed_may_be_as_far_off_as_rounding_goes_and_no_further():
    code, truth = "jax.grad(jnp.tanh)(2.0)", "traced(jnp.tanh, 2.0).gradient()"
    assert judge_claim(snippet_claim(code, "0.070650935", truth)).verdict == "confirmed"
    assert judge_claim(snippet_claim(code, "0.0706", truth)).verdict == "confirmed"
    assert judge_claim(snippet_claim(code, "0.07066", truth)).verdict == "refuted"
    assert judge_claim(snippet_claim(code, "7.0650935e-02", truth)).verdict == "confirmed"
    assert judge_claim(snippet_claim(code, "7.066e-02", truth)).verdict == "refuted"


def test_the_leeway_owes_nothing_to_what_is_true():
    """A wrong rule has a small leeway around the wrong number, and that is another."""
    wrong = "f = jax.custom_jvp(lambda x: x)\nf.defjvps(lambda t, *_: 1.01 * t)\njax.grad(f)(2.0)"
    assert judge_claim(snippet_claim(wrong, "1.0", "1")).verdict == "wrong number"


@pytest.mark.parametrize(
    ("output", "parts"),
    [
        ("0.5", "0.5"),
        ("-1.e-05", "-1.e-05"),
        ("[1. 2.5]", ("1.0", "2.5")),
        ("[[6. 6.]\n [6. 6.]]", (("6.0", "6.0"), ("6.0", "6.0"))),
        ("(Array, 1)", None),
        ("([0.5 1.5], -2.0)", (("0.5", "1.5"), "-2.0")),
        ("[3.]", ("3.0",)),
    ],
)
def test_numerals_are_nested_as_the_brackets_are(output: str, parts: object):
    if parts is None:
        with pytest.raises(ValueError, match="Array"):
            numerals(output)
    else:
        assert numerals(output) == parts


def test_a_last_line_that_computes_nothing_has_no_leeway():
    with pytest.raises(ValueError, match="the last line of own computes nothing"):
        leeway(Snippet("y = jax.grad(jnp.sin)(1.0)\ny", "own"))


def test_a_number_without_bound_is_named():
    with pytest.raises(ValueError, match="no bound"):
        leeway(Snippet("jax.grad(jnp.sqrt)(jnp.zeros(()))", "own"))


def test_what_a_traced_function_closes_over_is_asked_for_as_an_argument():
    code = (
        "a = jnp.float32(0.1) * jnp.ones(2)\nf = lambda x: jnp.sum(a * x)\njax.grad(f)(jnp.ones(2))"
    )
    with pytest.raises(ValueError, match="as arguments"):
        snippet_claim(code, "[0.1 0.1]", "traced(f, jnp.ones(2)).gradient()").oracle()
    true = "traced(lambda x, a: jnp.sum(a * x), jnp.ones(2), a).gradient()"
    assert judge_claim(snippet_claim(code, "[0.1 0.1]", true)).verdict == "confirmed"
