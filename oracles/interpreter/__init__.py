"""One interpreter for every program: structure here, arithmetic in the scalar domain."""

# Imported for their registrations: each holds the handlers of one family of primitives.
from gradlaw.oracles.interpreter import (
    calls,
    control,
    elementwise,
    integers,
    reductions,
    solves,
    structure,
)
from gradlaw.oracles.interpreter.reading import Reader, Unsupported

__all__ = [
    "Reader",
    "Unsupported",
    "calls",
    "control",
    "elementwise",
    "integers",
    "reductions",
    "solves",
    "structure",
]
