"""What a tutorial prints, judged as any claim."""

from __future__ import annotations

import pytest

from gradlaw.conformance.claims.claim import Claim, Kind
from gradlaw.conformance.claims.judge import judge_claim
from gradlaw.conformance.claims.tutorial import Shown, leeway, numerals, tutorial
from gradlaw.conformance.pitfalls.snippet import Snippet


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
