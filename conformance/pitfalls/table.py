"""All pitfalls, in the order in which a report shows them."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.argnums import ARGNUMS
from gradlaw.conformance.pitfalls.assignment import ASSIGNMENT
from gradlaw.conformance.pitfalls.batches import BATCHES
from gradlaw.conformance.pitfalls.branches import BRANCHES
from gradlaw.conformance.pitfalls.buffers import BUFFERS
from gradlaw.conformance.pitfalls.conversions import NUMBERS
from gradlaw.conformance.pitfalls.custom_forward import CUSTOM_FORWARD
from gradlaw.conformance.pitfalls.custom_reverse import CUSTOM_REVERSE
from gradlaw.conformance.pitfalls.dtypes import DTYPES
from gradlaw.conformance.pitfalls.functions import NOT_FUNCTIONS
from gradlaw.conformance.pitfalls.hashing import STATIC
from gradlaw.conformance.pitfalls.indivisible import INDIVISIBLE
from gradlaw.conformance.pitfalls.loops import CARRIES, REVERSE
from gradlaw.conformance.pitfalls.outputs import AUXILIARY, NOT_SCALARS
from gradlaw.conformance.pitfalls.parameters import PARAMETERS
from gradlaw.conformance.pitfalls.pitfall import Pitfall
from gradlaw.conformance.pitfalls.placement import DEVICES
from gradlaw.conformance.pitfalls.purity import IMPURE, LEAKS
from gradlaw.conformance.pitfalls.randomness import RANDOMNESS
from gradlaw.conformance.pitfalls.refusals import REFUSALS
from gradlaw.conformance.pitfalls.retracing import RETRACING
from gradlaw.conformance.pitfalls.shapes import SHAPES
from gradlaw.conformance.pitfalls.tangents import TANGENTS
from gradlaw.conformance.pitfalls.timings import TIMINGS
from gradlaw.conformance.pitfalls.tracers import ARRAYS, BOOLEANS, INTEGERS
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
    *TIMINGS,
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


def pitfall_named(name: str) -> Pitfall:
    """The pitfall of this name.

    Raises:
        KeyError: there is none.
    """
    return {pitfall.name: pitfall for pitfall in PITFALLS}[name]
