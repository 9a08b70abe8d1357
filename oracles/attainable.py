"""The attainable allowance: what rounding costs a perfect derivative of the primal program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import acb

from gradlaw.oracles.allowance import Balls
from gradlaw.oracles.complex_chain import (
    Sweep,
    derivatives,
    nodes_of,
    pulled_back,
    second_derivatives,
)
from gradlaw.oracles.domains.chain import Chain
from gradlaw.oracles.domains.complex_balls import attainable_of_parts, ball_of_parts, parts_of
from gradlaw.oracles.domains.exact import Exact
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

    def without_bounds(self) -> Attainable:
        """The same where nothing is known of the results."""
        gradient = {place: mapped(without_bound, balls) for place, balls in self.gradient.items()}
        return Attainable(value=without_bound(self.value), gradient=gradient)


def attainable_gradient(
    program: Any,
    arguments: Sequence[Array],
    by: Iterable[int],
    rounded: Rounded | Exact,
    *,
    forward: bool = False,
) -> Attainable:
    """The chain rule over a scalar-valued primal program; complex derivatives in JAX's convention.

    Args:
        program: a ``ClosedJaxpr`` with one output of rank 0.
        arguments: one array of numbers for each input.
        by: positions of the inputs to differentiate by.
        rounded: the arithmetic; exact, the ball is that of the derivative itself.
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
    rounded: Rounded | Exact,
    *,
    forward: bool = False,
) -> Any:
    """The chain rule over the chain rule: a second derivative by two inputs of rank 0.

    Args:
        program: a ``ClosedJaxpr`` with one output of rank 0.
        arguments: one array of numbers for each input.
        first: position of the input that is differentiated by first.
        second: of the other.
        rounded: the arithmetic; exact, the ball is that of the derivative itself.
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

    derivative = by(pulled_back)
    return both_balls(derivative, by(pushed_forward)) if forward else derivative


def either(own: Attainable, reference: Attainable, exact: Attainable) -> Attainable:
    """What rounding may make of a program or of its reference, whose exact derivative is known."""
    gradient = {
        place: mapped(either_ball, balls, reference.gradient[place], exact.gradient[place])
        for place, balls in own.gradient.items()
    }
    return Attainable(value=either_ball(own.value, reference.value, exact.value), gradient=gradient)


def either_ball(own: Any, reference: Any, exact: Any) -> Any:
    """Both balls; one alone where the other has no bound, or is not of the function.

    Through a solver, say, nothing may be differentiated, so that what its program has is 0.
    """
    if not (own.is_finite() and own.overlaps(exact)):
        return reference
    return own.union(reference) if reference.is_finite() else own


def both_balls(reverse: Any, forward: Any) -> Any:
    """What either mode may make of a derivative; no bound where one of them has none.

    A program in forward mode may be transposed again, and a compiler regroups its products.
    """
    if reverse.is_finite() and forward.is_finite():
        return reverse.union(forward)
    return without_bound(reverse)


def without_bound(ball: Any) -> Any:
    """What stands for any number, real or complex as a ball is."""
    return acb(ANYTHING, ANYTHING) if isinstance(ball, acb) else ANYTHING


def _differentiated(
    chain: Chain,
    rounded: Rounded | Exact,
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
