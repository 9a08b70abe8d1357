"""What a claim may say of a number: numerals, roundings, magnitudes, exact derivatives."""

from __future__ import annotations

from fractions import Fraction

import jax.numpy as jnp
import numpy as np
import pytest
import sympy

from gradlaw.conformance.claims.claim import Answer, Claim
from gradlaw.conformance.claims.closed_forms import (
    derivative,
    gradient,
    magnitude,
    quadratic,
    vector,
)
from gradlaw.conformance.claims.judge import judge_claim, shown
from gradlaw.conformance.claims.numerals import may_return, prints_as
from gradlaw.conformance.documents import (
    GRADIENT,
)


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
    found_by = derivative(loss, (w, b, *x), at)
    assert isinstance(found_by, tuple)
    for symbol, found in zip((w, b, *x), found_by, strict=True):
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
