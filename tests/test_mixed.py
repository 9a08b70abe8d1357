"""Cases in mixed dtypes."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import pytest
from jax import lax
from mutants.internals import changed_jvp
from mutants.planted import array_case, read_rule

from gradlaw.conformance.case import IN_MIXED_DTYPES
from gradlaw.conformance.cases import case_named
from gradlaw.conformance.cases.mixed import OTHER, in_mixed_dtypes, takes_mixed_dtypes
from gradlaw.conformance.profiles import PROFILES
from gradlaw.conformance.readings import read
from gradlaw.oracles.x64 import x64


def test_a_rule_that_is_wrong_in_a_conversion_alone_shows() -> None:
    def wrong(_primals: Any, _tangents: Any, out: Any, params: Any) -> Any:
        return 1.25 * out if params["new_dtype"] == jnp.float32 else out

    case = array_case(lambda x, y: jnp.sum(x * y), signature="(*n),(*n)->()")
    with changed_jvp(lax.convert_element_type_p, wrong):
        assert read_rule(case, "value_and_grad").verdict == "conforms"
        assert read_rule(in_mixed_dtypes(case), "value_and_grad").verdict == "wrong rule"
    assert read_rule(in_mixed_dtypes(case), "value_and_grad").verdict == "conforms"


@pytest.mark.parametrize("dtype", OTHER)
def test_each_argument_is_once_converted_and_once_as_it_is(dtype: str) -> None:
    met: list[tuple[str, ...]] = []

    def seen(x: jax.Array, y: jax.Array, z: jax.Array) -> jax.Array:
        met.append((str(x.dtype), str(y.dtype), str(z.dtype)))
        return x.astype(dtype) + y.astype(dtype) + z.astype(dtype)

    case = in_mixed_dtypes(array_case(seen, signature="(),(),()->()"))
    with x64(dtype == "float64"):
        total = case.function(*jnp.array([1, 2, 3], dtype))
        assert total.dtype == dtype
        assert total == 12
    other = OTHER[dtype]
    assert met == [(dtype, other, dtype), (other, dtype, other)]


def test_only_what_promotes_several_arguments_takes_them() -> None:
    assert takes_mixed_dtypes(case_named("jnp.logaddexp"))
    assert not takes_mixed_dtypes(case_named("jnp.sin"))
    assert not takes_mixed_dtypes(case_named("lax.atan2"))
    assert not takes_mixed_dtypes(case_named("jax.nn.dot_product_attention"))


def test_some_readings_are_in_mixed_dtypes() -> None:
    names = [case.name for case, _, _ in read(PROFILES["default"], 0)]
    mixed = [name for name in names if IN_MIXED_DTYPES in name]
    assert len(mixed) > 60
    assert all(case_named(name).name == name for name in mixed)
