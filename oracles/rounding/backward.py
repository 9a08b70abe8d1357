"""Backward errors of factorisations, in units of the dtype's roundoff."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class BackwardRule:
    """How far the matrix moves of which computed factors are exact.

    Attributes:
        roundoffs: by the length of the longest inner product, in units of ``unit_roundoff``.
        relative_to: what the error is relative to.
        source: where the figure comes from.
    """

    roundoffs: Callable[[int], float]
    relative_to: str
    source: str


_HIGHAM = "N. J. Higham, Accuracy and Stability of Numerical Algorithms (2002), theorem {}"
_RECIPROCALS = "; BLAS multiplies by reciprocals of the diagonal, which rounds twice more"

BACKWARD: dict[str, BackwardRule] = {
    "triangular_solve": BackwardRule(
        roundoffs=lambda n: n + 2,
        relative_to="each entry",
        source=_HIGHAM.format("8.5") + _RECIPROCALS,
    ),
    "cholesky": BackwardRule(
        roundoffs=lambda n: n + 3,
        relative_to="√(aᵢᵢ aⱼⱼ)",
        source=_HIGHAM.format("10.3") + _RECIPROCALS,
    ),
    "lu": BackwardRule(
        roundoffs=lambda n: n + 2,
        relative_to="|L||U|",
        source=_HIGHAM.format("9.3") + _RECIPROCALS,
    ),
    "solve": BackwardRule(
        roundoffs=lambda n: 3 * n + 6,
        relative_to="|L||U|",
        source=_HIGHAM.format("9.4") + _RECIPROCALS,
    ),
    "qr": BackwardRule(
        roundoffs=lambda n: n + 6,
        relative_to="a column's norm, and 1 for Q",
        source=_HIGHAM.format("19.4") + "; its constant measured",
    ),
    "eigh": BackwardRule(
        roundoffs=lambda n: n + 8,
        relative_to="‖A‖₂, and 1 for the vectors",
        source="LAPACK Users' Guide (1999), sections 4.7 and 4.1.1; its p(n) measured",
    ),
    "svd": BackwardRule(
        roundoffs=lambda n: 2 * n + 8,
        relative_to="‖A‖₂, and 1 for the vectors",
        source="LAPACK Users' Guide (1999), section 4.9; its p(n) measured",
    ),
    "eig": BackwardRule(
        roundoffs=lambda n: 2 * n + 8,
        relative_to="‖A‖_F, and 1 for the vectors",
        source="LAPACK Users' Guide (1999), section 4.8; its p(n) measured",
    ),
}
"""By JAX's name of the primitive."""


def rule(primitive: str, length: int) -> float:
    """The backward error of a factorisation whose longest inner product has so many terms."""
    return BACKWARD[primitive].roundoffs(length)
