"""The table of elementary functions, their partial derivatives and literals, against mpmath."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
import sympy
from flint import arb, ctx

from gradlaw.oracles import elementary as table
from gradlaw.oracles.domains.exact import COMPUTED, literal_ball
from gradlaw.oracles.elementary import Elementary, X, elementary, integer_power, named, remainder
from gradlaw.oracles.rounding.arithmetic import arithmetic
from gradlaw.oracles.rounding.rules import rule

DIGITS = 60
AGREED = arb(10) ** -35
AGREES_LESS = sympy.Rational(1, 10**30)


def by_order(a: Any, x: Any) -> Any:
    """The derivative of P(a, x) = Σ xᵃ⁺ⁿ e⁻ˣ / Γ(a + n + 1) by a, term by term."""
    total, n = mpmath.mpf(0), 0
    share = x**a * mpmath.exp(-x) / mpmath.gamma(a + 1)
    slope = mpmath.log(x) - mpmath.digamma(a + 1)
    while n < 10 or abs(share * slope) > mpmath.eps * abs(total):
        total += share * slope
        n += 1
        share, slope = share * x / (a + n), slope - 1 / (a + n)
    return total


def density(a: Any, x: Any) -> Any:
    return x ** (a - 1) * mpmath.exp(-x) / mpmath.gamma(a)


def dawson(x: Any) -> Any:
    return mpmath.sqrt(mpmath.pi) / 2 * mpmath.exp(-x * x) * mpmath.erfi(x)


def owen(h: Any, a: Any) -> Any:
    return mpmath.quad(lambda t: mpmath.exp(-h * h * (1 + t * t) / 2) / (1 + t * t), [0, a]) / (
        2 * mpmath.pi
    )


BY_MPMATH: dict[str, Any] = {
    "dawsn": dawson,
    "expi": mpmath.ei,
    "si": mpmath.si,
    "ci": mpmath.ci,
    "ndtri": lambda p: mpmath.sqrt(2) * mpmath.erfinv(2 * p - 1),
    "erfcinv": lambda x: mpmath.erfinv(1 - x),
    "owens_t": owen,
    "hyp1f1": mpmath.hyp1f1,
    "add": lambda x, y: x + y,
    "add_any": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "square": lambda x: x * x,
    "sqrt": mpmath.sqrt,
    "rsqrt": lambda x: 1 / mpmath.sqrt(x),
    "log1p": lambda x: mpmath.log(1 + x),
    "expm1": lambda x: mpmath.exp(x) - 1,
    "logistic": lambda x: mpmath.mpf(1) / (1 + mpmath.exp(-x)),
    "erf_inv": mpmath.erfinv,
    "exp2": lambda x: mpmath.power(2, x),
    "log2": lambda x: mpmath.log(x, 2),
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "pow": mpmath.power,
    "atan2": mpmath.atan2,
    "one_minus_square": lambda x: 1 - x * x,
    "lgamma": lambda x: mpmath.log(abs(mpmath.gamma(x))),
    "digamma": mpmath.digamma,
    "polygamma": mpmath.psi,
    "zeta": mpmath.zeta,
    "igamma": lambda a, x: mpmath.gammainc(a, 0, x, regularized=True),
    "igammac": lambda a, x: mpmath.gammainc(a, x, regularized=True),
    "igamma_grad_a": by_order,
    "random_gamma_grad": lambda a, x: -by_order(a, x) / density(a, x),
    "regularized_incomplete_beta": lambda a, b, x: mpmath.betainc(a, b, 0, x, regularized=True),
    "bessel_i0e": lambda x: mpmath.exp(-abs(x)) * mpmath.besseli(0, x),
    "bessel_i1e": lambda x: mpmath.exp(-abs(x)) * mpmath.besseli(1, x),
    "sign": mpmath.sign,
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    **{
        name: getattr(mpmath, name)
        for name in [
            "exp",
            "log",
            "sin",
            "cos",
            "tan",
            "sinh",
            "cosh",
            "tanh",
            "asinh",
            "atan",
            "asin",
            "acos",
            "acosh",
            "atanh",
            "erf",
            "erfc",
        ]
    },
}
Point = tuple[float, ...]
POINTS: dict[str, list[Point]] = {
    "acosh": [(1.0001,), (1.25,), (40.0,)],
    "div": [(0.3, 1.75), (-2.5, 1e-9)],
    "log1p": [(1e-30,), (-0.41,), (-0.9999,), (1e30,)],
    "expm1": [(1e-30,), (-40.0,), (0.5,)],
    "erf_inv": [(1e-20,), (-0.3,), (0.999,)],
    "erfc": [(-3.0,), (0.84375,), (12.0,)],
    "log2": [(1e-30,), (0.9999,), (300.0,)],
    "cbrt": [(-8.5,), (1e-30,), (27.0,)],
    "pow": [(0.3, 1.75), (2.5, -3.5), (1e-5, 0.25)],
    "atan2": [(0.3, 1.75), (-0.3, -1.75), (1e-9, -2.0), (4.0, 1e-12)],
    "lgamma": [(1e-9,), (0.999,), (1.5,), (2.0001,), (-2.5,), (-3.999,), (150.0,)],
    "digamma": [(1e-9,), (1.4616321449683622,), (-2.5,), (-3.999,), (150.0,)],
    "polygamma": [(1.0, 0.3), (2.0, -2.5), (3.0, 40.0), (0.0, 1.75)],
    "zeta": [(1.5, 0.3), (4.25, 2.75), (30.0, 0.01), (1.01, 9.0)],
    "igamma": [(0.3, 1.75), (4.0, 1.5), (20.0, 25.0), (0.01, 1e-5)],
    "igammac": [(0.3, 1.75), (4.0, 30.0), (20.0, 25.0), (0.01, 0.5)],
    "igamma_grad_a": [(0.3, 1.75), (4.0, 1.5)],
    "random_gamma_grad": [(0.3, 1.75), (4.0, 1.5)],
    "regularized_incomplete_beta": [(0.3, 1.75, 0.25), (4.0, 0.5, 0.9), (9.0, 12.0, 0.4)],
    "bessel_i0e": [(-3.5,), (1e-9,), (0.3,), (400.0,)],
    "bessel_i1e": [(-3.5,), (1e-9,), (0.3,), (400.0,)],
    "dawsn": [(-0.3,), (1e-9,), (5.0,)],
    "expi": [(-0.3,), (1e-9,), (0.3725,), (40.0,)],
    "si": [(-0.3,), (1e-9,), (40.0,)],
    "ci": [(0.3,), (1e-9,), (40.0,)],
    "ndtri": [(1e-9,), (0.3,), (0.999,)],
    "erfcinv": [(1e-9,), (0.3,), (1.75,)],
    "owens_t": [(0.3, 1.75), (-1.5, -0.25)],
    "hyp1f1": [(0.3, 1.75, 0.5), (4.0, 2.5, -0.875)],
    "sign": [(-0.3,), (2.5,)],
    "floor": [(-0.3,), (2.5,)],
    "ceil": [(-0.3,), (2.5,)],
}
ORDINARY: list[Point] = [(0.3,), (0.84375,)]
PAIRS: list[Point] = [(0.3, 1.75), (0.84375, 1.75)]

UNKNOWN = {("polygamma", 0), ("polygamma", 0, 0), ("polygamma", 0, 1)}
"""Partials by an order that is an integer."""
WITHOUT_RULE = {"random_gamma_grad"}
"""Of which XLA loses everything far from the samples' mean: its results are estimates."""
MIXED = {
    ("regularized_incomplete_beta", 0, 1),
    *(("hyp1f1", *positions) for positions in ((0, 0), (0, 1), (1, 1))),
}
"""Partials by parameters that are not known: hardly anybody needs them."""


