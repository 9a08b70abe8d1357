"""Walking a program: equations in order, calls inlined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradlaw.oracles.domains import Domain
from gradlaw.oracles.interpreter.arrays import Array, object_array
from gradlaw.oracles.interpreter.liveness import live_equations

Handler = Callable[["Reader", Any, list[Array]], list[Array]]
"""``(reader, equation, operands) -> results``."""

HANDLERS: dict[str, Handler] = {}
"""Every primitive that the interpreter reads, by JAX's name."""


_UNREAD: Array = np.empty((), dtype=object)
"""What stands for an operand that no reading looks at."""


class Unsupported(Exception):  # noqa: N818 (a verdict, not a programming error)
    """A program holds something that has no meaning here; the message names the equation."""


def handles(*primitives: str) -> Callable[[Handler], Handler]:
    """Register a handler under the names of the primitives that it reads."""

    def register(handler: Handler) -> Handler:
        for primitive in primitives:
            HANDLERS[primitive] = handler
        return handler

    return register


def inexact(dtype: Any) -> bool:
    """Whether a dtype is a floating one (bfloat16 among them)."""
    import jax.numpy as jnp

    return bool(jnp.issubdtype(dtype, jnp.floating))


class Reader:
    """Reads programs in one scalar domain.

    Args:
        domain: what the elements are.

    Attributes:
        steps: scalar results made so far; ``limit`` bounds them.
    """

    def __init__(self, domain: Domain, limit: int = 20_000_000) -> None:
        self.domain = domain
        self.limit = limit
        self.steps = 0

    def lift(self, array: Any, *, literal: bool = False) -> Array:
        """A concrete array in this domain: floats become scalars, all else stays."""
        concrete = np.asarray(array)
        if not inexact(concrete.dtype):
            return concrete
        dtype, numbers = concrete.dtype.name, concrete.astype(np.float64).reshape(-1).tolist()
        # One scalar for each distinct number, so that a batch of repeated rows is read once.
        distinct = {
            number: self.domain.constant(number, dtype, literal=literal) for number in set(numbers)
        }
        return object_array((distinct[number] for number in numbers), concrete.shape)

    def read(self, program: Any, arguments: Sequence[Array]) -> list[Array]:
        """Read a closed program at lifted arguments.

        Args:
            program: a ``ClosedJaxpr``.
            arguments: one array for each of the program's inputs, in this domain.

        Raises:
            Unsupported: where a primitive has effects or no numerical meaning.

        Source: JAX documentation, "Writing custom interpreters" (Autodidax).
        """
        constants = [self.lift(constant, literal=True) for constant in program.consts]
        return self.read_open(program.jaxpr, constants, arguments)

    def read_open(
        self, jaxpr: Any, constants: Sequence[Array], arguments: Sequence[Array]
    ) -> list[Array]:
        """Read an open program at its constants and arguments."""
        from gradlaw.oracles.interpreter.estimation import estimated_results

        environment: dict[Any, Array] = {}

        def operand(atom: Any) -> Array:
            if hasattr(atom, "val"):
                return self.lift(np.asarray(atom.val, dtype=atom.aval.dtype), literal=True)
            return environment.get(atom, _UNREAD)

        environment.update(zip(jaxpr.constvars, constants, strict=True))
        environment.update(zip(jaxpr.invars, arguments, strict=True))
        for equation in live_equations(jaxpr):
            operands = [operand(atom) for atom in equation.invars]
            handler = HANDLERS.get(equation.primitive.name, estimated_results)
            results = handler(self, equation, operands)
            self._count(equation, results)
            environment.update(zip(equation.outvars, results, strict=True))
        return [operand(atom) for atom in jaxpr.outvars]

    def _count(self, equation: Any, results: Sequence[Array]) -> None:
        self.steps += sum(result.size for result in results)
        if self.steps > self.limit:
            message = f"the program has more than {self.limit} scalar results at {equation}"
            raise Unsupported(message)
