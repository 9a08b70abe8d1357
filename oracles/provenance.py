"""Where a NaN or an infinity comes from: the equation that made it, and the kind of trap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from flint import ctx

from gradlaw.oracles.domains.complex_parts import Complex
from gradlaw.oracles.domains.ieee import BITS, Ieee, Number, Origin
from gradlaw.oracles.interpreter import Reader, Unsupported
from gradlaw.oracles.interpreter.arrays import Array, mapped
from gradlaw.oracles.interpreter.estimation import estimated_results
from gradlaw.oracles.interpreter.source_lines import source_line, user_line

_BY_JAX = frozenset(
    {
        "cholesky",
        "eig",
        "eigh",
        "householder_product",
        "lu",
        "qr",
        "schur",
        "svd",
        "triangular_solve",
        "tridiagonal_solve",
    }
)
"""Factorisations, which JAX itself evaluates: balls of repeated eigenvalues are no numbers."""


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Why a component is not finite.

    Attributes:
        trap: ``0·∞``, ``∞−∞``, ``0/0``, ``sqrt at 0``, ``pow at 0``, ``1/0``, ``overflow``, …; with
            ``… under where`` where a ``where`` multiplied by 0 what it did not take.
        primitive: of the equation that made the NaN, or the infinity.
        line: that equation's source line.
        behind: of a NaN, what made the infinity that it comes of; empty where there is none.
    """

    trap: str
    primitive: str
    line: str
    behind: str = ""

    def __str__(self) -> str:
        """One line for the report."""
        after = f"; the infinity is of {self.behind}" if self.behind else ""
        return f"{self.trap}: {self.primitive}, {self.line}{after}"


class _Following(Reader):
    """A floating-point reading that tells its domain which equation it is at."""

    def __init__(self) -> None:
        self.numbers = Ieee()
        super().__init__(self.numbers)

    def evaluate(self, handler: Any, equation: Any, operands: list[Array]) -> list[Array]:
        """The equation's results; factorisations are JAX's, and zeros that a where put are told."""
        name, calling = equation.primitive.name, self.numbers.at
        self.numbers.at = (*calling, equation)
        try:
            return self._evaluated(name, handler, equation, operands)
        finally:
            self.numbers.at = calling

    def _evaluated(
        self, name: str, handler: Any, equation: Any, operands: list[Array]
    ) -> list[Array]:
        if name in _BY_JAX:
            results = estimated_results(self, equation, operands)
            return [_with_origin(result, operands) for result in results]
        results = super().evaluate(handler, equation, operands)
        if name == "select_n":
            return [_chosen(result, equation) for result in results]
        return results


def _chosen(array: Array, equation: Any) -> Array:
    """Constant zeros that a selection put there are told from others."""

    def told(scalar: Any) -> Any:
        plain = isinstance(scalar, Number) and scalar.value == 0 and scalar.maker is None
        return replace(scalar, chosen=equation) if plain else scalar

    return mapped(told, array) if array.dtype == object else array


def _with_origin(array: Array, operands: Sequence[Array]) -> Array:
    """What comes of operands that are not finite has their origin."""
    brought = next(_origins(operands), None)
    if brought is None or array.dtype != object:
        return array

    def told(scalar: Any) -> Any:
        if isinstance(scalar, Number) and scalar.origin is not None:
            return replace(scalar, origin=brought)
        return scalar

    return mapped(told, array)


def _origins(arrays: Sequence[Array]) -> Iterator[Origin]:
    for array in arrays:
        if array.dtype == object:
            for scalar in array.reshape(-1):
                yield from (part.origin for part in _parts(scalar) if part.origin is not None)


def _parts(scalar: Any) -> tuple[Number, ...]:
    return (scalar.real, scalar.imag) if isinstance(scalar, Complex) else (scalar,)


def provenance(
    program: Any, arguments: Sequence[Any], output: int, place: tuple[int, ...]
) -> Provenance | None:
    """Why a component of a program's result is NaN or infinite.

    The program is read in floating point, number by number, and each NaN and infinity remembers
    the equation that made it of finite numbers, or of zeros and infinities.

    Args:
        program: a ``ClosedJaxpr``; of a gradient, the derivative's.
        arguments: one array of numbers for each input.
        output: the position of the result that holds the component.
        place: the component's index in it, and of a complex number the part's.

    Returns:
        None where the reading finds a finite number there, or cannot read the program.
    """
    reader = _Following()
    try:
        with ctx.workprec(BITS):
            results = reader.read(program, [reader.lift(argument) for argument in arguments])
    except (Unsupported, NotImplementedError):
        return None
    found = results[output]
    if found.dtype != object:
        return None
    parts = _parts(found[place[: found.ndim]])
    number = parts[place[-1]] if len(parts) > 1 and len(place) > found.ndim else parts[0]
    if number.origin is None or np.isfinite(number.value):
        return None
    return _told(number.origin)


def _told(origin: Origin) -> Provenance:
    trap, behind = origin.trap, ""
    if origin.behind is not None:
        name, line = _place(origin.behind)
        behind = f"{origin.behind.trap}, {name}, {line}" if name else line
    if origin.chosen is not None:
        trap = f"{origin.behind.trap if origin.behind else trap} under where"
    primitive, line = _place(origin)
    return Provenance(trap=trap, primitive=primitive, line=line, behind=behind)


def _place(origin: Origin) -> tuple[str, str]:
    """The primitive, and the line of the equation, or of the innermost call that has one."""
    if not origin.at:
        return "", "an argument or a constant"
    lines = (user_line(equation) for equation in reversed(origin.at))
    line = next((line for line in lines if line), "") or source_line(origin.at[-1])
    return origin.at[-1].primitive.name, line
