"""Containers: the pytrees that parameters come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import hypothesis.strategies as st
from hypothesis.errors import InvalidArgument

CONTAINER_KINDS: tuple[str, ...] = ("tuple", "list", "dict", "nested", "namedtuple")
"""The kinds by name, the simplest first."""


def containers() -> st.SearchStrategy[str]:
    """Kinds of container, shrinking towards a tuple."""
    return st.sampled_from(CONTAINER_KINDS)


def contain(kind: str, names: Sequence[str]) -> Any:
    """Build a container of the names, each standing where its leaf goes.

    Args:
        kind: one of CONTAINER_KINDS. A dict is filled against its sorted order, in which JAX
            flattens it, so that the two orders are told apart; a nested container holds
            dicts, lists, tuples and an empty tuple.
        names: the leaves' names, distinct identifiers.

    Returns:
        a pytree of strings. Flattening it yields every name once, though not in the order of
        ``names``.

    Raises:
        InvalidArgument: the kind is unknown, or a name is repeated or no identifier.

    """
    if kind not in _BUILDERS:
        known = ", ".join(CONTAINER_KINDS)
        raise InvalidArgument(f"kind={kind!r} is not a container: take one of {known}")
    if isinstance(names, str) or len(set(names)) != len(names):
        raise InvalidArgument(f"names={names!r}: pass distinct names, one for each leaf")
    if not all(name.isidentifier() and not name.startswith("_") for name in names):
        raise InvalidArgument(f"names={names!r}: each must be a public identifier")
    return _BUILDERS[kind](tuple(names))


def _dict(names: tuple[str, ...]) -> dict[str, str]:
    return {name: name for name in sorted(names, reverse=True)}


def _nested(names: tuple[str, ...]) -> dict[str, Any]:
    """First name alone, the rest split over a tuple within a list and a dict."""
    head, rest = names[:1], names[1:]
    half = len(rest) // 2
    return {"outer": [*head, (tuple(rest[half:]), ())], "inner": _dict(rest[:half])}


@lru_cache(maxsize=256)
def _namedtuple_type(names: tuple[str, ...]) -> Callable[..., Any]:
    """One class for one tuple of names: JAX compares treedefs by the class's identity."""
    make: Any = NamedTuple
    kind: Callable[..., Any] = make("Params", [(name, str) for name in names])
    return kind


def _namedtuple(names: tuple[str, ...]) -> Any:
    return _namedtuple_type(names)(*names)


_BUILDERS: dict[str, Callable[[tuple[str, ...]], Any]] = {
    "tuple": lambda names: names,
    "list": list,
    "dict": _dict,
    "nested": _nested,
    "namedtuple": _namedtuple,
}
