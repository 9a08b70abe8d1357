"""What a program may hold: what is read, what is estimated, and what has no meaning."""

from __future__ import annotations

from typing import Any

import jax
import jax.extend
import numpy as np
import pytest
from flint import arb
from jax import lax
from jax.experimental import io_callback
from structural.drawing import readings

from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.interpreter import Reader, TooLarge, Unsupported
from gradlaw.oracles.interpreter.reading import HANDLERS
from gradlaw.oracles.interpreter.unread import ESTIMATED, UNSUPPORTED
from gradlaw.oracles.x64 import x64


def named_by_jax() -> set[str]:
    public = jax.extend.core.primitives
    return {getattr(public, name).name for name in dir(public) if name.endswith("_p")}


def test_every_primitive_is_read_or_has_a_reason_why_not() -> None:
    assert named_by_jax() - HANDLERS.keys() - UNSUPPORTED.keys() - ESTIMATED.keys() == set()


def test_no_primitive_is_both_read_and_not() -> None:
    assert not HANDLERS.keys() & (UNSUPPORTED.keys() | ESTIMATED.keys())
    assert not UNSUPPORTED.keys() & ESTIMATED.keys()


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(HANDLERS, "cumsum")


@pytest.mark.usefixtures("forgotten")
def test_a_forgotten_primitive_is_missed() -> None:
    assert "cumsum" in named_by_jax() - HANDLERS.keys() - UNSUPPORTED.keys() - ESTIMATED.keys()


@pytest.mark.usefixtures("forgotten")
def test_an_unread_primitive_is_estimated_and_named() -> None:
    (result,), domain = readings(lambda x: lax.cumsum(x) + 1, np.array([3.5, 0.1]))
    assert domain.estimated == {"cumsum"}
    assert result[0].contains(4.5)
    assert 0 < float(result[0].rad()) < 2.0**-16


@pytest.mark.usefixtures("forgotten")
def test_an_unread_primitive_of_float64_is_evaluated_in_float64() -> None:
    operand = np.array([1.0, 2.0**-40, 1e-60])
    with x64(True):
        program = jax.make_jaxpr(lax.cumsum)(operand)
    reader = Reader(Exact())
    with x64(False):
        (sums,) = reader.read(program, [reader.lift(operand)])
    assert sums[1].overlaps(1 + arb(2) ** -40)
    assert sums[1].rad() < arb(2) ** -15
    assert float(sums[1].mid()) == 1 + 2.0**-40


@pytest.mark.usefixtures("forgotten")
def test_an_unread_primitive_that_overflows_is_unbounded() -> None:
    (sums,), domain = readings(lax.cumsum, np.array([1.0, 1.7e308, 1.7e308]))
    assert "cumsum" in domain.estimated
    assert [bool(ball.is_finite()) for ball in sums] == [True, True, False]
    assert sums[2].overlaps(arb(10) ** 308 * 3)


def of_io(x: Any) -> Any:
    return io_callback(np.sin, jax.ShapeDtypeStruct((), np.float64), x)


def of_python(x: Any) -> Any:
    return jax.pure_callback(np.sin, jax.ShapeDtypeStruct((), np.float64), x)


def of_a_state(x: Any) -> Any:
    return x + lax.rng_uniform(0.0, 1.0, ())


@pytest.mark.parametrize(
    ("function", "name"),
    [(of_io, "io_callback"), (of_python, "pure_callback"), (of_a_state, "rng_uniform")],
)
def test_what_has_no_meaning_is_unsupported_with_its_line(function: Any, name: str) -> None:
    with pytest.raises(Unsupported, match=rf"{name} at .*programs\.py:\d+.*{function.__name__}"):
        readings(function, np.array(1.0))


def test_a_collective_of_two_devices_is_unsupported() -> None:
    def function(x: Any) -> Any:
        return lax.all_gather(x, "i")

    program = jax.make_jaxpr(function, axis_env=[("i", 2)])(np.zeros(3))
    reader = Reader(Exact())
    with pytest.raises(Unsupported, match=r"all_gather at .*programs.* runs on 2 devices"):
        reader.read(program, [reader.lift(np.arange(3.0))])


def test_what_no_result_needs_is_not_read() -> None:
    def function(x: Any) -> Any:
        jax.debug.print("{}", x)
        of_python(x)
        return x + 1

    (result,), domain = readings(function, np.array(1.0))
    assert result.item() == 2
    assert domain.estimated == set()


def test_a_program_beyond_the_limit_is_too_large() -> None:
    program = jax.make_jaxpr(lambda x: (x + 1) * 2)(np.zeros(10))
    reader = Reader(Exact(), limit=15)
    with pytest.raises(TooLarge, match=r"more than 15 scalar results at .*mul"):
        reader.read(program, [reader.lift(np.zeros(10))])
    assert issubclass(TooLarge, Unsupported)


def test_a_key_may_be_an_argument_or_a_constant() -> None:
    key = jax.random.key(3)
    expected = np.asarray(jax.random.uniform(key, (4,)))
    for function, operands in (
        (lambda: jax.random.uniform(key, (4,)), ()),
        (lambda given: jax.random.uniform(given, (4,)), (key,)),
    ):
        program = jax.make_jaxpr(function)(*operands)
        reader = Reader(Exact())
        (result,) = reader.read(program, [reader.lift(operand) for operand in operands])
        assert [float(ball.mid()) for ball in result] == expected.tolist()


def test_an_update_without_order_is_undecided() -> None:
    places = np.array([1, 1])
    for values, undecided in (([2.0, 3.0], {"scatter"}), ([2.0, 2.0], set())):
        _, domain = readings(lambda x, y: x.at[places].set(y), np.zeros(3), np.array(values))
        assert domain.undecided == undecided


class Wrapped:
    """A literal as JAX 0.7 may hold it: an array in a class that has no hash."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, number: float) -> None:
        self.number = number

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        del copy
        return np.asarray(self.number, dtype)


def test_a_literal_that_is_wrapped_is_read() -> None:
    program = jax.make_jaxpr(lambda x: x * 2.5)(np.float32(1.0))
    (literal,) = (atom for atom in program.jaxpr.eqns[0].invars if hasattr(atom, "val"))
    literal.val = Wrapped(2.5)
    reader = Reader(Exact())
    (result,) = reader.read(program, [reader.lift(np.float32(3.0))])
    assert result.item() == 7.5
