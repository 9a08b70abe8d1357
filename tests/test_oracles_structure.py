"""Structural primitives, read exactly, move integers as JAX moves them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from jax import lax

from gradlaw.conformance.x64 import x64
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.interpreter import Reader, Unsupported
from gradlaw.oracles.interpreter.reading import HANDLERS

Array = np.ndarray[Any, Any]
Call = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function of JAX's and the arrays that it is called with."""

drawn = settings(
    max_examples=8, deadline=None, derandomize=True, database=None, phases=[Phase.generate]
)


@pytest.fixture(autouse=True)
def wide() -> Iterator[None]:
    with x64(True):
        yield


def numbers(draw: Any, shape: tuple[int, ...]) -> Array:
    """Small integers as floats, all different: where one goes, none other could have gone."""
    seed = draw(st.integers(0, 2**32))
    order = np.random.default_rng(seed).permutation(int(np.prod(shape)))
    return (order.reshape(shape) - 3).astype(np.float64)


def shapes(min_rank: int = 0, max_rank: int = 4, min_size: int = 0) -> Any:
    """Shapes up to rank 4, with empty axes and axes of size 1."""
    return st.lists(st.integers(min_size, 3), min_size=min_rank, max_size=max_rank).map(tuple)


def axis_subsets(draw: Any, rank: int) -> tuple[int, ...]:
    return tuple(axis for axis in range(rank) if draw(st.booleans()))


def broadcast_in_dim(draw: Any) -> Call:
    shape = draw(shapes())
    where = axis_subsets(draw, len(shape))
    operand = tuple(1 if draw(st.booleans()) else shape[axis] for axis in where)
    return lambda x: lax.broadcast_in_dim(x, shape, where), (numbers(draw, operand),)


def reshape(draw: Any) -> Call:
    shape = draw(shapes())
    ones = [*shape, 1, 1]
    return lambda x: lax.reshape(x, ones[::-1]), (numbers(draw, shape),)


def squeeze(draw: Any) -> Call:
    shape = draw(shapes())
    ones = tuple(axis for axis in axis_subsets(draw, len(shape)) if shape[axis] == 1)
    return lambda x: lax.squeeze(x, ones), (numbers(draw, shape),)


def transpose(draw: Any) -> Call:
    shape = draw(shapes(min_rank=2))
    order = tuple(draw(st.permutations(range(len(shape)))))
    return lambda x: lax.transpose(x, order), (numbers(draw, shape),)


def concatenate(draw: Any) -> Call:
    shape = draw(shapes(min_rank=1))
    axis = draw(st.integers(0, len(shape) - 1))
    sizes = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))
    parts = [(*shape[:axis], size, *shape[axis + 1 :]) for size in sizes]
    arrays = tuple(numbers(draw, part) for part in parts)
    return lambda *xs: lax.concatenate(xs, axis), arrays


def slice_(draw: Any) -> Call:
    shape = draw(shapes())
    starts = [draw(st.integers(0, size)) for size in shape]
    limits = [draw(st.integers(start, size)) for start, size in zip(starts, shape, strict=True)]
    strides = [draw(st.integers(1, 3)) for _ in shape]
    return lambda x: lax.slice(x, starts, limits, strides), (numbers(draw, shape),)


def rev(draw: Any) -> Call:
    shape = draw(shapes())
    axes = axis_subsets(draw, len(shape))
    return lambda x: lax.rev(x, axes), (numbers(draw, shape),)


def pad(draw: Any) -> Call:
    shape = draw(shapes())
    config = []
    for size in shape:
        interior = draw(st.integers(0, 2))
        total = size + interior * max(size - 1, 0)
        low = draw(st.integers(-total, 2))
        config.append((low, draw(st.integers(-(total + min(low, 0)), 2)), interior))
    return lambda x, y: lax.pad(x, y, config), (numbers(draw, shape), np.float64(99))


def select_n(draw: Any) -> Call:
    shape = draw(shapes())
    count = draw(st.integers(2, 3))
    which = np.random.default_rng(draw(st.integers(0, 99))).integers(0, count, shape)
    which = which[(0,) * which.ndim] if draw(st.booleans()) and which.size else which
    dtype = bool if count == 2 else np.int32
    branches = [numbers(draw, shape) + 100 * place for place in range(count)]
    return lax.select_n, (np.asarray(which, dtype=dtype), *branches)


