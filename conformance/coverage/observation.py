"""Observation: which rules run while a program is traced.

Each rule of JAX's tables is replaced once in a process by a function that calls it and writes down
that it returned. A rule counts where it has something to do: with a tangent or cotangent that is
not a symbolic zero, or with an operand that has a batch axis; some have none at all.

JAX keeps the derivatives of functions that are jitted inside others, and would run their rules only
when they are first differentiated in a process. Each observation is therefore a context of its own,
in which JAX keeps nothing from any other, so that what is observed does not depend on what ran
before. Releases before 0.7 know no such contexts: there a rule may be observed less often.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from itertools import count
from typing import Any, TypeAlias

from gradlaw.conformance.coverage.registry import registered
from gradlaw.conformance.coverage.tables import tables
from gradlaw.reports.verdict import RuleKind

Rules: TypeAlias = set[tuple[RuleKind, str]]
"""Kind and primitive."""

_OPEN: list[Rules] = []
_NUMBERS = count(1)


@contextmanager
def observed() -> Iterator[Rules]:
    """The rules that run inside the block, which are complete at its end."""
    _watch()
    ran: Rules = set()
    _OPEN.append(ran)
    try:
        with _afresh():
            yield ran
    finally:
        _OPEN.pop()


def _afresh() -> AbstractContextManager[None]:
    """A context in which JAX traces everything anew."""
    context = _context()
    return nullcontext() if context is None else context(next(_NUMBERS))


@cache
def _context() -> Callable[[int], AbstractContextManager[None]] | None:
    import jax

    make: Any = getattr(jax, "make_user_context", None)
    return None if make is None else make(0)


@cache
def _watch() -> None:
    from jax.extend.source_info_util import register_exclusion

    registered()
    # An equation's line is the user's, and not the one below that calls the rule.
    register_exclusion(__file__)
    for kind, found in tables().items():
        for table in found:
            for primitive, rule in list(table.items()):
                table[primitive] = _watched(kind, primitive.name, rule)


def _watched(kind: RuleKind, name: str, rule: Callable[..., Any]) -> Callable[..., Any]:
    works = _WORKS[kind]

    def watched(*operands: Any, **parameters: Any) -> Any:
        result = rule(*operands, **parameters)
        if _OPEN and works(operands):
            for ran in _OPEN:
                ran.add((kind, name))
        return result

    return watched


def _differentiates(operands: Sequence[Any]) -> bool:
    """Of a JVP rule: ``(primals, tangents)``."""
    return not operands[1] or any(map(_nonzero, operands[1]))


def _linearizes(operands: Sequence[Any]) -> bool:
    """Of a linearization: ``([is_vjp,] which tangents are not zero, *primals)``."""
    which = next(part for part in operands if isinstance(part, (list, tuple)))
    return not which or any(which)


def _transposes(operands: Sequence[Any]) -> bool:
    """Of a transpose: ``(cotangents, *operands)``; a call's has the cotangents fourth."""
    cotangents = operands[3] if isinstance(operands[0], dict) else operands[0]
    several = cotangents if isinstance(cotangents, (list, tuple)) else [cotangents]
    writes = any(map(_is_reference, operands[1:]))
    return writes or not several or any(map(_nonzero, several))


def _is_reference(operand: Any) -> bool:
    """Whether the operand holds cotangents that are read or written, whatever the results' are."""
    return type(operand).__name__ == "RefAccum" and operand.ref is not None


def _batches(operands: Sequence[Any]) -> bool:
    """Of a batching rule: ``([axis,] operands, their axes)``; some have no operands."""
    axes = operands[-1]
    return not axes or any(axis is not None for axis in axes)


def _nonzero(tangent: Any) -> bool:
    from jax.interpreters.ad import Zero

    return not isinstance(tangent, Zero)


_WORKS: dict[RuleKind, Callable[[Sequence[Any]], bool]] = {
    "jvp": _differentiates,
    "linearization": _linearizes,
    "transpose": _transposes,
    "batching": _batches,
}
"""Whether a rule of the kind, called with these operands, has something to do."""


def by_kind(rules: Rules) -> dict[RuleKind, tuple[str, ...]]:
    """The primitives of these rules for each kind, as a record keeps them."""
    return {
        kind: tuple(sorted(primitive for of, primitive in rules if of == kind))
        for kind in _WORKS
        if any(of == kind for of, _ in rules)
    }
