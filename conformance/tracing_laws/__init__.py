"""Tracing laws: when a function is traced, and when its program is used again."""

from gradlaw.conformance.tracing import TracingLaw
from gradlaw.conformance.tracing_laws.aids import AIDS
from gradlaw.conformance.tracing_laws.compositions import COMPOSITIONS
from gradlaw.conformance.tracing_laws.functions import FUNCTIONS
from gradlaw.conformance.tracing_laws.running import RUNNING
from gradlaw.conformance.tracing_laws.signatures import SIGNATURES

TRACING_LAWS: tuple[TracingLaw, ...] = (
    *COMPOSITIONS,
    *SIGNATURES,
    *FUNCTIONS,
    *RUNNING,
    *AIDS,
)
"""All of them, in the order in which a report shows them."""

__all__ = ["TRACING_LAWS"]
