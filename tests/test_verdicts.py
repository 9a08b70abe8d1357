"""The verdict on one array: what is inside the allowance conforms, the next number does not."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
from flint import arb, ctx
from mutants.planted import array_case, read_rule

from gradlaw.conformance import rule
from gradlaw.conformance.answers import Example
from gradlaw.conformance.cases import case_named
from gradlaw.conformance.judging import PRECISIONS, judge, refused
from gradlaw.conformance.laws import law_named
from gradlaw.conformance.outcome import Outcome
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.preparation import Prepared, prepare
from gradlaw.conformance.rule import judge_rule
from gradlaw.oracles.allowance import allowance
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter.arrays import object_array
from gradlaw.oracles.rounding.arithmetic import arithmetic
from gradlaw.oracles.verdict import (
    CONFORMS,
    ILL_POSED,
    INACCURATE,
    NOT_FINITE,
    WRONG_NUMBER,
    WRONG_RULE,
    Components,
    judge_components,
    narrow,
)
from gradlaw.strategies.batches import Batching

DTYPES = ("float16", "bfloat16", "float32", "float64")
each_dtype = pytest.mark.parametrize("dtype", DTYPES)


@pytest.fixture(autouse=True)
def precision() -> Iterator[None]:
    """The precision in which laws are judged first."""
    with ctx.workprec(PRECISIONS[0]):
        yield


def balls(*numbers: Any) -> Any:
    return object_array([arb(number) for number in numbers], (len(numbers),))


def numpy_dtype(dtype: str) -> Any:
    return ml_dtypes.bfloat16 if dtype == "bfloat16" else np.dtype(dtype)


def next_up(number: float, dtype: str) -> float:
    one = np.array(number, numpy_dtype(dtype))
    return float(np.nextafter(one, np.array(math.inf, one.dtype)))


def next_down(number: float, dtype: str) -> float:
    return -next_up(-number, dtype)


def judged(
    got: Sequence[float],
    oracle: Any,
    *,
    attainable: Any,
    program: Any = None,
    exact: Any = None,
    undecided: bool = False,
    centre: Any = None,
    dtype: str = "float32",
) -> Components:
    return judge_components(
        got=np.array(got, numpy_dtype(dtype)),
        oracle=oracle,
        rule=None if undecided else (oracle if exact is None else exact, oracle),
        rounded=attainable if program is None else program,
        centre=oracle if centre is None else centre,
        attainable=attainable,
        numbers=arithmetic(dtype),
    )


def code(got: float, oracle: Any, **readings: Any) -> int:
    return int(judged([got], oracle, **readings).verdicts[0])


@each_dtype
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_last_number_inside_conforms_and_the_next_one_does_not(dtype: str, sign: float) -> None:
    ulp = arithmetic(dtype).ulp(1.5)
    oracle, attainable = balls(1.5), balls(arb(1.5, 3 * ulp))
    edge = 1.5 + sign * 3 * ulp
    beyond = next_up(edge, dtype) if sign > 0 else next_down(edge, dtype)
    assert abs(beyond - edge) == ulp
    wide = balls(arb(1.5, 10 * ulp))
    assert code(edge, oracle, attainable=attainable, program=wide, dtype=dtype) == CONFORMS
    assert code(beyond, oracle, attainable=attainable, program=wide, dtype=dtype) == INACCURATE


@each_dtype
def test_last_number_that_the_program_gives_is_inaccurate_and_the_next_one_wrong(
    dtype: str,
) -> None:
    ulp = arithmetic(dtype).ulp(1.5)
    readings = {"attainable": balls(arb(1.5, ulp)), "program": balls(arb(1.5, 4 * ulp))}
    edge = 1.5 + 4 * ulp
    assert code(edge, balls(1.5), dtype=dtype, **readings) == INACCURATE
    beyond = next_up(edge, dtype)
    assert code(beyond, balls(1.5), dtype=dtype, **readings) == WRONG_NUMBER


@each_dtype
def test_nearest_number_conforms_whatever_the_allowance(dtype: str) -> None:
    with ctx.workprec(256):
        third = arb(1) / 3
        oracle = balls(third)
        nearest = float(np.array(1 / 3).astype(numpy_dtype(dtype)))
        assert code(nearest, oracle, attainable=oracle, dtype=dtype) == CONFORMS
        for neighbour in (next_up(nearest, dtype), next_down(nearest, dtype)):
            assert code(neighbour, oracle, attainable=oracle, dtype=dtype) == WRONG_NUMBER


def test_bounds_are_rounded_inwards() -> None:
    with ctx.workprec(256):
        radius = arb(2) ** -70
        found = allowance(balls(1), balls(arb(1, radius)), balls(1))
    assert found.lower[0] == 1.0
    assert found.upper[0] == 1.0
    assert 0 < found.radius[0] <= 2.0**-69


def test_wrong_centre_cannot_excuse_itself() -> None:
    """A reading about 2 says how wide a number about 1 may lie, and not that it may be 2."""
    found = allowance(balls(1), balls(arb(2, 0.25)), balls(2))
    # Arb rounds a radius up, to 30 bits.
    assert 0.75 - 2.0**-28 < found.lower[0] <= 0.75
    assert 1.25 <= found.upper[0] < 1.25 + 2.0**-28
    shifted = {"attainable": balls(1), "program": balls(arb(2, 0.25)), "centre": balls(2)}
    assert code(2.0, balls(1), undecided=True, **shifted) == WRONG_NUMBER
    assert code(1.25, balls(1), undecided=True, **shifted) == INACCURATE
    assert code(1.25, balls(1), **shifted) == WRONG_RULE


def test_rule_may_be_off_by_what_float64_cannot_show() -> None:
    near, far = (balls(1 + n * arb(2) ** -52) for n in (arb(0.99), arb(1.01)))
    assert code(1.0, balls(1), attainable=balls(1), exact=near) == CONFORMS
    assert code(1.0, balls(1), attainable=balls(1), exact=far) == WRONG_RULE


def test_program_in_the_dtype_may_be_off_by_what_is_attainable() -> None:
    readings = {"attainable": balls(arb(1, 0.25)), "program": balls(arb(1, 0.5))}
    assert code(1.0, balls(1), centre=balls(1.2), **readings) == CONFORMS
    assert code(1.0, balls(1), centre=balls(1.3), **readings) == WRONG_RULE


@each_dtype
def test_infinity_conforms_where_the_closed_form_overflows(dtype: str) -> None:
    largest = arithmetic(dtype).largest
    oracle = balls(arb(largest) * 8)
    readings = {"attainable": oracle, "dtype": dtype}
    assert code(math.inf, oracle, **readings) == CONFORMS
    assert code(-math.inf, oracle, **readings) == NOT_FINITE
    assert code(largest, oracle, **readings) == WRONG_NUMBER


@each_dtype
def test_infinity_is_not_finite_where_the_closed_form_does_not_overflow(dtype: str) -> None:
    oracle = balls(arithmetic(dtype).largest / 4)
    readings = {"attainable": oracle, "dtype": dtype}
    assert code(math.inf, oracle, **readings) == NOT_FINITE


UNBOUNDED = balls(arb("nan"))


@pytest.mark.parametrize("oracle", [1.0, 0.0, 1e39, math.inf, math.nan])
@pytest.mark.parametrize("attainable", ["narrow", "wide", "unbounded"])
@pytest.mark.parametrize("program", ["narrow", "unbounded"])
def test_nan_never_conforms(oracle: float, attainable: str, program: str) -> None:
    centre = balls(oracle)
    readings = {"narrow": centre, "wide": balls(arb(oracle, 1e30)), "unbounded": UNBOUNDED}
    found = code(
        math.nan, centre, attainable=readings[attainable], program=readings[program], exact=centre
    )
    assert found != CONFORMS


def test_only_what_the_function_itself_loses_is_ill_posed() -> None:
    unbounded = {"attainable": UNBOUNDED, "program": UNBOUNDED}
    assert code(math.nan, balls(1), **unbounded) == ILL_POSED
    assert code(7.0, balls(1), **unbounded) == ILL_POSED
    assert code(1.0, balls(1), **unbounded) == CONFORMS
    assert code(math.nan, balls(1), attainable=balls(arb(1, 0.5)), program=UNBOUNDED) == NOT_FINITE


def test_not_finite_is_blamed_on_the_rule_or_the_backend() -> None:
    by_rule = judged([math.nan], balls(1), attainable=balls(1), program=UNBOUNDED)
    by_backend = judged([math.nan], balls(1), attainable=balls(1), program=balls(1))
    assert bool(by_rule.rule_blamed[0])
    assert not bool(by_backend.rule_blamed[0])


def test_rule_outweighs_a_number_that_happens_to_be_right() -> None:
    wrong = balls(1 + 1e-9)
    assert code(1.0, balls(1), attainable=balls(arb(1, 0.1)), exact=wrong) == WRONG_RULE


def test_reading_of_another_shape_is_a_wrong_rule() -> None:
    assert code(1.0, balls(1), attainable=balls(1), exact=balls(1, 1)) == WRONG_RULE


def test_each_component_has_its_own_verdict() -> None:
    oracle, nothing = balls(1, 1, 1), balls(1, 1, 1)
    found = judged([1.0, 1.5, math.inf], oracle, attainable=nothing)
    assert found.verdicts.tolist() == [CONFORMS, WRONG_NUMBER, NOT_FINITE]
    assert found.worst() == WRONG_NUMBER
    assert found.errors[:2].tolist() == [0.0, 0.5 * 2**23]


def test_empty_array_conforms() -> None:
    empty = object_array([], (0,))
    assert judged([], empty, attainable=empty).worst() == CONFORMS


@each_dtype
def test_reading_that_hides_the_tenth_digit_is_not_narrow(dtype: str) -> None:
    numbers = arithmetic(dtype)
    with ctx.workprec(256):
        assert narrow(balls(arb(1, 1e-14)), balls(1), numbers)
        assert not narrow(balls(arb(1, 1e-10)), balls(1), numbers)
        assert narrow(balls(arb(0, numbers.smallest / 2048)), balls(0), numbers)
        assert not narrow(balls(arb(0, numbers.smallest)), balls(0), numbers)
        assert not narrow(balls(arb("nan")), balls(1), numbers)
        assert not narrow(balls(1, arb(1, 1e-10)), balls(1, 1), numbers)


# One wrong element among 1,000.

WRONG, SIZE = 617, 1_000


def thousand() -> tuple[Prepared, Example, np.ndarray[Any, Any]]:
    """The gradient of Σ (w·xᵢ + b)² by x, and each element's conditioning."""
    case, law = case_named("quadratic"), law_named("grad")
    plan = Plan(shapes={"w": (), "b": (), "x": (SIZE,)}, argnums=2)
    generator = np.random.default_rng(7)
    leaves = {
        "w": np.float32(generator.uniform(0.5, 2)),
        "b": np.float32(generator.uniform(-2, 2)),
        "x": generator.uniform(-4, 4, SIZE).astype(np.float32),
    }
    arrays = {name: np.asarray(leaf, np.float32) for name, leaf in leaves.items()}
    example = Example(leaves=arrays, rows=(arrays,), row_of=None, region="ordinary")
    prepared = prepare(case, law, plan, "float32", Rounded("cpu"))
    w, b, x = (arrays[name].astype(np.float64) for name in ("w", "b", "x"))
    # d log|2w(wx + b)| by the logarithms of w, b and x, absolutely summed.
    conditioning = (np.abs(2 * w * x + b) + np.abs(b) + np.abs(w * x)) / np.abs(w * x + b)
    return prepared, example, conditioning


