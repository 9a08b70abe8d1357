"""Cases, by family; adding one is one record in one of these files."""

from collections.abc import Callable
from difflib import get_close_matches

from gradlaw.conformance.case import (
    ALONG_A_CURVE,
    BESIDE_INTEGERS,
    IN_ALL_RANKS,
    IN_MIXED_DTYPES,
    IN_WIDE_RANGES,
    PASSED_TWICE,
    Case,
)
from gradlaw.conformance.cases.catalogue import catalogue, complex_catalogue
from gradlaw.conformance.cases.containers import CONTAINERS
from gradlaw.conformance.cases.curves import along_a_curve
from gradlaw.conformance.cases.elementwise import ELEMENTWISE
from gradlaw.conformance.cases.implicit import IMPLICIT
from gradlaw.conformance.cases.integers import beside_integers
from gradlaw.conformance.cases.linear import LINEAR
from gradlaw.conformance.cases.mixed import in_mixed_dtypes
from gradlaw.conformance.cases.quadratic import QUADRATIC
from gradlaw.conformance.cases.ranks import in_all_ranks
from gradlaw.conformance.cases.twice import passed_twice
from gradlaw.conformance.cases.wide import in_wide_ranges

FORMULATED: tuple[Case, ...] = (*QUADRATIC, *LINEAR, *CONTAINERS, *ELEMENTWISE, *IMPLICIT)
"""Cases with a formula."""

CASES: tuple[Case, ...] = (*FORMULATED, *catalogue())
"""All cases of real arguments; those of the catalogue are what the installed release has."""

COMPLEX_CASES: tuple[Case, ...] = complex_catalogue()
"""Those of complex arguments."""


_DERIVED: dict[str, Callable[[Case], Case]] = {
    ALONG_A_CURVE: along_a_curve,
    BESIDE_INTEGERS: beside_integers,
    IN_ALL_RANKS: in_all_ranks,
    IN_MIXED_DTYPES: in_mixed_dtypes,
    IN_WIDE_RANGES: in_wide_ranges,
    PASSED_TWICE: passed_twice,
}


def case_named(name: str) -> Case:
    """The case of that name, or one that is derived from another.

    Raises:
        KeyError: naming the cases that are called alike.
    """
    for suffix, derived in _DERIVED.items():
        if name.endswith(suffix):
            return derived(case_named(name.removesuffix(suffix)))
    cases = {case.name: case for case in (*CASES, *COMPLEX_CASES)}
    if name in cases:
        return cases[name]
    alike = [other for other in cases if name in other] + get_close_matches(name, cases, n=5)
    message = f"no case is called {name!r} among {len(cases)}; " + (
        f"there are {', '.join(dict.fromkeys(alike[:8]))}" if alike else "none is called alike"
    )
    raise KeyError(message)


if len({case.name for case in (*CASES, *COMPLEX_CASES)}) != len(CASES) + len(COMPLEX_CASES):
    names = [case.name for case in (*CASES, *COMPLEX_CASES)]
    twice = ", ".join(sorted({name for name in names if names.count(name) > 1}))
    message = f"two cases have one name: {twice}"
    raise ValueError(message)

__all__ = ["CASES", "COMPLEX_CASES", "FORMULATED", "case_named"]
