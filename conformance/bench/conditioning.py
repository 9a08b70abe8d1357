"""The componentwise condition number of one component of a gradient."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from gradlaw.conformance.answers import Example
from gradlaw.conformance.bench.subjects import Subject
from gradlaw.conformance.primals import zeros
from gradlaw.oracles.attainable import attainable_gradient
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.x64 import x64


class Conditioning:
    """Condition numbers of a subject's gradient.

    For a component g they are Σ|aⱼ·∂g/∂aⱼ| / |g| over all numbers aⱼ of all arguments: by how much
    relative errors in the arguments are magnified at most; at least 1. The partial derivatives
    come from the chain rule over the gradient's program in float64, and owe nothing to the
    allowances that are measured with them.

    Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, section 1.6; I. Gohberg
    and I. Koltracht, Mixed, componentwise, and structured condition numbers, SIAM J. Matrix Anal.
    Appl. 14(3), 1993.
    """

    def __init__(self, subject: Subject) -> None:
        case, plan, place = subject.case, subject.plan, subject.place
        self._leaves = case.leaves
        gradient = jax.grad(case.function, argnums=plan.argnums)

        def component(element: int, *arguments: Any) -> Any:
            return jax.tree.leaves(gradient(*arguments))[place].reshape(-1)[element]

        self._component = component
        self._arguments = zeros(case, plan, "float64", batched=False)

    def __call__(self, example: Example, element: int) -> float:
        """The condition number of one component, in row-major order, at the example's numbers."""
        with x64(True):
            program = jax.make_jaxpr(lambda *a: self._component(element, *a))(*self._arguments)
        arrays = [example.leaves[name].astype(np.float64) for name in self._leaves]
        chain = attainable_gradient(program, arrays, range(len(arrays)), Rounded("cpu"))
        magnitude = sum(
            float((np.abs(array) * np.abs(_centres(chain.gradient[position]))).sum())
            for position, array in enumerate(arrays)
        )
        return max(1.0, magnitude / abs(float(chain.value.mid())))


def _centres(balls: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    centres = [float(ball.mid()) for ball in balls.reshape(-1)]
    return np.array(centres, dtype=np.float64).reshape(balls.shape)
