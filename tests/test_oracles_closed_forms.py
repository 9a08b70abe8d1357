"""Closed forms hold what a complex step finds, and what JAX's programs mean when read exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import jax
import mpmath
import numpy as np
import pytest
import sympy
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import FORMULATED, case_named
from gradlaw.oracles.arb_printing import compile_expression
from gradlaw.oracles.closed_form import ClosedForm
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.interpreter.reading import HANDLERS
from gradlaw.oracles.rounding.arithmetic import arithmetic
from gradlaw.oracles.verdict import narrow
from gradlaw.oracles.x64 import x64
from gradlaw.strategies.domains import WellConditioned
from gradlaw.strategies.shapes import leaf_shapes
from gradlaw.strategies.signatures import Signature

DIGITS = 80
STEP = mpmath.mpf(10) ** -30
"""A complex step errs by its square, a central difference likewise."""
AGREED = arb(10) ** -50

each_case = pytest.mark.parametrize("case", FORMULATED, ids=lambda case: case.name)
Leaves = dict[str, np.ndarray[Any, Any]]


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    with mpmath.workdps(DIGITS), ctx.workprec(512):
        yield


def drawn_leaves(data: st.DataObject, case: Case) -> Leaves:
    strategy = leaf_shapes(
        Signature.parse(case.signature), min_size=case.min_size, max_size=4, max_elements=16
    )
    shapes = data.draw(strategy)
    generator = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    leaves: Leaves = {}
    for name, shape in zip(case.leaves, shapes, strict=True):
        leaves[name] = np.asarray(generator.uniform(-0.9, 3.0, shape))
        if isinstance(case.domains.get(name), WellConditioned):
            leaves[name] = leaves[name] + 12 * np.eye(shape[0])
    return leaves


class Subscripted:
    """An array that a formula subscripts with SymPy's integers."""

    def __init__(self, array: np.ndarray[Any, Any]) -> None:
        self.array = array

    def __getitem__(self, index: Any) -> Any:
        return self.array[tuple(map(int, index)) if isinstance(index, tuple) else int(index)]


def by_hand(case: Case, numbers: Mapping[str, np.ndarray[Any, Any]]) -> Any:
    """The formula in mpmath, its sums written out term by term."""
    if isinstance(case.formula, sympy.MatrixExpr):
        A, b, c = (numbers[name] for name in "Abc")
        if not b.size:
            return mpmath.mpf(0)
        solution = mpmath.lu_solve(mpmath.matrix(A.tolist()), mpmath.matrix(b.tolist()))
        return mpmath.fdot(c.tolist(), list(solution))
    sizes: dict[Any, int] = {}
    arrays: dict[str, Any] = {}
    for name, axes in case.axes.items():
        array = numbers[name]
        if axes and axes[0].startswith("*"):
            array = array.reshape(-1)
        sizes |= {axis.lstrip("*"): n for axis, n in zip(axes, array.shape, strict=True)}
        arrays[name] = array
    assert case.formula is not None
    written = case.formula.subs({sympy.Symbol(name): size for name, size in sizes.items()}).doit()
    places = sorted(written.atoms(sympy.Indexed), key=str)
    plain = {place: sympy.Dummy() for place in places}
    scalars = [name for name, axes in case.axes.items() if not axes]
    function = sympy.lambdify(
        [*map(sympy.Symbol, scalars), *plain.values()], written.xreplace(plain), modules="mpmath"
    )
    values = [Subscripted(arrays[str(place.base)])[place.indices] for place in places]
    return function(*(arrays[name].item() for name in scalars), *values)


def precisely(leaves: Leaves) -> Leaves:
    return {name: np.vectorize(mpmath.mpc, otypes=[object])(a) for name, a in leaves.items()}


def moved(leaves: Leaves, name: str, place: Any, by: Any) -> Leaves:
    array = leaves[name].copy()
    array[place] += by
    return {**leaves, name: array}


