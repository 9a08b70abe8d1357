"""The chain rule for complex numbers: nodes of their parts, and derivatives by both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradlaw.oracles.domains.cartesian import REAL_OF
from gradlaw.oracles.domains.chain import Chain
from gradlaw.oracles.domains.complex_balls import (
    derivative_of_parts,
    is_holomorphic,
    parts_of,
    with_parts,
)
from gradlaw.oracles.domains.complex_parts import Complex
from gradlaw.oracles.domains.protocol import Scalar
from gradlaw.oracles.domains.watchful import ball_of
from gradlaw.oracles.interpreter import Unsupported
from gradlaw.oracles.interpreter.arrays import object_array

Array = np.ndarray[Any, Any]
Sweep = Callable[[Chain, Scalar, Sequence[Any]], list[Scalar]]
"""The derivatives of an output by leaves: cotangents pulled back, or tangents pushed forward."""

Joining = Callable[[Sequence[Scalar], Sequence[Scalar] | None], Scalar]
"""What the derivatives of the output's parts by a variable's one or two parts amount to."""


def pulled_back(chain: Chain, output: Scalar, leaves: Sequence[Any]) -> list[Scalar]:
    """The sweep of reverse mode."""
    return chain.gradient(output, leaves)


def nodes_of(chain: Chain, lifted: Array, dtype: str) -> Array:
    """Numbers to differentiate by: a node for each, or for each part of a complex one.

    Args:
        chain: that differentiates.
        lifted: the numbers in the domain below.
        dtype: of them, complex or not.
    """
    real = REAL_OF.get(dtype, dtype)
    return object_array(
        (with_parts(s, lambda part: chain.node(part, real)) for s in lifted.reshape(-1)),
        lifted.shape,
    )


def derivatives(
    chain: Chain,
    output: Scalar,
    leaves: Sequence[Scalar],
    joining: Joining = derivative_of_parts,
    sweep: Sweep = pulled_back,
) -> list[Scalar]:
    """The derivatives of one number by each of the leaves.

    Args:
        chain: that made the leaves' nodes.
        output: real or complex.
        leaves: real or complex.
        joining: what becomes of the parts' derivatives.
        sweep: by which they are found.
    """
    flat = [node for leaf in leaves for node in parts_of(leaf)]
    rows = zip(*(sweep(chain, part, flat) for part in parts_of(output)), strict=True)
    entries = []
    for leaf in leaves:
        along = next(rows)
        across = next(rows) if isinstance(leaf, Complex) else None
        entries.append(joining(along, across))
    return entries


def second_derivatives(
    upper: Chain,
    lower: Chain,
    output: Scalar,
    inner: Sequence[Scalar],
    outer: Sequence[Scalar],
    joining: Joining = derivative_of_parts,
    sweep: Sweep = pulled_back,
) -> list[Scalar]:
    """Second derivatives of one number: by each inner leaf, and of that by each outer one.

    Args:
        upper, lower: the chain that made the inner leaves' nodes, over the one that made the
            outer ones'.
        output: real where the leaves are; where they are complex, holomorphic in them.
        inner, outer: leaves.
        joining: what becomes of the parts' derivatives.
        sweep: by which the second ones are found.

    Raises:
        Unsupported: where the output is not holomorphic in complex leaves.
    """
    firsts = derivatives(upper, output, inner, _derivative_along)
    return [entry for first in firsts for entry in derivatives(lower, first, outer, joining, sweep)]


def _derivative_along(along: Sequence[Scalar], across: Sequence[Scalar] | None) -> Scalar:
    """A derivative that is differentiated again: of a holomorphic function, along the real axis."""
    if across is not None:
        balls = [ball_of(part) for part in (*along, *across)]
        if len(along) == 1 or not is_holomorphic(balls[:2], balls[2:]):
            message = "a second derivative by complex numbers is one of a holomorphic function"
            raise Unsupported(message)
    return along[0] if len(along) == 1 else Complex(*along)
