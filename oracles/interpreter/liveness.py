"""Which equations a program's results need: the rest is neither read nor run by XLA."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=4096)
def live_equations(jaxpr: Any) -> tuple[Any, ...]:
    """The equations of an open program that its results depend on, in order.

    What is written to a reference is needed where the reference is, and a caller's always is.
    """
    needed = {atom for atom in jaxpr.outvars if not hasattr(atom, "val")}
    needed.update(filter(_is_reference, jaxpr.invars))
    live: list[Any] = []
    for equation in reversed(jaxpr.eqns):
        if needed.isdisjoint((*equation.outvars, *filter(_is_reference, equation.invars))):
            continue
        live.append(equation)
        needed.update(atom for atom in _read_operands(equation) if not hasattr(atom, "val"))
    return tuple(reversed(live))


def _is_reference(atom: Any) -> bool:
    return type(atom.aval).__name__ == "AbstractRef"


def _read_operands(equation: Any) -> list[Any]:
    """The operands that a reading looks at: a linear system's solver is not read.

    But where it has results besides the solution.
    """
    if equation.primitive.name != "custom_linear_solve":
        return list(equation.invars)
    lengths = equation.params["const_lengths"]
    product, right = equation.invars[: lengths.matvec], equation.invars[sum(lengths) :]
    if len(equation.outvars) == len(right):
        return [*product, *right]
    start = lengths.matvec + lengths.vecmat
    return [*product, *equation.invars[start : start + lengths.solve], *right]