def with_one_moved(prepared: Prepared, example: Example, ulps: float) -> Outcome:
    real = prepared.call

    def moved(*arguments: Any) -> Any:
        array = np.array(real(*arguments))
        array[WRONG] += ulps * arithmetic("float32").ulp(abs(float(array[WRONG])))
        return jnp.asarray(array)

    prepared.call = moved
    try:
        return judge(prepared, example, "float32")
    finally:
        prepared.call = real


def test_unmoved_array_conforms() -> None:
    prepared, example, _ = thousand()
    outcome = with_one_moved(prepared, example, 0)
    assert outcome.verdict == "conforms"
    assert outcome.components == SIZE


@pytest.mark.parametrize("sign", [1, -1])
def test_one_element_is_found_at_64_ulp_times_conditioning(sign: int) -> None:
    prepared, example, conditioning = thousand()
    outcome = with_one_moved(prepared, example, sign * 64 * math.ceil(conditioning[WRONG]))
    assert outcome.verdict == "wrong number"
    assert outcome.worst is not None
    assert outcome.worst.where == f"x[{WRONG}]"


def test_one_element_of_a_rule_is_found_at_a_billionth() -> None:
    prepared, example, _ = thousand()
    gradient = jax.grad(prepared.question.case.function, argnums=2)

    def off(*arguments: Any) -> Any:
        found = gradient(*arguments)
        return found * jnp.where(jnp.arange(SIZE) == WRONG, 1 + 1e-9, 1).astype(found.dtype)

    from gradlaw.oracles.x64 import x64

    sound = prepared.rule
    with x64(True):
        arguments = [np.zeros(shape) for shape in ((), (), (SIZE,))]
        prepared.rule = jax.make_jaxpr(off)(*arguments)
    outcome = judge(prepared, example, "float32")
    assert outcome.verdict == "wrong rule"
    assert outcome.worst is not None
    assert outcome.worst.where == f"x[{WRONG}]"
    prepared.rule = sound
    assert judge(prepared, example, "float32").verdict == "conforms"


