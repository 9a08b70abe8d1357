"""Parameters that all other entries leave as they are by default, by what they belong to."""

from __future__ import annotations

from gradlaw.conformance.cases.catalogue.parameters.accuracy import ACCURATE
from gradlaw.conformance.cases.catalogue.parameters.control import CONTROLLED, PRODUCTS
from gradlaw.conformance.cases.catalogue.parameters.factors import DECOMPOSED, FACTORIZED
from gradlaw.conformance.cases.catalogue.parameters.fourier import TRANSFORMED
from gradlaw.conformance.cases.catalogue.parameters.grids import SPACED
from gradlaw.conformance.cases.catalogue.parameters.indices import INDICES
from gradlaw.conformance.cases.catalogue.parameters.neural import NEURAL, NORMALISERS, SEGMENTS
from gradlaw.conformance.cases.catalogue.parameters.places_of_elements import MOVED
from gradlaw.conformance.cases.catalogue.parameters.reductions import REDUCED
from gradlaw.conformance.cases.catalogue.parameters.rules import RULED
from gradlaw.conformance.cases.catalogue.parameters.signals import SIGNALS, STATISTICS
from gradlaw.conformance.cases.catalogue.parameters.sorting import SORTED
from gradlaw.conformance.cases.catalogue.parameters.systems import LINEAR

PARAMETERS = (
    *ACCURATE,
    *INDICES,
    *SORTED,
    *REDUCED,
    *MOVED,
    *SPACED,
    *TRANSFORMED,
    *DECOMPOSED,
    *FACTORIZED,
    *NEURAL,
    *NORMALISERS,
    *SEGMENTS,
    *LINEAR,
    *SIGNALS,
    *STATISTICS,
    *CONTROLLED,
    *PRODUCTS,
    *RULED,
)

__all__ = ["PARAMETERS"]