def dynamic_slice(draw: Any) -> Call:
    shape = draw(shapes(min_rank=1))
    sizes = [draw(st.integers(0, size)) for size in shape]
    starts = [np.int32(draw(st.integers(-4, 4))) for _ in shape]
    return lambda x, *i: lax.dynamic_slice(x, i, sizes), (numbers(draw, shape), *starts)


def dynamic_update_slice(draw: Any) -> Call:
    shape = draw(shapes(min_rank=1))
    sizes = tuple(draw(st.integers(0, size)) for size in shape)
    starts = [np.int32(draw(st.integers(-4, 4))) for _ in shape]
    operands = (numbers(draw, shape), numbers(draw, sizes) + 100, *starts)
    return lambda x, y, *i: lax.dynamic_update_slice(x, y, i), operands


def dot_general(draw: Any) -> Call:
    batch, free, other, by = (draw(st.lists(st.integers(0, 3), max_size=2)) for _ in range(4))
    sizes = {"b": batch, "c": by, "l": free, "r": other}
    left, right = (
        draw(st.permutations([(kind, k) for kind in kinds for k in range(len(sizes[kind]))]))
        for kinds in ("bcl", "bcr")
    )

    def places(order: Any, kind: str) -> tuple[int, ...]:
        return tuple(order.index((kind, k)) for k in range(len(sizes[kind])))

    dimensions = (
        (places(left, "c"), places(right, "c")),
        (places(left, "b"), places(right, "b")),
    )
    arrays = [numbers(draw, tuple(sizes[kind][k] for kind, k in order)) for order in (left, right)]
    return lambda x, y: lax.dot_general(x, y, dimensions), tuple(arrays)


def reduction(reduce: Any) -> Callable[[Any], Call]:
    def build(draw: Any) -> Call:
        shape = draw(shapes())
        axes = axis_subsets(draw, len(shape))
        return lambda x: reduce(x, axis=axes), (numbers(draw, shape),)

    return build


def reduce_max(draw: Any) -> Call:
    shape = draw(shapes())
    axes = axis_subsets(draw, len(shape))
    return lambda x: jnp.max(x, axis=axes, initial=-9.0), (numbers(draw, shape),)


def reduce_min(draw: Any) -> Call:
    shape = draw(shapes())
    axes = axis_subsets(draw, len(shape))
    return lambda x: jnp.min(x, axis=axes, initial=9.0), (numbers(draw, shape),)


def argmax(draw: Any) -> Call:
    shape = draw(shapes(min_rank=1, min_size=1))
    axis = draw(st.integers(0, len(shape) - 1))
    find = draw(st.sampled_from([lax.argmax, lax.argmin]))
    return lambda x: find(x, axis, np.int32), (numbers(draw, shape),)


def scan(draw: Any) -> Call:
    shape, length = draw(shapes(max_rank=3)), draw(st.integers(0, 3))
    backwards = draw(st.booleans())

    def function(carry: Any, rows: Any, weight: Any) -> Any:
        def body(carry: Any, row: Any) -> Any:
            return 2 * carry + row, (carry - weight, row * carry)

        return lax.scan(body, carry, rows, reverse=backwards)

    return function, (numbers(draw, shape), numbers(draw, (length, *shape)), np.float64(3))


def while_loop(draw: Any) -> Call:
    shape = draw(shapes())

    def function(x: Any, limit: Any) -> Any:
        return lax.while_loop(
            lambda state: state[0] < limit, lambda state: (state[0] + 2, state[1] * 3 - x), (0, x)
        )

    return function, (numbers(draw, shape), np.int64(draw(st.integers(0, 5))))


def cond(draw: Any) -> Call:
    shape = draw(shapes())

    def function(index: Any, x: Any) -> Any:
        branches = [lambda x: x + 1, lambda x: -x, lambda x: x * x]
        return lax.switch(index, branches, x)

    return function, (np.int32(draw(st.integers(-2, 4))), numbers(draw, shape))


