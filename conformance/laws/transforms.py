"""The transformations that laws compose, by the name that a law's own name is composed of."""

from __future__ import annotations

from gradlaw.conformance.laws.batching import BATCHING
from gradlaw.conformance.laws.differentiation import DIFFERENTIATION
from gradlaw.conformance.laws.transform import Transform
from gradlaw.conformance.laws.wrapping import WRAPPING

TRANSFORMS: dict[str, Transform] = {**WRAPPING, **DIFFERENTIATION, **BATCHING}
