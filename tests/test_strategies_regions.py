"""Each region keeps its promise in each format, and no other region keeps it by accident."""

from functools import cache

import numpy as np
import pytest
from hypothesis.errors import InvalidArgument
from test_strategies_sampling import minimal, sample

from gradlaw.strategies import FLOAT_FORMATS, REAL, REGIONS, Domain, arrays, elements
from gradlaw.strategies.lattice import ordinals

FORMATS = tuple(FLOAT_FORMATS.values())
by_format = pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)


@cache
def values(fmt, region, domain=REAL, *, shape=(6,), count=40):
    """(count, *shape) float64, exactly."""
    drawn = sample(arrays(shape, fmt, region=region, domain=domain), count)
    stacked = np.stack(drawn).astype(np.float64)
    stacked.flags.writeable = False
    return stacked


def is_ordinary(array, _fmt):
    magnitude = np.abs(array[array != 0])
    return bool(np.all((magnitude >= 1 / 16) & (magnitude < 32)))


def is_rational(array, _fmt):
    small = np.clip(array, -16, 16)
    return bool(np.all(small * 8 == np.round(small * 8)) and np.all(np.abs(small) <= 15))


def has_zeros_among_others(array, _fmt):
    zeros = np.mean(array == 0)
    return bool(1 / 4 < zeros < 3 / 4)


def is_tiny(array, fmt):
    return bool(np.all((np.abs(array) >= fmt.tiny) & (np.abs(array) < 16 * fmt.tiny)))


def is_huge(array, fmt):
    return bool(np.all(np.abs(array) >= np.sqrt(fmt.max) / 8))


def is_subnormal(array, fmt):
    magnitude = np.abs(array)
    return bool(np.all((magnitude >= fmt.smallest_subnormal) & (magnitude < fmt.tiny)))


