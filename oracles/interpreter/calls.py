"""Calls: the called program is read in place."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradlaw.oracles.interpreter.arrays import Array, mapped
from gradlaw.oracles.interpreter.reading import Reader, handles

_PROGRAM = ("jaxpr", "call_jaxpr", "fun_jaxpr", "call", "callee")
"""Where the called program is among the parameters; a name of its own in each release."""


@handles(
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
)
def _call(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    program = next(equation.params[name] for name in _PROGRAM if name in equation.params)
    if hasattr(program, "consts"):
        return reader.read(program, operands)
    return reader.read_open(program, [], operands)


@handles("custom_jvp_call", "custom_vjp_call", "custom_vjp_call_jaxpr")
def _call_with_rule(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """A function with a derivative rule of its own, which a domain may judge as a whole."""
    entered = getattr(reader.domain, "entered", None)
    if entered is not None:
        operands = [
            mapped(partial(entered, dtype=atom.aval.dtype.name), operand)
            if operand.dtype == object
            else operand
            for atom, operand in zip(equation.invars, operands, strict=True)
        ]
    return _call(reader, equation, operands)
