"""One equation evaluated by JAX itself, at concrete operands."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array
from gradlaw.oracles.interpreter.keys import as_keys, is_key, opaque
from gradlaw.oracles.interpreter.reading import Unsupported
from gradlaw.oracles.interpreter.source_lines import source_line
from gradlaw.oracles.x64 import x64


def evaluated(equation: Any, operands: list[Array]) -> list[Array]:
    """What the equation's primitive makes of NumPy arrays; keys are opaque elements.

    Raises:
        Unsupported: where the primitive refuses them.
    """
    primitive = equation.primitive
    try:
        # Several primitives keep programs in their parameters in another form than bind takes:
        # some releases give those functions beside the other parameters, some give all by name.
        bound = primitive.get_bind_params(equation.params)
        functions, parameters = bound if isinstance(bound, tuple) else ((), bound)
        # A float64 program may be read where x64 is off.
        with x64(True):
            concrete = [
                as_keys(operand, variable.aval.dtype) if is_key(variable.aval.dtype) else operand
                for operand, variable in zip(operands, equation.invars, strict=True)
            ]
            results = primitive.bind(*functions, *concrete, **parameters)
            listed = results if primitive.multiple_results else [results]
            return [opaque(r) if is_key(r.dtype) else np.asarray(r) for r in listed]
    except Exception as error:
        message = f"{primitive.name} at {source_line(equation)} cannot be evaluated: {error}"
        raise Unsupported(message) from error
