"""A screen compiles what floating point has a doubt about, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from mutants.planted import array_case
from test_inaccurate import PAIRS, with_slope
from test_not_finite import LARGE, softplus

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import CASES, case_named
from gradlaw.conformance.known_issues import known_faults
from gradlaw.conformance.laws.table import law_named
from gradlaw.conformance.profiles import PROFILES, Profile
from gradlaw.conformance.screening import CALLS
from gradlaw.conformance.test_screening import examination, screened
from gradlaw.oracles.floating import in_floating_point
from gradlaw.oracles.interpreter import Unsupported
from gradlaw.reports.record import Record

FACTORED = "svd-squares-of-singular-values"

NOT_CALLED = "read in floating point, and well within: not called"


def record(case: Case) -> Record:
    """What a screen says of a case in float32."""
    profile = Profile(plans=1, examples=6)
    return examination(case, law_named("jit(grad)"), "float32", "cpu", profile, 0).record()


def notes(found: Record) -> tuple[str, ...]:
    assert found.law is not None
    return found.law.notes


@pytest.mark.parametrize("name", PAIRS)
def test_what_loses_digits_is_called_and_reported(name: str) -> None:
    function, bad, _, domain, _ = PAIRS[name]
    case = array_case(
        with_slope(function, bad), domains={"x": domain}, regions=("ordinary",), min_size=3
    )
    assert record(case).verdict == "inaccurate"


@pytest.mark.parametrize("name", PAIRS)
def test_what_keeps_them_is_not_compiled(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function, _, good, domain, _ = PAIRS[name]
    case = array_case(
        with_slope(function, good), domains={"x": domain}, regions=("ordinary",), min_size=3
    )
    monkeypatch.setattr("gradlaw.conformance.screening.judge", None)
    found = record(case)
    assert found.verdict == "conforms"
    assert NOT_CALLED in notes(found)
    assert found.law is not None
    assert found.law.components > 0


def test_what_is_not_finite_is_called_and_reported() -> None:
    case = array_case(softplus, domains={"x": LARGE}, regions=("ordinary",), min_size=3)
    found = record(case)
    assert found.verdict == "not finite"
    assert NOT_CALLED not in notes(found)


def test_a_wrong_factor_is_called_and_reported() -> None:
    wrong = with_slope(jnp.sin, lambda x: jnp.cos(x) * (1 + 2**-10))
    case = array_case(wrong, regions=("ordinary",), min_size=3)
    assert record(case).verdict == "wrong rule"


def test_a_function_that_refuses_the_dtype_is_unsupported() -> None:
    def narrow_alone(x: Any) -> Any:
        if x.dtype == jnp.float32:
            message = "not in float32"
            raise TypeError(message)
        return jnp.sum(x)

    found = record(array_case(narrow_alone, regions=("ordinary",), min_size=3))
    assert found.verdict == "unsupported"


def test_a_function_of_the_catalogue_that_refuses_a_dtype_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = case_named("jnp.sinh")

    def wide_alone(x: Any) -> Any:
        if x.dtype == jnp.bfloat16:
            message = "not in bfloat16"
            raise TypeError(message)
        return case.function(x)

    monkeypatch.setattr("gradlaw.conformance.primals._TRACED", {})
    monkeypatch.setattr("gradlaw.conformance.primals._FORMS", {})
    profile, law = Profile(plans=1, examples=6), law_named("jit(grad)")
    found = [
        examination(replace(case, function=wide_alone), law, dtype, "cpu", profile, 0).record()
        for dtype in ("bfloat16", "float16")
    ]
    assert [each.verdict for each in found] == ["refused", "conforms"]
    raised = "the function itself raises TypeError: not in bfloat16"
    assert found[0].failures[0].explanation == raised


def test_a_factorisation_is_called() -> None:
    case = next(case for case in CASES if case.name == "jnp.linalg.slogdet")
    found = record(case)
    assert found.verdict == "conforms"
    assert NOT_CALLED not in notes(found)
    assert found.law is not None
    assert found.law.tally["conforms"] == CALLS


def test_a_wrong_factor_behind_a_factorisation_is_called_and_reported() -> None:
    @jax.custom_jvp
    def logarithm(x: Any) -> Any:
        matrix = jnp.eye(x.size, dtype=x.dtype) * (4 + jnp.tanh(x))
        return jnp.linalg.slogdet(matrix)[1]

    @logarithm.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        (x,), (t,) = primals, tangents
        right = jnp.linalg.slogdet(jnp.eye(x.size, dtype=x.dtype) * (4 + jnp.tanh(x)))[1]
        slope = (1 - jnp.tanh(x) ** 2) / (4 + jnp.tanh(x))
        return right, (1 + 2**-8) * jnp.sum(slope * t)

    found = record(array_case(logarithm, regions=("ordinary",), min_size=3, max_size=3))
    assert found.verdict == "wrong rule"


def total(x: Any) -> Any:
    return jnp.sum(x)


def test_a_witness_is_called_even_where_nothing_is_screened() -> None:
    (fault,) = (f for f in known_faults(jax.__version__) if f.name == FACTORED)
    name, dtype, _ = fault.witness["node"].rsplit("-", 2)
    subject, _, law = name.rpartition("-")
    found = examination(
        case_named(subject), law_named(law), dtype, "cpu", Profile(plans=1, examples=1), 0
    ).record()
    assert found.law is not None
    assert found.law.witnesses == {FACTORED: True}


def test_a_law_that_floating_point_doubts_for_nothing_is_called_a_few_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gradlaw.conformance.screening.well_within", lambda *_: np.zeros(1, bool))
    found = record(array_case(total, regions=("ordinary",), min_size=3))
    assert found.verdict == "conforms"
    assert found.law is not None
    assert found.law.tally == {"conforms": CALLS, "unsupported": 6 - CALLS}


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sum of products": lambda x, y: jnp.sum(x * y),
    "matrix product": lambda x, y: x @ y.T,
    "softmax": lambda x, y: jax.nn.softmax(x + y),
    "complex product": lambda x, y: jnp.abs(x + 1j * y),
    "gradient": lambda x, y: jax.grad(lambda x: jnp.sum(jnp.log1p(jnp.exp(x)) * y))(x),
    "overflow": lambda x, y: jnp.exp(100 * x) - jnp.exp(100 * y),
    "selection": lambda x, y: jnp.where(x > y, 1 / (x - x), jnp.cumsum(y, axis=1)),
}


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_floating_point_is_that_of_jax(name: str, dtype: str) -> None:
    function = FUNCTIONS[name]
    generator = np.random.default_rng(0)
    x, y = (jnp.asarray(generator.normal(size=(2, 3)), dtype=dtype) for _ in range(2))
    if name == "complex product" and dtype != "float32":
        x, y = x.astype("float32"), y.astype("float32")
    program = jax.make_jaxpr(function)(x, y)
    (read,) = in_floating_point(program, [np.asarray(x), np.asarray(y)])
    returned = np.asarray(function(x, y))
    values = np.array([scalar.value for scalar in read.reshape(-1)]).reshape(read.shape)
    unit = float(jnp.finfo(returned.dtype).eps)
    np.testing.assert_array_equal(np.isnan(values), np.isnan(returned))
    np.testing.assert_allclose(values, returned.astype(np.float64), rtol=16 * unit, atol=16 * unit)


def test_a_factorisation_is_not_read_in_floating_point() -> None:
    program = jax.make_jaxpr(jnp.linalg.cholesky)(np.eye(2, dtype=np.float32))
    with pytest.raises(Unsupported, match="floating point"):
        in_floating_point(program, [np.eye(2, dtype=np.float32)])


def test_seeds_screen_every_case_in_every_dtype() -> None:
    met: dict[str, set[str]] = {}
    wanted: dict[str, set[str]] = {}
    for seed in range(8):
        for case, _, dtype in screened(PROFILES["default"], seed):
            met.setdefault(case.name, set()).add(dtype)
            wanted[case.name] = {each for each in case.dtypes if each != "python"}
    assert met == wanted
