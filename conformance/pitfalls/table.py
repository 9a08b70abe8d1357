"""All pitfalls, in the order in which a report shows them."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.argnums import ARGNUMS
from gradlaw.conformance.pitfalls.batches import BATCHES
from gradlaw.conformance.pitfalls.buffers import ASSIGNMENT, BUFFERS, DEVICES
from gradlaw.conformance.pitfalls.concrete import NUMBERS, SHAPES
from gradlaw.conformance.pitfalls.dtypes import DTYPES
from gradlaw.conformance.pitfalls.functions import NOT_FUNCTIONS
from gradlaw.conformance.pitfalls.hashing import STATIC
from gradlaw.conformance.pitfalls.indivisible import INDIVISIBLE
from gradlaw.conformance.pitfalls.loops import BRANCHES, CARRIES, REVERSE
from gradlaw.conformance.pitfalls.outputs import AUXILIARY, NOT_SCALARS
from gradlaw.conformance.pitfalls.pitfall import Pitfall
from gradlaw.conformance.pitfalls.purity import IMPURE, LEAKS
from gradlaw.conformance.pitfalls.randomness import RANDOMNESS
from gradlaw.conformance.pitfalls.refusals import REFUSALS
from gradlaw.conformance.pitfalls.retracing import RETRACING
from gradlaw.conformance.pitfalls.rules import CUSTOM_FORWARD, CUSTOM_REVERSE
from gradlaw.conformance.pitfalls.tracers import ARRAYS, BOOLEANS, INTEGERS
from gradlaw.conformance.pitfalls.trees import PARAMETERS, TANGENTS
from gradlaw.conformance.pitfalls.widths import WIDTHS
from gradlaw.conformance.pitfalls.zeros import CALLBACK, ZEROS

PITFALLS: tuple[Pitfall, ...] = (
    *NOT_FUNCTIONS,
    *NOT_SCALARS,
    *AUXILIARY,
    *DTYPES,
    *ARGNUMS,
    *TANGENTS,
    *PARAMETERS,
    *CUSTOM_REVERSE,
    *CUSTOM_FORWARD,
    *BOOLEANS,
    *INTEGERS,
    *ARRAYS,
    *NUMBERS,
    *SHAPES,
    *REVERSE,
    *CARRIES,
    *BRANCHES,
    *BATCHES,
    *STATIC,
    *RETRACING,
    *BUFFERS,
    *ASSIGNMENT,
    *DEVICES,
    *INDIVISIBLE,
    *LEAKS,
    *IMPURE,
    *ZEROS,
    *CALLBACK,
    *RANDOMNESS,
    *WIDTHS,
    *REFUSALS,
)

ALONE = tuple(pitfall for pitfall in PITFALLS if pitfall.devices == 1)
"""Those that one device is enough for."""

TOGETHER = tuple(pitfall for pitfall in PITFALLS if pitfall.devices > 1)
"""Those that need several, as a process of their own has them."""
