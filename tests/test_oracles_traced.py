"""The traced oracle against formulas, in every way; and what it owes to JAX's rules: nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb, ctx
from jax import lax

import gradlaw
from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import FORMULATED
from gradlaw.oracles import chained
from gradlaw.oracles.chained import ChainedReading
from gradlaw.oracles.domains.chain import Chain
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.interpreter import Reader, Unsupported
from gradlaw.oracles.traced import TracedForm
from gradlaw.oracles.tracing import traced
from gradlaw.oracles.x64 import x64

WAYS = (None, "chain", "jets", "symbolic")
SIZES = {"n": 3, "m": 2}
Array = np.ndarray[Any, Any]
Leaves = dict[str, Array]


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    with ctx.workprec(192):
        yield


def leaves_of(case: Case, seed: int) -> Leaves:
    draw = np.random.default_rng(seed)
    leaves: Leaves = {}
    for name, axes in case.axes.items():
        shape = tuple(SIZES.get(axis.lstrip("*"), 2) for axis in axes)
        numbers = draw.uniform(0.2, 2.0, shape)
        if case.name == "implicit_layer" and len(shape) == 2:
            numbers = numbers + 6 * np.eye(shape[0])
        leaves[name] = np.asarray(numbers, dtype=np.float32)
    return leaves


def form_of(case: Case, leaves: Leaves, way: str | None) -> TracedForm:
    with x64(True):
        wide = {name: array.astype(np.float64) for name, array in leaves.items()}
        program = jax.make_jaxpr(case.function)(*case.assemble(wide))
    return TracedForm(program, case.leaves, way)


def agree(found: Any, expected: Any) -> bool:
    """Whether balls of one shape overlap, each narrower than float64 numbers around it lie."""
    pairs = list(zip(np.ravel(found), np.ravel(expected), strict=True))
    narrow = all(a.rad() <= abs(b).upper() * arb(2) ** -60 + arb(2) ** -100 for a, b in pairs)
    return np.shape(found) == np.shape(expected) and narrow and all(a.overlaps(b) for a, b in pairs)


def moved(balls: Any) -> Any:
    """Balls that are wrong from the 16th digit on."""
    return balls * (1 + arb(2) ** -55) + arb(2) ** -90


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", FORMULATED, ids=lambda case: case.name)
def test_every_way_agrees_with_the_formula(case: Case, way: str | None) -> None:
    leaves = leaves_of(case, 3)
    form = form_of(case, leaves, way)
    assert form.value(leaves).overlaps(case.closed_form.value(leaves))
    for name in case.leaves:
        expected = case.closed_form.gradient(name, leaves)
        assert agree(form.gradient(name, leaves), expected)
        assert not agree(form.gradient(name, leaves), moved(expected))
    assert form.way == (way or "chain")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", FORMULATED[:6], ids=lambda case: case.name)
def test_second_derivatives_agree_with_the_formula(case: Case, way: str | None) -> None:
    leaves = leaves_of(case, 4)
    form = form_of(case, leaves, way)
    for first in case.leaves:
        for second in case.leaves:
            expected = case.closed_form.hessian(first, second, leaves)
            found = form.hessian(first, second, leaves)
            assert agree(found, expected)
            assert not agree(found, moved(expected))


def test_a_wrong_chain_rule_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(case for case in FORMULATED if case.name == "sine_log")
    leaves = leaves_of(case, 5)
    (name, *_) = case.leaves
    right = Chain.gradient

    def wrong(self: Chain, output: Any, leaves: Any) -> Any:
        return [-entry for entry in right(self, output, leaves)]

    monkeypatch.setattr(chained.WatchfulChain, "gradient", wrong)
    expected = case.closed_form.gradient(name, leaves)
    assert not agree(form_of(case, leaves, "chain").gradient(name, leaves), expected)
    assert agree(form_of(case, leaves, "jets").gradient(name, leaves), expected)


@jax.custom_jvp
def cubed(x: Any) -> Any:
    return x**3


@cubed.defjvp
def wrong_rule(primals: Any, tangents: Any) -> Any:
    return cubed(*primals), 7 * tangents[0]


@pytest.mark.parametrize("way", WAYS)
def test_a_wrong_rule_of_jax_moves_nothing(way: str | None) -> None:
    assert jax.grad(cubed)(2.0) == 7
    assert traced(cubed, 2.0, way=way).gradient().item() == 12


def insertion(x: Any) -> Any:
    """x² added up until it exceeds 9."""
    return lax.while_loop(lambda s: s[0] < 9, lambda s: (s[0] + x * x, s[1] + 1), (x, 0))[0]


PROGRAMS: dict[str, tuple[Callable[..., Any], Any, Any]] = {
    "stop_gradient": (lambda x: lax.stop_gradient(x) * x, 3.0, 3),
    "where": (lambda x: jnp.where(x > 1, x**2, x), 3.0, 6),
    "where, other side": (lambda x: jnp.where(x > 1, x**2, x), 0.5, 1),
    "cond": (lambda x: lax.cond(x > 1, lambda y: y**3, lambda y: y, x), 2.0, 12),
    "while": (insertion, 2.0, 9),  # x + 2x²
    "scan": (lambda x: lax.scan(lambda c, _: (c * x, None), 1.0, None, length=4)[0], 2.0, 32),
    "max": (lambda x: jnp.max(x) ** 2, [1.0, 3.0, 2.0], [0, 6, 0]),
    "min and abs": (lambda x: jnp.abs(jnp.min(x)), [1.0, -3.0, 2.0], [0, -1, 0]),
    "sort": (lambda x: jnp.sort(x) @ jnp.arange(3.0), [3.0, 1.0, 2.0], [2, 0, 1]),
    "index": (lambda x: x[jnp.argmax(x)] * x[0], [3.0, 5.0, 2.0], [5, 3, 0]),
    "relu": (lambda x: jnp.sum(jax.nn.relu(x)), [1.0, -1.0], [1, 0]),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_that_branch(name: str, way: str | None) -> None:
    function, at, expected = PROGRAMS[name]
    reading = traced(function, np.asarray(at), way=way)
    found = reading.gradient()
    pairs = list(zip(np.ravel(found), np.ravel(expected), strict=True))
    assert all(entry == number for entry, number in pairs)
    assert not any(entry == number + 1 for entry, number in pairs)
    assert reading.kinks() == frozenset()


TIES: dict[str, tuple[Callable[..., Any], Any, Any, Any]] = {
    "abs": (jnp.abs, 0.0, [-1, 0, 1], [2, -2]),
    "relu": (jax.nn.relu, 0.0, [0, 0.5, 1], [2, -1]),
    "max": (jnp.max, [1.0, 1.0], [0, 0.5, 1], [2, -1]),
    "the same twice": (lambda x: jnp.maximum(x * 1, x), 2.0, [1], [0, 2]),
}


@pytest.mark.parametrize("name", TIES)
def test_at_a_tie_the_gradient_is_every_one_that_clarke_allows(name: str) -> None:
    function, at, inside, outside = TIES[name]
    reading = traced(function, np.asarray(at))
    found = reading.gradient()
    assert reading.form.way == "jets"
    assert reading.ties() == {"max"}
    for entry in np.ravel(found):
        assert all(entry.contains(number) for number in inside)
        assert not any(entry.contains(number) for number in outside)
    assert all(entry.is_nan() for entry in np.ravel(reading.hessian()))


def test_the_chain_rule_holds_what_power_series_hold_at_ties() -> None:
    for function, at, inside, _ in TIES.values():
        found = traced(function, np.asarray(at), way="chain").gradient()
        assert all(entry.contains(number) for entry in np.ravel(found) for number in inside)


def test_a_stopped_tie_is_no_tie() -> None:
    at = np.asarray([1.0, 1.0, 0.5])
    found = traced(jax.nn.logsumexp, at).gradient()
    weights = [arb(number).exp() for number in at]
    assert agree(found, np.array([w / sum(weights, arb(0)) for w in weights], dtype=object))


def test_a_comparison_of_equal_numbers_is_a_kink() -> None:
    def kinked(x: Any) -> Any:
        return jnp.where(x > 1, x**2, x)

    assert traced(kinked, 1.0).kinks() == {"gt"}
    assert traced(kinked, 1.5).kinks() == frozenset()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("function", [jnp.floor, jnp.sign, jnp.round])
def test_a_jump_is_a_kink(function: Callable[..., Any], way: str | None) -> None:
    jump = {jnp.floor: 3.0, jnp.sign: 0.0, jnp.round: 2.5}[function]

    def noted(at: float) -> bool:
        reading = traced(lambda x: function(x) * x, at, way=way)
        assert reading.gradient().item() == float(function(at))
        own = reading.form._reading(reading.form._memory(reading.leaves), reading.form.way)
        assert bool(own.undecided) == bool(reading.kinks())
        return bool(reading.kinks())

    assert noted(jump)
    assert not noted(jump + 0.125)


def test_arrays_have_jacobians() -> None:
    at = np.asarray([2.0, 3.0])
    reading = traced(lambda x: jnp.outer(x, x), at)
    found = reading.jacobian()
    expected = np.zeros((2, 2, 2))
    for i, j in np.ndindex(2, 2):
        expected[i, j, i] += at[j]
        expected[i, j, j] += at[i]
    assert found.shape == (2, 2, 2)
    assert all(a == b for a, b in zip(found.reshape(-1), expected.reshape(-1), strict=True))
    with pytest.raises(ValueError, match="ask for a jacobian"):
        reading.gradient()


def test_directional_derivatives_of_any_order() -> None:
    reading = traced(lambda x, y: jnp.sum(x**3) * y, np.asarray([1.0, 2.0]), 4.0)
    third = reading.directional({0: np.asarray([1.0, 10.0])}, 3).item()
    assert third == 6 * (1 + 1000) * 4
    mixed = reading.directional({0: np.asarray([1.0, 0.0]), 1: 1.0}, 2).item()
    assert mixed == 6 * 4 + 2 * 3  # x₀³y along (1, 1): 6x₀y + 2·3x₀²


def test_arguments_may_be_pytrees_and_of_any_float_dtype() -> None:
    params = {"w": np.asarray([1.5, 2.0], dtype=np.float16), "b": 3.0}
    reading = traced(lambda params, n: jnp.sum(params["w"] ** 2) * params["b"] * n, params, 2)
    gradient = reading.gradient()
    assert [float(entry.mid()) for entry in gradient["w"]] == [18, 24]
    assert gradient["b"].item() == 12.5
    assert reading.hessian()["b"]["w"][1] == 8
    with pytest.raises(ValueError, match="nothing is differentiated by it"):
        reading.gradient(1)


def test_readings_are_remembered_by_numbers_and_precision() -> None:
    case = FORMULATED[0]
    leaves = leaves_of(case, 6)
    form = form_of(case, leaves, None)
    first = form.gradient(case.leaves[0], leaves)
    assert form.gradient(case.leaves[0], {n: a.copy() for n, a in leaves.items()}) is first
    with ctx.workprec(64):
        assert form.gradient(case.leaves[0], leaves) is not first
    other = {name: array + 1 for name, array in leaves.items()}
    assert not form.gradient(case.leaves[0], other).item().overlaps(first.item())


def test_what_has_no_single_inexact_output_is_refused() -> None:
    with pytest.raises(ValueError, match="one inexact output"):
        traced(lambda x: (x, x), 1.0).value()
    with pytest.raises(ValueError, match="one inexact output"):
        traced(lambda x: x > 0, 1.0).value()
    with pytest.raises(ValueError, match="none of chain"):
        traced(jnp.sin, 1.0, way="divided differences").value()


def test_an_estimate_has_no_derivative(monkeypatch: pytest.MonkeyPatch) -> None:
    from gradlaw.oracles.interpreter.reading import HANDLERS

    monkeypatch.delitem(HANDLERS, "sin")
    reading = traced(jnp.sin, 1.0)
    assert reading.value().item().overlaps(arb(1).sin())
    with pytest.raises(Unsupported, match="sin: no exact meaning"):
        reading.gradient()


def test_it_is_found_in_the_face() -> None:
    assert gradlaw.traced is traced
    assert gradlaw.TracedForm is TracedForm


def test_numbers_that_float64_cannot_tell_apart_are_not_compared_by_it() -> None:
    def smallest(x: Any) -> Any:
        return jnp.sum(jnp.min(2 * jnp.cos(x), axis=0))

    x = np.array([1e-310, -3e-309, 2e-309])
    with x64(True):
        program = jax.make_jaxpr(smallest)(x)
        derivative = jax.make_jaxpr(jax.grad(smallest))(x)
    with ctx.workprec(2200):
        found = TracedForm(program, ("x",)).gradient("x", {"x": x})
        exact = Exact()
        reader = Reader(exact)
        (reading,) = reader.read(derivative, [reader.lift(x)])
    slope = 2 * arb(3e-309).sin()  # where the cosine is smallest
    assert found[1].is_finite()
    assert found[1].overlaps(slope)
    assert exact.undecided or reading[1].overlaps(slope)
    assert not found[1].overlaps(arb(1.0))


def test_a_program_of_float64_is_read_where_64_bit_types_are_off() -> None:
    def chosen(x: Any) -> Any:
        return jnp.sum(x[jnp.nonzero(x, size=2)[0]] ** 2)

    with x64(True):
        program = jax.make_jaxpr(chosen)(np.zeros(3))
    found = TracedForm(program, ("x",)).gradient("x", {"x": np.array([0.0, 2.0, 3.0])})
    assert [ball == slope for ball, slope in zip(found, (0, 4, 6), strict=True)] == [True] * 3


def test_third_derivatives_by_a_number_are_those_of_the_formula() -> None:
    def function(t: Any, x: Any) -> Any:
        return jnp.sum(jnp.exp(t * x) * jnp.sin(t))

    arguments = {"t": np.asarray(0.75), "x": np.asarray([0.5, -1.25])}
    with x64(True):
        program = jax.make_jaxpr(function)(*arguments.values())
    t, slope = arb(0.75), [arb(0.5), arb(-1.25)]
    expected = sum(
        ((x * t).exp() * ((x**3 - 3 * x) * t.sin() + (3 * x**2 - 1) * t.cos()) for x in slope),
        arb(0),
    )
    assert agree([TracedForm(program, ("t", "x")).third("t", arguments).item()], [expected])


def test_a_third_derivative_at_a_tie_may_be_anything() -> None:
    with x64(True):
        program = jax.make_jaxpr(lambda t: jnp.maximum(t, 2 * t))(0.0)
    found = TracedForm(program, ("t",)).third("t", {"t": np.asarray(0.0)}).item()
    assert not found.is_finite()


def test_a_second_derivative_gives_the_value_too() -> None:
    program = jax.make_jaxpr(lambda x: jnp.sum(jnp.sin(x) * x))(np.ones(2))
    arguments = {"x": np.array([0.5, 2.0])}
    twice, once = (ChainedReading(program, ["x"], arguments) for _ in range(2))
    twice.second("x", "x")
    assert twice.value().item().mid() == once.value().item().mid()
    assert "_once" in vars(once)
    assert "_once" not in vars(twice)
