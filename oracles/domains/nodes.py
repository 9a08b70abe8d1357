"""Nodes: scalars that remember what they are computed from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flint import arb

from gradlaw.oracles.domains.complex_parts import Complex
from gradlaw.oracles.domains.protocol import Scalar

if TYPE_CHECKING:
    from gradlaw.oracles.domains.chain import Chain


@dataclass(eq=False, slots=True)
class Node:
    """A scalar that depends on a differentiated argument.

    Attributes:
        value: in the domain below.
        dtype: that it is rounded to.
        parents: nodes it is computed from, each with the partial derivative by it; a partial of
            None is 1.
        order: nodes are numbered as they are made, so that a parent's number is smaller.
        elements: how many elements of an array share this node.
        owner: the chain that made it; in a chain over a chain, values are the lower one's nodes.
    """

    owner: Chain
    value: Scalar
    dtype: str
    parents: tuple[tuple[Node, Scalar], ...] = ()
    order: int = field(default=0)
    elements: int = field(default=1)


def vanishes(scalar: Scalar) -> bool:
    """Whether a scalar is the constant 0: itself, and its derivative by everything."""
    if isinstance(scalar, Node):
        return (
            vanishes(scalar.value)
            and all(
                vanishes(parent if partial is None else partial)
                for parent, partial in scalar.parents
            )
            and bool(scalar.parents)
        )
    if isinstance(scalar, Complex):
        return vanishes(scalar.real) and vanishes(scalar.imag)
    return isinstance(scalar, arb) and bool(scalar.is_zero())


def descending(output: Node) -> list[Node]:
    """Every node that ``output`` depends on, each before its parents."""
    seen: dict[int, Node] = {}
    waiting = [output]
    while waiting:
        node = waiting.pop()
        if node.order not in seen:
            seen[node.order] = node
            waiting += [parent for parent, _ in node.parents]
    return [seen[order] for order in sorted(seen, reverse=True)]
