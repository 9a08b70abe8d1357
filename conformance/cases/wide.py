"""Cases in wide ranges: where their numbers are kept from overflow, a rule is read far beyond."""

from __future__ import annotations

from dataclasses import replace

from gradlaw.conformance.case import IN_WIDE_RANGES, Case
from gradlaw.conformance.cases.catalogue.places import MODERATE, SHAPE
from gradlaw.strategies.domains import Domain

LARGEST = 512.0
"""Where gamma functions of sums have overflowed in every dtype, and series still end soon."""

WIDER = {
    MODERATE: Domain(lower=-LARGEST, upper=LARGEST),
    SHAPE: Domain(lower=0.0, upper=LARGEST),
}
"""Domains that keep numbers where a call is accurate, and how far a function is defined."""


def takes_wide_ranges(case: Case) -> bool:
    """Whether some argument's domain is narrower than the function's own."""
    return any(domain in WIDER for domain in case.domains.values())


def in_wide_ranges(case: Case) -> Case:
    """The case in all of the function's domain, or nearly: an exact reading overflows nowhere.

    Args:
        case: one that takes wide ranges.

    Raises:
        ValueError: its domains are the function's own.
    """
    if not takes_wide_ranges(case):
        raise ValueError(f"case {case.name!r} has no domain that is narrower than it must be")
    return replace(
        case,
        name=f"{case.name}{IN_WIDE_RANGES}",
        domains={
            leaf: WIDER.get(domain, domain) if isinstance(domain, Domain) else domain
            for leaf, domain in case.domains.items()
        },
    )
