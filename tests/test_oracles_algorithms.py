"""Products by a named algorithm: operands as it takes them, sums as exact as the result."""

from __future__ import annotations

from typing import Any

import jax
import ml_dtypes
import numpy as np
import pytest
from jax import lax
from structural.drawing import readings

from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.floating import Unrounded, in_floating_point
from gradlaw.oracles.interpreter import Reader

X = np.array([[1.0009765625, 2.5], [0.3, -1.7]], dtype=np.float32)
Y = np.array([[0.7, 1.1], [3.00390625, -0.2]], dtype=np.float32)
"""Of which bfloat16 holds few."""


def product(precision: Any) -> Any:
    """The program of a product of two matrices in float32."""
    numbers = (((1,), (0,)), ((), ()))

    def function(x: Any, y: Any) -> Any:
        return lax.dot_general(
            x, y, numbers, precision=precision, preferred_element_type=np.float32
        )

    return jax.make_jaxpr(function)(X, Y)


def bounded(precision: Any) -> tuple[np.ndarray[Any, Any], set[str]]:
    """What rounding may make of the product, and what of it is estimated."""
    domain = Rounded("cpu")
    reader = Reader(domain)
    (balls,) = reader.read(product(precision), [reader.lift(X), reader.lift(Y)])
    return balls, set(domain.estimated)


def inside(balls: np.ndarray[Any, Any], numbers: np.ndarray[Any, Any]) -> bool:
    pairs = zip(balls.reshape(-1), numbers.reshape(-1).tolist(), strict=True)
    return all(bool(ball.contains(float(number))) for ball, number in pairs)


NARROW = (
    X.astype(ml_dtypes.bfloat16).astype(np.float32),
    Y.astype(ml_dtypes.bfloat16).astype(np.float32),
)


def test_operands_are_rounded_to_the_algorithm_s_dtypes() -> None:
    balls, estimated = bounded(lax.DotAlgorithmPreset.BF16_BF16_F32)
    assert not estimated
    assert inside(balls, NARROW[0] @ NARROW[1])
    assert inside(balls, X.astype(np.float64) @ Y)
    plain, _ = bounded(None)
    assert not inside(plain, NARROW[0] @ NARROW[1])
    assert inside(plain, X.astype(np.float64) @ Y)


def test_floating_point_rounds_them_as_ml_dtypes_does() -> None:
    (read,) = in_floating_point(product(lax.DotAlgorithmPreset.BF16_BF16_F32), [X, Y])
    values = np.array([number.value for number in read.reshape(-1)]).reshape(read.shape)
    np.testing.assert_allclose(values, NARROW[0] @ NARROW[1], rtol=2**-22)


@pytest.mark.parametrize("name", ["F32_F32_F32", "DEFAULT"])
def test_an_algorithm_of_the_operands_own_dtype_changes_nothing(name: str) -> None:
    balls, estimated = bounded(lax.DotAlgorithmPreset[name])
    plain, _ = bounded(None)
    assert not estimated
    assert [str(ball) for ball in balls.reshape(-1)] == [str(ball) for ball in plain.reshape(-1)]


@pytest.mark.parametrize("name", ["BF16_BF16_F32_X3", "TF32_TF32_F32", "BF16_BF16_BF16"])
def test_what_is_not_read_is_estimated(name: str) -> None:
    _, estimated = bounded(lax.DotAlgorithmPreset[name])
    assert estimated == {"dot_general by another algorithm"}
    with pytest.raises(Unrounded):
        in_floating_point(product(lax.DotAlgorithmPreset[name]), [X, Y])


def test_nothing_is_rounded_exactly() -> None:
    def function(x: Any, y: Any) -> Any:
        numbers = (((1,), (0,)), ((), ()))
        algorithm = lax.DotAlgorithmPreset.BF16_BF16_F32
        return lax.dot_general(
            x, y, numbers, precision=algorithm, preferred_element_type=np.float32
        )

    (balls,), domain = readings(function, X, Y)
    assert isinstance(domain, Exact)
    assert not domain.estimated
    exact = X.astype(np.float64) @ Y.astype(np.float64)
    np.testing.assert_allclose([float(ball) for ball in balls.reshape(-1)], exact.reshape(-1))
