"""One misuse committed in each mode: the modes are derived, not written again.

The floats among the arguments are what a mode moves: `jax.jit` traces them, `jax.vmap` batches
them, `jax.grad` differentiates by them, `jax.lax.scan` scans over them. All else is closed over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gradlaw.conformance.pitfalls.pitfall import Mode
from gradlaw.conformance.pitfalls.snippet import Started

Floats = list[Any]
Committed = Callable[[Floats], Any]

ROWS = 2
"""How many rows a batch or a scan has: each must hold what the misuse gives on its own."""


def prepare(started: Started) -> tuple[Committed, Floats]:
    """The misuse as a function of the floats among its arguments, and those floats."""
    arguments = started.arguments()
    try:
        leaves, tree = jax.tree.flatten(arguments)
    except (TypeError, ValueError):  # no pytree: what is misused may be just that
        return lambda _: started.called()(*arguments[0], **arguments[1]), []
    places = [place for place, leaf in enumerate(leaves) if _is_float(leaf)]

    def commit(floats: Floats) -> Any:
        moved = list(leaves)
        for place, leaf in zip(places, floats, strict=True):
            moved[place] = leaf
        positional, keywords = jax.tree.unflatten(tree, moved)
        return started.called()(*positional, **keywords)

    return commit, [leaves[place] for place in places]


def applies(mode: Mode, floats: Floats) -> bool:
    """Whether there is something for the mode to move; what is only staged needs nothing."""
    return bool(floats) or mode in {"eager", "jit", "scan"}


def under_vmap(commit: Committed, floats: Floats) -> list[Any]:
    """A batch of equal arguments; returns each row's value."""
    return _rows(jax.vmap(commit)(_stacked(floats)))


def inside_grad(commit: Committed, floats: Floats) -> list[Any]:
    """The gradient of the sum of all that comes out; returns the value that comes out."""

    def total(floats: Floats) -> tuple[Any, Any]:
        value = commit(floats)
        sums = [jnp.sum(jnp.real(leaf)) for leaf in jax.tree.leaves(value) if _is_float(leaf)]
        return sum(sums, 0.0), value

    return [jax.grad(total, has_aux=True)(floats)[1]]


def inside_scan(commit: Committed, floats: Floats) -> list[Any]:
    """A scan over equal arguments; returns each step's value."""
    return _rows(
        jax.lax.scan(lambda carry, each: (carry, commit(each)), None, _stacked(floats), ROWS)[1]
    )


MOVES: dict[Mode, Callable[[Committed, Floats], list[Any]]] = {
    "vmap": under_vmap,
    "grad": inside_grad,
    "scan": inside_scan,
}
"""The modes that need no stages told apart."""


def _stacked(floats: Floats) -> Floats:
    return [np.stack([np.asarray(leaf, jnp.result_type(leaf))] * ROWS) for leaf in floats]


def _rows(value: Any) -> list[Any]:
    leaves, tree = jax.tree.flatten(value)
    arrays = [np.asarray(leaf) for leaf in leaves]
    return [jax.tree.unflatten(tree, [each[row] for each in arrays]) for row in range(ROWS)]


def _is_float(leaf: Any) -> bool:
    if isinstance(leaf, float | complex):
        return True
    dtype = getattr(leaf, "dtype", None)
    return dtype is not None and jnp.issubdtype(dtype, jnp.inexact)
