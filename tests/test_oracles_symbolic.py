"""Programs as formulas: what SymPy reads is what the program computes where it branches so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from flint import arb, ctx
from jax import lax

from gradlaw.oracles.domains import symbolic
from gradlaw.oracles.domains.exact import literal_ball
from gradlaw.oracles.domains.symbolic import Formula, Symbolic, TooLarge
from gradlaw.oracles.elementary import named
from gradlaw.oracles.formulas import FormulaReading
from gradlaw.oracles.x64 import x64

x = sympy.Symbol("x", real=True)
x_0, x_1, x_2 = (sympy.Symbol(f"x_{i}", real=True) for i in range(3))


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    with ctx.workprec(128):
        yield


def reading(function: Callable[..., Any], at: Any) -> FormulaReading:
    array = np.asarray(at, dtype=np.float64)
    with x64(True):
        return FormulaReading(jax.make_jaxpr(function)(array), ("x",), {"x": array})


def doubled_until_large(x: Any) -> Any:
    return lax.while_loop(lambda y: y < 10, lambda y: 2 * y, x)


PROGRAMS = {
    "polynomial": (lambda x: (x + 1) ** 3 / x, 2.0, (x + 1) ** 3 / x),
    "where": (lambda x: jnp.where(x > 1, jnp.sin(x), x), 2.0, sympy.sin(x)),
    "where, other side": (lambda x: jnp.where(x > 1, jnp.sin(x), x), 0.5, x),
    "while": (doubled_until_large, 3.0, 4 * x),
    "while, another number of times": (doubled_until_large, 1.0, 16 * x),
    "cond": (lambda x: lax.cond(x > 0, jnp.exp, jnp.negative, x), 1.0, sympy.exp(x)),
    "scan": (
        lambda x: lax.scan(lambda c, y: (c * y + x, None), 1.0, jnp.arange(3.0))[0],
        3.0,
        5 * x,
    ),
    "max": (jnp.max, [1.0, 3.0, 2.0], x_1),
    "inner product": (lambda x: x @ x, [1.0, 3.0, 2.0], x_0**2 + x_1**2 + x_2**2),
    "abs": (lambda x: jnp.sum(jnp.abs(x)), [1.0, -3.0, 2.0], x_0 - x_1 + x_2),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_its_formula(name: str) -> None:
    function, at, expected = PROGRAMS[name]
    found = reading(function, at).expressions().item()
    assert sympy.simplify(found - expected) == 0
    assert sympy.simplify(found - expected * sympy.Rational(2**60 + 1, 2**60)) != 0


def test_derivatives_are_those_of_the_formula() -> None:
    found = reading(lambda x: jnp.sum(x**2 * x[0]), [2.0, 3.0])
    assert [int(ball.unique_fmpz()) for ball in found.first("x")] == [21, 12]
    second = [[int(ball.unique_fmpz()) for ball in row] for row in found.second("x", "x")]
    assert second == [[12, 6], [6, 4]]


def test_a_literal_is_a_symbol_for_the_constant_that_it_rounds() -> None:
    domain = Symbolic()
    tenth = float(np.float32(0.1))
    literal = domain.constant(tenth, "float32", literal=True)
    assert domain.bound[literal.expression].contains(arb(1) / 10)
    assert literal_ball(tenth, "float32").contains(arb(1) / 10)
    assert not arb(tenth).contains(arb(1) / 10)  # what the dtype holds is another number
    assert not literal_ball(tenth, "float32").contains(arb("0.10000001"))
    assert domain.constant(tenth, "float32", literal=False).expression == sympy.Rational(tenth)
    assert domain.constant(0.5, "float32", literal=True).expression == sympy.Rational(1, 2)


def test_a_float32_program_holds_the_formulas_exact_constant() -> None:
    at = np.asarray(3.0, dtype=np.float32)
    with x64(False):
        program = jax.make_jaxpr(lambda x: x * 0.1)(at)
    found = FormulaReading(program, ("x",), {"x": at})
    assert found.first("x").item().contains(arb(1) / 10)
    assert not found.first("x").item().contains(arb("0.10000001"))


def test_nothing_is_differentiated_by_what_is_stopped() -> None:
    found = reading(lambda x: lax.stop_gradient(x) * x, 3.0)
    assert found.first("x").item() == 3
    assert found.value().item() == 9


def test_a_formula_too_large_is_refused() -> None:
    def repeated(x: Any) -> Any:
        for _ in range(40):
            x = jnp.sin(x) * x
        return x

    with pytest.raises(TooLarge, match=str(symbolic.LARGEST)):
        reading(repeated, 0.5).value()


def test_equal_values_of_different_formulas_are_noted() -> None:
    assert reading(lambda x: jnp.where(x > 1, x, 1.0), 1.0).expressions() == 1
    touching = reading(lambda x: jnp.where(x > 1, x, 1.0), 1.0)
    touching.value()
    assert touching.undecided == {"gt"}
    apart = reading(lambda x: jnp.where(x > 1, x, 1.0), 1.5)
    apart.value()
    assert apart.undecided == set()


def test_small_systems_are_solved_by_cramers_rule_and_large_ones_refused() -> None:
    domain = Symbolic()
    entries = [
        [domain.variable(f"a{i}{j}", arb(3 * (i == j) + 1)) for j in range(2)] for i in (0, 1)
    ]
    right = [domain.variable(f"b{i}", arb(i + 1)) for i in range(2)]
    solution = domain.solve(entries, right, "float64")
    for row, wanted in zip(entries, right, strict=True):
        total = sum(a.expression * s.expression for a, s in zip(row, solution, strict=True))
        assert sympy.simplify(total - wanted.expression) == 0
        assert sympy.simplify(total + wanted.expression) != 0
    with pytest.raises(TooLarge, match="4 unknowns"):
        domain.solve([[]] * 4, [right[0]] * 4, "float64")


def test_an_expression_and_its_ball_go_together() -> None:
    domain = Symbolic()
    result = domain.apply(named("exp"), "float64", domain.variable("x", arb(2)))
    assert isinstance(result, Formula)
    assert result.expression == sympy.exp(x)
    assert result.ball.overlaps(arb(2).exp())
    assert not result.ball.overlaps(arb(2).cosh())
