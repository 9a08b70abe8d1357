"""JAX's tables of rules, changed for a while: the only place that names private modules.

Tried on JAX 0.5.0, 0.10.2 and 0.12.0.1. All caches are cleared on the way in and out, so that no
program made with a fault outlives it, and none made without it hides it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import jax
from jax import dtypes
from jax._src.ad_util import Zero
from jax._src.interpreters import ad, batching, mlir

Rule = Callable[..., Any]
_ABSENT = object()


def with_rules() -> dict[str, Any]:
    """The primitives that have a derivative, a transpose or a batching rule, by name."""
    tables = (
        ad.primitive_jvps,
        ad.primitive_transposes,
        getattr(ad, "fancy_transposes", {}),
        batching.fancy_primitive_batchers,
    )
    batched: Any = batching.primitive_batchers  # a mapping in older releases alone
    plain = batched if isinstance(batched, dict) else {}
    return {primitive.name: primitive for table in (*tables, plain) for primitive in table}


def is_changeable(primitive: Any, kind: str) -> bool:
    """Whether the primitive has a rule of that kind which the functions below change."""
    if kind == "batching":
        return primitive in with_rules().values()
    table = {"jvp": ad.primitive_jvps, "transpose": ad.primitive_transposes}[kind]
    return primitive in table


@contextmanager
def cleared() -> Iterator[None]:
    """Clear JAX's caches before the block and after it."""
    jax.clear_caches()
    try:
        yield
    finally:
        jax.clear_caches()


@contextmanager
def entry(table: Any, primitive: Any, rule: Any) -> Iterator[None]:
    """Another rule in a table, or none at all where ``rule`` is ``_ABSENT``."""
    kept = table.get(primitive, _ABSENT)

    def put(what: Any) -> None:
        if what is _ABSENT:
            table.pop(primitive, None)
        else:
            table[primitive] = what

    put(rule)
    try:
        yield
    finally:
        put(kept)


@contextmanager
def _deriving(primitive: Any, jvp: Rule) -> Iterator[None]:
    """Another derivative of the primitive, and no linearization beside it."""
    with ExitStack() as stack:
        stack.enter_context(cleared())
        stack.enter_context(entry(ad.primitive_jvps, primitive, jvp))
        stack.enter_context(entry(ad.primitive_linearizations, primitive, _ABSENT))
        yield


@contextmanager
def changed_jvp(
    primitive: Any, change: Callable[[tuple[Any, ...], tuple[Any, ...], Any, dict[str, Any]], Any]
) -> Iterator[None]:
    """The primitive's derivative changed, for forward mode and linearization alike.

    Args:
        primitive: of one result.
        change: ``(primals, tangents, tangent out, parameters) -> tangent out``; tangents that are
            symbolic zeros come as None, and an outgoing one is left as it is.
    """
    real = ad.primitive_jvps[primitive]

    def jvp(primals: Any, tangents: Any, **parameters: Any) -> tuple[Any, Any]:
        result, tangent = real(primals, tangents, **parameters)
        if isinstance(tangent, Zero):
            return result, tangent
        given = tuple(None if isinstance(t, Zero) else t for t in tangents)
        return result, change(tuple(primals), given, tangent, parameters)

    with _deriving(primitive, jvp):
        yield


@contextmanager
def changed_results_jvp(
    primitive: Any, change: Callable[[tuple[Any, ...], Any], Any]
) -> Iterator[None]:
    """As :func:`changed_jvp`, for a primitive of several results, each of which is changed.

    Args:
        primitive: of several results.
        change: ``(primals, tangent out) -> tangent out``; tangents of integers are left alone.
    """
    real = ad.primitive_jvps[primitive]

    def changed(primals: Any, tangent: Any) -> Any:
        left_alone = isinstance(tangent, Zero) or tangent.dtype == dtypes.float0
        return tangent if left_alone else change(tuple(primals), tangent)

    def jvp(primals: Any, tangents: Any, **parameters: Any) -> tuple[Any, Any]:
        results, out = real(primals, tangents, **parameters)
        return results, [changed(primals, tangent) for tangent in out]

    with _deriving(primitive, jvp):
        yield


