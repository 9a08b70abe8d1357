"""Formats and the floats inside a domain."""

import math

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from test_strategies_sampling import minimal, sample

from gradlaw.strategies import FLOAT_FORMATS, Domain, WellConditioned, floating_dtypes
from gradlaw.strategies.dtypes import check_format
from gradlaw.strategies.lattice import floats_at, lattice, ordinals

FORMATS = tuple(FLOAT_FORMATS.values())


def test_figures_are_those_of_the_standards():
    figures = {
        name: (fmt.precision, fmt.max, fmt.tiny, fmt.smallest_subnormal)
        for name, fmt in FLOAT_FORMATS.items()
    }
    assert figures == {
        "float16": (11, 65504.0, 2.0**-14, 2.0**-24),
        "bfloat16": (8, (2 - 2.0**-7) * 2.0**127, 2.0**-126, 2.0**-133),
        "float32": (24, (2 - 2.0**-23) * 2.0**127, 2.0**-126, 2.0**-149),
        "float64": (53, (2 - 2.0**-52) * 2.0**1023, 2.0**-1022, 2.0**-1074),
    }


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_the_unit_roundoff_is_the_error_of_one_rounding(fmt):
    one = fmt.numpy_dtype.type(1)
    assert one + fmt.numpy_dtype.type(2 * fmt.unit_roundoff) > one
    halfway = np.asarray(1 + fmt.unit_roundoff).astype(fmt.numpy_dtype)
    assert float(halfway) == 1
    assert 2.0**fmt.max_exponent <= fmt.max < 2 * 2.0**fmt.max_exponent
    assert 2.0**fmt.min_exponent == fmt.tiny


def test_names_of_formats_shrink_to_float32():
    assert set(sample(floating_dtypes(), 40)) == set(FLOAT_FORMATS)
    assert minimal(floating_dtypes(), lambda _: True) == "float32"


@pytest.mark.parametrize("wrong", ["float32", np.float32, None])
def test_what_is_no_format_is_named(wrong):
    with pytest.raises(InvalidArgument, match=r"is not a FloatFormat: pass FLOAT_FORMATS"):
        check_format(wrong)


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_ordinals_count_floats_in_order(fmt):
    around = np.arange(-300, 301)
    floats = floats_at(around, fmt)
    assert floats.dtype == fmt.numpy_dtype
    assert np.array_equal(ordinals(floats), around)
    assert np.all(np.diff(floats.astype(np.float64)) > 0)
    assert float(floats_at(np.array(1), fmt)) == fmt.smallest_subnormal
    one = np.asarray(1, fmt.numpy_dtype)
    following = float(floats_at(ordinals(one) + 1, fmt))
    assert following == 1 + 2 * fmt.unit_roundoff
    assert float(floats_at(np.array(2**63 - 1), fmt)) == fmt.max


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("lower", [-1.0, 0.1, 0.0, -1e-3, 1000.0])
def test_the_ends_of_a_lattice_are_the_nearest_floats_inside(fmt, lower):
    inside = lattice(fmt, Domain(lower=lower))
    assert inside.least > lower
    below = float(floats_at(ordinals(np.asarray(inside.least, fmt.numpy_dtype)) - 1, fmt))
    assert below <= lower
    mirrored = lattice(fmt, Domain(upper=-lower))
    assert mirrored.greatest == -inside.least
    assert inside.greatest == fmt.max


def test_ends_that_the_format_cannot_reach():
    float16 = FLOAT_FORMATS["float16"]
    assert lattice(float16, Domain(lower=-1e300, upper=1e300)).greatest == 65504
    assert lattice(float16, Domain(upper=65504.0)).greatest == 65472
    assert lattice(float16, Domain(lower=0.0)).least == 2.0**-24


@pytest.mark.parametrize(
    "domain",
    [
        Domain(lower=1e6),
        Domain(lower=1.0, upper=1.0001),
        Domain(lower=1.0, upper=1.0 + 2**-9, poles=(1.0 + 2**-10,)),
    ],
)
def test_a_domain_without_any_float_is_named(domain):
    with pytest.raises(InvalidArgument, match=r"no finite float16 lies in Domain\(lower=1"):
        lattice(FLOAT_FORMATS["float16"], domain)
    assert lattice(FLOAT_FORMATS["float32"], domain).least > domain.lower


DOMAINS = [
    Domain(),
    Domain(lower=-1.0),
    Domain(lower=0.0),
    Domain(upper=0.0),
    Domain(lower=0.0, upper=1.0),
    Domain(lower=-1.0, upper=1.0, poles=(0.0,)),
    Domain(lower=3.0, upper=3.5),
    Domain(poles=(0.0, 1.0, -1.0, 2.0)),
    Domain(poles=(0.1,)),
    Domain(lower=-1e30, upper=1e30),
    Domain(lower=1.0, upper=1.125, poles=(1.0625, 1.03125)),
]


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("domain", DOMAINS, ids=str)
def test_whatever_is_brought_inside_is_inside(fmt, domain):
    inside = lattice(fmt, domain)
    # The edges of formats, of the domain and the poles, and their neighbours.
    edges = [0.0, -0.0, 1.0, -1.0, 2.0, 1e-320, 1e-40, fmt.tiny, fmt.max, 1e300, -1e300]
    edges += [domain.lower, domain.upper, *domain.poles]
    values = np.array([edge for edge in edges if math.isfinite(edge)])
    values = np.concatenate([values, np.nextafter(values, 9), np.nextafter(values, -9), -values])
    brought = inside.bring_inside(values)
    assert brought.dtype == fmt.numpy_dtype
    assert all(domain.contains(float(x)) for x in brought)
    # What is inside already, and a float of the format, stays.
    kept = [x for x in values if domain.contains(x) and abs(x) <= fmt.max]
    kept = [x for x in kept if float(fmt.numpy_dtype.type(x)) == x]
    assert [float(x) for x in inside.bring_inside(np.array(kept))] == kept


def test_zero_outside_becomes_the_simplest_value_inside():
    float32 = FLOAT_FORMATS["float32"]
    for domain, simplest in [
        (Domain(lower=0.0), 1),
        (Domain(upper=0.0), -1),
        (Domain(lower=0.0, upper=1.0), 0.5),
        (Domain(lower=3.0, upper=4.0), 3.5),
        (Domain(poles=(0.0, 1.0)), -1),
        (Domain(lower=-1.0), 0),
    ]:
        assert float(lattice(float32, domain).bring_inside(np.zeros(1))[0]) == simplest


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_contains_is_the_open_interval_less_its_poles(x):
    domain = Domain(lower=-1.0, upper=2.0, poles=(0.0,))
    assert domain.contains(x) == (-1 < x < 2 and x != 0)


@pytest.mark.parametrize("x", [math.nan, math.inf, -math.inf])
def test_no_domain_contains_what_is_not_finite(x):
    assert not Domain().contains(x)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Domain(lower=1.0, upper=1.0), "is empty"),
        (lambda: Domain(lower=math.nan), "is empty"),
        (lambda: Domain(poles=(math.inf,)), "every pole must be finite"),
        (lambda: Domain(saturation=0.0), "positive, finite magnitude"),
        (lambda: WellConditioned(margin=0.0), "the margin is positive"),
    ],
)
def test_a_domain_that_makes_no_sense_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_bfloat16_is_the_dtype_that_jax_uses():
    assert FLOAT_FORMATS["bfloat16"].numpy_dtype == np.dtype(ml_dtypes.bfloat16)
