"""A fault in any primitive's derivative rule is a wrong rule, and nothing is compiled to see it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import jax
import jax.numpy as jnp
import pytest
from jax import lax
from jax.extend.core import primitives
from mutants.internals import changed_jvp, changed_transpose
from mutants.planted import array_case, read_rule

from gradlaw.conformance.cases import case_named
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.laws.table import law_named
from gradlaw.conformance.plan import plan_pool
from gradlaw.conformance.profiles import Profile
from gradlaw.conformance.rule import judge_rule
from gradlaw.reports.record import Record
from gradlaw.strategies.domains import Domain

FACTOR = 1 + 2.0**-30
"""A coefficient wrong in the tenth digit."""

DERIVATIVES = {
    "tanh": "jnp.tanh",
    "sinh": "jnp.sinh",
    "cosh": "jnp.cosh",
    "tan": "jnp.tan",
    "asin": "jnp.arcsin",
    "atan": "jnp.arctan",
    "asinh": "jnp.arcsinh",
    "acosh": "jnp.arccosh",
    "atanh": "jnp.arctanh",
    "exp2": "jnp.exp2",
    "expm1": "jnp.expm1",
    "log1p": "jnp.log1p",
    "cbrt": "jnp.cbrt",
    "rsqrt": "lax.rsqrt",
    "sqrt": "jnp.sqrt",
    "square": "jnp.square",
    "logistic": "jax.nn.sigmoid",
    "pow": "jnp.power",
    "atan2": "jnp.arctan2",
    "erf": "jax.scipy.special.erf",
    "erfc": "jax.scipy.special.erfc",
    "erf_inv": "jax.scipy.special.erfinv",
    "lgamma": "jax.scipy.special.gammaln",
    "digamma": "jax.scipy.special.digamma",
    "igamma": "jax.scipy.special.gammainc",
    "bessel_i0e": "jax.scipy.special.i0e",
    "reduce_prod": "jnp.prod",
    "reduce_max": "jnp.max",
    "cumprod": "jnp.cumprod",
    "max": "jnp.maximum",
    "div": "jnp.divide",
    "cholesky": "jnp.linalg.cholesky",
}
"""Primitives whose derivative is changed, and a case whose program runs it."""

TRANSPOSES = {
    "dot_general": "jnp.dot",
    "conv_general_dilated": "jnp.convolve",
    "gather": "jnp.take(axis=0)",
    "concatenate": "jnp.concatenate",
    "pad": "jnp.pad(pad_width=((1,2),(0,3)))",
    "transpose": "jnp.transpose",
    "cumsum": "jnp.cumsum",
    "fft": "jnp.fft.fft",
    "triangular_solve": "jax.scipy.linalg.solve_triangular",
}
"""Primitives whose transpose is changed, likewise."""


def _scaled(array: Any) -> Any:
    return lax.mul(array, jnp.full_like(array, FACTOR))


def wrong_derivative(primitive: Any) -> AbstractContextManager[None]:
    return changed_jvp(primitive, lambda _primals, _given, out, _params: _scaled(out))


def wrong_transpose(primitive: Any) -> AbstractContextManager[None]:
    return changed_transpose(primitive, lambda _position, found, _cotangent: _scaled(found))


PLANTED = [
    *((wrong_derivative, name, case) for name, case in DERIVATIVES.items()),
    *((wrong_transpose, name, case) for name, case in TRANSPOSES.items()),
]


def primitive_named(name: str) -> Any:
    return next(
        found
        for attribute in dir(primitives)
        if getattr(found := getattr(primitives, attribute), "name", None) == name
    )


@contextmanager
def compilations() -> Iterator[list[str]]:
    """What is compiled in the block, by JAX's own events."""
    seen: list[str] = []

    def listen(event: str, *_: Any, **__: Any) -> None:
        if "backend_compile" in event:
            seen.append(event)

    jax.monitoring.register_event_duration_secs_listener(listen)
    try:
        yield seen
    finally:
        jax.monitoring.clear_event_listeners()


