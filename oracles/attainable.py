"""The attainable allowance: what rounding costs a perfect derivative of the primal program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import acb

from gradlaw.oracles.allowance import Balls
from gradlaw.oracles.complex_chain import Sweep, derivatives, nodes_of, second_derivatives
from gradlaw.oracles.domains.chain import Chain
from gradlaw.oracles.domains.complex_balls import attainable_of_parts, ball_of_parts, parts_of
from gradlaw.oracles.domains.rounded import ANYTHING, Rounded
from gradlaw.oracles.domains.tangents import pushed_forward
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.interpreter.arrays import mapped, object_array

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
    program: Any,
    arguments: Sequence[Array],
    by: Iterable[int],
    rounded: Rounded,
    *,
    forward: bool = False,
) -> Attainable:
    """The chain rule over a scalar-valued primal program; complex derivatives in JAX's convention.

    Args:
        program: a ``ClosedJaxpr`` with one output of rank 0.
        arguments: one array of numbers for each input.
        by: positions of the inputs to differentiate by.
        rounded: the arithmetic.
        forward: whether the derivative is found in forward mode.
    """
    chain = Chain(rounded)
    inputs, nodes = _differentiated(chain, rounded, program, arguments, by)
    (output,) = Reader(chain).read(program, inputs)
    scalar = output.item()
    leaves = [node for position in nodes for node in nodes[position].reshape(-1)]
    found = iter(derivatives(chain, scalar, leaves, attainable_of_parts))
    if forward:
        tangents = derivatives(chain, scalar, leaves, attainable_of_parts, pushed_forward)
        found = iter(map(both_balls, found, tangents))
    gradient = {
        position: object_array((next(found) for _ in range(array.size)), array.shape)
        for position, array in nodes.items()
    }
    value = ball_of_parts([chain.value_of(part) for part in parts_of(scalar)])
    return Attainable(value=value, gradient=gradient)


def attainable_hessian(
    program: Any,
    arguments: Sequence[Array],
    first: int,
    second: int,
    rounded: Rounded,
    *,
    forward: bool = False,
) -> Any:
    """The chain rule over the chain rule: a second derivative by two inputs of rank 0.

    Args:
        program: a ``ClosedJaxpr`` with one output of rank 0.
        arguments: one array of numbers for each input.
        first: position of the input that is differentiated by first.
        second: of the other.
        rounded: the arithmetic.
        forward: whether the second differentiation is in forward mode.
    """
    lower = Chain(rounded)
    upper = Chain(lower)
    inputs, outer = _differentiated(lower, rounded, program, arguments, {first, second})
    inputs[first] = nodes_of(upper, outer[first], _dtype(program, first))
    (output,) = Reader(upper).read(program, inputs)

    def by(sweep: Sweep) -> Any:
        (derivative,) = second_derivatives(
            upper,
            lower,
            output.item(),
            [inputs[first].item()],
            [outer[second].item()],
            attainable_of_parts,
            sweep,
        )
        return derivative

    derivative = by(Chain.gradient)
    return both_balls(derivative, by(pushed_forward)) if forward else derivative


def either(first: Attainable, second: Attainable) -> Attainable:
    """What rounding may make of one program or of another for the same function."""
    gradient = {
        place: mapped(either_ball, balls, second.gradient[place])
        for place, balls in first.gradient.items()
    }
    return Attainable(value=either_ball(first.value, second.value), gradient=gradient)


def either_ball(first: Any, second: Any) -> Any:
    """Both balls; where one of the two has no bound, the other."""
    if not first.is_finite():
        return second
    return first.union(second) if second.is_finite() else first


def both_balls(reverse: Any, forward: Any) -> Any:
    """What either mode may make of a derivative; no bound where one of them has none.

    A program in forward mode may be transposed again, and a compiler regroups its products.
    """
    if reverse.is_finite() and forward.is_finite():
        return reverse.union(forward)
    return acb(ANYTHING, ANYTHING) if isinstance(reverse, acb) else ANYTHING


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
        nodes[position] = nodes_of(chain, inputs[position], _dtype(program, position))
        inputs[position] = nodes[position]
    return inputs, nodes


def _dtype(program: Any, position: int) -> str:
    return str(program.in_avals[position].dtype.name)
