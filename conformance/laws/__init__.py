"""Laws: compositions of transformations, and what each must equal."""

from gradlaw.conformance.laws.composition import Composition, Law
from gradlaw.conformance.laws.table import LAWS, law_named

__all__ = ["LAWS", "Composition", "Law", "law_named"]
