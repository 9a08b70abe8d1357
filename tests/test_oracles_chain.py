"""The attainable balls hold the closed form's and JAX's derivatives; solves, sharing, verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb, ctx
from jax import lax
from jax.extend.core import Primitive

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import FORMULATED, case_named
from gradlaw.oracles import elementary
from gradlaw.oracles.allowance import allowance
from gradlaw.oracles.attainable import attainable_gradient, attainable_hessian
from gradlaw.oracles.domains import chain as chain_module
from gradlaw.oracles.domains.chain import Chain
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter import Reader, arrays
from gradlaw.oracles.rounding.arithmetic import arithmetic
from gradlaw.oracles.traced import TracedForm
from gradlaw.oracles.verdict import (
    CONFORMS,
    ILL_POSED,
    INACCURATE,
    NOT_FINITE,
    WRONG_NUMBER,
    WRONG_RULE,
    judge_components,
    narrow,
)
from gradlaw.oracles.x64 import x64

DTYPES = ("float16", "bfloat16", "float32", "float64")
SIZES = {"n": 3, "m": 2}
Array = np.ndarray[Any, Any]
Leaves = dict[str, Array]


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    with ctx.workprec(256):
        yield


def leaves_of(case: Case, dtype: str) -> Leaves:
    draw = np.random.default_rng(3)
    leaves: Leaves = {}
    for name, axes in case.axes.items():
        shape = tuple(SIZES[axis.lstrip("*")] for axis in axes)
        numbers = draw.uniform(0.2, 2.0, shape)
        if case.name == "implicit_layer" and len(shape) == 2:
            numbers = numbers + 6 * np.eye(shape[0])
        leaves[name] = np.asarray(numbers).astype(jnp.dtype(dtype))
    return leaves


def outside(balls: Any, numbers: Any) -> list[Any]:
    """The places where a ball does not hold its number."""
    numbers = np.asarray(numbers)
    if numbers.dtype != object:
        numbers = numbers.astype(np.float64)
    assert balls.shape == numbers.shape
    assert all(ball.is_finite() for ball in balls.reshape(-1))
    return [
        place for place in np.ndindex(balls.shape) if not balls[place].overlaps(arb(numbers[place]))
    ]


def unheld(case: Case, dtype: str) -> list[str]:
    """The leaves whose attainable balls do not hold SymPy's and JAX's gradient."""
    leaves = leaves_of(case, dtype)
    with x64(dtype == "float64"):
        arguments = case.assemble({name: jnp.asarray(array) for name, array in leaves.items()})
        program = jax.make_jaxpr(case.function)(*arguments)
        places = range(len(case.leaves))
        rounded = Rounded("cpu", case.solve_backward_error)
        attainable = attainable_gradient(program, list(leaves.values()), places, rounded)
        gradient = jax.grad(case.function, argnums=tuple(range(len(arguments))))
        computed = jax.tree.leaves(jax.jit(gradient)(*arguments))
    assert not rounded.estimated
    return [
        name
        for place, name in enumerate(case.leaves)
        if outside(attainable.gradient[place], case.closed_form.gradient(name, leaves))
        or outside(attainable.gradient[place], computed[place])
    ]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", FORMULATED, ids=lambda case: case.name)
def test_attainable_balls_hold_the_gradient(case: Case, dtype: str) -> None:
    assert unheld(case, dtype) == []


def test_a_wrong_sign_in_the_derivative_of_a_solution_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unsigned = elementary.Elementary("neg", elementary.X, 1)
    monkeypatch.setattr(chain_module, "_NEGATION", unsigned)
    assert unheld(case_named("implicit_layer"), "float32") == ["A"]


@pytest.mark.parametrize("name", ["quadratic", "sine_log", "affine_square"])
def test_a_wrong_partial_derivative_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = elementary.Elementary.partial

    def wrong(self: Any, position: int) -> Any:
        partial = right(self, position)
        return elementary.named("cos") if self.name == "sin" else halved(partial)

    def halved(self: Any) -> Any:
        return elementary.Elementary(self.name, self.expression / 2, self.arity)

    monkeypatch.setattr(elementary.Elementary, "partial", wrong)
    assert unheld(case_named(name), "float32")


def test_second_derivatives_hold_the_closed_form() -> None:
    case = case_named("squared_error")
    leaves = leaves_of(case, "float32")
    program = jax.make_jaxpr(case.function)(*case.assemble(leaves))
    for first, one in enumerate(case.leaves):
        for second, other in enumerate(case.leaves):
            arguments = list(leaves.values())
            ball = attainable_hessian(program, arguments, first, second, Rounded())
            true = case.closed_form.hessian(one, other, leaves).item()
            assert ball.overlaps(true)
            assert ball.rad() <= arb(2) ** -18
            wrong = true + arb(2) ** -10
            assert not ball.overlaps(wrong)


def gradient_ball(
    function: Callable[..., Any], operands: tuple[Any, ...], by: int, shared: bool
) -> arb:
    program = jax.make_jaxpr(function)(*operands)
    before = arrays.SHARING
    arrays.SHARING = 16 if shared else 10**9
    try:
        attainable = attainable_gradient(program, operands, [by], Rounded())
    finally:
        arrays.SHARING = before
    ball: arb = attainable.gradient[by].item()
    return ball


def residuals(w: Any, x: Any, y: Any) -> Any:
    return jnp.mean((w * x - y) ** 2)


def early_broadcast(w: Any, x: Any, y: Any) -> Any:
    return jnp.sum(jnp.sin(jnp.broadcast_to(w, x.shape)) * x * y)


def late_broadcast(w: Any, x: Any, y: Any) -> Any:
    return jnp.sum(jnp.exp(x * w) @ y)


@pytest.mark.parametrize("function", [residuals, early_broadcast, late_broadcast])
@pytest.mark.parametrize("scale", [1.0, 2.0**-70])
def test_shared_nodes_allow_what_unshared_ones_do(function: Any, scale: float) -> None:
    """What cancels between the elements that share a node has been rounded nevertheless."""
    draw = np.random.default_rng(5)
    y = draw.normal(0, 1, 200)
    y = ((y - y.mean()) * scale).astype(np.float32)
    x = np.resize([3.0, 1.0], 200).astype(np.float32)
    operands = (np.float32(0.0 if function is residuals else 0.5), x, y)
    unshared = gradient_ball(function, operands, 0, shared=False)
    shared = gradient_ball(function, operands, 0, shared=True)
    assert shared.overlaps(unshared.mid())
    ratio = float(shared.rad() / unshared.rad())
    assert 0.9 < ratio < 1.5


def test_shared_nodes_without_magnitudes_allow_too_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Chain, "_widened", lambda self, share, *_: share)  # noqa: ARG005
    with pytest.raises(AssertionError):
        test_shared_nodes_allow_what_unshared_ones_do(residuals, 1.0)


def solved(A: Any, b: Any) -> Any:
    def matvec(x: Any) -> Any:
        return jnp.dot(A, x, precision="highest")

    return lax.custom_linear_solve(matvec, b, lambda _, b: jnp.linalg.solve(A, b), None)


def solution_balls(function: Any, *operands: Array) -> tuple[Array, set[str]]:
    rounded = Rounded("cpu", 2.0)
    reader = Reader(rounded)
    program = jax.make_jaxpr(function)(*operands)
    (balls,) = reader.read(program, [reader.lift(operand) for operand in operands])
    return balls, rounded.estimated


def test_a_solution_may_err_by_the_whole_system_s_norm() -> None:
    """Zeros decouple the unknowns; the solver's backward error is that of the largest entries."""
    A = np.diag([1000.0, 1.0, 1.0]).astype(np.float32)
    b = np.array([1000.0, 1.0, 1.0], np.float32)
    balls, estimated = solution_balls(solved, A, b)
    unit = arithmetic("float32").unit_roundoff
    assert not estimated
    backward_error = 2 * 4 * unit * 1000
    assert float(balls[1].rad()) >= backward_error
    assert float(balls[1].rad()) <= 4 * backward_error


