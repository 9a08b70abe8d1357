"""The chain rule over a primal program: what rounding costs a perfect derivative."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeGuard

from flint import arb

from gradlaw.oracles.domains.complex_parts import Complex
from gradlaw.oracles.domains.nodes import Node, descending, vanishes
from gradlaw.oracles.domains.protocol import Domain, Scalar
from gradlaw.oracles.elementary import Elementary, named
from gradlaw.oracles.linear_algebra.factorisation import Factorisation
from gradlaw.oracles.rounding.rules import BUDGET

_PRODUCT = named("mul")
_NEGATION = named("neg")


class Chain:
    """A domain whose scalars remember what they are computed from.

    Each primitive's exact partial derivative is taken as one rounded step of the domain below, each
    product and each accumulation as another. A chain over a chain gives second derivatives.

    Args:
        below: the domain of values and partials; :class:`Rounded` for the attainable allowance.
    """

    def __init__(self, below: Domain) -> None:
        self.below = below
        self.estimated = below.estimated
        self.undecided = below.undecided
        self.rounds = getattr(below, "rounds", True)
        self._count = 0

    def node(self, value: Scalar, dtype: str, *parents: tuple[Node, Scalar]) -> Node:
        """A new node; without parents it is a differentiated argument's component."""
        self._count += 1
        return Node(self, value, dtype, parents, self._count)

    def constant(self, value: float, dtype: str, *, literal: bool) -> Scalar:
        """A scalar that nothing is differentiated by."""
        return self.below.constant(value, dtype, literal=literal)

    def apply(self, function: Elementary, dtype: str, *scalars: Scalar) -> Scalar:
        """The function, with its partial derivatives by the nodes among the scalars."""
        values = [self.value_of(scalar) for scalar in scalars]
        value = self.below.apply(function, dtype, *values)
        parents = [
            (scalar, self._partial(partial, dtype, values))
            for position, scalar in enumerate(scalars)
            if self.owns(scalar) and not (partial := function.partial(position)).vanishes
        ]
        return self.node(value, dtype, *parents) if parents else value

    def owns(self, scalar: Any) -> TypeGuard[Node]:
        """Whether a scalar is one of this chain's nodes."""
        return isinstance(scalar, Node) and scalar.owner is self

    def value_of(self, scalar: Scalar) -> Scalar:
        """What the scalar is in the domain below."""
        return scalar.value if self.owns(scalar) else scalar

    def _partial(self, partial: Elementary, dtype: str, values: Sequence[Scalar]) -> Scalar:
        if (number := partial.number(dtype)) is not None:
            return None if number == 1 else self.below.constant(number, dtype, literal=False)
        if partial.projection is not None:
            return values[partial.projection]
        return self.below.apply(partial, dtype, *values)

    def convert(self, scalar: Scalar, source: str, target: str) -> Scalar:
        """The converted value; its cotangent is converted back on the way to ``source``."""
        value = self.below.convert(self.value_of(scalar), source, target)
        if self.owns(scalar):
            return self.node(value, target, (scalar, None))
        return value

    def sum(self, scalars: Sequence[Scalar], dtype: str, terms: float | None = None) -> Scalar:
        """A sum: every partial derivative is 1."""
        value = self.below.sum([self.value_of(scalar) for scalar in scalars], dtype, terms)
        parents = [(scalar, None) for scalar in scalars if self.owns(scalar)]
        return self.node(value, dtype, *parents) if parents else value

    def inner(self, left: Sequence[Scalar], right: Sequence[Scalar], dtype: str) -> Scalar:
        """An inner product: the partial by each factor is the other."""
        lefts, rights = [self.value_of(a) for a in left], [self.value_of(b) for b in right]
        value = self.below.inner(lefts, rights, dtype)
        pairs = [*zip(left, rights, strict=True), *zip(right, lefts, strict=True)]
        parents = [(node, other) for node, other in pairs if self.owns(node)]
        return self.node(value, dtype, *parents) if parents else value

    def product(self, scalars: Sequence[Scalar], dtype: str) -> Scalar:
        """A product: the partial by each factor is the product of the others."""
        values = [self.value_of(scalar) for scalar in scalars]
        value = self.below.product(values, dtype)
        parents = [
            (scalar, self.below.product([*values[:place], *values[place + 1 :]], dtype))
            for place, scalar in enumerate(scalars)
            if self.owns(scalar)
        ]
        return self.node(value, dtype, *parents) if parents else value

    def magnitude(self, scalar: Scalar) -> arb:
        """The magnitude of the value below."""
        return self.below.magnitude(self.value_of(scalar))

    def widened(
        self, scalar: Scalar, dtype: str, *, magnitude: arb, roundings: float, underflows: float
    ) -> Scalar:
        """The value widened below; the partial derivative is 1."""
        value = self.below.widened(
            self.value_of(scalar),
            dtype,
            magnitude=magnitude,
            roundings=roundings,
            underflows=underflows,
        )
        return self.node(value, dtype, (scalar, None)) if self.owns(scalar) else value

    def solve(
        self, matrix: Sequence[Sequence[Scalar]], right: Sequence[Scalar], dtype: str
    ) -> list[Scalar]:
        """A linear system: ∂x/∂b = A⁻¹ and ∂xᵢ/∂Aⱼₖ = −(A⁻¹)ᵢⱼ xₖ, each one step.

        Source: M. B. Giles, Collected Matrix Derivative Results for Forward and Reverse Mode
        Algorithmic Differentiation (2008), section 2.3.1.
        """
        values = [[self.value_of(entry) for entry in row] for row in matrix]
        rights = [self.value_of(entry) for entry in right]
        solution = self.below.solve(values, rights, dtype)
        size = len(right)
        zero, one = (self.below.constant(float(n), dtype, literal=False) for n in (0, 1))
        columns = [
            self.below.solve(values, [one if row == j else zero for row in range(size)], dtype)
            for j in range(size)
        ]
        result: list[Scalar] = []
        for i in range(size):
            parents: list[tuple[Node, Scalar]] = []
            for j in range(size):
                reach = columns[j][i]
                if self.owns(right[j]):
                    parents.append((right[j], reach))
                opposite = self.below.apply(_NEGATION, dtype, reach)
                parents += [
                    (matrix[j][k], self.below.apply(_PRODUCT, dtype, opposite, solution[k]))
                    for k in range(size)
                    if self.owns(matrix[j][k])
                ]
            result.append(self.node(solution[i], dtype, *parents) if parents else solution[i])
        return result

    def factor(
        self, factorisation: Factorisation, scalars: Sequence[Scalar], dtype: str
    ) -> list[Scalar]:
        """The factors below, with the differential in each entry's direction as partials."""
        below = self.below
        values = [self.value_of(scalar) for scalar in scalars]
        results = below.factor(factorisation, values, dtype)
        places: dict[int, list[int]] = {}
        for place, scalar in enumerate(scalars):
            if self.owns(scalar):
                places.setdefault(scalar.order, []).append(place)
        if not places:
            return results
        zero, one = (below.constant(float(n), dtype, literal=False) for n in (0, 1))
        derive = factorisation.linearised(below, dtype, values, results)
        parents: list[list[tuple[Node, Scalar]]] = [[] for _ in results]
        for entries in places.values():
            direction = [one if place in entries else zero for place in range(len(values))]
            for found, partial in zip(parents, derive(direction), strict=True):
                if not vanishes(partial):
                    found.append((scalars[entries[0]], partial))
        return [
            self.node(result, dtype, *found) if found else result
            for result, found in zip(results, parents, strict=True)
        ]

    def estimate(self, primitive: str, value: float, spread: float, dtype: str) -> Scalar:
        """A constant: a primitive that is only estimated has no partial derivative here."""
        return self.below.estimate(primitive, value, spread, dtype)

    def extremum(self, scalars: Sequence[Scalar], dtype: str, *, larger: bool) -> Scalar:
        """The first extreme scalar by concrete value: its derivative is the extremum's.

        Where rounding may make another one of them the extremum, each has a share of 0 to 1 in the
        derivative; the choice is noted as undecided where that is differentiated again.
        """
        if not any(self.owns(scalar) for scalar in scalars):
            return self.below.extremum(scalars, dtype, larger=larger)
        numbers = [self.decide(scalar) for scalar in scalars]
        undefined = (place for place, number in enumerate(numbers) if math.isnan(number))
        best = (max if larger else min)(range(len(numbers)), key=numbers.__getitem__)
        chosen = scalars[next(undefined, best)]
        # What overflowed may be any number, and so is no more the extremum than any other.
        unknown = math.isnan(self.decide(chosen))
        others = [scalar for scalar in scalars if scalar is not chosen]
        near = [scalar for scalar in others if unknown or self.overlap(scalar, chosen)]
        if near and (isinstance(self.below, Chain) or not getattr(self.below, "joins", False)):
            self.undecided.add("max" if larger else "min")
        elif near:
            candidates = {id(scalar): scalar for scalar in (chosen, *near)}.values()
            value = self.below.extremum([*map(self.value_of, candidates)], dtype, larger=larger)
            shares = [(scalar, arb(0.5, 0.5)) for scalar in candidates if self.owns(scalar)]
            return self.node(value, dtype, *shares)
        return chosen

    def entered(self, scalar: Scalar, dtype: str) -> Scalar:
        """An argument of a function that has a derivative rule of its own.

        Such a function is a library function, whose derivative is judged as a whole: within the
        budget for the whole derivative by the argument, however well its own program would do.
        """
        below = self.below
        value = self.value_of(scalar)
        if isinstance(below, Chain):
            value = below.entered(value, dtype)
        if not self.owns(scalar):
            return value
        one = below.constant(1.0, dtype, literal=False)
        share = below.widened(
            one, dtype, magnitude=arb(1), roundings=BUDGET.roundoffs, underflows=0
        )
        return self.node(value, dtype, (scalar, None if share is one else share))

    def stopped(self, scalar: Scalar) -> Scalar:
        """The value below, without its parents."""
        return self.below.stopped(self.value_of(scalar))

    def hull(self, scalars: Sequence[Scalar]) -> Scalar:
        """The hull below of scalars that nothing is differentiated by; of others there is none."""
        if all(scalar is scalars[0] for scalar in scalars):
            return scalars[0]
        if not all(map(self.is_constant, scalars)):
            self.undecided.add("select_n")
            return scalars[0]
        below: Any = self.below
        return below.hull(scalars)

    def is_constant(self, scalar: Scalar) -> bool:
        """Whether nothing is differentiated by a scalar, which may then be a hull of several."""
        if isinstance(self.below, Chain):
            return self.below.is_constant(scalar)
        joins = bool(getattr(self.below, "joins", False))
        return joins and not isinstance(scalar, (Node, Complex))

    def decide(self, scalar: Scalar) -> float:
        """The concrete value below."""
        return self.below.decide(self.value_of(scalar))

    def overlap(self, left: Scalar, right: Scalar) -> bool:
        """Whether the values below overlap."""
        return self.below.overlap(self.value_of(left), self.value_of(right))

    def gradient(self, output: Scalar, leaves: Sequence[Node]) -> list[Scalar]:
        """The derivative of ``output`` by each of the leaves, accumulated backwards.

        Args:
            output: what the reading returned; not a node where it depends on no leaf.
            leaves: nodes without parents.

        Source: A. Griewank and A. Walther, Evaluating Derivatives (2008), section 3.2.
        """
        shares: dict[int, list[_Share]] = {}
        found: dict[int, Scalar] = {}
        if self.owns(output):
            one = self.below.constant(1.0, output.dtype, literal=False)
            shares[output.order] = [_Share(one, output.dtype, 1, None)]
            for node in descending(output):
                adjoint = self._accumulated(shares.pop(node.order), node)
                found[node.order] = adjoint.value
                for parent, partial in node.parents:
                    share = adjoint if partial is None else self._product(adjoint, partial)
                    shares.setdefault(parent.order, []).append(share)
        return [
            found[leaf.order]
            if leaf.order in found
            else self.below.constant(0.0, leaf.dtype, literal=False)
            for leaf in leaves
        ]

    def _product(self, adjoint: _Share, partial: Scalar) -> _Share:
        below, dtype = self.below, adjoint.dtype
        value = below.apply(_PRODUCT, dtype, adjoint.value, partial)
        if adjoint.magnitude is None:
            return adjoint._replace(value=value)
        magnitude = adjoint.magnitude * below.magnitude(partial)
        return self._widened(
            adjoint._replace(value=value, magnitude=magnitude), 1.0, adjoint.elements
        )

    def _accumulated(self, shares: Sequence[_Share], node: Node) -> _Share:
        """A node's adjoint: the sum of its shares, over all elements that share the node."""
        below, dtype = self.below, node.dtype
        converted = [self._converted(share, dtype) for share in shares]
        values = [share.value for share in converted]
        if node.elements == 1 and all(share.magnitude is None for share in shares):
            value = values[0] if len(values) == 1 else below.sum(values, dtype)
            return _Share(value, dtype, 1, None)
        # Elements that share a node have adjoints of their own, of which only the sum is kept, and
        # the sum of their magnitudes: what cancels between them has been rounded nevertheless.
        magnitudes = [
            below.magnitude(share.value) if share.magnitude is None else share.magnitude
            for share in converted
        ]
        total = _Share(
            below.sum(values, dtype, terms=1), dtype, node.elements, sum(magnitudes, arb(0))
        )
        additions = sum(share.elements for share in shares) - node.elements
        total = self._widened(total, max(0.0, additions / node.elements), max(0, additions))
        return total if node.elements > 1 else total._replace(magnitude=None)

    def _converted(self, share: _Share, dtype: str) -> _Share:
        if share.dtype == dtype:
            return share
        value = self.below.convert(share.value, share.dtype, dtype)
        share = share._replace(value=value, dtype=dtype)
        return share if share.magnitude is None else self._widened(share, 1.0, share.elements)

    def _widened(self, share: _Share, roundings: float, underflows: float) -> _Share:
        """A share after so many roundings of each of the numbers that it is the sum of."""
        magnitude = share.magnitude
        assert magnitude is not None

        def wide(scalar: Scalar) -> Scalar:
            return self.below.widened(
                scalar,
                share.dtype,
                magnitude=magnitude,
                roundings=roundings,
                underflows=underflows,
            )

        return share._replace(
            value=wide(share.value), magnitude=self.below.magnitude(wide(magnitude))
        )


class _Share(NamedTuple):
    """What one node contributes to the adjoint of another.

    Attributes:
        value: the sum of what its elements contribute.
        dtype: that it is rounded to.
        elements: how many elements of an array share the node.
        magnitude: where there are several, the sum of the absolute values.
    """

    value: Scalar
    dtype: str
    elements: int
    magnitude: arb | None
