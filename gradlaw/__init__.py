"""gradlaw judges whether a JAX installation's gradients are right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradlaw.conformance.case import Case
    from gradlaw.conformance.laws import Law
    from gradlaw.oracles.closed_form import ClosedForm
    from gradlaw.oracles.traced import TracedForm
    from gradlaw.oracles.tracing import traced

__all__ = ["Case", "ClosedForm", "Law", "TracedForm", "traced"]

_HOMES = {
    "Case": "gradlaw.conformance.case",
    "ClosedForm": "gradlaw.oracles.closed_form",
    "Law": "gradlaw.conformance.laws",
    "TracedForm": "gradlaw.oracles.traced",
    "traced": "gradlaw.oracles.tracing",
}


def __getattr__(name: str) -> Any:
    """Import a public name where it is first used: ``--help`` needs none of them."""
    from importlib import import_module

    if name not in _HOMES:
        message = f"module 'gradlaw' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)