def read(name: str) -> Record:
    case, law = case_named(name), law_named("grad")
    profile = Profile(plans=1, examples=4)
    seed = next(
        seed
        for seed in range(50)
        for plan in plan_pool(case, law, "float32", 1, seed)
        if plan.elements(case) > 1 and all(map(math.prod, plan.shapes.values()))
    )
    return Examination(
        case=case,
        law=law,
        dtype="float32",
        backend="exact",
        seed=seed,
        profile=profile,
        judge=judge_rule,
    ).record()


@pytest.mark.parametrize(
    ("fault", "primitive", "case"), PLANTED, ids=[f"{name} in {case}" for _, name, case in PLANTED]
)
def test_a_wrong_rule_is_read(
    fault: Callable[[Any], AbstractContextManager[None]], primitive: str, case: str
) -> None:
    sound = read(case)
    assert sound.verdict == "conforms", sound.failures
    with fault(primitive_named(primitive)), compilations() as compiled:
        record = read(case)
    assert record.verdict == "wrong rule", record
    assert record.failed
    assert record.failures[0].got != record.failures[0].expected
    assert not compiled


@jax.custom_jvp
def divided(x: Any) -> Any:
    return x * x


@divided.defjvp
def _divided_jvp(primals: Any, tangents: Any) -> Any:
    (x,), (tangent,) = primals, tangents
    return x * x, 2 * x * x / x * tangent


def record_of(function: Callable[..., Any]) -> Record:
    return read_rule(array_case(function, regions=("zeros",)), "grad", examples=4)


def test_a_rule_that_divides_by_zero_is_called_and_not_finite() -> None:
    found = record_of(lambda x: jnp.sum(divided(x)))
    assert found.verdict == "not finite"
    assert found.failures[0].got == "nan"
    assert record_of(lambda x: jnp.sum(x * x)).verdict == "conforms"


@jax.custom_jvp
def square(x: Any) -> Any:
    return x * x


@square.defjvp
def _square_jvp(primals: Any, tangents: Any) -> Any:
    (x,), (tangent,) = primals, tangents
    factor = 2.25 if x.dtype == jnp.float16 else 2
    return x * x, factor * x * tangent


@pytest.mark.parametrize(
    ("dtype", "verdict"),
    [("float16", "wrong rule"), ("bfloat16", "conforms"), ("float32", "conforms")],
)
def test_a_rule_that_is_wrong_in_one_dtype_alone_is_read(dtype: str, verdict: str) -> None:
    record = read_rule(array_case(lambda x: jnp.sum(square(x))), "grad", also=dtype)
    assert record.verdict == verdict
    if verdict != "conforms":
        assert record.failures[0].explanation.endswith("in float16")


@pytest.mark.parametrize("function", [jax.scipy.special.erf, jnp.mean, jax.nn.gelu])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_what_a_narrow_dtype_makes_of_constants_is_no_wrong_rule(
    function: Callable[..., Any], dtype: str
) -> None:
    case = array_case(lambda x: jnp.sum(function(x)))
    assert read_rule(case, "grad", also=dtype).verdict == "conforms"


@jax.custom_jvp
def reciprocal(x: Any) -> Any:
    return 1 / x


@reciprocal.defjvp
def _reciprocal_jvp(primals: Any, tangents: Any) -> Any:
    (x,), (tangent,) = primals, tangents
    slope = -1 / (x * x)
    if x.dtype == jnp.float32:
        slope += 2.0**-140
    return 1 / x, slope * tangent


def test_what_is_below_a_narrow_dtypes_range_is_no_wrong_rule() -> None:
    far = {"x": Domain(lower=1e18, upper=1e19)}
    case = array_case(lambda x: jnp.sum(reciprocal(x)), domains=far, regions=("ordinary",))
    assert read_rule(case, "grad", also="float32").verdict == "conforms"


def test_a_compilation_is_noticed() -> None:
    with compilations() as compiled:
        jax.jit(lambda x: x + 0.625)(1.0).block_until_ready()
    assert compiled
