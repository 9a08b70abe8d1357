"""The traced oracle: derivatives of any JAX function, from its primal program alone."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from flint import arb, ctx

from gradlaw.oracles.chained import ChainedReading
from gradlaw.oracles.directional import DirectionalReading
from gradlaw.oracles.domains.symbolic import TooLarge
from gradlaw.oracles.formulas import FormulaReading
from gradlaw.oracles.interpreter import Unsupported
from gradlaw.oracles.interpreter.reading import inexact

Array = np.ndarray[Any, Any]
Balls = np.ndarray[Any, np.dtype[np.object_]]

CHAIN, JETS, SYMBOLIC = "chain", "jets", "symbolic"

_KEPT = 8
"""Readings at so many different arguments are remembered."""

_TIED_COMPONENTS = 32
"""Where values tie, power series hold the derivatives more tightly than the chain rule, which
gives each of the tied a share of its own; with so many components they take 10 times its time."""


class Reading(Protocol):
    """A program's derivatives at arguments, in one way."""

    undecided: set[str]
    estimated: set[str]

    def value(self) -> Balls:
        """The output."""
        ...

    def first(self, leaf: str) -> Balls:
        """First derivatives: of the output's shape and then the leaf's."""
        ...

    def second(self, first: str, second: str) -> Balls:
        """Second derivatives: of the output's shape, the first leaf's and then the second's."""
        ...


_WAYS: dict[str, Callable[..., Reading]] = {
    CHAIN: ChainedReading,
    JETS: DirectionalReading,
    SYMBOLIC: FormulaReading,
}


@dataclass
class _Memory:
    """What is known at some arguments."""

    arguments: dict[str, Array]
    readings: dict[str, Any] = field(default_factory=dict)
    blocks: dict[tuple[str, ...], Balls] = field(default_factory=dict)