def points(function: Elementary) -> list[Point]:
    return POINTS.get(function.name, ORDINARY if function.arity == 1 else PAIRS)


def agree(ball: arb, number: Any) -> bool:
    other = arb(mpmath.nstr(number, DIGITS))
    return bool(abs(arb(ball) - other) <= AGREED * (1 + abs(other)))


def differences(function: Elementary, reference: Any) -> list[str]:
    """The function's value, first and second partials that mpmath finds different."""
    found = []
    places = range(function.arity)
    wanted = [(i,) for i in places] + [(i, j) for i in places for j in places if i <= j]
    with mpmath.workdps(DIGITS), ctx.workprec(256):
        for point in points(function):
            numbers = [mpmath.mpf(number) for number in point]
            balls = [arb(number) for number in point]
            if not agree(function.evaluate(*balls), reference(*numbers)):
                found.append(f"{function.name}{point}")
            for positions in wanted:
                partial = function
                for position in positions:
                    partial = partial.partial(position)
                ball = arb(partial.evaluate(*balls))
                if (function.name, *positions) in UNKNOWN | MIXED:
                    assert ball.is_nan()
                    continue
                orders = tuple(positions.count(k) for k in places)
                expected = mpmath.diff(reference, tuple(numbers), orders)
                if not agree(ball, expected):
                    found.append(f"partial {positions} of {function.name}{point}")
    return found


