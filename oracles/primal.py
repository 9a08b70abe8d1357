"""What every way of reading a primal program's derivatives starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


class PrimalReading:
    """A primal program at arguments.

    Args:
        program: a ``ClosedJaxpr`` with one output.
        leaves: the inputs' names.
        arguments: numbers for each of them.

    Attributes:
        undecided: primitives that compared numbers which touch.
        estimated: primitives that have no exact meaning here.
    """

    def __init__(self, program: Any, leaves: Sequence[str], arguments: Mapping[str, Array]) -> None:
        self.program = program
        self.leaves = tuple(leaves)
        self.arguments = arguments
        self.undecided: set[str] = set()
        self.estimated: set[str] = set()