def has_small_spread(array, fmt):
    with np.errstate(over="ignore"):
        spread, offset = np.ptp(array, axis=-1), np.min(np.abs(array), axis=-1)
    return bool(np.all(spread <= offset * 2.0 ** -(fmt.precision // 2)) and np.all(offset >= 4))


def has_ties(array, _fmt):
    return all(len(set(row)) < len(row) and len(set(row)) <= 3 for row in array)


def is_near_zero_from_far_and_near(array, _fmt):
    magnitude = np.abs(array[array != 0])
    return bool(
        np.all(magnitude < 2) and np.max(magnitude) > 2.0**-6 and np.min(magnitude) < 2.0**-12
    )


def spans_the_range(array, fmt):
    if np.any(array == 0):
        return False
    exponents = np.log2(np.abs(array))
    lowest, highest = fmt.min_exponent, fmt.max_exponent
    eighth = (highest - lowest) / 8
    return bool(
        np.all((exponents >= lowest) & (exponents < highest + 1))
        and np.min(exponents) < lowest + eighth
        and np.max(exponents) > highest - eighth
    )


PROMISES = {
    "ordinary": is_ordinary,
    "rationals": is_rational,
    "zeros": has_zeros_among_others,
    "tiny": is_tiny,
    "huge": is_huge,
    "subnormal": is_subnormal,
    "cancellation": has_small_spread,
    "ties": has_ties,
    "poles": is_near_zero_from_far_and_near,
    "tails": spans_the_range,
}

ALLOWED = {
    # Regions whose values may keep another's promise too: zeros and ties are ordinary values.
    "ordinary": {"zeros", "ties", "rationals", "cancellation"},
}


def test_every_region_has_a_promise():
    assert list(PROMISES) == list(REGIONS)
    assert all(region.name == name and region.summary for name, region in REGIONS.items())


@by_format
@pytest.mark.parametrize("region", REGIONS)
def test_a_region_keeps_its_promise(fmt, region):
    drawn = values(fmt, region)
    assert np.all(np.isfinite(drawn))
    assert PROMISES[region](drawn, fmt)


@by_format
@pytest.mark.parametrize("region", REGIONS)
def test_the_promise_is_not_kept_by_other_regions(fmt, region):
    keeping = {
        other for other in REGIONS if other != region and PROMISES[region](values(fmt, other), fmt)
    }
    assert keeping <= ALLOWED.get(region, set())


@by_format
def test_both_signs_come_in_every_region(fmt):
    for region in REGIONS:
        signs = np.signbit(values(fmt, region))
        assert signs.any()
        assert not signs.all()


@by_format
def test_zeros_come_in_both_signs(fmt):
    drawn = values(fmt, "zeros")
    assert np.any((drawn == 0) & np.signbit(drawn))
    assert np.any((drawn == 0) & ~np.signbit(drawn))


@by_format
@pytest.mark.parametrize("region", ["ordinary", "huge", "tiny", "tails"])
def test_significands_are_full_so_that_arithmetic_rounds(fmt, region):
    significands, _ = np.frexp(values(fmt, region).ravel())
    low_bit = np.ldexp(significands, fmt.precision) % 2
    # Half of all significands are odd; simple ones, one in eight, have no low bits.
    assert 0.25 < np.mean(low_bit == 1) < 0.6
    rational, _ = np.frexp(values(fmt, "rationals").ravel())
    assert np.mean(np.ldexp(rational, fmt.precision) % 2 == 1) < 0.05


@by_format
def test_huge_values_reach_the_top_and_both_sides_of_its_root(fmt):
    drawn = np.abs(values(fmt, "huge", count=120)).ravel()
    assert np.max(drawn) > fmt.max / 2
    with np.errstate(over="ignore"):
        squares = (drawn.astype(fmt.numpy_dtype)) ** 2
    near_root = (drawn > np.sqrt(fmt.max) / 8) & (drawn < np.sqrt(fmt.max) * 8)
    overflows = ~np.isfinite(squares.astype(np.float64))
    assert np.any(overflows & near_root)
    assert np.any(~overflows & near_root)


@by_format
def test_subnormals_go_down_to_the_least(fmt):
    drawn = np.abs(values(fmt, "subnormal", count=120))
    assert np.min(drawn) < 4 * fmt.smallest_subnormal
    assert np.max(drawn) > fmt.tiny / 2


@by_format
def test_cancellation_spreads_within_an_array_and_moves_between_arrays(fmt):
    drawn = values(fmt, "cancellation")
    assert np.mean(np.ptp(drawn, axis=-1) > 0) > 0.9
    assert len(set(drawn[:, 0])) > 20
    assert np.all(np.abs(drawn) >= 4)


@by_format
def test_ties_are_whole_rows_at_times_and_the_maximum_often(fmt):
    drawn = values(fmt, "ties", shape=(4, 3), count=60)
    rows = [len({tuple(row) for row in array}) < 4 for array in drawn]
    assert sum(rows) > 15
    tied = [np.sum(array == np.max(array)) > 1 for array in drawn]
    assert sum(tied) > 40
    untied = [np.sum(array == np.max(array)) > 1 for array in values(fmt, "ordinary", shape=(4, 3))]
    assert sum(untied) < 10


@by_format
@pytest.mark.parametrize(
    "domain",
    [Domain(lower=-1.0), Domain(upper=3.0), Domain(poles=(2.0,)), Domain(lower=-2.0, upper=0.5)],
    ids=str,
)
def test_poles_and_ends_are_approached_to_within_one_ulp(fmt, domain):
    drawn = np.stack(sample(arrays((6,), fmt, region="poles", domain=domain), 150)).ravel()
    for centre in (domain.lower, domain.upper, *domain.poles):
        if not np.isfinite(centre):
            continue
        ulps = ordinals(drawn) - ordinals(np.asarray(centre, fmt.numpy_dtype))
        near = np.abs(ulps)
        assert np.min(near) == 1
        # Log-uniform: of each eighth of the binary digits, a fair share.
        mine = near[near < 2 ** (fmt.precision - 1)]
        shares, _ = np.histogram(np.log2(mine), bins=4, range=(0, fmt.precision - 1))
        assert np.all(shares > len(mine) / 16)
        if centre in domain.poles:
            assert np.any(ulps == 1)
            assert np.any(ulps == -1)


@by_format
def test_a_pole_at_zero_is_approached_through_the_subnormals(fmt):
    declared = np.abs(values(fmt, "poles", Domain(poles=(0.0,)), count=150))
    assert np.min(declared) < fmt.tiny
    assert np.min(np.abs(values(fmt, "poles", count=150))) >= fmt.tiny


@by_format
def test_tails_gather_about_saturation(fmt):
    drawn = np.abs(values(fmt, "tails", Domain(saturation=9.0)))
    share = np.mean((drawn >= 4) & (drawn < 256))
    assert share > 0.5
    assert np.log2(np.max(drawn)) > fmt.max_exponent * 3 / 4
    everywhere = np.abs(values(fmt, "tails"))
    assert np.mean((everywhere >= 4) & (everywhere < 256)) < share / 1.5


def test_shrinking_ends_at_simple_values():
    float32 = FLOAT_FORMATS["float32"]
    assert minimal(elements(float32), lambda _: True) == 0
    assert minimal(elements(float32), lambda x: x > 0) == 1
    assert minimal(elements(float32), lambda x: x < 0) == -1
    assert minimal(elements(float32), lambda x: abs(x) > 10) == 16
    assert minimal(elements(float32), lambda x: 0 < abs(x) < 0.2) == 0.125
    assert (
        minimal(elements(float32), lambda x: x not in {2.0**k for k in range(-9, 9)} | {0}) == 1.5
    )
    assert minimal(elements(float32, region="tails"), lambda x: x > 1000) == 1024
    assert minimal(elements(float32, region="rationals"), lambda x: x > 4) == 5
    assert minimal(elements(float32, region="subnormal"), lambda _: True) == 2.0**-149
    assert minimal(elements(float32, region="tiny"), lambda _: True) == 2.0**-126
    assert minimal(elements(float32, domain=Domain(lower=0.0)), lambda _: True) == 1


def test_an_unknown_region_is_named_with_those_there_are():
    with pytest.raises(InvalidArgument, match=r"region='vast' is not a region: take one of ordin"):
        elements(FLOAT_FORMATS["float32"], region="vast")
