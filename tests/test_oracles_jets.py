"""Power series agree with mpmath, with Taylor's formula and with themselves; ties are hulls."""

from __future__ import annotations

from collections.abc import Iterator
from math import factorial
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb, arb_series, ctx

from gradlaw.oracles.domains import jets
from gradlaw.oracles.domains.jets import Jets
from gradlaw.oracles.elementary import Elementary, X, Y, named

ORDER = 3
POINTS = {"acosh": 1.75, "lgamma": 2.25, "digamma": 2.25}
UNARY = {
    "sqrt": mpmath.sqrt,
    "rsqrt": lambda x: 1 / mpmath.sqrt(x),
    "exp": mpmath.exp,
    "log": mpmath.log,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "asinh": mpmath.asinh,
    "acosh": mpmath.acosh,
    "atanh": mpmath.atanh,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "log1p": lambda x: mpmath.log(1 + x),
    "expm1": lambda x: mpmath.exp(x) - 1,
    "logistic": lambda x: 1 / (1 + mpmath.exp(-x)),
    "erf": mpmath.erf,
    "erfc": mpmath.erfc,
}


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    with ctx.workprec(128):
        yield


def ball(function: Any, point: float, order: int) -> arb:
    """mpmath's derivative, as uncertain as its change from 60 digits to 90 shows, doubled."""

    def derivative(digits: int) -> Any:
        with mpmath.workdps(digits):
            return mpmath.diff(function, mpmath.mpf(point), order)

    rough, fine = derivative(60), derivative(90)
    with mpmath.workdps(90):
        return arb(mpmath.nstr(fine, 80)) + arb(0, arb(mpmath.nstr(2 * abs(fine - rough), 20)))


def derivatives(series: Any) -> list[arb]:
    return [series[order] * factorial(order) for order in range(ORDER + 1)]


@pytest.mark.parametrize("name", UNARY)
def test_derivatives_of_three_orders_are_those_of_mpmath(name: str) -> None:
    point = POINTS.get(name, 0.375)
    domain = Jets(ORDER)
    found = derivatives(domain.apply(named(name), "float64", domain.variable(arb(point), 1.0)))
    expected = [ball(UNARY[name], point, order) for order in range(ORDER + 1)]
    assert all(f.overlaps(e) for f, e in zip(found, expected, strict=True))
    # Narrow enough to tell a derivative that is wrong in its 20th digit.
    assert not any(
        (f * (1 + arb(10) ** -20)).overlaps(e) for f, e in zip(found, expected, strict=True) if e
    )


@pytest.mark.parametrize("name", UNARY)
def test_flints_series_and_taylors_formula_agree(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain, function = Jets(ORDER), named(name)
    at = domain.series([arb(POINTS.get(name, 0.375)), arb(2), arb(-1), arb(0.5)])
    native = domain.apply(function, "float64", at)
    assert jets._on_series(function) is not None
    monkeypatch.setattr(jets, "_on_series", lambda _: None)
    composed = domain.apply(function, "float64", at)
    assert all(
        a.overlaps(b) for a, b in zip(derivatives(native), derivatives(composed), strict=True)
    )


def test_a_wrong_partial_derivative_parts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    domain, function = Jets(ORDER), Elementary("sin", sympy.sin(X), 1)
    function._partials[0] = Elementary("d sin", sympy.cos(X) * sympy.Rational(10**9 + 1, 10**9), 1)
    at = domain.variable(arb(0.375), 1.0)
    native = domain.apply(function, "float64", at)
    monkeypatch.setattr(jets, "_on_series", lambda _: None)
    assert not derivatives(domain.apply(function, "float64", at))[1].overlaps(native[1])


def test_functions_of_two_variables_mix_their_derivatives(monkeypatch: pytest.MonkeyPatch) -> None:
    domain = Jets(ORDER)
    function = Elementary("f", sympy.exp(X * Y) / (X + Y) + X**3 * sympy.sin(Y), 2)
    scalars = domain.series([arb(0.5), arb(1)]), domain.series([arb(0.75), arb(-2), arb(1)])
    native = domain.apply(function, "float64", *scalars)
    monkeypatch.setattr(jets, "_on_series", lambda _: None)
    composed = domain.apply(function, "float64", *scalars)
    assert all(
        a.overlaps(b) for a, b in zip(derivatives(native), derivatives(composed), strict=True)
    )
    one_varies = domain.apply(function, "float64", scalars[0], arb(0.75))
    assert not one_varies[1].overlaps(native[1])


def test_a_solution_of_series_solves_the_system_in_every_coefficient() -> None:
    draw, domain = np.random.default_rng(5), Jets(ORDER)

    def series() -> Any:
        return domain.series([arb(float(x)) for x in draw.uniform(-1, 1, ORDER + 1)])

    matrix = [[series() + 3 * (row == column) for column in range(3)] for row in range(3)]
    right = [series(), arb(2), series()]
    solution = domain.solve(matrix, right, "float64")
    for row, wanted in zip(matrix, right, strict=True):
        rest = domain.inner(row, solution, "float64") - wanted
        assert all(rest[order].contains(0) and rest[order].rad() < 1 for order in range(ORDER + 1))
    solution[1] = solution[1] + domain.series([arb(0), arb(0), arb(2) ** -60])
    rest = domain.inner(matrix[0], solution, "float64") - right[0]
    assert not rest[2].contains(0)


def test_a_tie_holds_every_candidates_derivative_and_no_second_one() -> None:
    domain = Jets(2)
    low, high = domain.series([arb(1), arb(-2), arb(1)]), domain.series([arb(1), arb(3)])
    tied = domain.extremum([low, high, arb(0)], "float64", larger=True)
    assert tied[1].contains(-2)
    assert tied[1].contains(3)
    assert not tied[1].contains(4)
    assert tied[2].is_nan()
    untied = domain.extremum([low, domain.series([arb(0), arb(3)])], "float64", larger=True)
    assert untied is low


def test_a_tie_of_one_scalar_with_itself_is_none() -> None:
    domain = Jets(1)
    scalar = domain.variable(arb(1), 1.0)
    assert domain.extremum([scalar, scalar], "float64", larger=False) is scalar


def test_equal_numbers_are_a_kink_where_one_varies() -> None:
    domain = Jets(1)
    x, other = domain.variable(arb(1), 1.0), domain.variable(arb(1), 2.0)
    assert domain.overlap(x, arb(1))
    assert domain.overlap(x, other)
    assert not domain.overlap(x, x)
    assert not domain.overlap(x, arb(2))
    assert not domain.overlap(arb(1), arb(1))
    assert domain.kinks is domain.undecided


def test_a_stopped_scalar_does_not_vary() -> None:
    domain = Jets(1)
    assert isinstance(domain.variable(arb(1), 1.0), arb_series)
    assert isinstance(domain.stopped(domain.variable(arb(1), 1.0)), arb)


@pytest.mark.parametrize("order", [0, 10])
def test_orders_that_flint_would_truncate_are_refused(order: int) -> None:
    with pytest.raises(ValueError, match=f"the order is {order}"):
        Jets(order)


def test_a_derivative_that_is_infinite_is_no_number() -> None:
    domain = Jets(1)
    root = domain.apply(named("sqrt"), "float64", domain.variable(arb(0), 1.0))
    assert root[0] == 0
    assert not root[1].is_finite()
