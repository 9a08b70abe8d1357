"""The table of elementary functions, their partial derivatives and literals, against mpmath."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
import sympy
from flint import arb, ctx

from gradlaw.oracles import elementary as table
from gradlaw.oracles.domains.exact import literal_ball
from gradlaw.oracles.elementary import Elementary, X, elementary, integer_power, named
from gradlaw.oracles.rounding.arithmetic import arithmetic
from gradlaw.oracles.rounding.rules import rule

DIGITS = 60
AGREED = arb(10) ** -35

BY_MPMATH: dict[str, Any] = {
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
POINTS = {"acosh": (1.25, 40.0), "div": (0.3, -2.5)}
ORDINARY = (0.3, 0.84375)


def agree(ball: arb, number: Any) -> bool:
    other = arb(mpmath.nstr(number, DIGITS))
    return bool(abs(arb(ball) - other) <= AGREED * (1 + abs(other)))


def differences(function: Elementary, reference: Any) -> list[str]:
    """The function's value and partials that mpmath finds different."""
    found = []
    with mpmath.workdps(DIGITS), ctx.workprec(256):
        for point in POINTS.get(function.name, ORDINARY):
            point_and_another = (point, 1.75)[: function.arity]
            numbers = [mpmath.mpf(number) for number in point_and_another]
            balls = [arb(number) for number in point_and_another]
            if not agree(function.evaluate(*balls), reference(*numbers)):
                found.append(f"{function.name}{point_and_another}")
            for position in range(function.arity):
                orders = tuple(int(position == k) for k in range(function.arity))
                expected = mpmath.diff(reference, tuple(numbers), orders)
                if not agree(function.partial(position).evaluate(*balls), expected):
                    found.append(f"partial {position} of {function.name}{point_and_another}")
    return found


def test_every_elementary_function_is_compared() -> None:
    assert set(BY_MPMATH) == set(table._FIXED)


@pytest.mark.parametrize("name", sorted(BY_MPMATH))
def test_function_and_partials(name: str) -> None:
    assert differences(named(name), BY_MPMATH[name]) == []
    assert rule(name) is not None


@pytest.mark.parametrize("exponent", [-5, -2, -1, 0, 1, 2, 3, 7])
def test_integer_powers(exponent: int) -> None:
    assert differences(integer_power(exponent), lambda x: x**exponent) == []


def test_a_wrong_function_and_a_wrong_partial_are_found() -> None:
    wrong = Elementary("sin", sympy.sin(X) * (1 + sympy.Rational(1, 10**30)), 1)
    assert len(differences(wrong, mpmath.sin)) == 2 * len(ORDINARY)
    wrong = named("sin")
    wrong = Elementary("sin", wrong.expression, 1)
    wrong._partials[0] = named("sin")
    assert differences(wrong, mpmath.sin) == [f"partial 0 of sin({x},)" for x in ORDINARY]


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
    assert ball.rad() <= arithmetic(dtype).ulp(abs(rounded))


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