def test_a_batch_of_systems_falls_apart_into_its_systems() -> None:
    A = np.stack([np.eye(2) * 1000, np.eye(2) + 0.25]).astype(np.float32)
    b = np.stack([[1000.0, 1000.0], [1.0, 2.0]]).astype(np.float32)
    balls, _ = solution_balls(jax.vmap(solved), A, b)
    assert not outside(balls, np.linalg.solve(A.astype(float), b[..., None])[..., 0])
    assert float(balls[1, 0].rad()) < 2.0**-17
    assert float(balls[0, 0].rad()) < 2.0**-17


def test_a_solver_that_states_no_error_is_an_estimate() -> None:
    rounded = Rounded()
    one = [[arb(1)]]
    rounded.solve(one, [arb(1)], "float32")
    assert rounded.estimated == {"custom_linear_solve"}


def test_a_primitive_without_partials_is_estimated_and_named() -> None:
    rounded = Rounded()
    unheard_of = Primitive("unheard_of")
    unheard_of.def_impl(np.asarray)
    unheard_of.def_abstract_eval(lambda x: x)
    program = jax.make_jaxpr(lambda x: unheard_of.bind(x) * x)(np.float32(2.5))
    attainable_gradient(program, [np.array(2.5, np.float32)], [0], rounded)
    assert rounded.estimated == {"unheard_of"}


def test_a_leaf_that_does_not_matter_has_derivative_zero() -> None:
    program = jax.make_jaxpr(lambda x, _: x * 2)(np.float32(1), np.float32(1))
    operands = [np.array(1, np.float32)] * 2
    attainable = attainable_gradient(program, operands, [0, 1], Rounded())
    assert attainable.gradient[1].item() == 0
    assert attainable.gradient[0].item().contains(arb(2))


def test_exact_chain_is_the_exact_gradient() -> None:
    chain = Chain(Exact())
    x = chain.node(arb(2), "float64")
    program = jax.make_jaxpr(lambda x: (x * x + 1) * x)(2.0)
    (output,) = Reader(chain).read(program, [np.array(x, dtype=object)])
    (derivative,) = chain.gradient(output.item(), [x])
    assert derivative == 13


