"""All claims, document by document."""

from __future__ import annotations

from gradlaw.conformance.claims.claim import Claim
from gradlaw.conformance.claims.combining import COMBINING_CLAIMS
from gradlaw.conformance.claims.compilation import COMPILATION_CLAIMS
from gradlaw.conformance.claims.composition import COMPOSITION_CLAIMS
from gradlaw.conformance.claims.cookbook import COOKBOOK_CLAIMS
from gradlaw.conformance.claims.gradient import GRADIENT_CLAIMS
from gradlaw.conformance.claims.revisited import REVISITED_CLAIMS

CLAIMS: tuple[Claim, ...] = (
    *COMPOSITION_CLAIMS,
    *GRADIENT_CLAIMS,
    *COMBINING_CLAIMS,
    *REVISITED_CLAIMS,
    *COMPILATION_CLAIMS,
    *COOKBOOK_CLAIMS,
)
