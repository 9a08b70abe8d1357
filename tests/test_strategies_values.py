"""Scalars and arrays: dtype, shape, domain and cost."""

import numpy as np
import pytest
from hypothesis.errors import InvalidArgument
from test_strategies_sampling import anything, minimal, sample

from gradlaw.strategies import FLOAT_FORMATS, REAL, REGIONS, Domain, arrays, elements, non_finite
from gradlaw.strategies.values import POOL_SIZE

FORMATS = tuple(FLOAT_FORMATS.values())
FLOAT32 = FLOAT_FORMATS["float32"]
by_format = pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)

DOMAINS = [
    REAL,
    Domain(lower=-1.0),
    Domain(upper=-0.5, saturation=20.0),
    Domain(lower=0.0, upper=1.0),
    Domain(lower=-1.0, upper=1.0, poles=(0.0,), saturation=0.5),
    Domain(poles=(0.0, 1.0)),
]


@by_format
@pytest.mark.parametrize("region", REGIONS)
def test_every_region_stays_inside_every_domain(fmt, region):
    for domain in DOMAINS:
        for array in sample(arrays((2, 3), fmt, region=region, domain=domain), 15):
            assert array.dtype == fmt.numpy_dtype
            assert array.shape == (2, 3)
            assert all(domain.contains(float(x)) for x in array.ravel())


@pytest.mark.parametrize("region", REGIONS)
def test_real_values_would_leave_the_narrow_domain(region):
    drawn = np.concatenate(sample(arrays((6,), FLOAT32, region=region), 15))
    assert not all(Domain(lower=0.0, upper=1.0).contains(float(x)) for x in drawn)


@by_format
def test_elements_are_scalars_of_the_dtype(fmt):
    for scalar in sample(elements(fmt), 20):
        assert type(scalar) is fmt.numpy_dtype.type
        assert np.ndim(scalar) == 0


@pytest.mark.parametrize("shape", [(), (0,), (1,), (3, 0, 2), (2, 3, 1, 4), (32,), (33,), (7, 11)])
@pytest.mark.parametrize("region", REGIONS)
def test_every_shape_is_kept(shape, region):
    drawn = sample(arrays(shape, FLOAT32, region=region), 4)
    assert all(type(array) is np.ndarray and array.shape == shape for array in drawn)


def test_a_number_stands_for_a_vector():
    assert {array.shape for array in sample(arrays(3, FLOAT32), 4)} == {(3,)}


def test_large_arrays_hold_few_distinct_values_in_many_orders():
    drawn = sample(arrays((1000,), FLOAT32), 30)
    distinct = [len(np.unique(array)) for array in drawn]
    assert max(distinct) == POOL_SIZE
    # In order of drawing, the values would recur after POOL_SIZE places.
    shuffled = [not np.array_equal(array[:-POOL_SIZE], array[POOL_SIZE:]) for array in drawn]
    assert sum(shuffled) > 20
    # Up to 32, all are drawn.
    assert max(len(np.unique(array)) for array in sample(arrays((32,), FLOAT32), 20)) == 32


def test_large_arrays_shrink_to_few_simple_values():
    found = minimal(arrays((100,), FLOAT32), lambda array: np.max(array) > 3)
    assert set(np.unique(found)) == {0.0, 4.0}


def test_small_arrays_shrink_element_by_element():
    found = minimal(arrays((4,), FLOAT32), lambda array: array[2] < -3)
    assert found.tolist() == [0, 0, -4, 0]


def test_arrays_are_c_contiguous_but_for_a_few():
    drawn = sample(arrays((3, 4), FLOAT32), 150)
    share = np.mean([array.flags.c_contiguous for array in drawn])
    assert 0.8 < share < 1
    assert all(array.flags.forc for array in drawn)
    assert all(array.flags.writeable or array.base is not None for array in drawn)


@by_format
def test_what_is_not_finite_is_drawn_apart(fmt):
    drawn = sample(non_finite(fmt), 20)
    assert all(type(x) is fmt.numpy_dtype.type and not np.isfinite(x) for x in drawn)
    assert any(np.isnan(x) for x in drawn)
    assert {float(x) for x in drawn if not np.isnan(x)} == {np.inf, -np.inf}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: arrays((3,), FLOAT32, region="nowhere"), "region='nowhere'"),
        (lambda: arrays((3,), FLOAT32, region=anything(["huge"])), "is not a region"),
        (lambda: arrays((-1,), FLOAT32), r"shape=\(-1,\) is not a shape"),
        (lambda: arrays(anything((2.0,)), FLOAT32), r"shape=\(2.0,\) is not a shape"),
        (lambda: arrays((3,), anything("float32")), "fmt='float32' is not a FloatFormat"),
        (
            lambda: arrays((3,), FLOAT32, domain=anything((0, 1))),
            r"domain=\(0, 1\) is not a Domain",
        ),
        (lambda: elements(FLOAT32, domain=Domain(lower=1e39)), "no finite float32 lies in"),
        (lambda: non_finite(anything(np.float32)), "is not a FloatFormat"),
    ],
)
def test_bad_input_is_named(make, message):
    with pytest.raises(InvalidArgument, match=message):
        make()
