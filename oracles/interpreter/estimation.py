"""Primitives that the interpreter does not know: evaluated by JAX, perturbed, and named."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array, mapped, object_array
from gradlaw.oracles.interpreter.reading import Reader, Unsupported, inexact

_PERTURBATIONS = 4
_RELATIVE = 2.0**-20
"""Large enough to rise above float64's rounding, small enough to stay linear."""


def estimated_results(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Results of an unknown primitive, as wide as perturbing its operands shows.

    Raises:
        Unsupported: where the primitive has effects, or refuses concrete operands.
    """
    primitive = equation.primitive
    if getattr(equation, "effects", None):
        message = f"{primitive.name} has effects {equation.effects}, which have no meaning here"
        raise Unsupported(message)
    concrete = [
        (mapped(reader.domain.decide, operand) if operand.dtype == object else operand).astype(
            variable.aval.dtype
        )
        for operand, variable in zip(operands, equation.invars, strict=True)
    ]
    values = _evaluated(equation, concrete)
    spreads = [np.zeros(np.shape(value)) for value in values]
    generator = np.random.default_rng(0)
    for _ in range(_PERTURBATIONS):
        nearby = [_perturbed(array, generator) for array in concrete]
        for spread, value, moved in zip(spreads, values, _evaluated(equation, nearby), strict=True):
            if inexact(value.dtype):
                np.maximum(spread, _distances(_wide(moved), _wide(value)), out=spread)
    results: list[Array] = []
    for value, spread, variable in zip(values, spreads, equation.outvars, strict=True):
        if not inexact(value.dtype):
            results.append(value)
            continue
        dtype = variable.aval.dtype.name
        scalars = (
            reader.domain.estimate(primitive.name, float(number), float(width), dtype)
            for number, width in zip(_wide(value).reshape(-1), spread.reshape(-1), strict=True)
        )
        results.append(object_array(scalars, value.shape))
    return results


def _wide(array: Array) -> Array:
    return np.asarray(array).astype(np.float64)


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


def _all_dtypes() -> AbstractContextManager[Any]:
    """A context in which JAX narrows no operand; a float64 program may be read where x64 is off.

    Source: JAX documentation, ``jax.enable_x64`` and, earlier, ``jax.experimental.enable_x64``.
    """
    import jax

    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)  # type: ignore[no-any-return]
    from jax.experimental import enable_x64

    return enable_x64(True)  # type: ignore[no-any-return]


def _evaluated(equation: Any, operands: list[Array]) -> list[Array]:
    primitive = equation.primitive
    try:
        # Several primitives keep programs in their parameters in another form than bind takes:
        # some releases give those functions beside the other parameters, some give all by name.
        bound = primitive.get_bind_params(equation.params)
        functions, parameters = bound if isinstance(bound, tuple) else ((), bound)
        with _all_dtypes():
            results = primitive.bind(*functions, *operands, **parameters)
    except Exception as error:
        message = f"{primitive.name} cannot be evaluated by itself: {error}"
        raise Unsupported(message) from error
    return [np.asarray(r) for r in (results if primitive.multiple_results else [results])]
