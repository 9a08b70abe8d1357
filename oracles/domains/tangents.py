"""Forward mode over a chain's nodes: what rounding makes of a tangent on its way to the output."""

from __future__ import annotations

from collections.abc import Sequence

from gradlaw.oracles.domains.chain import Chain
from gradlaw.oracles.domains.nodes import Node, descending
from gradlaw.oracles.domains.protocol import Domain, Scalar
from gradlaw.oracles.elementary import named

_PRODUCT = named("mul")


def pushed_forward(chain: Chain, output: Scalar, leaves: Sequence[Node]) -> list[Scalar]:
    """The derivative of ``output`` by each of the leaves, each found by a sweep of its own.

    A tangent is rounded, and may underflow or overflow, in the dtype of the value that it belongs
    to: as large or small as the derivative of that value is, however little the output owes to it.

    Args:
        chain: that made the nodes.
        output: what the reading returned; not a node where it depends on no leaf.
        leaves: nodes without parents.

    Source: A. Griewank and A. Walther, Evaluating Derivatives (2008), section 3.1.
    """
    below = chain.below
    if not chain.owns(output):
        return [below.constant(0.0, leaf.dtype, literal=False) for leaf in leaves]
    ascending = descending(output)[::-1]
    return [_swept(below, ascending, leaf, output) for leaf in leaves]


def _swept(below: Domain, ascending: Sequence[Node], leaf: Node, output: Node) -> Scalar:
    tangents = {leaf.order: below.constant(1.0, leaf.dtype, literal=False)}
    for node in ascending:
        terms = []
        for parent, partial in node.parents:
            if parent.order not in tangents:
                continue
            tangent = tangents[parent.order]
            if parent.dtype != node.dtype:
                tangent = below.convert(tangent, parent.dtype, node.dtype)
            terms.append(
                tangent if partial is None else below.apply(_PRODUCT, node.dtype, tangent, partial)
            )
        if terms:
            tangents[node.order] = terms[0] if len(terms) == 1 else below.sum(terms, node.dtype)
    if output.order in tangents:
        return tangents[output.order]
    return below.constant(0.0, leaf.dtype, literal=False)
