"""Leaves: the plan by which one array of a function's arguments is filled."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from hypothesis.errors import InvalidArgument
from numpy.typing import NDArray

from gradlaw.strategies.codes import Codes
from gradlaw.strategies.complex_numbers import (
    COMPLEX_REGIONS,
    ComplexFormat,
    complex_region_named,
    fill_complex,
    fill_complex_matrix,
)
from gradlaw.strategies.domains import REAL, Domain, WellConditioned
from gradlaw.strategies.dtypes import FloatFormat, check_format
from gradlaw.strategies.lattice import lattice
from gradlaw.strategies.matrices import check_matrix, fill_matrix, matrix_codes_needed
from gradlaw.strategies.regions import REGIONS, region_named
from gradlaw.strategies.values import DRAWN_ELEMENTS, codes_needed, fill

LeafDomain: TypeAlias = Domain | WellConditioned
"""Of a complex leaf, where both parts of each element lie."""

Format: TypeAlias = FloatFormat | ComplexFormat

_AFFORDABLE_CODES = 640
"""Some 2.5 KiB: Hypothesis wants its simplest example to be less than half of 8 KiB."""

NO_DOMAINS: Mapping[str, LeafDomain] = MappingProxyType({})
"""Every leaf ranges over the real numbers."""


@dataclass(frozen=True, kw_only=True)
class LeafPlan:
    """How one leaf is filled.

    Attributes:
        shape: in one example.
        fmt: the format.
        domain: where elements lie, or how well conditioned the matrix is.
        limit: how many elements are drawn one by one.

    """

    shape: tuple[int, ...]
    fmt: Format
    domain: LeafDomain
    limit: int = DRAWN_ELEMENTS

    def codes_needed(self) -> int:
        """Count the codes of one array."""
        parts = 2 if isinstance(self.fmt, ComplexFormat) else 1
        if isinstance(self.domain, WellConditioned):
            return parts * matrix_codes_needed(self.shape[0], limit=self.limit)
        return parts * codes_needed(math.prod(self.shape), limit=self.limit)

    def fill(self, region: str, codes: Codes) -> NDArray[Any]:
        """Build the array that codes stand for; a matrix is of no region."""
        if isinstance(self.fmt, ComplexFormat):
            if isinstance(self.domain, WellConditioned):
                return fill_complex_matrix(self.shape[0], self.fmt, self.domain, codes)
            return fill_complex(self.shape, self.fmt, self.domain, region, codes)
        if isinstance(self.domain, WellConditioned):
            return fill_matrix(self.shape[0], self.fmt, self.domain, codes)
        return fill(self.shape, lattice(self.fmt, self.domain), region_named(region), codes)


def plan_leaves(
    shapes: Mapping[str, tuple[int, ...]],
    fmt: Format,
    domains: Mapping[str, LeafDomain],
    *,
    count: int,
) -> dict[str, LeafPlan]:
    """Check and join what is known of each leaf.

    Args:
        shapes: the shape of each leaf.
        fmt: the format of all leaves.
        domains: the domain of each leaf; the real numbers where none is given.
        count: how many arrays share the bytes of an example; the more, the fewer elements of
            each are drawn one by one.

    Raises:
        InvalidArgument: there is no leaf; a domain is for no leaf, is none, holds no float of
            the format, or is one of matrices for a leaf that is not square.

    """
    part = fmt.part if isinstance(fmt, ComplexFormat) else check_format(fmt)
    if not shapes:
        raise InvalidArgument("shapes={}: a function needs at least one leaf")
    strangers = sorted(set(domains) - set(shapes))
    if strangers:
        raise InvalidArgument(f"domains names {strangers}, but the leaves are {sorted(shapes)}")
    arrays = count if part is fmt else 2 * count
    limit = min(DRAWN_ELEMENTS, max(2, _AFFORDABLE_CODES // max(arrays, 1) - 1))
    plans = {}
    for name, shape in shapes.items():
        domain = domains.get(name, REAL)
        if isinstance(domain, WellConditioned):
            if len(shape) != 2 or shape[0] != shape[1]:
                raise InvalidArgument(
                    f"leaf {name!r} has the domain {domain}, so its shape {shape} must be square"
                )
            check_matrix(shape[0], part, domain)
        else:
            lattice(part, domain)
        plans[name] = LeafPlan(shape=tuple(shape), fmt=fmt, domain=domain, limit=limit)
    return plans


def check_regions(regions: Sequence[str] | None, fmt: Format) -> tuple[str, ...]:
    """Return the regions' names as a tuple: all of the format's for None; one name will do.

    Raises:
        InvalidArgument: there is none, or one is unknown.

    """
    is_complex = isinstance(fmt, ComplexFormat)
    if regions is None:
        return tuple(COMPLEX_REGIONS if is_complex else REGIONS)
    names = (regions,) if isinstance(regions, str) else tuple(regions)
    if not names:
        raise InvalidArgument("regions=(): pass at least one name of REGIONS")
    for name in names:
        (complex_region_named if is_complex else region_named)(name)
    return names


def find_twin(plans: Mapping[str, LeafPlan], control: Codes) -> dict[str, str]:
    """Now and then, pair a leaf with an earlier one of equal plan, whose array it takes.

    Args:
        plans: the leaves among which to look.
        control: (1,) its mantissa decides: one time out of eight there is a pair.

    Returns:
        the later leaf's name to the earlier one's, or nothing.

    """
    names = list(plans)
    pairs = [
        (name, twin)
        for place, name in enumerate(names)
        for twin in names[:place]
        if plans[twin] == plans[name]
    ]
    choice = int(control.mantissa[0]) - 7 * 2**13
    return dict([pairs[choice % len(pairs)]]) if pairs and choice >= 0 else {}
