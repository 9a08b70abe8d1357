"""The registry: every derivative and batching rule of the installed release."""

from __future__ import annotations

from functools import cache

from gradlaw.conformance.coverage.tables import import_modules, tables
from gradlaw.reports.verdict import RuleKind

ALIAS = "vjp_node["
"""How releases name the stand-ins of primitives that they make while they trace."""

CLOSED_FORM = "the true "
"""How closed forms of what JAX approximates are named, which are no primitives of JAX."""


@cache
def registered() -> tuple[tuple[RuleKind, str], ...]:
    """The kind and primitive of each rule, as the public modules register them.

    A rule that another table shadows never runs, and is left out: JAX keeps, for instance, plain
    transposes of bilinear primitives for those who call them, beside the ones that it runs.
    """
    import_modules()
    return tuple(
        (kind, name)
        for kind, found in tables().items()
        for name in sorted({p.name for table in found for p in table})
        if not name.startswith((ALIAS, CLOSED_FORM))
    )
