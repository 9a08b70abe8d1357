"""The families of cases: the modules that they stand in."""

from __future__ import annotations

from functools import cache

from gradlaw.conformance.case import DERIVED, Case
from gradlaw.conformance.cases.catalogue import COMPLEX, FAMILIES
from gradlaw.conformance.cases.containers import CONTAINERS
from gradlaw.conformance.cases.elementwise import ELEMENTWISE
from gradlaw.conformance.cases.implicit import IMPLICIT
from gradlaw.conformance.cases.linear import LINEAR
from gradlaw.conformance.cases.quadratic import QUADRATIC


def family(case: Case) -> str:
    """The family of a case, also of one that is derived; empty of a stranger."""
    name = case.name
    for derived in reversed(DERIVED):
        name = name.removesuffix(derived)
    return _families().get(name, "")


def families() -> tuple[str, ...]:
    """All of them."""
    return tuple(dict.fromkeys(_families().values()))


@cache
def _families() -> dict[str, str]:
    formulated = {
        "quadratic": QUADRATIC,
        "linear": LINEAR,
        "containers": CONTAINERS,
        "elementwise": ELEMENTWISE,
        "implicit": IMPLICIT,
    }
    entries = {**FAMILIES, "complex_numbers": COMPLEX}
    return {
        one.name: family
        for group in (formulated, entries)
        for family, found in group.items()
        for one in found
    }
