"""Faults of a known size: one wrong element in a gradient."""

from __future__ import annotations

from dataclasses import replace
from functools import wraps
from typing import Any

import jax
import numpy as np

from gradlaw.conformance.bench.subjects import Subject
from gradlaw.conformance.preparation import Prepared


def with_wrong_rule(subject: Subject, element: int, error: float) -> Subject:
    """The subject with a function whose derivative by one element is wrong, and its value right.

    The leaf passes through an identity whose rule scales one component of the tangent, and so of
    the cotangent, by ``1 + error``.

    Args:
        subject: whose function is right.
        element: in row-major order.
        error: relative; in a program of lower precision it is rounded with its factor.

    Source: JAX documentation, "Custom derivative rules for JAX-transformable Python functions".
    """
    case, leaf = subject.case, subject.leaf
    place = case.leaves.index(leaf)
    factors = np.ones(subject.size)
    factors[element] += error

    def scaled(primals: tuple[Any], tangents: tuple[Any]) -> tuple[Any, Any]:
        ((array,), (tangent,)) = primals, tangents
        return array, tangent * factors.reshape(array.shape).astype(tangent.dtype)

    identity: Any = jax.custom_jvp(lambda array: array)
    identity.defjvp(scaled)

    @wraps(case.function)
    def function(*arguments: Any) -> Any:
        leaves, tree = jax.tree.flatten(arguments)
        leaves[place] = identity(leaves[place])
        return case.function(*jax.tree.unflatten(tree, leaves))

    return replace(subject, case=replace(case, function=function))


def with_wrong_number(
    prepared: Prepared, gradient: list[np.ndarray[Any, Any]], place: int, element: int, to: float
) -> Prepared:
    """The law as if the backend had returned a gradient with one other number in it.

    Args:
        prepared: whose programs are right, and are not run again.
        gradient: the arrays that it returned, in flattening order.
        place: of the array.
        element: of that array, in row-major order.
        to: the number, rounded to the array's dtype.
    """
    arrays = [array.copy() for array in gradient]
    arrays[place].reshape(-1)[element] = to
    returned = jax.tree.unflatten(prepared.structure, arrays)
    return replace(prepared, call=lambda *_: returned)
