"""What rounding may decide: ranges of truth values and integers, and the hulls they lead to."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb
from jax import lax

from gradlaw.conformance.cases import case_named
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.interpreter.arrays import object_array
from gradlaw.oracles.traced import TracedForm

THIRD = np.float32(1) / np.float32(3)
"""As a literal, every number that it may be the rounding of."""


def read(function: Any, *arguments: Any, domain: Any = None) -> tuple[list[Any], Any]:
    """The readings of a program's results, and their domain."""
    domain = Rounded("cpu") if domain is None else domain
    reader = Reader(domain)
    program = jax.make_jaxpr(function)(*arguments)
    return reader.read(program, [reader.lift(np.asarray(a)) for a in arguments]), domain


def scalar(value: float) -> Any:
    return np.float32(value)


def test_a_selection_that_rounding_turns_holds_both_branches() -> None:
    (found,), domain = read(lambda x: jnp.where(x * THIRD > 1, 5.0, 7.0), scalar(3))
    assert not domain.undecided
    assert all(found[()].contains(arb(value)) for value in (5, 7))
    (found,), _ = read(lambda x: jnp.where(x * THIRD > 1, 5.0, 7.0), scalar(3.5))
    assert found[()] == 5


def test_logic_on_ranges_is_three_valued() -> None:
    def program(x: Any) -> Any:
        unsure = x * THIRD > 1
        return jnp.where(unsure & (x > 4), 5.0, 7.0), jnp.where(~unsure | (x > 2), 5.0, 7.0)

    (neither, either), domain = read(program, scalar(3))
    assert not domain.undecided
    assert (neither[()], either[()]) == (7, 5)


def test_a_range_that_is_returned_or_branches_is_undecided() -> None:
    _, domain = read(lambda x: x * THIRD > 1, scalar(3))
    assert domain.undecided == {"gt"}
    _, domain = read(lambda x: lax.cond(x * THIRD > 1, jnp.sin, jnp.cos, x), scalar(3))
    assert domain.undecided == {"gt"}


def test_a_hull_that_leaves_a_result_unbounded_is_undecided() -> None:
    _, domain = read(lambda x: 1 / jnp.where(x * THIRD > 1, -1.0, 1.0), scalar(3))
    assert domain.undecided == {"gt"}
    _, domain = read(lambda x: 1 / jnp.where(x * THIRD > 1, 2.0, 1.0), scalar(3))
    assert not domain.undecided


@pytest.mark.parametrize("value", [3.0, -3.0, 1e-3])
def test_the_sign_bit_of_a_ball_is_known(value: float) -> None:
    (found,), domain = read(lambda x: jnp.where(jnp.signbit(x * THIRD), -1.0, 1.0), scalar(value))
    assert not domain.undecided
    assert found[()] == np.sign(value)


def test_the_sign_bit_around_zero_is_either() -> None:
    def program(x: Any) -> Any:
        return jnp.where(jnp.signbit(x * THIRD - 1), -1.0, 1.0)

    (found,), domain = read(program, scalar(3))
    assert not domain.undecided
    assert all(found[()].contains(arb(value)) for value in (-1, 1))


def test_leading_bits_are_those_of_a_number_in_the_ball() -> None:
    mask = np.uint32(0xFFFFF000)

    def leading(x: Any) -> Any:
        bits = lax.bitcast_convert_type(x * THIRD, np.uint32)
        return lax.bitcast_convert_type(bits & mask, np.float32)

    for value in (1.3, 3.0):
        (found,), domain = read(leading, scalar(value))
        assert not domain.undecided
        assert found[()].contains(arb(float(jax.jit(leading)(scalar(value)))))
    assert not found[()].is_exact()  # 1 and its lower neighbour have other leading bits


def halving(x: Any) -> Any:
    """A loop that ends where a third of a number is not above 1."""
    return lax.while_loop(lambda s: s * THIRD > 1, lambda s: s / 2, x)


