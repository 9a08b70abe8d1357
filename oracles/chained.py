"""A primal program read by the chain rule, exactly: every derivative by one reverse sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from gradlaw.oracles.complex_chain import derivatives, nodes_of, second_derivatives
from gradlaw.oracles.domains.chain import Chain
from gradlaw.oracles.domains.complex_balls import ball_of_parts, parts_of
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.watchful import WatchfulChain
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.interpreter.arrays import mapped, object_array
from gradlaw.oracles.primal import PrimalReading

Array = np.ndarray[Any, Any]
Balls = np.ndarray[Any, np.dtype[np.object_]]


class ChainedReading(PrimalReading):
    """The derivatives of a program at arguments, by the chain rule and SymPy's partials.

    Attributes:
        ties: extrema whose arguments tied.

    Source: A. Griewank and A. Walther, Evaluating Derivatives (2008), section 3.2.
    """

    def __init__(self, program: Any, leaves: Sequence[str], arguments: Mapping[str, Array]) -> None:
        super().__init__(program, leaves, arguments)
        self.ties: set[str] = set()
        self._blocks: dict[tuple[str, ...], Balls] = {}

    @cached_property
    def _once(self) -> tuple[Chain, dict[str, Array], Array]:
        """The chain, the leaves' nodes and the output."""
        exact = Exact()
        chain = WatchfulChain(exact)
        inputs, nodes = {}, {}
        for (name, lifted), variable in zip(
            self._lifted(exact), self.program.in_avals, strict=True
        ):
            inputs[name] = lifted
            if lifted.dtype == object:
                inputs[name] = nodes[name] = nodes_of(chain, lifted, variable.dtype.name)
        (output,) = Reader(chain).read(self.program, list(inputs.values()))
        self._note(chain)
        return chain, nodes, output

    @cached_property
    def _twice(self) -> tuple[Chain, Chain, dict[str, Array], dict[str, Array], Array]:
        """The chain over the chain."""
        exact = Exact()
        lower = WatchfulChain(exact)
        upper = WatchfulChain(lower)
        inputs, inner, outer = {}, {}, {}
        for (name, lifted), variable in zip(
            self._lifted(exact), self.program.in_avals, strict=True
        ):
            inputs[name] = lifted
            if lifted.dtype == object:
                outer[name] = nodes_of(lower, lifted, variable.dtype.name)
                inputs[name] = inner[name] = nodes_of(upper, outer[name], variable.dtype.name)
        (output,) = Reader(upper).read(self.program, list(inputs.values()))
        self._note(upper)
        return lower, upper, outer, inner, output

    def _lifted(self, exact: Exact) -> list[tuple[str, Array]]:
        reader = Reader(exact)
        return [(name, reader.lift(self.arguments[name])) for name in self.leaves]

    def _note(self, chain: WatchfulChain) -> None:
        self.undecided |= chain.undecided
        self.estimated |= chain.estimated
        self.ties |= chain.ties

    def value(self) -> Balls:
        """The output: balls, of its shape."""
        if "_twice" in vars(self) and "_once" not in vars(self):
            lower, upper, _, _, output = self._twice
            chains: tuple[Chain, ...] = (upper, lower)
        else:
            chain, _, output = self._once
            chains = (chain,)

        def ball(part: Any) -> Any:
            for chain in chains:
                part = chain.value_of(part)
            return part

        return mapped(
            lambda scalar: ball_of_parts([ball(part) for part in parts_of(scalar)]), output
        )

    def first(self, leaf: str) -> Balls:
        """First derivatives: of the output's shape and then the leaf's."""
        chain, nodes, output = self._once
        if (leaf,) not in self._blocks:
            flat = [number for array in nodes.values() for number in array.reshape(-1)]
            rows = [derivatives(chain, scalar, flat) for scalar in output.reshape(-1)]
            start = 0
            for name, array in nodes.items():
                stop = start + array.size
                self._blocks[(name,)] = object_array(
                    (entry for row in rows for entry in row[start:stop]),
                    (*output.shape, *array.shape),
                )
                start = stop
        return self._blocks[(leaf,)]

    def second(self, first: str, second: str) -> Balls:
        """Second derivatives: of the output's shape, the first leaf's and then the second's.

        Raises:
            Unsupported: where the output is not holomorphic in complex leaves.
        """
        lower, upper, outer, inner, output = self._twice
        by = first, second
        if by not in self._blocks:
            chosen, others = list(inner[first].reshape(-1)), list(outer[second].reshape(-1))
            self._blocks[by] = object_array(
                (
                    entry
                    for scalar in output.reshape(-1)
                    for entry in second_derivatives(upper, lower, scalar, chosen, others)
                ),
                (*output.shape, *inner[first].shape, *outer[second].shape),
            )
        return self._blocks[by]
