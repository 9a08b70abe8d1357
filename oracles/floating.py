"""A program read in floating point: what a backend that rounds each operation once would return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import ctx

from gradlaw.oracles.domains.ieee import BITS, Ieee
from gradlaw.oracles.interpreter import Reader, Unsupported

Array = np.ndarray[Any, Any]


class Unrounded(Unsupported):
    """The program holds what does not round operation by operation."""


def in_floating_point(program: Any, arguments: Sequence[Array]) -> list[Array]:
    """What a program returns where each operation is rounded once; no bound on what a backend does.

    Args:
        program: a ``ClosedJaxpr``.
        arguments: one array of numbers for each input.

    Returns:
        Object arrays of the floating-point domain's scalars.

    Raises:
        Unrounded: for factorisations and what is evaluated by JAX, whose roundings are not those of
            single operations.
    """
    numbers = Ieee()
    reader = Reader(numbers)
    try:
        with ctx.workprec(BITS):
            results = reader.read(program, [reader.lift(argument) for argument in arguments])
    except NotImplementedError as factorisation:
        message = f"{factorisation} is not read in floating point"
        raise Unrounded(message) from factorisation
    if numbers.estimated:
        message = f"{', '.join(sorted(numbers.estimated))}: not read in floating point"
        raise Unrounded(message)
    return results
