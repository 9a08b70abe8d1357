"""All conventions, by family."""

from __future__ import annotations

from gradlaw.conformance.conventions.activations import ACTIVATIONS
from gradlaw.conformance.conventions.complex_numbers import COMPLEX_NUMBERS
from gradlaw.conformance.conventions.convention import Convention
from gradlaw.conformance.conventions.kinks import KINKS
from gradlaw.conformance.conventions.linear_algebra import LINEAR_ALGEBRA
from gradlaw.conformance.conventions.logarithms import LOGARITHMS
from gradlaw.conformance.conventions.powers_and_quotients import POWERS_AND_QUOTIENTS
from gradlaw.conformance.conventions.reductions import REDUCTIONS
from gradlaw.conformance.conventions.roots_and_norms import ROOTS_AND_NORMS
from gradlaw.conformance.conventions.special_functions import SPECIAL_FUNCTIONS
from gradlaw.conformance.conventions.steps import STEPS
from gradlaw.conformance.conventions.ties import TIES
from gradlaw.conformance.conventions.traps import TRAPS

FAMILIES: dict[str, tuple[Convention, ...]] = {
    "kinks": KINKS,
    "activations": ACTIVATIONS,
    "complex_numbers": COMPLEX_NUMBERS,
    "roots_and_norms": ROOTS_AND_NORMS,
    "powers_and_quotients": POWERS_AND_QUOTIENTS,
    "logarithms": LOGARITHMS,
    "reductions": REDUCTIONS,
    "linear_algebra": LINEAR_ALGEBRA,
    "ties": TIES,
    "steps": STEPS,
    "special_functions": SPECIAL_FUNCTIONS,
    "traps": TRAPS,
}

CONVENTIONS = tuple(each for family in FAMILIES.values() for each in family)


def convention_named(name: str) -> Convention:
    """The convention of this name.

    Raises:
        KeyError: there is none.
    """
    return {convention.name: convention for convention in CONVENTIONS}[name]
