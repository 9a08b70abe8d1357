"""The attainable allowance: what rounding costs a perfect derivative of the primal program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradlaw.oracles.allowance import Balls
from gradlaw.oracles.domains.chain import Chain
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.interpreter.arrays import object_array

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True)
class Attainable:
    """Balls that hold every result of a perfectly differentiated, correctly rounded program.

    Attributes:
        value: of the program's output.
        gradient: by position of the differentiated input, of that input's shape.
    """

    value: Any
    gradient: Mapping[int, Balls]


def attainable_gradient(
    program: Any, arguments: Sequence[Array], by: Iterable[int], rounded: Rounded
) -> Attainable:
    """The chain rule over a scalar-valued primal program.

    Args:
        program: a ``ClosedJaxpr`` with one output of rank 0.
        arguments: one array of numbers for each input.
        by: positions of the inputs to differentiate by.
        rounded: the arithmetic.
    """
    chain = Chain(rounded)
    inputs, nodes = _differentiated(chain, rounded, program, arguments, by)
    (output,) = Reader(chain).read(program, inputs)
    scalar = output.item()
    leaves = [node for position in nodes for node in nodes[position].reshape(-1)]
    derivatives = iter(chain.gradient(scalar, leaves))
    gradient = {
        position: object_array((next(derivatives) for _ in range(array.size)), array.shape)
        for position, array in nodes.items()
    }
    return Attainable(value=chain.value_of(scalar), gradient=gradient)


def attainable_hessian(
    program: Any, arguments: Sequence[Array], first: int, second: int, rounded: Rounded
) -> Any:
    """The chain rule over the chain rule: a second derivative by two inputs of rank 0.

    Args:
        program: a ``ClosedJaxpr`` with one output of rank 0.
        arguments: one array of numbers for each input.
        first: position of the input that is differentiated by first.
        second: of the other.
        rounded: the arithmetic.
    """
    lower = Chain(rounded)
    upper = Chain(lower)
    inputs, outer = _differentiated(lower, rounded, program, arguments, {first, second})
    inner = upper.node(outer[first].item(), _dtype(program, first))
    inputs[first] = object_array([inner], ())
    (output,) = Reader(upper).read(program, inputs)
    (gradient,) = upper.gradient(output.item(), [inner])
    (derivative,) = lower.gradient(gradient, [outer[second].item()])
    return derivative


def _differentiated(
    chain: Chain,
    rounded: Rounded,
    program: Any,
    arguments: Sequence[Array],
    by: Iterable[int],
) -> tuple[list[Array], dict[int, Array]]:
    inputs = [Reader(rounded).lift(argument) for argument in arguments]
    nodes: dict[int, Array] = {}
    for position in sorted(set(by)):
        dtype, lifted = _dtype(program, position), inputs[position]
        scalars = (chain.node(scalar, dtype) for scalar in lifted.reshape(-1))
        nodes[position] = inputs[position] = object_array(scalars, lifted.shape)
    return inputs, nodes


def _dtype(program: Any, position: int) -> str:
    return str(program.in_avals[position].dtype.name)