def elementwise(draw: Any) -> Call:
    shape = draw(shapes())

    def function(x: Any, y: Any) -> Any:
        return (
            lax.max(x, y),
            lax.clamp(-1.0, x, 2.0),
            lax.clamp(x - 1, y, x + 1),
            lax.clamp(np.int32(0), lax.convert_element_type(x, np.int32), np.int32(2)),
            lax.min(x, y),
            lax.abs(x),
            lax.sign(x),
            lax.neg(x),
            x + y,
            x - y,
            x * y,
            lax.square(x),
            lax.integer_pow(x, 3),
            x < y,
            x <= y,
            x > y,
            x >= y,
            x == y,
            x != y,
            (x < y) & (y < 2) | ~(x == y) ^ (x > 1),
            lax.is_finite(x),
            lax.convert_element_type(x, np.int32) * 3 // 2 - 1,
            lax.convert_element_type(x, np.float32),
            lax.convert_element_type(x < y, np.float64),
        )

    return function, (numbers(draw, shape), numbers(draw, shape))


def calls(draw: Any) -> Call:
    shape = draw(shapes())

    @jax.custom_jvp
    def with_jvp(x: Any) -> Any:
        return 3 * x

    @jax.custom_vjp
    def with_vjp(x: Any) -> Any:
        return 5 * x

    with_jvp.defjvp(lambda p, t: (with_jvp(*p), 3 * t[0]))
    with_vjp.defvjp(lambda x: (with_vjp(x), None), lambda _, g: (5 * g,))

    def function(x: Any) -> Any:
        size = lax.iota(np.float64, 3) + lax.broadcasted_iota(np.int32, (2, 3), 0)
        inner = jax.jit(with_jvp)(x), with_vjp(x), jax.checkpoint(lambda x: x - 1)(x)
        return size, *inner, lax.stop_gradient(x), lax.expand_dims(x, (0,))

    return function, (numbers(draw, shape),)


CALLS: dict[str, Callable[[Any], Call]] = {
    "broadcast_in_dim": broadcast_in_dim,
    "reshape": reshape,
    "squeeze": squeeze,
    "transpose": transpose,
    "concatenate": concatenate,
    "slice": slice_,
    "rev": rev,
    "pad": pad,
    "select_n": select_n,
    "dynamic_slice": dynamic_slice,
    "dynamic_update_slice": dynamic_update_slice,
    "dot_general": dot_general,
    "reduce_sum": reduction(jnp.sum),
    "reduce_max": reduce_max,
    "reduce_min": reduce_min,
    "argmax": argmax,
    "scan": scan,
    "while": while_loop,
    "cond": cond,
    "mul": elementwise,
    "custom_jvp_call": calls,
}
"""By the primitive that the call is about."""


def as_floats(reading: Array) -> Array:
    if reading.dtype != object:
        return reading
    exact = [ball.rad() == 0 for ball in reading.reshape(-1)]
    assert all(exact)
    return np.array([float(ball) for ball in reading.reshape(-1)]).reshape(reading.shape)


def agrees(function: Callable[..., Any], operands: tuple[Any, ...]) -> bool:
    """Whether the exact reading of a call's program is what JAX computes."""
    computed = jax.tree.leaves(jax.jit(function)(*operands))
    reader = Reader(Exact())
    program = jax.make_jaxpr(function)(*operands)
    readings = reader.read(program, [reader.lift(operand) for operand in operands])
    assert not reader.domain.estimated
    return all(
        reading.shape == result.shape and np.array_equal(as_floats(reading), np.asarray(result))
        for reading, result in zip(readings, computed, strict=True)
    )


@pytest.mark.parametrize("primitive", CALLS)
@drawn
@given(data=st.data())
def test_primitive_is_read_as_jax_computes_it(primitive: str, data: st.DataObject) -> None:
    assert agrees(*CALLS[primitive](data.draw))


ONE_OF_EACH: dict[str, Call] = {
    "transpose": (lambda x: lax.transpose(x, (1, 0)), (np.arange(6.0).reshape(2, 3),)),
    "rev": (lambda x: lax.rev(x, (0,)), (np.arange(3.0),)),
    "pad": (lambda x: lax.pad(x, 0.0, [(-1, 2, 1)]), (np.arange(3.0),)),
    "slice": (lambda x: lax.slice(x, (1,), (4,), (2,)), (np.arange(5.0),)),
    "reduce_sum": (lambda x: jnp.sum(x, axis=0), (np.arange(6.0).reshape(2, 3),)),
    "dot_general": (lambda x, y: x @ y, (np.arange(6.0).reshape(2, 3), np.arange(3.0))),
    "select_n": (lax.select_n, (np.arange(3) > 1, *np.eye(3)[:2])),
    "dynamic_slice": (lambda x, i: lax.dynamic_slice(x, (i,), (2,)), (np.arange(5.0), np.int32(2))),
    "scan": (lambda x: lax.scan(lambda c, r: (c + r, c), 0.0, x), (np.arange(1.0, 4.0),)),
}


