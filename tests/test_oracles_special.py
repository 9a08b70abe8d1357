"""Certified values: wide balls, limits at infinities and zeros, steps; none is ever wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from flint import acb, arb, ctx

from gradlaw.oracles import elementary as table
from gradlaw.oracles.arb_printing import compile_expression
from gradlaw.oracles.elementary import Elementary, named, rounding
from gradlaw.oracles.special import powers
from gradlaw.oracles.special.enclosures import accurate, limited
from gradlaw.oracles.special.integers import round_half_away
from gradlaw.oracles.special.parameters import parameter_derivative

INFINITY = float("inf")
COSTLY = {"igamma_grad_a", "random_gamma_grad"}
DOMAINS: dict[str, list[tuple[float, float]]] = {
    "acosh": [(1.1, 9)],
    "asin": [(-0.9, 0.9)],
    "acos": [(-0.9, 0.9)],
    "atanh": [(-0.9, 0.9)],
    "erf_inv": [(-0.9, 0.9)],
    "log": [(0.1, 9)],
    "log2": [(0.1, 9)],
    "sqrt": [(0.1, 9)],
    "rsqrt": [(0.1, 9)],
    "log1p": [(-0.9, 9)],
    "pow": [(0.1, 9), (-3, 3)],
    "polygamma": [(0, 3), (0.1, 9)],
    "zeta": [(1.2, 9), (0.1, 9)],
    "igamma": [(0.1, 9), (0.1, 9)],
    "igammac": [(0.1, 9), (0.1, 9)],
    "igamma_grad_a": [(0.1, 9), (0.1, 9)],
    "random_gamma_grad": [(0.1, 9), (0.1, 9)],
    "regularized_incomplete_beta": [(0.1, 9), (0.1, 9), (0.05, 0.95)],
}


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    with ctx.workprec(128):
        yield


def escaped(function: Elementary, examples: int = 12) -> tuple[list[Any], int]:
    """Values at points of balls that are not in the function of the ball; and how many are."""
    draw = np.random.default_rng(0)
    places = DOMAINS.get(function.name.removeprefix("d "), [(-9, 9)] * function.arity)
    outside, inside = [], 0
    for _ in range(examples if function.name.removeprefix("d ") not in COSTLY else 2):
        centres = [draw.uniform(*ends) for ends in places]
        if "polygamma" in function.name:
            centres[0] = math.floor(centres[0])
        radius = 2.0 ** draw.integers(-20, -3)
        balls = [arb(centre, radius) for centre in centres]
        if "polygamma" in function.name:
            balls[0] = arb(centres[0])
        whole = arb(function.evaluate(*balls))
        for _ in range(4):
            point = [centre + radius * draw.uniform(-1, 1) for centre in centres]
            if "polygamma" in function.name:
                point[0] = centres[0]
            value = arb(function.evaluate(*map(arb, point)))
            if whole.is_finite() and not value.overlaps(whole):
                outside.append((point, value, whole))
            inside += bool(whole.is_finite())
    return outside, inside


@pytest.mark.parametrize("name", sorted(table._FIXED))
def test_the_function_of_a_ball_holds_that_of_its_points(name: str) -> None:
    function = named(name)
    outside, inside = escaped(function)
    assert outside == []
    assert inside > 0
    for position in range(function.arity):
        assert escaped(function.partial(position))[0] == []


def test_a_function_that_forgets_the_radius_is_found() -> None:
    forgetful = Elementary("exp", sympy.exp(table.X), 1)
    forgetful.__dict__["evaluate"] = lambda x: x.mid().exp()
    assert escaped(forgetful)[0]


@pytest.mark.parametrize(
    ("name", "argument", "limit"),
    [
        ("exp", -INFINITY, 0.0),
        ("exp", INFINITY, INFINITY),
        ("expm1", -INFINITY, -1.0),
        ("exp2", -INFINITY, 0.0),
        ("log", 0.0, -INFINITY),
        ("log", INFINITY, INFINITY),
        ("log1p", -1.0, -INFINITY),
        ("tanh", INFINITY, 1.0),
        ("tanh", -INFINITY, -1.0),
        ("atanh", 1.0, INFINITY),
        ("logistic", INFINITY, 1.0),
        ("logistic", -INFINITY, 0.0),
        ("erf", INFINITY, 1.0),
        ("erf", -INFINITY, -1.0),
        ("erfc", INFINITY, 0.0),
        ("erfc", -INFINITY, 2.0),
        ("erf_inv", 1.0, INFINITY),
        ("erf_inv", -1.0, -INFINITY),
        ("sqrt", INFINITY, INFINITY),
        ("rsqrt", INFINITY, 0.0),
        ("lgamma", 0.0, INFINITY),
        ("lgamma", INFINITY, INFINITY),
        ("digamma", INFINITY, INFINITY),
        ("bessel_i0e", INFINITY, 0.0),
        ("bessel_i1e", -INFINITY, 0.0),
        ("sign", -INFINITY, -1.0),
        ("floor", INFINITY, INFINITY),
        ("ceil", -INFINITY, -INFINITY),
        ("cbrt", 0.0, 0.0),
    ],
)
def test_limits(name: str, argument: float, limit: float) -> None:
    assert arb(named(name).evaluate(arb(argument))) == arb(limit)


@pytest.mark.parametrize(
    ("name", "arguments", "value"),
    [
        ("pow", (-2.0, 3.0), -8.0),
        ("pow", (-2.0, -2.0), 0.25),
        ("pow", (0.0, 0.0), 1.0),
        ("pow", (0.0, 0.5), 0.0),
        ("pow", (0.0, 2.0), 0.0),
        ("pow", (2.0, -INFINITY), 0.0),
        ("igamma", (2.5, 0.0), 0.0),
        ("igamma", (2.5, INFINITY), 1.0),
        ("igammac", (2.5, 0.0), 1.0),
        ("igammac", (2.5, INFINITY), 0.0),
        ("regularized_incomplete_beta", (2.5, 3.0, 0.0), 0.0),
        ("regularized_incomplete_beta", (2.5, 3.0, 1.0), 1.0),
        ("add", (INFINITY, 3.0), INFINITY),
        ("mul", (INFINITY, -3.0), -INFINITY),
    ],
)
def test_values_at_the_edge(name: str, arguments: tuple[float, ...], value: float) -> None:
    assert arb(named(name).evaluate(*map(arb, arguments))) == arb(value)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("pow", (-2.0, 0.5)),
        ("log", (-1.0,)),
        ("sqrt", (-1.0,)),
        ("asin", (2.0,)),
        ("acosh", (0.5,)),
        ("erf_inv", (2.0,)),
        ("digamma", (-2.0,)),
        ("digamma", (0.0,)),
        ("polygamma", (1.0, -3.0)),
        ("polygamma", (0.5, 2.0)),
        ("zeta", (1.0, 2.0)),
        ("zeta", (2.5, -1.5)),
        ("igamma", (-1.0, 2.0)),
        ("igamma", (1.0, -2.0)),
        ("igammac", (0.0, 2.0)),
        ("regularized_incomplete_beta", (-1.0, 2.0, 0.5)),
        ("regularized_incomplete_beta", (1.0, 2.0, 1.5)),
        ("div", (1.0, 0.0)),
    ],
)
def test_where_there_is_no_value_there_is_no_finite_ball(
    name: str, arguments: tuple[float, ...]
) -> None:
    assert not arb(named(name).evaluate(*map(arb, arguments))).is_finite()


@pytest.mark.parametrize("name", sorted(table._FIXED))
@pytest.mark.parametrize("argument", [arb("nan"), arb(0, 1e9), arb(0), arb(-1), arb("inf")])
def test_nothing_raises(name: str, argument: arb) -> None:
    function = named(name)
    if name in COSTLY:
        return
    for evaluated in (function, *(function.partial(p) for p in range(function.arity))):
        value = arb(evaluated.evaluate(*[argument] * function.arity))
        assert evaluated.constant is not None or not argument.is_nan() or not value.is_finite()


TIES = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49999999999999994, -3.7, 3.2, 0.0, 2.0**52 + 1, -7.0]


@pytest.mark.parametrize("number", TIES)
def test_rounding_to_an_integer(number: float) -> None:
    away = math.copysign(math.floor(abs(Fraction(number)) + Fraction(1, 2)), number)
    assert rounding(1).evaluate(arb(number)) == arb(float(np.rint(number)))
    assert rounding(0).evaluate(arb(number)) == arb(away)
    assert named("floor").evaluate(arb(number)) == arb(math.floor(number))
    assert named("ceil").evaluate(arb(number)) == arb(math.ceil(number))


def test_rounding_a_ball_over_a_step_holds_both_sides() -> None:
    assert round_half_away(arb(2.5, 0.25)).contains(arb(2))
    assert round_half_away(arb(2.5, 0.25)).contains(arb(3))


def test_lost_digits_are_computed_again() -> None:
    def cancelled() -> arb:
        large = arb(2) ** 400
        return (large + arb(1) / 3) - large

    assert cancelled().rel_accuracy_bits() < 1
    assert accurate(cancelled).rel_accuracy_bits() > 60


def test_a_limit_holds_at_its_point_only() -> None:
    logarithm = limited(arb.log, {0: -INFINITY})
    assert logarithm(0) == arb(-INFINITY)
    assert not logarithm(arb(0, 1e-30)).is_finite()


def test_a_parameter_derivative_against_sympy() -> None:
    def function(z: acb) -> acb:
        return z.exp() * z

    for order in (1, 2, 3):
        found = parameter_derivative(function, arb(0.75), order, arb(1))
        exact = arb(0.75).exp() * (arb(0.75) + order)
        assert found.overlaps(exact)
        assert found.rad() < arb(2) ** -90
    beyond = parameter_derivative(lambda z: 1 / (z - 1), arb(0.5), 1, arb(1) / 2)
    assert not beyond.is_finite()


@pytest.mark.parametrize(
    ("order", "x", "y", "expected"),
    [
        (1, 0, 0, 0),
        (1, 0, 1, 1),
        (1, 0, 3, 0),
        (2, 0, 2, 2),
        (2, 0, 1, 0),
        (3, 0, 3, 6),
        (1, -2, 3, 12),
        (2, -2, 3, -12),
    ],
)
def test_a_power_by_a_natural_exponent_is_a_polynomial(
    order: int, x: int, y: int, expected: int
) -> None:
    assert powers.power_by_base(order, x, y) == expected


def test_at_zero_other_powers_have_no_derivative() -> None:
    assert not powers.power_by_base(1, 0, -1).is_finite()
    assert not powers.power_by_base(1, 0, arb("0.5")).is_finite()
    # An exponent near a natural number is none.
    assert not powers.power_by_base(1, 0, arb(1, 1e-20)).is_finite()


@pytest.mark.parametrize("places", [(0,), (0, 0), (0, 1), (1, 0), (0, 0, 1)])
def test_derivatives_of_powers_are_those_of_mpmath(places: tuple[int, ...]) -> None:
    function = named("pow")
    for place in places:
        function = function.partial(place)
    orders = places.count(0), places.count(1)
    for x, y in ((1.5, 2.5), (0.3, -1.2), (2.0, 3.0)):
        true = mpmath.diff(lambda x, y: x**y, (mpmath.mpf(x), mpmath.mpf(y)), orders)
        assert abs(float(function.evaluate(arb(x), arb(y)).mid()) - float(true)) < 1e-6 * abs(true)


@pytest.mark.parametrize("exponent", [1, 2, 3, 4])
@pytest.mark.parametrize("middle", [0, 1e-3, -0.25, 2])
def test_natural_powers_of_balls_around_zero_are_balls(middle: float, exponent: int) -> None:
    ball = arb(middle, 0.5)
    for found in (
        powers.natural_power(ball, exponent),
        powers.power(ball, exponent),
        arb_of(sympy.Symbol("x") ** exponent, ball),
    ):
        assert found.is_finite()
        for place in (-0.5, -0.1, 0.0, 0.3, 0.5):
            assert found.contains(arb(middle + place) ** exponent)
        assert found.abs_upper() <= (abs(middle) + 0.5) ** exponent * 1.01
    assert powers.natural_power(arb(0), exponent) == 0


def arb_of(expression: sympy.Expr, ball: arb) -> arb:
    return compile_expression([sympy.Symbol("x")], expression)(ball)


def test_the_derivative_of_a_tangent_is_known_around_zero() -> None:
    slope = named("tan").partial(0).evaluate(arb(0, 1e-7))
    assert slope.contains(arb(1))
    assert slope.rad() < 1e-12
