"""Cases, by family; adding one is one record in one of these files."""

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases.catalogue import catalogue
from gradlaw.conformance.cases.containers import CONTAINERS
from gradlaw.conformance.cases.elementwise import ELEMENTWISE
from gradlaw.conformance.cases.implicit import IMPLICIT
from gradlaw.conformance.cases.linear import LINEAR
from gradlaw.conformance.cases.quadratic import QUADRATIC

FORMULATED: tuple[Case, ...] = (*QUADRATIC, *LINEAR, *CONTAINERS, *ELEMENTWISE, *IMPLICIT)
"""Cases with a formula."""

CASES: tuple[Case, ...] = (*FORMULATED, *catalogue())
"""All cases; those of the catalogue are what the installed release has."""


def case_named(name: str) -> Case:
    """The case of that name.

    Raises:
        KeyError: naming the cases there are.
    """
    for case in CASES:
        if case.name == name:
            return case
    message = f"no case is called {name!r}; there are {', '.join(case.name for case in CASES)}"
    raise KeyError(message)


if len({case.name for case in CASES}) != len(CASES):
    message = "two cases have one name"
    raise ValueError(message)

__all__ = ["CASES", "FORMULATED", "case_named"]