class TracedForm:
    """A function's derivatives by named leaves, read from its primal program.

    It has the interface of :class:`~gradlaw.oracles.closed_form.ClosedForm`, and asks JAX for no
    derivative. There are three ways, which agree:

    - *chain*: the chain rule over exact numbers, one reverse sweep for all leaves; the default. A
      gradient of 24 equations on 16 elements takes 6 ms.
    - *jets*: power series along each component. By default at ties of few components.
    - *symbolic*: SymPy differentiates the formula that the program computes; 1 ms an operation of
      the formula for the first time, and so only on request.

    Args:
        program: a ``ClosedJaxpr`` of the primal function, traced in float64, with one output.
        leaves: the inputs' names, in order.
        way: one of the three; by default the fastest that is as tight as any.

    Attributes:
        way: that the last answer was found in.

    Raises:
        ValueError: if the program has not one inexact output, or another number of inputs than
            leaves.
    """

    def __init__(self, program: Any, leaves: Sequence[str], way: str | None = None) -> None:
        if len(program.out_avals) != 1 or not inexact(program.out_avals[0].dtype):
            outputs = ", ".join(map(str, program.out_avals))
            message = f"a traced oracle has one inexact output, not {outputs or 'none'}"
            raise ValueError(message)
        if len(program.in_avals) != len(leaves):
            message = f"the program has {len(program.in_avals)} inputs, not {', '.join(leaves)}"
            raise ValueError(message)
        if way is not None and way not in _WAYS:
            message = f"{way!r} is none of {', '.join(_WAYS)}"
            raise ValueError(message)
        self.program = program
        self.leaves = tuple(leaves)
        self.way = way or CHAIN
        self._wanted = way
        self._memories: OrderedDict[Any, _Memory] = OrderedDict()

    def value(self, arguments: Mapping[str, Array]) -> arb:
        """The function's exact value at the numbers that the arguments hold.

        Raises:
            ValueError: if the output is an array.
        """
        self._refuse_arrays("values")
        return self.values(arguments).item()

    def values(self, arguments: Mapping[str, Array]) -> Balls:
        """The exact output: Arb balls, of its shape."""
        reading: Reading = self._reading(self._memory(arguments), self._wanted or CHAIN)
        return reading.value()

    def gradient(self, leaf: str, arguments: Mapping[str, Array]) -> Balls:
        """The derivative by every component of ``leaf``: Arb balls, of that leaf's shape.

        Raises:
            ValueError: if the output is an array, or the leaf holds integers.
            Unsupported: where a primitive is met whose exact meaning is not known.
        """
        self._refuse_arrays("a jacobian")
        return self.jacobian(leaf, arguments)

    def jacobian(self, leaf: str, arguments: Mapping[str, Array]) -> Balls:
        """First derivatives: Arb balls, of the output's shape and then the leaf's.

        Raises:
            ValueError: if the leaf holds integers.
            Unsupported: where a primitive is met whose exact meaning is not known.
        """
        return self._block((leaf,), arguments, lambda reading: reading.first(leaf))

    def hessian(self, first: str, second: str, arguments: Mapping[str, Array]) -> Balls:
        """Second derivatives: the output's shape, the first leaf's and then the second's.

        Raises:
            ValueError: if a leaf holds integers.
            Unsupported: where a primitive is met whose exact meaning is not known.
        """
        return self._block(
            (first, second), arguments, lambda reading: reading.second(first, second)
        )

    def third(self, leaf: str, arguments: Mapping[str, Array]) -> Balls:
        """The third derivative by a leaf of rank 0, along which all others stay: of no shape.

        At ties it may be anything.

        Raises:
            ValueError: if the output is an array, or the leaf holds integers.
            Unsupported: where a primitive is met whose exact meaning is not known.
        """
        self._refuse_arrays("directional derivatives")
        if self.ties(arguments):
            return np.array(arb("nan"), dtype=object)
        return self.directional({leaf: np.ones(())}, arguments, order=3)

    def directional(
        self, tangents: Mapping[str, Array], arguments: Mapping[str, Array], order: int = 1
    ) -> Balls:
        """The derivative of the output along a curve: Arb balls, of the output's shape.

        Args:
            tangents: arrays of their leaves' shapes; other leaves stay.
            arguments: an array for each leaf.
            order: of the derivative, 0 to 9.

        Raises:
            Unsupported: where a primitive is met whose exact meaning is not known.
        """
        for leaf in tangents:
            self._refuse_integers(leaf)
        reading = DirectionalReading(self.program, self.leaves, _arrays(self.leaves, arguments))
        result = reading.along(tangents, order)
        _refuse_estimates(reading.estimated)
        return result

    def formula(self, arguments: Mapping[str, Array]) -> Array:
        """The output as SymPy expressions, valid where every branch goes as at the arguments.

        Raises:
            TooLarge: where they would be too large.
        """
        reading: FormulaReading = self._reading(self._memory(arguments), SYMBOLIC)
        return reading.expressions()

    def kinks(self, arguments: Mapping[str, Array]) -> frozenset[str]:
        """Primitives that compared numbers which touch: the derivative may jump there.

        At ties of extrema the derivative is a ball that holds every one; see :meth:`ties`.
        """
        reading = self._reading(self._memory(arguments), CHAIN)
        reading.value()
        return frozenset(reading.undecided)

    def ties(self, arguments: Mapping[str, Array]) -> frozenset[str]:
        """Extrema whose arguments tie, ``abs`` at 0 among them; even where the tie is stopped."""
        reading: ChainedReading = self._reading(self._memory(arguments), CHAIN)
        reading.value()
        return frozenset(reading.ties)

    def estimated(self, arguments: Mapping[str, Array]) -> frozenset[str]:
        """Primitives whose exact meaning is not known: there is a value and no derivative."""
        reading = self._reading(self._memory(arguments), CHAIN)
        reading.value()
        return frozenset(reading.estimated)

    def _block(
        self, by: tuple[str, ...], arguments: Mapping[str, Array], find: Callable[[Any], Balls]
    ) -> Balls:
        for leaf in by:
            self._refuse_integers(leaf)
        memory = self._memory(arguments)
        if by not in memory.blocks:
            reading = self._reading(memory, self._wanted or self._best(memory, by))
            try:
                result = find(reading)
            except TooLarge:
                reading = self._reading(memory, CHAIN)
                result = find(reading)
            _refuse_estimates(reading.estimated)
            memory.blocks[by] = result
        return memory.blocks[by]

    def _best(self, memory: _Memory, by: tuple[str, ...]) -> str:
        if len(by) > 1:  # at ties there are no second derivatives to hold
            return CHAIN
        reading = self._reading(memory, CHAIN)
        reading.value()
        tied = bool(reading.ties) and memory.arguments[by[0]].size <= _TIED_COMPONENTS
        return JETS if tied else CHAIN

    def _memory(self, arguments: Mapping[str, Array]) -> _Memory:
        arrays = _arrays(self.leaves, arguments)
        key = (ctx.prec, *((a.dtype.name, a.shape, a.tobytes()) for a in arrays.values()))
        if key not in self._memories:
            self._memories[key] = _Memory(arrays)
            if len(self._memories) > _KEPT:
                self._memories.popitem(last=False)
        self._memories.move_to_end(key)
        return self._memories[key]

    def _reading(self, memory: _Memory, way: str) -> Any:
        self.way = way
        if way not in memory.readings:
            memory.readings[way] = _WAYS[way](self.program, self.leaves, memory.arguments)
        return memory.readings[way]

    def _refuse_arrays(self, what: str) -> None:
        if shape := tuple(self.program.out_avals[0].shape):
            message = f"the output has shape {shape}: ask for {what}"
            raise ValueError(message)

    def _refuse_integers(self, leaf: str) -> None:
        dtype = self.program.in_avals[self.leaves.index(leaf)].dtype
        if not inexact(dtype):
            message = f"{leaf} holds {dtype}: nothing is differentiated by it"
            raise ValueError(message)


def _arrays(leaves: Sequence[str], arguments: Mapping[str, Array]) -> dict[str, Array]:
    return {name: np.asarray(arguments[name]) for name in leaves}


def _refuse_estimates(estimated: set[str]) -> None:
    if estimated:
        message = f"{', '.join(sorted(estimated))}: no exact meaning, and so no traced oracle"
        raise Unsupported(message)