def test_warnings_while_tracing_are_notes() -> None:
    def warning(x: Any) -> Any:
        warnings.warn("planted", RuntimeWarning, stacklevel=1)
        return jnp.sum(x * x)

    record = read_rule(array_case(warning), "grad")
    assert record.verdict == "conforms"
    assert record.law is not None
    assert "RuntimeWarning: planted" in record.law.notes


def test_what_compiling_takes_is_no_readings_time(monkeypatch: pytest.MonkeyPatch) -> None:
    @jax.custom_jvp
    def constant(x: Any) -> Any:
        return x * 0

    @constant.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        (x,), (tangent,) = primals, tangents
        return x * 0, tangent * (x - x) / (x - x)

    def slow(*arguments: Any) -> bool:
        end = time.process_time() + 1.5
        while time.process_time() < end:
            pass
        return is_finite(*arguments)

    is_finite = rule._is_finite
    case = array_case(lambda x: jnp.sum(constant(x)))
    judge = partial(judge_rule, seconds=1.0)
    assert read_rule(case, "grad", judge=judge).verdict == "not finite"
    monkeypatch.setattr(rule, "_is_finite", slow)
    assert read_rule(case, "grad", judge=judge).verdict == "not finite"


def test_a_function_of_the_catalogue_that_raises_itself_is_refused() -> None:
    def raising(_: Any) -> Any:
        raise TypeError("planted")

    case = replace(case_named("jnp.sinh"), function=raising)
    record = read_rule(case, "grad")
    assert record.verdict == "refused"
    assert record.failures[0].explanation == "the function itself raises TypeError: planted"


@pytest.mark.parametrize("refuses", ["the function", "its derivative"])
def test_what_a_function_itself_refuses_is_unsupported_in_an_empty_batch_too(refuses: str) -> None:
    @jax.custom_jvp
    def square(x: Any) -> Any:
        if refuses == "the function" and x.dtype == jnp.float16:
            raise TypeError("planted")
        return x * x

    @square.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        if refuses == "its derivative" and primals[0].dtype == jnp.float16:
            raise TypeError("planted")
        return square(*primals), 2 * primals[0] * tangents[0]

    case = array_case(lambda x: jnp.sum(square(x)))
    plan = Plan(shapes={"x": (3,)}, argnums=0, batching=Batching(size=0, in_axes=(0,), out_axis=0))
    leaves = {"x": np.zeros((0, 3), np.float16)}
    example = Example(leaves=leaves, rows=(), row_of=np.zeros(0, int), region="ordinary")
    outcome = refused(Outcome(), case, plan, example, "float16", TypeError("planted"))
    expected = "unsupported" if refuses == "the function" else "refused"
    assert outcome.verdict == expected