def test_a_loop_whose_end_rounding_decides_holds_both_ends() -> None:
    (found,), domain = read(halving, scalar(12))
    assert not domain.undecided
    assert all(found[()].contains(arb(value)) for value in (3, 1.5))
    (found,), _ = read(halving, scalar(14))
    assert found[()].contains(arb(1.75))
    assert not found[()].contains(arb(3.5))


def test_a_loop_that_may_never_end_bounds_nothing() -> None:
    def program(x: Any) -> Any:
        return lax.while_loop(lambda s: s * THIRD > 1, lambda s: s + 0 * s, x)

    (found,), domain = read(program, scalar(3))
    assert domain.undecided == {"gt"}
    assert not found[()].is_finite()


def test_the_members_of_a_batched_loop_end_one_by_one() -> None:
    def program(x: Any) -> Any:
        return lax.while_loop(lambda s: s > 1, lambda s: s / 2, x)

    batch = np.array([0.5, 3.0, 40.0], dtype=np.float32)
    (found,), domain = read(jax.vmap(program), batch, domain=Exact())
    assert not domain.undecided
    assert [float(ball.mid()) for ball in found] == [0.5, 0.75, 0.625]


def test_short_numbers_are_known_after_arithmetic() -> None:
    def program(x: Any) -> Any:
        return jnp.floor((x - 1) * 0.5), (x * 2 + 1 == 7), jnp.power(-1.5, x - 1)

    (floor, equal, power), domain = read(program, scalar(3))
    assert not domain.undecided
    assert floor[()] == 1
    assert equal
    assert power[()].contains(arb(2.25))
    assert power[()].is_finite()


def test_long_numbers_are_not_known_after_arithmetic() -> None:
    _, domain = read(lambda x: x * 3 == 1, THIRD)
    assert domain.undecided == {"eq"}
    # A division may multiply by a reciprocal that is rounded.
    _, domain = read(lambda x: x / 41 == 1, scalar(41))
    assert domain.undecided == {"eq"}
    # Where both ways give the same number, it is known.
    _, domain = read(lambda x: x / 3 == 2, scalar(6))
    assert not domain.undecided


def test_arithmetic_does_not_go_by_a_quotient_that_it_may_contract() -> None:
    def program(x: Any) -> Any:
        return 6.09375 - x / 5, jnp.floor(x / 5 * 64), jnp.floor(x / 5)

    compiled = jax.jit(lambda x: 6.09375 - x / 5)
    (difference, scaled, floor), domain = read(program, scalar(30.46875))
    assert not domain.undecided
    assert floor[()] == 6
    assert not scaled[()].is_exact()
    assert difference[()].contains(arb(float(compiled(scalar(30.46875)))))
    # Comparisons alone go by it; what is squared is no zero.
    (squared,), _ = read(lambda x: (6.09375 - x / 5) ** 2 * 2, scalar(30.46875))
    assert squared[()].contains(arb(2) * arb(9.08e-8) ** 2)


def test_an_empty_array_bounds_nothing_where_it_is_used() -> None:
    def program(x: Any) -> Any:
        branches = (lambda x: jnp.sin(x) * x, jnp.cos)
        return lax.switch((x > 0).astype(np.int32), branches, x)

    (found,), domain = read(jax.grad(program), scalar(2))
    assert not domain.estimated
    assert found[()].contains(arb(float(jax.jit(jax.grad(program))(scalar(2)))))


def test_a_gamma_sample_is_read_by_its_own_program() -> None:
    def program(shape: Any) -> Any:
        return jax.random.gamma(jax.random.key(3), shape)

    shapes = np.array([0.7, 4.5], dtype=np.float32)
    (found,), domain = read(program, shapes)
    assert not domain.estimated | domain.undecided
    samples = np.asarray(jax.jit(program)(shapes))
    assert all(ball.contains(arb(float(s))) for ball, s in zip(found, samples, strict=True))