def balls(*numbers: float, radius: float = 0.0) -> Any:
    result = np.empty(len(numbers), dtype=object)
    result[:] = [arb(number, radius) if np.isfinite(number) else arb("nan") for number in numbers]
    return result


def test_allowance_is_rounded_inwards_and_centred_on_the_oracle() -> None:
    third = arb(1) / 3
    oracle = np.array([third], dtype=object)
    reading, centre = balls(5.0, radius=0.125), balls(5.0)
    found = allowance(oracle, reading, centre)
    radius = reading[0].rad()
    assert arb(float(found.lower[0])) >= third - radius
    assert arb(float(found.upper[0])) <= third + radius
    assert found.upper[0] - found.lower[0] > 0.2499
    assert found.bounded.all()
    off_centre = allowance(oracle, balls(5.5, radius=0.125), centre)
    assert off_centre.radius[0] >= 0.625
    assert not allowance(oracle, balls(np.nan), centre).bounded.any()


@pytest.mark.parametrize(
    ("got", "verdict"),
    [
        (1.0, CONFORMS),
        (1.0 + 2.0**-22, CONFORMS),
        (1.0 + 2.0**-12, INACCURATE),
        (1.0 + 2.0**-6, WRONG_NUMBER),
        (np.nan, NOT_FINITE),
        (np.inf, NOT_FINITE),
    ],
)
def test_verdicts_on_a_number(got: float, verdict: int) -> None:
    assert judged(got) == verdict


def judged(got: float, **changed: Any) -> int:
    arguments = {
        "oracle": balls(1.0),
        "rule": (balls(1.0, radius=1e-30), balls(1.0)),
        "rounded": balls(1.0, radius=2.0**-10),
        "centre": balls(1.0),
        "attainable": balls(1.0, radius=2.0**-21),
    }
    components = judge_components(
        got=np.array([got], np.float32), numbers=arithmetic("float32"), **{**arguments, **changed}
    )
    return components.worst()


def test_verdicts_where_an_allowance_says_nothing() -> None:
    assert judged(2.0, attainable=balls(np.nan)) == WRONG_NUMBER
    assert judged(2.0, attainable=balls(np.nan), rounded=balls(np.nan)) == ILL_POSED
    assert judged(np.nan, attainable=balls(np.nan), rounded=balls(np.nan)) == ILL_POSED
    assert judged(2.0, rounded=balls(np.nan)) == INACCURATE
    assert judged(np.nan, rounded=balls(np.nan)) == NOT_FINITE
    assert judged(1.0, attainable=balls(np.nan), rounded=balls(np.nan)) == CONFORMS


def test_a_wrong_rule_excuses_nothing() -> None:
    wrong = balls(1.0 + 2.0**-30, radius=1e-30)
    assert judged(1.0, rule=(wrong, balls(1.0))) == WRONG_RULE
    assert judged(1.0, rule=(np.empty((2,), dtype=object), balls(1.0))) == WRONG_RULE


def test_narrow_needs_both_sides() -> None:
    numbers = arithmetic("float64")
    assert narrow(balls(1.0, radius=1e-20), balls(1.0), numbers)
    assert not narrow(balls(1.0, radius=1e-9), balls(1.0), numbers)
    assert not narrow(balls(1.0), balls(1.0, radius=1e-9), numbers)
    assert not narrow(balls(np.nan), balls(1.0), numbers)
    assert not narrow(balls(0.0, radius=1e-9), balls(0.0), numbers)


def test_the_oracles_ask_no_derivative_of_jax(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_named("sine_log")
    leaves = leaves_of(case, "float32")
    program = jax.make_jaxpr(case.function)(*leaves.values())

    def forbidden(*_: Any, **__: Any) -> Any:
        raise AssertionError("a differentiation transform of JAX was called")

    for name in ("grad", "jvp", "vjp", "jacfwd", "jacrev", "hessian", "linearize"):
        monkeypatch.setattr(jax, name, forbidden)
    attainable = attainable_gradient(program, list(leaves.values()), [0], Rounded())
    assert not outside(attainable.gradient[0], case.closed_form.gradient("x", leaves))


def test_a_partial_derivative_that_the_dtype_lacks_has_all_its_digits_and_is_rounded() -> None:
    x, y = np.array(1.6020683, np.float32), np.array(1.8999612e-31, np.float32)
    quotient = Fraction(float(x)) // Fraction(float(y))
    program = jax.make_jaxpr(lax.rem)(x, y)
    with ctx.workprec(128):
        exact = TracedForm(program, ("x", "y")).gradient("y", {"x": x, "y": y}).item()
        ball = attainable_gradient(program, [x, y], [1], Rounded()).gradient[1].item()
        assert exact == -arb(int(quotient))
        assert ball.contains(exact)
    assert 2.0**-24 <= float(ball.rad()) / float(quotient) <= 2.0**-22
