"""Walking a program: equations in order, calls inlined."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from gradlaw.oracles.domains import Domain
from gradlaw.oracles.domains.cartesian import Cartesian
from gradlaw.oracles.interpreter.arrays import Array, object_array
from gradlaw.oracles.interpreter.keys import is_key, opaque
from gradlaw.oracles.interpreter.liveness import live_equations
from gradlaw.oracles.interpreter.ranges import Ranges, ranged_results
from gradlaw.oracles.patience import TooLarge, Unsupported, keep_patience

__all__ = [
    "HANDLERS",
    "Handler",
    "Reader",
    "TooLarge",
    "Unsupported",
    "handles",
    "inexact",
    "is_complex",
]

Handler = Callable[["Reader", Any, list[Array]], list[Array]]
"""``(reader, equation, operands) -> results``."""

HANDLERS: dict[str, Handler] = {}
"""Every primitive that the interpreter reads, by JAX's name."""


_UNREAD: Array = np.empty((), dtype=object)
"""What stands for an operand that no reading looks at."""


def handles(*primitives: str) -> Callable[[Handler], Handler]:
    """Register a handler under the names of the primitives that it reads."""

    def register(handler: Handler) -> Handler:
        for primitive in primitives:
            HANDLERS[primitive] = handler
        return handler

    return register


@cache
def inexact(dtype: Any) -> bool:
    """Whether a dtype is a floating or a complex one (bfloat16 among them)."""
    import jax.numpy as jnp

    return bool(jnp.issubdtype(dtype, jnp.inexact))


def is_complex(variable: Any) -> bool:
    """Whether a variable, a literal or an array is of a complex dtype."""
    dtype = getattr(getattr(variable, "aval", variable), "dtype", None)
    return getattr(dtype, "kind", "") == "c"


class Reader:
    """Reads programs in one scalar domain.

    Args:
        domain: what the elements are.

    Attributes:
        steps: scalar results made so far; ``limit`` bounds them.
        single_axes: names of mesh axes, all of one device, that the program being read binds.
        in_step: whether what is being read runs on several devices.
        ranges: what is known of integers and truth values that rounding may decide.
    """

    def __init__(self, domain: Domain, limit: int = 20_000_000) -> None:
        self.domain = domain
        self.limit = limit
        self.steps = 0
        self.single_axes: frozenset[Any] = frozenset()
        self.in_step = False
        self.ranges = Ranges()
        self._depth = 0
        self._literals: dict[tuple[Any, str], Array] = {}

    def lift(self, array: Any, *, literal: bool = False) -> Array:
        """A concrete array in this domain: floats become scalars, all else stays."""
        if is_key(getattr(array, "dtype", None)):
            return opaque(array)
        try:
            concrete = np.asarray(array)
        except TypeError as error:  # a tracer: JAX left it in the program of a jitted function
            message = f"the program holds a constant that has no value: {array}"
            raise Unsupported(message) from error
        if not inexact(concrete.dtype):
            return concrete
        wide: Any = np.complex128 if self.meets_complex(concrete) else np.float64
        dtype, numbers = concrete.dtype.name, concrete.astype(wide).reshape(-1).tolist()
        # One scalar for each distinct number, so that a batch of repeated rows is read once.
        domain: Any = self.domain
        distinct = {
            number: domain.constant(number, dtype, literal=literal) for number in set(numbers)
        }
        return object_array((distinct[number] for number in numbers), concrete.shape)

    def meets_complex(self, *variables: Any) -> bool:
        """Note whether one is complex; the domain is one of complex numbers from then on."""
        if not any(map(is_complex, variables)):
            return False
        if not isinstance(self.domain, Cartesian):
            self.domain = Cartesian(self.domain)
        return True

    def read(self, program: Any, arguments: Sequence[Array]) -> list[Array]:
        """Read a closed program at lifted arguments.

        Args:
            program: a ``ClosedJaxpr``.
            arguments: one array for each of the program's inputs, in this domain.

        Raises:
            Unsupported: where a primitive has effects or no numerical meaning.
            TooLarge: past the limit of scalar results.

        Source: JAX documentation, "Writing custom interpreters" (Autodidax).
        """
        constants = [self.lift(constant, literal=True) for constant in program.consts]
        self._depth += 1
        try:
            results = self.read_open(program.jaxpr, constants, arguments)
        finally:
            self._depth -= 1
        if not self._depth:
            self._note_undecided(results)
        return results

    def _note_undecided(self, results: Sequence[Array]) -> None:
        """Note results that are ranges, and hulls of two branches that leave one unbounded."""
        names, domain = self.ranges.hulls, self.domain
        found = map(self.ranges.of, results)
        domain.undecided |= {one.primitive for one in found if one is not None}
        if names and any(
            not domain.magnitude(scalar).is_finite()
            for result in results
            if result.dtype == object
            for scalar in result.reshape(-1)
        ):
            domain.undecided |= names

    def read_open(
        self, jaxpr: Any, constants: Sequence[Array], arguments: Sequence[Array]
    ) -> list[Array]:
        """Read an open program at its constants and arguments."""
        from gradlaw.oracles.interpreter.estimation import estimated_results

        environment: dict[Any, Array] = {}
        environment.update(zip(jaxpr.constvars, constants, strict=True))
        environment.update(zip(jaxpr.invars, arguments, strict=True))
        self.meets_complex(*jaxpr.invars)
        for equation in live_equations(jaxpr):
            self.meets_complex(*equation.outvars)
            operands = [self.operand(atom, environment) for atom in equation.invars]
            handler = HANDLERS.get(equation.primitive.name, estimated_results)
            keep_patience()
            results = self.evaluate(handler, equation, operands)
            self.count(equation, results)
            environment.update(zip(equation.outvars, results, strict=True))
        return [self.operand(atom, environment) for atom in jaxpr.outvars]

    def operand(self, atom: Any, environment: Mapping[Any, Array]) -> Array:
        """What an equation is given: a literal's array, or a variable's in an environment."""
        return self._literal(atom) if hasattr(atom, "val") else environment.get(atom, _UNREAD)

    def evaluate(self, handler: Handler, equation: Any, operands: list[Array]) -> list[Array]:
        """The results of one equation."""
        if self.ranges.any_of(operands):
            return ranged_results(self, handler, equation, operands)
        return handler(self, equation, operands)

    def _literal(self, atom: Any) -> Array:
        """A literal in this domain, made once."""
        value, dtype = atom.val, atom.aval.dtype
        if not isinstance(value, (int, float, complex)):  # JAX 0.7 wraps some in a class of its own
            value = np.asarray(value).item()
        key = value, dtype.name
        if key not in self._literals:
            self._literals[key] = self.lift(np.asarray(value, dtype=dtype), literal=True)
        return self._literals[key]

    def count(self, equation: Any, results: Sequence[Array]) -> None:
        """Count an equation's scalar results.

        Raises:
            TooLarge: past the limit.
        """
        for result in results:
            self.steps += result.size
        self.expect(equation, 0)

    def expect(self, equation: Any, scalars: int) -> None:
        """Look ahead: so many scalars more will be made of an equation.

        Raises:
            TooLarge: past the limit.
        """
        if self.steps + scalars > self.limit:
            message = f"the program has more than {self.limit} scalar results at {equation}"
            raise TooLarge(message)