def test_a_ragged_product_is_that_of_its_groups() -> None:
    generator = np.random.default_rng(0)
    left = generator.normal(size=(5, 3)).astype(np.float32)
    right = generator.normal(size=(2, 3, 4)).astype(np.float32)

    def program(left: Any, right: Any) -> Any:
        return lax.ragged_dot(left, right, jnp.array([2, 3], dtype=jnp.int32))

    (found,), domain = read(program, left, right)
    assert not domain.estimated
    wide = left.astype(np.float64), right.astype(np.float64)
    exact = np.concatenate([wide[0][:2] @ wide[1][0], wide[0][2:] @ wide[1][1]])
    assert all(found[place].contains(arb(float(exact[place]))) for place in np.ndindex(5, 4))


def test_a_definite_system_is_bounded_by_its_cholesky_factors() -> None:
    matrix = np.array([[4, 1, 0.3], [1, 3, -1], [0.3, -1, 5]], dtype=np.float32)
    right = np.array([1, -2, 0.7], dtype=np.float32)

    def program(matrix: Any, right: Any) -> Any:
        return jax.scipy.linalg.solve(matrix, right, assume_a="pos")

    (found,), domain = read(program, matrix, right)
    assert not domain.estimated
    returned = np.asarray(jax.jit(program)(matrix, right))
    assert all(ball.contains(arb(float(x))) for ball, x in zip(found, returned, strict=True))
    beside = [arb(1.01 * float(x)) for x in returned]
    assert not any(ball.contains(x) for ball, x in zip(found, beside, strict=True))


def test_bits_of_a_number_beyond_its_dtype_are_those_of_infinity() -> None:
    program = jax.make_jaxpr(lambda x: lax.bitcast_convert_type(x, np.int32))(np.float32(0))
    (bits,) = Reader(Exact()).read(program, [object_array([arb(2) ** 1000], ())])
    assert bits.item() == np.float32(np.inf).view(np.int32)


def bits(x: Any) -> Any:
    return lax.bitcast_convert_type(x, np.int32)


@pytest.mark.parametrize(
    ("function", "number", "kinks", "derivative"),
    [
        # The sign of a number that moves is known, and so is most numbers' exponent.
        (lambda x: jnp.where(jnp.signbit(x), -x, x), -1.5, set(), -1),
        (lambda x: x * (bits(x) >> 23), 1.5, set(), 127),
        (lambda x: jnp.where(jnp.signbit(x), -x, x), 0.0, {"bitcast_convert_type"}, None),
        # What is left of it is not.
        (lambda x: x * (bits(x) & 1), 1.5, {"bitcast_convert_type"}, None),
    ],
)
def test_bits_of_a_moving_number_are_those_of_its_neighbours(
    function: Any, number: float, kinks: set[str], derivative: float | None
) -> None:
    x = scalar(number)
    form = TracedForm(jax.make_jaxpr(function)(x), ("x",))
    assert form.kinks({"x": x}) == kinks
    if derivative is not None:
        assert form.gradient("x", {"x": x}).item() == derivative


@pytest.mark.parametrize(
    ("number", "undecided"), [(1.5, set()), (1.5 + 2.0**-30, {"bitcast_convert_type"})]
)
def test_bits_of_a_number_that_no_float32_is_are_not_known(
    number: float, undecided: set[str]
) -> None:
    program = jax.make_jaxpr(lambda x: x * (bits(x) & 1))(np.float32(0))
    exact = Exact()
    Reader(exact).read(program, [object_array([arb(number)], ())])
    assert exact.undecided == undecided


def test_at_a_power_of_two_the_exponent_may_be_either() -> None:
    x = scalar(1.0)
    form = TracedForm(jax.make_jaxpr(lambda x: x * (bits(x) >> 23))(x), ("x",))
    found = form.gradient("x", {"x": x}).item()
    assert found.contains(arb(126))
    assert found.contains(arb(127))
    assert not found.contains(arb(125))


@pytest.mark.parametrize("name", ["gamma", "poch", "beta"])
def test_gamma_functions_are_judged_where_they_are_smooth(name: str) -> None:
    case = case_named(f"jax.scipy.special.{name}")
    leaves = {leaf: scalar(0.75 + place) for place, leaf in enumerate(case.leaves)}
    form = TracedForm(jax.make_jaxpr(case.function)(*leaves.values()), case.leaves)
    assert not form.kinks(leaves)
    assert form.gradient("x", leaves).item().is_finite()
