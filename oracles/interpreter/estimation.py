"""Primitives that the interpreter does not know: evaluated by JAX, perturbed, and named."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array, mapped, object_array
from gradlaw.oracles.interpreter.evaluation import evaluated
from gradlaw.oracles.interpreter.reading import Reader, Unsupported, inexact
from gradlaw.oracles.interpreter.source_lines import source_line
from gradlaw.oracles.interpreter.unread import UNSUPPORTED

_PERTURBATIONS = 4
_RELATIVE = 2.0**-20
"""Large enough to rise above float64's rounding, small enough to stay linear."""


def estimated_results(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Results of an unknown primitive, as wide as perturbing its operands shows.

    Raises:
        Unsupported: where the primitive has effects, or refuses concrete operands.
    """
    primitive = equation.primitive
    _refuse_what_has_no_meaning(equation)
    concrete = [
        mapped(reader.domain.decide, operand).astype(variable.aval.dtype)
        if operand.dtype == object
        else operand
        for operand, variable in zip(operands, equation.invars, strict=True)
    ]
    values = evaluated(equation, concrete)
    spreads = [np.zeros(np.shape(value)) for value in values]
    generator = np.random.default_rng(0)
    for _ in range(_PERTURBATIONS):
        nearby = [_perturbed(array, generator) for array in concrete]
        for spread, value, moved in zip(spreads, values, evaluated(equation, nearby), strict=True):
            if inexact(value.dtype):
                np.maximum(spread, _distances(_wide(moved), _wide(value)), out=spread)
    results: list[Array] = []
    for value, spread, variable in zip(values, spreads, equation.outvars, strict=True):
        if not inexact(value.dtype):
            results.append(value)
            continue
        dtype = variable.aval.dtype.name
        scalars = (
            reader.domain.estimate(primitive.name, number.item(), float(width), dtype)
            for number, width in zip(_wide(value).reshape(-1), spread.reshape(-1), strict=True)
        )
        results.append(object_array(scalars, value.shape))
    return results


def _refuse_what_has_no_meaning(equation: Any) -> None:
    name, line = equation.primitive.name, source_line(equation)
    if name in UNSUPPORTED:
        message = f"{name} at {line} {UNSUPPORTED[name]}"
        raise Unsupported(message)
    if effects := getattr(equation, "effects", None):
        message = f"{name} at {line} has effects {effects}, which have no meaning here"
        raise Unsupported(message)


def _wide(array: Array) -> Array:
    array = np.asarray(array)
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _distances(moved: Array, value: Array) -> Array:
    """How far numbers moved; infinitely where either is not finite and they are not the same."""
    with np.errstate(invalid="ignore"):
        distances = np.where(moved == value, 0.0, np.abs(moved - value))
    return np.asarray(np.nan_to_num(distances, nan=np.inf))


def _perturbed(array: Array, generator: np.random.Generator) -> Array:
    if not inexact(array.dtype):
        return array
    signs = generator.choice([-1.0, 1.0], size=array.shape)
    return np.asarray(_wide(array) * (1 + _RELATIVE * signs)).astype(array.dtype)
