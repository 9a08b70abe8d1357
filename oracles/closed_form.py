"""Closed forms: a SymPy formula valid for every shape, and the gradients SymPy derives from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from flint import arb
from sympy.concrete.delta import deltasummation

from gradlaw.oracles.arb_printing import compile_expression
from gradlaw.oracles.matrix_forms import MatrixForm

Balls = np.ndarray[Any, np.dtype[np.object_]]
Leaves = Mapping[str, np.ndarray[Any, Any]]


def exact_balls(array: np.ndarray[Any, Any]) -> Balls:
    """The numbers that an array of any float dtype holds, as exact Arb balls of the same shape."""
    balls = np.empty(array.shape, dtype=object)
    flat = balls.reshape(-1)
    for position, number in enumerate(array.reshape(-1)):
        flat[position] = arb(float(number))
    return balls


class ClosedForm:
    """A scalar formula and its derivatives by named leaves.

    Args:
        expression: SymPy, over a ``Symbol`` for a leaf of rank 0, an ``IndexedBase`` for an array,
            a ``MatrixSymbol`` in a matrix expression, and an integer ``Symbol`` for a size.
        leaves: for each leaf its sizes' names, as in the signature: ``{"w": (), "x": ("n",)}``;
            ``("*n",)`` is an array of any rank, indexed in row-major order.

    Raises:
        ValueError: if the formula holds a symbol that is neither a leaf nor a size.

    Source: SymPy documentation, "Tensor" (``IndexedBase``) and "Concrete" (``Sum``).
    """

    def __init__(self, expression: sympy.Expr, leaves: Mapping[str, Sequence[str]]) -> None:
        self.expression = expression
        self.leaves = {name: tuple(sizes) for name, sizes in leaves.items()}
        self._derivatives: dict[tuple[str, ...], sympy.Expr] = {}
        self._compiled: dict[tuple[str, ...], tuple[list[Any], Any]] = {}
        self._refuse_strangers()

    def _refuse_strangers(self) -> None:
        known = set(self.leaves) | {size.lstrip("*") for s in self.leaves.values() for size in s}
        strangers = {
            symbol.name
            for symbol in self.expression.free_symbols
            if isinstance(symbol, sympy.Symbol | sympy.MatrixSymbol) and symbol.name not in known
        }
        if strangers:
            message = (
                f"the formula {self.expression} holds {', '.join(sorted(strangers))}, which the "
                f"signature does not name; its leaves are {', '.join(self.leaves)}"
            )
            raise ValueError(message)

    @cached_property
    def _matrix_form(self) -> MatrixForm | None:
        if isinstance(self.expression, sympy.MatrixExpr):
            return MatrixForm(self.expression)
        return None

    def indices(self, leaf: str, order: int = 0) -> tuple[sympy.Symbol, ...]:
        """The index symbols that the derivative of that order by ``leaf`` is written in."""
        rank = len(self.leaves[leaf])
        return tuple(
            sympy.Symbol(f"{leaf}{'_' * order}_{axis}", integer=True) for axis in range(rank)
        )

    def derivative(self, *leaves: str) -> sympy.Expr:
        """The derivative by one component of each of the leaves in turn, from SymPy."""
        if self._matrix_form is not None:
            return self._matrix_form.derivative(*leaves)
        if not leaves:
            return self.expression
        if leaves not in self._derivatives:
            expression, leaf = self.derivative(*leaves[:-1]), leaves[-1]
            if self.leaves[leaf]:
                component = sympy.IndexedBase(leaf)[self.indices(leaf, len(leaves) - 1)]
                expression = _without_deltas(
                    sympy.diff(expression, component), self._index_ranges(leaves)
                )
            else:
                expression = sympy.diff(expression, sympy.Symbol(leaf))
            self._derivatives[leaves] = expression
        return self._derivatives[leaves]

    def _index_ranges(self, leaves: Sequence[str]) -> dict[sympy.Symbol, sympy.Expr]:
        """How many values each index that a derivative is written in takes."""
        return {
            index: sympy.sympify(int(size) if size.isdigit() else sympy.Symbol(size.lstrip("*")))
            for order, leaf in enumerate(leaves)
            for index, size in zip(self.indices(leaf, order), self.leaves[leaf], strict=True)
        }

    def value(self, arguments: Leaves) -> arb:
        """The formula's value at the numbers that the arguments hold."""
        return self._evaluate((), arguments).item()

    def gradient(self, leaf: str, arguments: Leaves) -> Balls:
        """The derivative by every component of ``leaf``: Arb balls, of that leaf's shape."""
        return self._evaluate((leaf,), arguments)

    def hessian(self, first: str, second: str, arguments: Leaves) -> Balls:
        """Second derivatives: Arb balls, of the first leaf's shape and then the second's."""
        return self._evaluate((first, second), arguments)

    def kinks(self, arguments: Leaves) -> frozenset[str]:  # noqa: ARG002
        """None: a formula holds where its case's domain says that it is smooth."""
        return frozenset()

    def _evaluate(self, by: tuple[str, ...], arguments: Leaves) -> Balls:
        shape = tuple(size for leaf in by for size in arguments[leaf].shape)
        if self._matrix_form is not None:
            return self._matrix_form.evaluate(by, arguments, shape)
        leaves = [_subscripted(arguments[name], axes) for name, axes in self.leaves.items()]
        sizes = self._sizes(arguments)
        sums, function = self._functions(by, tuple(sizes))
        values = [*leaves, *sizes.values()]
        values += [total(*values) for total in sums]
        ranges = [
            size
            for leaf in by
            for size in (
                (arguments[leaf].size,) if _any_rank(self.leaves[leaf]) else arguments[leaf].shape
            )
        ]
        result = np.empty(shape, dtype=object)
        flat = result.reshape(-1)
        for position, index in enumerate(np.ndindex(*ranges)):
            flat[position] = arb(function(*values, *index))
        return result

    def _functions(self, by: tuple[str, ...], sizes: tuple[str, ...]) -> tuple[list[Any], Any]:
        """The sums that all components share, and the component that is made of them."""
        if by not in self._compiled:
            parameters = [
                sympy.IndexedBase(name) if axes else sympy.Symbol(name)
                for name, axes in self.leaves.items()
            ]
            parameters += [sympy.Symbol(size) for size in sizes]
            indices = [i for order, leaf in enumerate(by) for i in self.indices(leaf, order)]
            expression = _with_plain_sizes(self.derivative(*by), sizes)
            shared = _sums_without(expression, indices) if indices else []
            totals = [sympy.Symbol(f"total_{place}") for place in range(len(shared))]
            expression = expression.xreplace(dict(zip(shared, totals, strict=True)))
            self._compiled[by] = (
                [compile_expression(parameters, total) for total in shared],
                compile_expression([*parameters, *totals, *indices], expression),
            )
        return self._compiled[by]

    def _sizes(self, arguments: Leaves) -> dict[str, int]:
        sizes: dict[str, int] = {}
        for name, axes in self.leaves.items():
            array = arguments[name]
            if _any_rank(axes):
                sizes[axes[0].lstrip("*")] = array.size
            else:
                sizes.update(
                    {a: n for a, n in zip(axes, array.shape, strict=True) if not a.isdigit()}
                )
        return sizes