def test_every_elementary_function_is_compared() -> None:
    assert set(BY_MPMATH) == set(table._FIXED)


@pytest.mark.parametrize("name", sorted(BY_MPMATH))
def test_function_and_partials(name: str) -> None:
    assert differences(named(name), BY_MPMATH[name]) == []
    assert (rule(name) is not None) == (name not in WITHOUT_RULE)


@pytest.mark.parametrize("exponent", [-5, -2, -1, 0, 1, 2, 3, 7])
def test_integer_powers(exponent: int) -> None:
    assert differences(integer_power(exponent), lambda x: x**exponent) == []


def test_a_wrong_function_and_a_wrong_partial_are_found() -> None:
    wrong = Elementary("sin", sympy.sin(X) * (1 + sympy.Rational(1, 10**30)), 1)
    assert len(differences(wrong, mpmath.sin)) == 3 * len(ORDINARY)
    wrong = Elementary("sin", named("sin").expression, 1)
    wrong._partials[0] = named("sin")
    found = differences(wrong, mpmath.sin)
    assert [line for line in found if "(0,)" in line] == [
        f"partial (0,) of sin{point}" for point in ORDINARY
    ]


@pytest.mark.parametrize("name", ["igamma", "zeta", "regularized_incomplete_beta"])
def test_a_wrong_parameter_derivative_is_found(name: str) -> None:
    right = named(name)
    wrong = Elementary(name, right.expression, right.arity)
    wrong._partials[0] = Elementary("d", right.partial(0).expression * (1 + AGREES_LESS), 2)
    wrong._partials[0].arity = right.arity
    point = points(right)[0]
    assert f"partial (0,) of {name}{point}" in differences(wrong, BY_MPMATH[name])


def test_a_remainder_is_linear() -> None:
    assert remainder(3).evaluate(arb(7.5), arb(2)) == 1.5
    assert remainder(3).partial(1).constant == -3


def test_a_primitive_without_a_function_has_none() -> None:
    assert elementary("sort") is None
    assert rule("sort") is None


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("meant", ["1/10", "1/3", "2/7", "-9/10", "31/5"])
def test_a_literal_holds_the_number_that_was_meant(dtype: str, meant: str) -> None:
    import ml_dtypes
    import numpy as np

    rational: Any = sympy.Rational(meant)
    scalar = np.dtype(getattr(ml_dtypes, dtype, dtype)).type
    rounded = float(scalar(float(rational)))
    ball = literal_ball(rounded, dtype)
    with ctx.workprec(256):
        assert ball.contains(arb(int(rational.p)) / int(rational.q))
    ulps = 1 / 2 + (COMPUTED if dtype == "float64" else 0)
    assert ball.rad() <= 1.01 * ulps * arithmetic(dtype).ulp(abs(rounded))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("number", [0.0, 1.0, -2.0, 0.5, 3.0, 100.0, 255.0, float("inf")])
def test_a_short_literal_is_exact(dtype: str, number: float) -> None:
    assert literal_ball(number, dtype) == arb(number)


@pytest.mark.parametrize(
    ("dtype", "number", "ulp"),
    [
        ("float32", 1.0, 2.0**-23),
        ("float32", 1.5, 2.0**-23),
        ("float32", 1e-45, 2.0**-149),
        ("float16", 2048.0, 2.0),
        ("bfloat16", 1.0, 2.0**-7),
        ("float64", 1.0, 2.0**-52),
    ],
)
def test_ulp(dtype: str, number: float, ulp: float) -> None:
    assert arithmetic(dtype).ulp(number) == ulp


def test_a_dtype_without_an_arithmetic_is_refused() -> None:
    with pytest.raises(ValueError, match="'int32' is not a floating-point dtype; known: float16"):
        arithmetic("int32")