@pytest.mark.parametrize("primitive", ONE_OF_EACH)
def test_a_wrong_handler_is_found(primitive: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function, operands = ONE_OF_EACH[primitive]
    assert agrees(function, operands)
    right = HANDLERS[primitive]

    def misplaced(reader: Any, equation: Any, operands: Any) -> Any:
        """Every result in its right shape, but with its numbers in another order."""
        results = right(reader, equation, operands)
        return [np.roll(r, 1) if r.size > 1 else np.asarray(-r, dtype=r.dtype) for r in results]

    monkeypatch.setitem(HANDLERS, primitive, misplaced)
    assert not agrees(function, operands)


def read(function: Callable[..., Any], *operands: Any) -> tuple[list[Array], set[str]]:
    reader = Reader(Exact())
    program = jax.make_jaxpr(function)(*operands)
    return reader.read(program, [reader.lift(o) for o in operands]), reader.domain.estimated


def test_an_empty_extremum_is_infinite() -> None:
    for reduce, initial, infinite in ((jnp.max, -np.inf, "-inf"), (jnp.min, np.inf, "inf")):
        operand = np.zeros((0, 2))
        result, _ = read(lambda x: reduce(x, axis=0, initial=initial), operand)  # noqa: B023
        assert [ball == arb(infinite) for ball in result[0]] == [True, True]


@pytest.mark.parametrize("reduce", [jnp.max, jnp.min])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_extremum_with_nan_is_nan(reduce: Any, place: int) -> None:
    operand = np.array([1.0, 2.0, 3.0])
    operand[place] = np.nan
    (result,), _ = read(reduce, operand)
    assert result.item().is_nan()


def test_an_unread_primitive_is_estimated_and_named() -> None:
    assert "lgamma" not in HANDLERS
    (result,), estimated = read(lambda x: lax.lgamma(x) + 1, np.array(3.5))
    assert estimated == {"lgamma"}
    with_rounding = float(jnp.asarray(lax.lgamma(3.5) + 1))
    assert result.item().contains(with_rounding)
    assert 0 < float(result.item().rad()) < 2.0**-16


def test_an_unread_primitive_of_float64_is_evaluated_in_float64() -> None:
    operand = np.array([1.0, 2.0**-40, 1e-60])
    program = jax.make_jaxpr(jnp.cumsum)(operand)
    reader = Reader(Exact())
    with x64(False):
        (sums,) = reader.read(program, [reader.lift(operand)])
    assert sums[1].overlaps(1 + arb(2) ** -40)
    assert sums[1].rad() < arb(2) ** -15
    assert float(sums[1].mid()) == 1 + 2.0**-40


def test_an_unread_primitive_that_overflows_is_unbounded() -> None:
    (sums,), estimated = read(jnp.cumsum, np.array([1.0, 1.7e308, 1.7e308]))
    assert "cumsum" in estimated
    assert [bool(ball.is_finite()) for ball in sums] == [True, True, False]
    assert sums[2].overlaps(arb(10) ** 308 * 3)


def test_an_effect_is_unsupported_and_named() -> None:
    from jax.experimental import io_callback

    def function(x: Any) -> Any:
        return io_callback(np.sin, jax.ShapeDtypeStruct((), np.float64), x)

    with pytest.raises(Unsupported, match="io_callback has effects"):
        read(function, np.array(1.0))


def test_what_no_result_needs_is_not_read() -> None:
    def function(x: Any) -> Any:
        lax.lgamma(x)
        return x + 1

    (result,), estimated = read(function, np.array(1.0))
    assert result.item() == 2
    assert estimated == set()


def test_a_program_beyond_the_limit_is_unsupported() -> None:
    program = jax.make_jaxpr(lambda x: (x + 1) * 2)(np.zeros(10))
    reader = Reader(Exact(), limit=15)
    with pytest.raises(Unsupported, match=r"more than 15 scalar results at .*mul"):
        reader.read(program, [reader.lift(np.zeros(10))])
