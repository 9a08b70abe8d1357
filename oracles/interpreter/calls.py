"""Calls: the called program is read in place."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from gradlaw.oracles.elementary import named
from gradlaw.oracles.interpreter.arrays import Array, mapped
from gradlaw.oracles.interpreter.evaluation import all_dtypes
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


@handles("call_hi_primitive")
def _call_hi_primitive(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """A primitive that is another program's name: that program.

    ``ldexp``, whose program works on bits, is the product that it stands for.

    Source: JAX from 0.12, ``jax.experimental.hijax``: ``expand`` of a primitive is its
        implementation.
    """
    import jax

    primitive = equation.params["_prim"]
    if type(primitive).__name__ == "Ldexp":
        return [_scaled(reader, equation.outvars[0].aval.dtype.name, *operands)]

    def expanded(*flat: Any) -> list[Any]:
        arguments = jax.tree.unflatten(primitive.in_tree, flat)
        results: list[Any] = jax.tree.leaves(primitive.expand(*arguments))
        return results

    avals = (atom.aval for atom in equation.invars)
    with all_dtypes():
        arguments = [jax.ShapeDtypeStruct(aval.shape, aval.dtype) for aval in avals]
        program = jax.make_jaxpr(expanded)(*arguments)
    return reader.read(program, operands)


def _scaled(reader: Reader, dtype: str, numbers: Array, exponents: Array) -> Array:
    """Numbers times powers of two."""
    domain = reader.domain

    def power(exponent: Any) -> Any:
        value = math.ldexp(1.0, int(exponent)) if exponent < 1024 else math.inf
        return domain.constant(value, "float64", literal=False)

    product = partial(domain.apply, named("mul"), dtype)
    return mapped(lambda number, exponent: product(number, power(exponent)), numbers, exponents)
