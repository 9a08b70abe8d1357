"""Matrices: well conditioned and lopsided, or exactly singular."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis.errors import InvalidArgument
from sympy import Matrix, Rational
from test_strategies_sampling import anything, minimal, sample

from gradlaw.strategies import FLOAT_FORMATS, WellConditioned, matrices, singular_matrices
from gradlaw.strategies.matrices import Graded

FORMATS = tuple(FLOAT_FORMATS.values())
FLOAT32 = FLOAT_FORMATS["float32"]
by_format = pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)


def dominance(matrix):
    """The least |diagonal| over the sum of the other magnitudes in its row, exactly."""
    rows = [[abs(Fraction(float(x))) for x in row] for row in matrix]
    return min(row[i] / max(sum(row) - row[i], Fraction(1, 4)) for i, row in enumerate(rows))


def determinant(matrix):
    return Matrix(matrix.shape[0], matrix.shape[1], [Rational(float(x)) for x in matrix.flat]).det()


@by_format
@pytest.mark.parametrize("n", [1, 2, 3, 7, 20])
@pytest.mark.parametrize("margin", [0.5, 0.001, 3.0])
def test_rows_are_dominated_by_the_diagonal(fmt, n, margin):
    domain = WellConditioned(margin=margin)
    roundings = (n + 2) * Fraction(2) ** -53
    for matrix in sample(matrices(n, fmt, domain=domain), 15):
        assert matrix.shape == (n, n)
        assert matrix.dtype == fmt.numpy_dtype
        assert dominance(matrix) >= (1 + Fraction(margin)) * (1 - roundings)
        norm_of_inverse = np.linalg.norm(np.linalg.inv(matrix.astype(np.float64)), np.inf)
        assert norm_of_inverse * margin / 4 <= 1
        if n > 1:
            assert not np.array_equal(matrix, matrix.T)


@by_format
def test_conditions_are_modest(fmt):
    drawn = sample(matrices(5, fmt), 40)
    assert max(np.linalg.cond(matrix.astype(np.float64)) for matrix in drawn) < 20
    assert min(dominance(matrix) for matrix in drawn) < 2


def test_signs_scales_and_patterns_vary():
    drawn = np.stack(sample(matrices(4, FLOAT32), 60))
    diagonals = np.diagonal(drawn, axis1=1, axis2=2)
    assert np.any(diagonals < 0)
    assert np.any(diagonals > 0)
    assert np.ptp(np.log2(np.abs(diagonals))) > 3
    others = drawn[:, ~np.eye(4, dtype=bool)]
    assert 0.2 < np.mean(others == 0) < 0.8
    # Not even the pattern of zeros is symmetric.
    patterns = drawn != 0
    assert np.mean(np.any(patterns != patterns.transpose(0, 2, 1), axis=(1, 2))) > 0.8


def test_a_positive_diagonal_can_be_asked_for():
    domain = WellConditioned(positive_diagonal=True)
    for matrix in sample(matrices(4, FLOAT32, domain=domain), 30):
        assert np.all(np.diag(matrix) > 0)


def test_the_simplest_matrix_is_simple_and_still_not_symmetric():
    assert minimal(matrices(2, FLOAT32), lambda _: True).tolist() == [[1.5, 0.5], [0, 1.5]]
    assert minimal(matrices(1, FLOAT32), lambda _: True).tolist() == [[1.5]]
    assert minimal(matrices(0, FLOAT32), lambda _: True).shape == (0, 0)


@by_format
@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_singular_matrices_have_determinant_zero_exactly(fmt, n):
    for matrix in sample(singular_matrices(n, fmt), 25):
        assert matrix.shape == (n, n)
        assert matrix.dtype == fmt.numpy_dtype
        assert np.all(np.isfinite(matrix.astype(np.float64)))
        assert determinant(matrix) == 0
    assert all(determinant(matrix) != 0 for matrix in sample(matrices(n, fmt), 10))


def test_singular_matrices_have_equal_rows_and_zero_rows_at_times():
    drawn = sample(singular_matrices(3, FLOAT32), 80)
    equal = [len({tuple(row) for row in matrix}) < 3 for matrix in drawn]
    zero = [not np.all(matrix.any(axis=1)) for matrix in drawn]
    zero_columns = [not np.all(matrix.any(axis=0)) for matrix in drawn]
    assert min(sum(equal), sum(zero), sum(zero_columns)) > 5
    obvious = [any(signs) for signs in zip(equal, zero, zero_columns, strict=True)]
    assert not all(obvious)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: matrices(-1, FLOAT32), "n=-1 is not an order"),
        (lambda: matrices(anything(2.0), FLOAT32), "n=2.0 is not an order"),
        (lambda: singular_matrices(0, FLOAT32), "pass an integer >= 1"),
        (lambda: matrices(2, anything(np.float32)), "is not a FloatFormat"),
        (lambda: matrices(2, FLOAT32, domain=anything(0.5)), "domain=0.5 is not a WellConditioned"),
        (
            lambda: matrices(100, FLOAT_FORMATS["float16"], domain=WellConditioned(margin=100.0)),
            "its diagonal would overflow",
        ),
    ],
)
def test_bad_input_is_named(make, message):
    with pytest.raises(InvalidArgument, match=message):
        make()


@by_format
@pytest.mark.parametrize("n", [1, 2, 5, 20])
def test_singular_values_of_graded_matrices_keep_apart(fmt, n):
    for matrix in sample(matrices(n, fmt, domain=Graded()), 25):
        assert dominance(matrix) >= Fraction(3, 2)
        values = np.linalg.svd(matrix.astype(np.float64), compute_uv=False)
        unit = np.abs(np.diag(matrix).astype(np.float64)).min() / 7
        assert np.all(-np.diff(values) > unit)
        assert values[-1] > unit


def test_the_diagonal_of_graded_matrices_is_in_any_order_and_of_any_sign():
    drawn = np.stack(sample(matrices(3, FLOAT32, domain=Graded()), 60))
    diagonals = np.diagonal(drawn, axis1=1, axis2=2)
    assert len({tuple(np.argsort(np.abs(diagonal))) for diagonal in diagonals}) == 3
    assert np.any(diagonals < 0)
    assert not any(np.array_equal(matrix, matrix.T) for matrix in drawn)