@contextmanager
def changed_argument_jvp(
    primitive: Any, position: int, change: Callable[[Any], Any]
) -> Iterator[None]:
    """The primitive's derivative by one argument changed.

    Args:
        primitive: any.
        position: of the argument.
        change: of its tangent, linear.
    """
    real = ad.primitive_jvps[primitive]

    def jvp(primals: Any, tangents: Any, **parameters: Any) -> tuple[Any, Any]:
        given = [
            change(tangent) if place == position and not isinstance(tangent, Zero) else tangent
            for place, tangent in enumerate(tangents)
        ]
        result: tuple[Any, Any] = real(primals, given, **parameters)
        return result

    with _deriving(primitive, jvp):
        yield


@contextmanager
def changed_transpose(primitive: Any, change: Callable[[int, Any, Any], Any]) -> Iterator[None]:
    """The primitive's transpose changed.

    Args:
        primitive: linear in the operands that are transposed.
        change: ``(operand's position, its cotangent, the result's) -> its cotangent``.
    """
    real = ad.primitive_transposes[primitive]

    def transpose(cotangent: Any, *operands: Any, **parameters: Any) -> list[Any]:
        found = real(cotangent, *operands, **parameters)
        return [
            c if c is None or isinstance(c, Zero) else change(position, c, cotangent)
            for position, c in enumerate(found)
        ]

    with ExitStack() as stack:
        stack.enter_context(cleared())
        stack.enter_context(entry(ad.primitive_transposes, primitive, transpose))
        if hasattr(ad, "fancy_transposes"):
            stack.enter_context(entry(ad.fancy_transposes, primitive, _ABSENT))
        yield


@contextmanager
def changed_batching(
    primitive: Any, change: Callable[[Any, int], tuple[Any, int]]
) -> Iterator[None]:
    """The primitive's batching rule given other operands.

    Args:
        primitive: any.
        change: ``(operand, its batch axis) -> (operand, its batch axis)``, for every operand that
            has one.
    """

    def changed(operands: Any, axes: Any) -> tuple[list[Any], list[Any]]:
        pairs = [
            (operand, axis) if axis is None else change(operand, axis)
            for operand, axis in zip(operands, axes, strict=True)
        ]
        return [operand for operand, _ in pairs], [axis for _, axis in pairs]

    # What stands before the operands: the axis itself, in the newer form of rules.
    fancy = primitive in batching.fancy_primitive_batchers
    table: Any = batching.fancy_primitive_batchers if fancy else batching.primitive_batchers
    real = table[primitive]

    def rule(*given: Any, **parameters: Any) -> Any:
        *axis, operands, axes = given
        return real(*axis, *changed(operands, axes), **parameters)

    with cleared(), entry(table, primitive, rule):
        yield


@contextmanager
def changed_lowering(primitive: Any, function: Callable[..., Any]) -> Iterator[None]:
    """The primitive compiled as if it were ``function``, a JAX function without the primitive.

    Programs still say the primitive's name: only what the backend computes is another.
    """
    tables: list[Any] = [mlir._lowerings, *mlir._platform_specific_lowerings.values()]
    kept: list[tuple[Any, Mapping[Any, Any]]] = [(table, dict(table)) for table in tables]

    def lowered(*operands: Any, **parameters: Any) -> Any:  # noqa: ARG001
        return function(*operands)

    with cleared():
        for table in mlir._platform_specific_lowerings.values():
            table.pop(primitive, None)
        mlir.register_lowering(primitive, mlir.lower_fun(lowered, multiple_results=False))
        try:
            yield
        finally:
            for table, entries in kept:
                table.clear()
                table.update(entries)
