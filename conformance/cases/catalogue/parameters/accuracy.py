"""Elementwise functions that are to be as accurate as can be, and their rules with them."""

from __future__ import annotations

from jax import lax

from gradlaw.conformance.cases.catalogue.entry import Entry, entry, resolved
from gradlaw.conformance.cases.catalogue.parameters.presence import taking
from gradlaw.conformance.cases.catalogue.places import (
    ABOVE_MINUS_ONE,
    ACUTE,
    NONZERO,
    POSITIVE,
    REAL,
)
from gradlaw.strategies.domains import Domain


def _accurate(name: str, domain: Domain) -> Entry:
    """An elementwise function whose rule, too, is to be as accurate as can be."""
    # The parameter is older than what it may be told.
    modes = "lax.AccuracyMode"
    return entry(
        modes if resolved(modes) is None else taking("accuracy", f"lax.{name}"),
        "(*n)",
        domain,
        variant="highest accuracy",
        call=lambda f, x: f(x, accuracy=lax.AccuracyMode.HIGHEST),
        since="0.8",
    )


ACCURATE = tuple(
    _accurate(name, domain)
    for names, domain in {
        "exp exp2 expm1 sin cos tanh logistic": REAL,
        "log sqrt rsqrt": POSITIVE,
        "log1p": ABOVE_MINUS_ONE,
        "cbrt": NONZERO,
        "tan": ACUTE,
    }.items()
    for name in names.split()
)
