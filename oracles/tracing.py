"""The derivatives of a JAX function at arguments, without JAX's derivative rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.reading import inexact, is_complex
from gradlaw.oracles.traced import TracedForm
from gradlaw.oracles.x64 import x64

Array = np.ndarray[Any, Any]
Balls = np.ndarray[Any, np.dtype[np.object_]]


class Traced:
    """A function at arguments: its exact value and derivatives.

    Args:
        function: written in JAX, of pytrees of arrays; it returns one array.
        arguments: at which it is read. Floats of any dtype stand for the numbers that they hold;
            the function is traced with them in float64.
        way: ``"chain"``, ``"jets"`` or ``"symbolic"``; see
            :class:`~gradlaw.oracles.traced.TracedForm`.

    Raises:
        ValueError: if the function returns more than one array, or one of integers.
    """

    def __init__(
        self, function: Callable[..., Any], *arguments: Any, way: str | None = None
    ) -> None:
        self.function = function
        self.arguments = arguments
        self._way = way

    @cached_property
    def leaves(self) -> dict[str, Array]:
        """The arguments' arrays, by their path: ``"0"``, ``"1['w']"``."""
        import jax

        paths, _ = jax.tree_util.tree_flatten_with_path(self.arguments)
        return {_name(path): np.asarray(leaf) for path, leaf in paths}

    @cached_property
    def form(self) -> TracedForm:
        """The oracle by leaves."""
        import jax

        with x64(True):
            program = jax.make_jaxpr(self.function)(*jax.tree.map(_wide, self.arguments))
        return TracedForm(program, tuple(self.leaves), self._way)

    def value(self) -> Balls:
        """The exact output: Arb balls, of its shape."""
        return self.form.values(self.leaves)

    def gradient(self, argument: int = 0) -> Any:
        """The gradient by an argument: its pytree, of Arb balls.

        Raises:
            ValueError: if the output is an array.
            Unsupported: where a primitive is met whose exact meaning is not known.
        """
        return self._by(argument, lambda leaf: self.form.gradient(leaf, self.leaves))

    def jacobian(self, argument: int = 0) -> Any:
        """First derivatives by an argument: its pytree, of the output's shape and the leaf's.

        Raises:
            Unsupported: where a primitive is met whose exact meaning is not known.
        """
        return self._by(argument, lambda leaf: self.form.jacobian(leaf, self.leaves))

    def hessian(self, first: int = 0, second: int = 0) -> Any:
        """Second derivatives by two arguments: the second's pytree in each place of the first's.

        Raises:
            Unsupported: where a primitive is met whose exact meaning is not known.
        """
        return self._by(
            first,
            lambda leaf: self._by(second, lambda by: self.form.hessian(leaf, by, self.leaves)),
        )

    def directional(self, tangents: Mapping[int, Any], order: int = 1) -> Balls:
        """The derivative of the output along a curve, of its shape.

        Args:
            tangents: by argument, pytrees like it.
            order: of the derivative, 0 to 9.

        Raises:
            Unsupported: where a primitive is met whose exact meaning is not known.
        """
        import jax

        moving: dict[str, Array] = {}
        for argument, tangent in tangents.items():
            paths, _ = jax.tree_util.tree_flatten_with_path(tangent)
            prefix = _argument(argument)
            moving |= {prefix + _name(path): np.asarray(leaf) for path, leaf in paths}
        return self.form.directional(moving, self.leaves, order)

    def kinks(self) -> frozenset[str]:
        """Primitives that compared numbers which touch: the derivative may jump there."""
        return self.form.kinks(self.leaves)

    def ties(self) -> frozenset[str]:
        """Extrema whose arguments tie: the gradient holds every one's derivative."""
        return self.form.ties(self.leaves)

    def _by(self, argument: int, find: Callable[[str], Any]) -> Any:
        import jax

        prefix = _argument(argument)
        return jax.tree_util.tree_map_with_path(
            lambda path, _: find(prefix + _name(path)), self.arguments[argument]
        )


def traced(function: Callable[..., Any], *arguments: Any, way: str | None = None) -> Traced:
    """The derivatives of a JAX function at arguments, read from its primal program alone.

    ``traced(f, x).gradient()``, ``.jacobian()`` and ``.hessian()`` are arrays of Arb balls that
    hold the true derivatives; no derivative rule of JAX's is asked.

    Args:
        function: written in JAX, of pytrees of arrays; it returns one array.
        arguments: at which it is read.
        way: ``"chain"``, ``"jets"`` or ``"symbolic"``; by default the fastest.
    """
    return Traced(function, *arguments, way=way)


def _argument(argument: int) -> str:
    return f"[{argument}]"


def _name(path: Any) -> str:
    import jax

    return str(jax.tree_util.keystr(path))


def _wide(leaf: Any) -> Any:
    array = np.asarray(leaf)
    if not inexact(array.dtype):
        return array
    return array.astype(np.complex128 if is_complex(array) else np.float64)