def agree(ball: Any, number: Any) -> bool:
    other = arb(mpmath.nstr(mpmath.re(number), DIGITS))
    return bool(abs(ball - other) <= AGREED * (1 + abs(other)))


@each_case
@settings(max_examples=3, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_value_and_gradient_by_complex_step(case: Case, data: st.DataObject) -> None:
    leaves = drawn_leaves(data, case)
    numbers = precisely(leaves)
    assert agree(case.closed_form.value(leaves), by_hand(case, numbers))
    for name in case.leaves:
        gradient = case.closed_form.gradient(name, leaves)
        assert gradient.shape == leaves[name].shape
        for place in np.ndindex(gradient.shape):
            stepped = by_hand(case, moved(numbers, name, place, mpmath.mpc(0, STEP)))
            assert agree(gradient[place], mpmath.im(stepped) / STEP), (name, place)


@pytest.mark.parametrize(
    "case",
    [case for case in FORMULATED if any(not axes for axes in case.axes.values())],
    ids=lambda case: case.name,
)
@settings(max_examples=2, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_second_derivatives_by_scalars(case: Case, data: st.DataObject) -> None:
    leaves = drawn_leaves(data, case)
    numbers = precisely(leaves)
    scalars = [name for name, axes in case.axes.items() if not axes]
    for first in scalars:
        for second in scalars:
            stepped = moved(numbers, first, (), mpmath.mpc(0, STEP))
            ends = [mpmath.im(by_hand(case, moved(stepped, second, (), s * STEP))) for s in (1, -1)]
            expected = (ends[0] - ends[1]) / (2 * STEP * STEP)
            ball = case.closed_form.hessian(first, second, leaves).item()
            assert abs(ball - arb(mpmath.nstr(expected, 20))) <= arb(10) ** -15 * (1 + abs(ball))


def test_complex_step_rejects_a_coefficient_wrong_in_its_tenth_digit() -> None:
    case = case_named("sine_log")
    leaves = {"x": np.array([0.5, 2.0])}
    stepped = moved(precisely(leaves), "x", (1,), mpmath.mpc(0, STEP))
    derivative = mpmath.im(by_hand(case, stepped)) / STEP
    wrong = ClosedForm(case.formula * (1 + sympy.Rational(1, 10**10)), case.axes)
    assert agree(case.closed_form.gradient("x", leaves)[1], derivative)
    assert not agree(wrong.gradient("x", leaves)[1], derivative)


@pytest.mark.parametrize(
    ("formula", "gradient"),
    [
        ("Sum(x[i]**2, (i, 0, n - 2))", [2, 4, 0]),
        ("Sum(x[i]**2, (i, 1, n - 1))", [0, 4, 8]),
        ("Sum((x[i + 1] - x[i])**2, (i, 0, n - 2))", [-2, -2, 4]),
        ("Sum(x[i]*x[n - 1 - i], (i, 0, n - 1))", [8, 4, 2]),
        ("Sum(x[i]*x[j], (i, 0, j), (j, 0, n - 1))", [8, 9, 11]),
    ],
)
def test_sums_that_spare_or_shift_an_index(formula: str, gradient: list[int]) -> None:
    names: dict[str, Any] = {"x": sympy.IndexedBase("x"), "n": sympy.Symbol("n")}
    names |= {name: sympy.Symbol(name, integer=True) for name in "ij"}
    parse: Any = sympy.sympify
    expression = parse(formula, names)
    form = ClosedForm(expression, {"x": ("n",)})
    balls = form.gradient("x", {"x": np.array([1.0, 2.0, 4.0])})
    assert [ball == number for ball, number in zip(balls, gradient, strict=True)] == [True] * 3


def test_a_formula_is_compiled_without_python_division() -> None:
    i, n = sympy.Symbol("i", integer=True), sympy.Symbol("n")
    x: Any = sympy.IndexedBase("x")
    numbers = [arb(1), arb(1), arb(1)]
    third = arb(1) / 3
    for expression, expected in (
        (1 / n, third),
        (sympy.Sum(x[i] + i / n, (i, 0, n - 1)), arb(4)),
        (3 ** (-n) + x[0], third**3 + 1),
        (sympy.sqrt(n), arb(3).sqrt()),
    ):
        exact: Any = expression
        ball = arb(compile_expression([n, x], exact)(3, numbers))
        assert ball.overlaps(expected)
        assert ball.rad() <= arb(2) ** -500


def test_a_float_in_a_formula_is_refused() -> None:
    with pytest.raises(TypeError, match=r"holds the float 0\.1.*Rational"):
        compile_expression([sympy.Symbol("x")], 0.1 * sympy.Symbol("x"))


def test_a_stranger_in_a_formula_is_refused() -> None:
    with pytest.raises(ValueError, match="holds z, which the signature does not name"):
        ClosedForm(sympy.Symbol("x") * sympy.Symbol("z"), {"x": ()})


def exact_readings(case: Case, function: Any, leaves: Leaves) -> list[Any]:
    with x64(True):
        program = jax.make_jaxpr(function)(*case.assemble(leaves))
        reader = Reader(Exact())
        results = reader.read(program, [reader.lift(leaves[name]) for name in case.leaves])
    assert not reader.domain.estimated
    return results


def holds(reading: Any, oracle: Any) -> bool:
    numbers = arithmetic("float64")
    assert reading.shape == oracle.shape
    assert narrow(reading, oracle, numbers)
    pairs = zip(reading.reshape(-1), oracle.reshape(-1), strict=True)
    return all(bool(mine.overlaps(other)) for mine, other in pairs)


def holds_program(case: Case, leaves: Leaves) -> bool:
    """Whether the programs of the function and of its gradient mean what the formula says."""
    value = np.array(case.closed_form.value(leaves), dtype=object)
    (reading,) = exact_readings(case, case.function, leaves)
    gradient = jax.grad(case.function, argnums=tuple(range(len(case.trees))))
    readings = exact_readings(case, gradient, leaves)
    oracles = [case.closed_form.gradient(name, leaves) for name in case.leaves]
    return holds(reading, value) and all(map(holds, readings, oracles))


@each_case
@settings(max_examples=3, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_exact_reading_of_function_and_gradient(case: Case, data: st.DataObject) -> None:
    assert holds_program(case, drawn_leaves(data, case))


@pytest.mark.parametrize("name", ["quadratic", "affine_square", "sine_log", "implicit_layer"])
def test_exact_reading_rejects_a_formula_wrong_in_its_tenth_digit(name: str) -> None:
    case = case_named(name)
    shapes = {"implicit_layer": ((2, 2), (2,), (2,)), "affine_square": ((2, 3), (2,), (3,))}
    leaves = {
        leaf: np.full(shape, 0.75) + (8 * np.eye(2) if len(shape) == 2 and shape == (2, 2) else 0)
        for leaf, shape in zip(
            case.leaves, shapes.get(name, ((),) * (len(case.leaves) - 1) + ((3,),)), strict=True
        )
    }
    assert holds_program(case, leaves)
    wrong = replace(case, formula=case.formula * (1 + sympy.Rational(1, 10**10)))
    assert not holds_program(wrong, leaves)


@pytest.mark.parametrize(
    "primitive", ["cos", "mul", "reduce_sum", "broadcast_in_dim", "integer_pow"]
)
def test_exact_reading_rejects_a_wrong_handler(
    primitive: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = HANDLERS[primitive]

    def wrong(reader: Any, equation: Any, operands: Any) -> Any:
        (result,) = right(reader, equation, operands)
        return [
            np.array([ball * (1 + arb(10) ** -10) for ball in result.ravel()]).reshape(result.shape)
        ]

    case = case_named("sine_square")
    leaves = {"x": np.array([0.5, 1.0, 2.0])}
    assert holds_program(case, leaves)
    monkeypatch.setitem(HANDLERS, primitive, wrong)
    assert not holds_program(case, leaves)
