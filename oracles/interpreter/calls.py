"""Calls: the called program is read in place."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradlaw.oracles.interpreter.arrays import Array, mapped
from gradlaw.oracles.interpreter.reading import Reader, handles

_PROGRAM = ("jaxpr", "call_jaxpr", "fun_jaxpr", "call", "callee")
"""Where the called program is among the parameters; a name of its own in each release."""


CALLS = (
    "jit",
    "pjit",
    "closed_call",
    "core_call",
    "remat",
    "checkpoint",
    "remat2",
    "call",
    "eval_jaxpr",
    "composite",
    "custom_vmap_call",
    "linear_call",
    "custom_jvp_call",
    "custom_vjp_call",
    "custom_vjp_call_jaxpr",
)
"""Primitives that do what a program says, and nothing else."""

_WITH_RULE = frozenset({"custom_jvp_call", "custom_vjp_call", "custom_vjp_call_jaxpr"})


def called(equation: Any) -> Any:
    """The called program, open or closed."""
    return next(equation.params[name] for name in _PROGRAM if name in equation.params)


def entering(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """What the called program gets: a domain may judge a function with a rule as a whole."""
    entered = getattr(reader.domain, "entered", None)
    if entered is None or equation.primitive.name not in _WITH_RULE:
        return operands
    return [
        mapped(partial(entered, dtype=atom.aval.dtype.name), operand)
        if operand.dtype == object
        else operand
        for atom, operand in zip(equation.invars, operands, strict=True)
    ]


@handles(*CALLS)
def _call(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    program, operands = called(equation), entering(reader, equation, operands)
    if hasattr(program, "consts"):
        return reader.read(program, operands)
    return reader.read_open(program, [], operands)
