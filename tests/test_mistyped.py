"""A derivative of another dtype than its argument's is seen without a compilation."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import pytest
from mutants.planted import array_case, read_rule

from gradlaw.conformance.case import Case


def squares(converted_from: str) -> Case:
    """A sum of squares whose derivative by numbers of one dtype is float32."""

    @jax.custom_vjp
    def function(x: Any) -> Any:
        return jnp.sum(x * x)

    def backward(x: Any, cotangent: Any) -> tuple[Any]:
        slope = 2 * cotangent * x
        return (slope.astype("float32" if x.dtype == converted_from else x.dtype),)

    function.defvjp(lambda x: (jnp.sum(x * x), x), backward)
    return array_case(lambda x: 1.0 * function(x))


@pytest.mark.parametrize(
    ("converted_from", "also", "explanation"),
    [
        ("float64", None, "the derivative by x is float32, not float64"),
        ("bfloat16", "bfloat16", "the derivative by x is float32, not bfloat16"),
    ],
)
def test_a_derivative_of_another_dtype_is_reported(
    converted_from: str, also: str | None, explanation: str
) -> None:
    found = read_rule(squares(converted_from), "grad", also=also)
    assert found.verdict == "wrong structure"
    assert [failure.explanation for failure in found.failures] == [explanation]


@pytest.mark.parametrize("also", ["float16", "float32", "bfloat16"])
def test_one_of_its_arguments_dtype_conforms(also: str) -> None:
    assert read_rule(squares("no dtype"), "grad", also=also).verdict == "conforms"


def test_the_angle_of_complex_numbers_has_no_reading() -> None:
    case = array_case(lambda x: jnp.sum(jnp.real(jax.lax.atan2(x + 1j * x, x + 0j))))
    assert read_rule(case, "grad").verdict == "unsupported"
