"""Complex arguments: each region holds what it says, in the domain, with zeros of both signs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import InvalidArgument

from gradlaw.conformance.searching import drawn
from gradlaw.strategies import (
    COMPLEX_FORMATS,
    COMPLEX_REGIONS,
    REAL,
    ComplexFormat,
    Domain,
    WellConditioned,
    arguments,
    batched_arguments,
)

Array = np.ndarray[Any, Any]
SINGLE, DOUBLE = COMPLEX_FORMATS.values()
BOUNDED = Domain(lower=-8.0, upper=8.0)


def values(
    region: str, fmt: ComplexFormat = SINGLE, domain: Domain | WellConditioned = REAL, n: int = 5
) -> Array:
    """Numbers of 60 examples, one row for each."""
    shape = (n, n) if isinstance(domain, WellConditioned) else (n,)
    strategy = arguments({"z": shape}, fmt, domains={"z": domain}, regions=(region,))
    found = [example.leaves["z"] for example in drawn(strategy, 60, f"{region} {fmt.name}")]
    assert all(array.dtype == fmt.numpy_dtype and array.shape == shape for array in found)
    return np.stack(found)


def apart_from_simplest(region: str, fmt: ComplexFormat = SINGLE) -> Array:
    """The numbers but for zeros, which stand for the simplest."""
    found = values(region, fmt).reshape(-1)
    rest = found[(found.real != 0) & (found.imag != 0)]
    assert len(rest) > 30
    return rest


def signs_of_zeros(parts: Array) -> set[bool]:
    return set(np.signbit(parts[parts == 0]).tolist())


@pytest.mark.parametrize("fmt", [SINGLE, DOUBLE], ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("region", COMPLEX_REGIONS)
def test_both_parts_lie_in_the_domain(region: str, fmt: ComplexFormat) -> None:
    found = values(region, fmt, BOUNDED)
    assert all((np.abs(part) < 8).all() for part in (found.real, found.imag))
    assert np.isfinite(values(region, fmt)).all()


AXES: dict[str, Callable[[Array], Array]] = {
    "real axis": lambda z: z.imag,
    "imaginary axis": lambda z: z.real,
}


@pytest.mark.parametrize("region", AXES)
def test_on_an_axis_the_other_part_is_a_zero_of_either_sign(region: str) -> None:
    for domain in (REAL, BOUNDED):
        zeros = AXES[region](values(region, domain=domain))
        assert (zeros == 0).all()
        assert signs_of_zeros(zeros) == {False, True}
    assert not (AXES[region](values("ordinary")) == 0).all()


def test_zeros_are_of_every_pair_of_signs() -> None:
    found = values("zeros").reshape(-1)
    zeros = found[(found.real == 0) & (found.imag == 0)]
    pairs = set(zip(np.signbit(zeros.real), np.signbit(zeros.imag), strict=True))
    assert len(pairs) == 4


def test_near_an_axis_there_are_numbers_on_both_sides_of_it() -> None:
    for domain in (REAL, BOUNDED):
        found = values("near the real axis", domain=domain)
        tiny = found.imag[(found.imag != 0) & (np.abs(found.imag) < 1e-6)]
        assert (tiny > 0).any()
        assert (tiny < 0).any()
        assert (np.abs(found.real) > 1e-3).mean() > 0.5


def test_near_a_unit_there_are_all_four() -> None:
    found = apart_from_simplest("near a unit")
    for unit in (1, -1, 1j, -1j):
        distances = np.abs(found.astype(np.complex128) - unit)
        assert (distances < 0.01).any()
        assert ((distances > 0) & (distances < 1e-4)).any()


def test_parts_are_equal_where_that_is_said() -> None:
    found = apart_from_simplest("equal parts")
    assert (np.abs(found.real) == np.abs(found.imag)).all()
    assert len({(a > 0, b > 0) for a, b in zip(found.real, found.imag, strict=True)}) == 4
    assert not (np.abs(apart_from_simplest("ordinary").real) == 0).any()


def test_the_modulus_is_one_but_for_rounding() -> None:
    for fmt in (SINGLE, DOUBLE):
        found = apart_from_simplest("modulus one", fmt).astype(np.complex128)
        assert (np.abs(np.abs(found) - 1) <= 4 * fmt.part.unit_roundoff).all()


def test_small_and_large_moduli() -> None:
    small, large = apart_from_simplest("small modulus"), apart_from_simplest("large modulus")
    part = SINGLE.part
    assert (np.abs(small.real) < 32 * part.tiny).all()
    assert (np.abs(large.imag.astype(np.float64)) > part.max**0.4).all()


def test_ties_are_of_whole_numbers_or_rows() -> None:
    assert any(len(set(row.tolist())) < 5 for row in values("ties"))


def test_matrices_are_diagonally_dominant() -> None:
    for positive in (False, True):
        domain = WellConditioned(margin=0.5, positive_diagonal=positive)
        for matrix in values("ordinary", DOUBLE, domain, n=3):
            moduli = np.abs(matrix)
            diagonal = np.diagonal(moduli)
            assert (diagonal >= 1.5 * (moduli.sum(axis=1) - diagonal)).all()
            assert np.iscomplex(matrix).any()
            assert not np.allclose(matrix, matrix.T)


def test_a_batch_is_stacked() -> None:
    strategy = batched_arguments({"z": (2,), "w": ()}, {"z": 1, "w": None}, 3, SINGLE)

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(strategy)
    def check(batch: Any) -> None:
        assert batch.leaves["z"].shape == (2, 3)
        assert batch.leaves["w"].dtype == np.complex64
        for place, row in enumerate(batch.row_of):
            own = batch.rows[row]["z"]
            assert own.tobytes() == np.ascontiguousarray(batch.leaves["z"][:, place]).tobytes()

    check()


def test_a_region_of_real_numbers_is_none_of_complex_ones() -> None:
    with pytest.raises(InvalidArgument, match="complex"):
        arguments({"z": ()}, SINGLE, regions=("tails",))
    with pytest.raises(InvalidArgument, match="real axis"):
        arguments({"x": ()}, SINGLE.part, regions=("real axis",))
