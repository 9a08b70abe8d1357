"""A primal program read along lines: directional derivatives of any order, by power series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import factorial
from typing import Any

import numpy as np

from gradlaw.oracles.domains.complex_balls import (
    ball_of_parts,
    derivative_of_parts,
    parts_of,
    with_parts,
)
from gradlaw.oracles.domains.jets import Jets
from gradlaw.oracles.interpreter import Reader, Unsupported
from gradlaw.oracles.interpreter.arrays import mapped, object_array
from gradlaw.oracles.interpreter.reading import is_complex
from gradlaw.oracles.primal import PrimalReading

Array = np.ndarray[Any, Any]
Balls = np.ndarray[Any, np.dtype[np.object_]]


class DirectionalReading(PrimalReading):
    """The derivatives of a program at arguments, one reading for each direction.

    Source: A. Griewank, J. Utke and A. Walther, Evaluating higher derivative tensors by forward
        propagation of univariate Taylor series, Math. Comp. 69 (2000).
    """

    def along(self, tangents: Mapping[str, Array], order: int) -> Balls:
        """The derivative of that order of the output along the tangents, of the output's shape.

        Args:
            tangents: for the leaves that move, arrays of their shapes.
            order: 0 to 9.
        """
        return mapped(ball_of_parts, self._parts_along(tangents, order))

    def _parts_along(self, tangents: Mapping[str, Array], order: int) -> Balls:
        """The derivatives of the parts of each component."""
        domain = Jets(max(order, 1))
        reader = Reader(domain)
        inputs = []
        for name in self.leaves:
            lifted = reader.lift(self.arguments[name])
            if name in tangents:
                speeds = np.broadcast_to(np.asarray(tangents[name]), lifted.shape)
                lifted = object_array(
                    (
                        with_parts(number, domain.variable, speed)
                        for number, speed in zip(
                            lifted.reshape(-1), speeds.reshape(-1).tolist(), strict=True
                        )
                    ),
                    lifted.shape,
                )
            inputs.append(lifted)
        (output,) = reader.read(self.program, inputs)
        self.undecided |= domain.undecided
        self.estimated |= domain.estimated
        scale = factorial(order)
        return object_array(
            (
                tuple(domain.coefficient(part, order) * scale for part in parts_of(scalar))
                for scalar in output.reshape(-1)
            ),
            output.shape,
        )

    def value(self) -> Balls:
        """The output: Arb balls, of its shape."""
        return self.along({}, 0)

    def first(self, leaf: str) -> Balls:
        """First derivatives: of the output's shape and then the leaf's."""
        array = self.arguments[leaf]
        columns = []
        for unit in _units(array):
            along = self._parts_along({leaf: unit}, 1)
            if is_complex(array):
                across = self._parts_along({leaf: 1j * unit}, 1)
                columns.append(mapped(derivative_of_parts, along, across))
            else:
                columns.append(mapped(ball_of_parts, along))
        return self._stacked(columns, np.shape(array))

    def second(self, first: str, second: str) -> Balls:
        """Second derivatives, by polarization: 2uᵀHv = (u + v)ᵀH(u + v) − uᵀHu − vᵀHv.

        Raises:
            Unsupported: where a leaf is complex.
        """
        if any(is_complex(self.arguments[leaf]) for leaf in (first, second)):
            message = "second derivatives of complex numbers have no exact reading"
            raise Unsupported(message)
        if first == second and np.size(self.arguments[first]) == 1:
            shape = np.shape(self.arguments[first])
            return self._stacked([self.along({first: np.ones(shape)}, 2)], (*shape, *shape))
        left = [(unit, self.along({first: unit}, 2)) for unit in _units(self.arguments[first])]
        right = [(unit, self.along({second: unit}, 2)) for unit in _units(self.arguments[second])]
        columns = []
        for unit, own in left:
            for other, others in right:
                both = {first: unit + other} if first == second else {first: unit, second: other}
                columns.append((self.along(both, 2) - own - others) / 2)
        shape = (*np.shape(self.arguments[first]), *np.shape(self.arguments[second]))
        return self._stacked(columns, shape)

    def _stacked(self, columns: Sequence[Balls], shape: tuple[int, ...]) -> Balls:
        output = tuple(self.program.out_avals[0].shape)
        result = np.empty((*output, len(columns)), dtype=object)
        for place, column in enumerate(columns):
            result[..., place] = column
        return result.reshape((*output, *shape))


def _units(array: Array) -> list[Array]:
    """Every unit direction of an array's shape."""
    size = int(np.size(array))
    return [row.reshape(np.shape(array)) for row in np.eye(size)]
