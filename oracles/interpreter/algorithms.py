"""Products by a named algorithm: what it makes of its operands, and in what it adds."""

from __future__ import annotations

from typing import Any

from gradlaw.oracles.interpreter.arrays import Array, mapped
from gradlaw.oracles.interpreter.reading import Reader
from gradlaw.oracles.rounding.arithmetic import arithmetic

_DTYPES = {"F16": "float16", "BF16": "bfloat16", "F32": "float32", "F64": "float64"}
"""Of the names in an algorithm's, those that are dtypes."""

_WORDS = ("LHS", "RHS", "ACCUM")
"""What an algorithm's name says."""


def narrowed(
    reader: Reader, equation: Any, operands: tuple[Array, Array]
) -> tuple[Array, Array] | None:
    """The operands of a product as its algorithm takes them: rounded to its own dtypes.

    Sums are within the bounds of the result's dtype where the algorithm adds in no coarser one.

    Returns:
        None for an algorithm that adds in a coarser dtype, of several products, or of dtypes that
        are not read.

    Source: JAX documentation, ``jax.lax.DotAlgorithmPreset``.
    """
    asked = _asked(equation.params.get("precision"))
    if asked is None:
        return operands
    names = [_DTYPES.get(name, "") for name in asked]
    if len(names) != len(_WORDS) or not all(names):
        return None
    *wanted, added_in = names
    if _precision(added_in) < _precision(equation.outvars[0].aval.dtype.name):
        return None
    left, right = (
        _rounded(reader, operand, atom.aval.dtype.name, dtype)
        for operand, atom, dtype in zip(operands, equation.invars, wanted, strict=True)
    )
    return left, right


def _asked(precision: Any) -> list[str] | None:
    """The names in an algorithm's; None where a precision or nothing is asked for."""
    import jax

    wanted = precision if isinstance(precision, tuple) else (precision,)
    if all(one is None or isinstance(one, jax.lax.Precision) for one in wanted):
        return None
    name = getattr(precision, "name", str(precision))
    return None if name == "DEFAULT" else name.split("_")


def _rounded(reader: Reader, operand: Array, source: str, target: str) -> Array:
    """The operand in the algorithm's dtype, where that is a narrower one."""
    if operand.dtype != object or _precision(target) >= _precision(source):
        return operand
    return mapped(lambda scalar: reader.domain.convert(scalar, source, target), operand)


def _precision(dtype: str) -> int:
    return arithmetic(dtype).precision