class _Subscripted:
    """An array that a compiled formula subscripts as SymPy prints it: ``x[i]``, ``W[i, j]``."""

    __slots__ = ("_balls",)

    def __init__(self, balls: Balls) -> None:
        self._balls = balls

    def __getitem__(self, index: Any) -> Any:
        return self._balls[index]


def _subscripted(array: np.ndarray[Any, Any], sizes: tuple[str, ...]) -> Any:
    balls = exact_balls(np.asarray(array))
    if not sizes:
        return balls.item()
    return _Subscripted(balls.reshape(-1) if _any_rank(sizes) else balls)


def _any_rank(sizes: tuple[str, ...]) -> bool:
    return bool(sizes) and sizes[0].startswith("*")


def _with_plain_sizes(expression: sympy.Expr, sizes: tuple[str, ...]) -> sympy.Expr:
    """Sizes may carry assumptions in a formula; the compiled function's parameters do not."""
    plain = {s: sympy.Symbol(s.name) for s in expression.free_symbols if s.name in sizes}
    return expression.xreplace(plain)


def _sums_without(expression: sympy.Expr, indices: Sequence[sympy.Symbol]) -> list[sympy.Expr]:
    """The sums in an expression that hold none of the indices, nor another sum's own."""
    sums = sorted(expression.atoms(sympy.Sum), key=str)
    own = {variable for total in sums for variable in total.variables}
    return [total for total in sums if not total.free_symbols & (own | set(indices))]


def _without_deltas(
    expression: sympy.Expr, ranges: Mapping[sympy.Symbol, sympy.Expr]
) -> sympy.Expr:
    """Carry out the sums over Kronecker deltas; conditions remain where a sum spares some index."""
    if not expression.has(sympy.KroneckerDelta):
        return expression
    arguments = [_without_deltas(argument, ranges) for argument in expression.args]
    expression = expression.func(*arguments) if arguments else expression
    if isinstance(expression, sympy.Sum) and expression.has(sympy.KroneckerDelta):
        body = sympy.expand_mul(expression.function)
        for limits in expression.limits:
            whole = _runs_over_whole_axes(body, limits, ranges)
            body = sympy.expand_mul(deltasummation(body, limits, no_piecewise=whole))
        return body
    return expression


def _runs_over_whole_axes(
    body: sympy.Expr, limits: tuple[Any, ...], ranges: Mapping[sympy.Symbol, sympy.Expr]
) -> bool:
    """Whether a sum meets every value of each index that a delta sets its own index equal to."""
    index, lower, upper = limits
    for delta in body.atoms(sympy.KroneckerDelta):
        if not delta.has(index):
            continue
        (other,) = set(delta.args) - {index} if index in delta.args else (None,)
        if other not in ranges:
            return False
        size = ranges[other]
        last = _with_plain_sizes(upper, tuple(symbol.name for symbol in size.free_symbols))
        if lower != 0 or sympy.expand(last - size + 1) != 0:
            return False
    return True
