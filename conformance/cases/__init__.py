"""Cases, by family; adding one is one record in one of these files."""

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases.containers import CONTAINERS
from gradlaw.conformance.cases.elementwise import ELEMENTWISE
from gradlaw.conformance.cases.implicit import IMPLICIT
from gradlaw.conformance.cases.linear import LINEAR
from gradlaw.conformance.cases.quadratic import QUADRATIC

CASES: tuple[Case, ...] = (*QUADRATIC, *LINEAR, *CONTAINERS, *ELEMENTWISE, *IMPLICIT)


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

__all__ = ["CASES", "case_named"]
