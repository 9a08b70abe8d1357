"""The catalogue: public functions of JAX, one line each, whose oracle is traced."""

from collections.abc import Iterable

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases.catalogue.activations import ACTIVATIONS
from gradlaw.conformance.cases.catalogue.complex_numbers import COMPLEX
from gradlaw.conformance.cases.catalogue.control_flow import CONTROL_FLOW
from gradlaw.conformance.cases.catalogue.cumulative import CUMULATIVE
from gradlaw.conformance.cases.catalogue.custom_rules import CUSTOM_RULES
from gradlaw.conformance.cases.catalogue.degenerate_matrices import DEGENERATE_MATRICES
from gradlaw.conformance.cases.catalogue.densities import DENSITIES
from gradlaw.conformance.cases.catalogue.devices import DEVICES
from gradlaw.conformance.cases.catalogue.effects import EFFECTS
from gradlaw.conformance.cases.catalogue.entry import Entry, entry
from gradlaw.conformance.cases.catalogue.factorizations import FACTORIZATIONS
from gradlaw.conformance.cases.catalogue.factors import FACTORS
from gradlaw.conformance.cases.catalogue.forward_mode import FORWARD_MODE
from gradlaw.conformance.cases.catalogue.image import IMAGE
from gradlaw.conformance.cases.catalogue.indexing import INDEXING
from gradlaw.conformance.cases.catalogue.named_axes import NAMED_AXES
from gradlaw.conformance.cases.catalogue.normalisation import NORMALISATION
from gradlaw.conformance.cases.catalogue.parameters import PARAMETERS
from gradlaw.conformance.cases.catalogue.products import NORMS, PRODUCTS
from gradlaw.conformance.cases.catalogue.random_sampling import RANDOM_SAMPLING
from gradlaw.conformance.cases.catalogue.raw_factorizations import RAW_FACTORIZATIONS
from gradlaw.conformance.cases.catalogue.reductions import REDUCTIONS
from gradlaw.conformance.cases.catalogue.rotations import ROTATIONS
from gradlaw.conformance.cases.catalogue.segment import SEGMENT
from gradlaw.conformance.cases.catalogue.shapes import SHAPES
from gradlaw.conformance.cases.catalogue.signal import SIGNAL
from gradlaw.conformance.cases.catalogue.sparse import SPARSE
from gradlaw.conformance.cases.catalogue.sparse_functions import SPARSE_FUNCTIONS
from gradlaw.conformance.cases.catalogue.special import SPECIAL
from gradlaw.conformance.cases.catalogue.systems import MATRIX_FUNCTIONS, SYSTEMS
from gradlaw.conformance.cases.catalogue.ufuncs import UFUNCS
from gradlaw.conformance.cases.catalogue.untraced import UNTRACED
from gradlaw.conformance.cases.catalogue.windows_and_convolution import WINDOWS_AND_CONVOLUTION

FAMILIES: dict[str, tuple[Entry, ...]] = {
    "ufuncs": UFUNCS,
    "special": SPECIAL,
    "reductions": REDUCTIONS,
    "cumulative": CUMULATIVE,
    "indexing": INDEXING,
    "shapes": SHAPES,
    "linear_algebra": (
        *PRODUCTS,
        *NORMS,
        *SYSTEMS,
        *FACTORIZATIONS,
        *RAW_FACTORIZATIONS,
        *MATRIX_FUNCTIONS,
    ),
    "degenerate_matrices": DEGENERATE_MATRICES,
    "rotations": ROTATIONS,
    "signal": SIGNAL,
    "windows_and_convolution": WINDOWS_AND_CONVOLUTION,
    "activations": ACTIVATIONS,
    "normalisation": NORMALISATION,
    "densities": DENSITIES,
    "control_flow": CONTROL_FLOW,
    "custom_rules": CUSTOM_RULES,
    "random_sampling": RANDOM_SAMPLING,
    "segment": SEGMENT,
    "image": IMAGE,
    "effects": EFFECTS,
    "devices": DEVICES,
    "factors": FACTORS,
    "forward_mode": FORWARD_MODE,
    "sparse": (*SPARSE, *SPARSE_FUNCTIONS),
    "named_axes": NAMED_AXES,
    "parameters": PARAMETERS,
}
"""Entries of real arguments, by family; those of complex ones are in COMPLEX."""

ENTRIES: tuple[Entry, ...] = tuple(found for family in FAMILIES.values() for found in family)


def catalogue() -> tuple[Case, ...]:
    """The cases of all entries that the installed release has, and that have an oracle."""
    return _with_oracles(ENTRIES)


def complex_catalogue() -> tuple[Case, ...]:
    """The cases of the entries of complex arguments, likewise."""
    return _with_oracles(COMPLEX)


def _with_oracles(entries: Iterable[Entry]) -> tuple[Case, ...]:
    cases = [found.case for found in entries if found.name not in UNTRACED or found.approximates]
    return tuple(case for case in cases if case is not None)


def absent() -> tuple[Entry, ...]:
    """The entries that the installed release lacks."""
    return tuple(found for found in ENTRIES if found.function is None)


__all__ = [
    "COMPLEX",
    "ENTRIES",
    "FAMILIES",
    "UNTRACED",
    "Entry",
    "absent",
    "catalogue",
    "complex_catalogue",
    "entry",
]
