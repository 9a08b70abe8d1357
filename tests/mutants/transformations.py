"""Faults within JAX's transformations, as a mistake in them would be, and where they must show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import jax
import jax.numpy as jnp

from mutants.internals import cleared

Change = Callable[[Callable[..., Any]], Callable[..., Any]]
"""Makes the faulty transformation from the true one."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A faulty transformation, and the law that must report it.

    Attributes:
        name: what is wrong.
        owner, attribute: where JAX has it.
        change: makes the faulty one.
        law: that must report it.
        verdict: that it must earn.
    """

    name: str
    attribute: str
    change: Change
    law: str
    owner: Any = jax
    verdict: str = "wrong rule"

    def __str__(self) -> str:
        return f"{self.name} in {self.law}"

    @contextmanager
    def planted(self) -> Iterator[None]:
        """A JAX with the fault."""
        faulty = self.change(getattr(self.owner, self.attribute))
        with cleared(), patch.object(self.owner, self.attribute, faulty):
            yield


def given(**changes: Callable[[Any], Any]) -> Change:
    """Options changed on their way to a transformation, where they are given."""

    def change(true: Callable[..., Any]) -> Callable[..., Any]:
        def faulty(*arguments: Any, **options: Any) -> Any:
            own = {n: changes[n](v) if n in changes else v for n, v in options.items()}
            return true(*arguments, **own)

        return faulty

    return change


def results(change: Callable[[Any], Any]) -> Change:
    """What the transformed function returns, changed."""

    def transform(true: Callable[..., Any]) -> Callable[..., Any]:
        def faulty(*arguments: Any, **options: Any) -> Any:
            transformed = true(*arguments, **options)
            return lambda *given, **named: change(transformed(*given, **named))

        return faulty

    return transform


def outcome(change: Callable[[Any], Any]) -> Change:
    """What the call itself returns, changed."""
    return lambda true: lambda *arguments, **options: change(true(*arguments, **options))


def stopped(*places: int) -> Change:
    """The function loses its derivative by some of its arguments."""

    def transform(true: Callable[..., Any]) -> Callable[..., Any]:
        def faulty(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
            def own(*given: Any) -> Any:
                kept = [
                    jax.lax.stop_gradient(each) if not places or place in places else each
                    for place, each in enumerate(given)
                ]
                return function(*kept)

            return true(own, *arguments, **options)

        return faulty

    return transform


def half_stopped(true: Callable[..., Any]) -> Callable[..., Any]:
    """Half of what is recomputed has no derivative, as if a residual were lost."""

    def faulty(function: Callable[..., Any], **options: Any) -> Any:
        def own(*arguments: Any) -> Any:
            value = function(*arguments)
            return jax.tree.map(lambda v: (v + jax.lax.stop_gradient(v)) / 2, value)

        return true(own, **options)

    return faulty


def first_example_of_last(true: Callable[..., Any]) -> Callable[..., Any]:
    """``in_axes=None`` for one operand: each example gets the first one's."""

    def faulty(function: Callable[..., Any], in_axes: Any = 0, **options: Any) -> Any:
        def call(*arguments: Any) -> Any:
            told = list(in_axes)
            given = list(arguments)
            place = max(p for p, axis in enumerate(told) if axis is not None)
            given[place] = jax.tree.map(
                lambda leaf, axis: leaf if axis is None else jnp.take(leaf, 0, axis=axis),
                given[place],
                told[place],
                is_leaf=lambda axis: axis is None,
            )
            told[place] = None
            return true(function, in_axes=tuple(told), **options)(*given)

        return call

    return faulty


def reversed_batch(true: Callable[..., Any]) -> Callable[..., Any]:
    """The last example comes first."""

    def faulty(function: Callable[..., Any], out_axes: int = 0, **options: Any) -> Any:
        transformed = true(function, out_axes=out_axes, **options)
        return lambda *arguments: jax.tree.map(
            lambda leaf: jnp.flip(leaf, out_axes), transformed(*arguments)
        )

    return faulty


def inner_axis_first(true: Callable[..., Any]) -> Callable[..., Any]:
    """A map within a map hands out its examples in the wrong order."""
    depth = [0]

    def faulty(function: Callable[..., Any], **options: Any) -> Any:
        transformed = true(function, **options)

        def call(*arguments: Any) -> Any:
            depth[0] += 1
            try:
                found = transformed(*arguments)
            finally:
                depth[0] -= 1
            if not depth[0]:
                return found
            return jax.tree.map(lambda leaf: jnp.flip(leaf, 0), found)

        return call

    return faulty


def without_remainder(true: Callable[..., Any]) -> Callable[..., Any]:
    """What is left over when a batch is split is computed of the first examples."""

    def faulty(function: Any, stacked: Any, *, batch_size: int | None = None) -> Any:
        size = jax.tree.leaves(stacked)[0].shape[0]
        if batch_size is not None and (rest := size % batch_size):
            wrong = jax.tree.map(lambda a: jnp.concatenate([a[: size - rest], a[:rest]]), stacked)
            return true(function, wrong)
        return true(function, stacked, batch_size=batch_size)

    return faulty


def forgetful_scan(true: Callable[..., Any]) -> Callable[..., Any]:
    """The transpose of a scan drops what the last step adds."""

    def faulty(body: Callable[..., Any], carry: Any, xs: Any, **options: Any) -> Any:
        found, stacked = true(body, carry, xs, **options)
        return found, jax.tree.map(lambda ys: ys.at[-1].set(jax.lax.stop_gradient(ys[-1])), stacked)

    return faulty


def other_branch(true: Callable[..., Any]) -> Callable[..., Any]:
    """The derivative of a choice is that of no branch."""

    def faulty(chosen: Any, one: Any, other: Any, *operands: Any) -> Any:
        return true(chosen, lambda *o: _still(one(*o)), other, *operands)

    return faulty


def _still(tree: Any) -> Any:
    return jax.tree.map(jax.lax.stop_gradient, tree)


def in_reverse(argnums: Any) -> Any:
    """The positions in the reverse order."""
    return argnums[::-1] if isinstance(argnums, tuple) else argnums


def aside_for_value(found: Any) -> Any:
    """The auxiliary output and the value exchanged."""
    (value, aside), derivative = found
    return (aside, value), derivative


def value_for_aside(found: Any) -> Any:
    """The auxiliary output with the sign that the value has."""
    derivative, aside = found
    return derivative, -aside


def value_and_aside(found: Any) -> Any:
    """The same of what gives a value first."""
    value, linear, *aside = found
    return (value, linear, *(-each for each in aside))


def twice(tree: Any) -> Any:
    """All of it doubled."""
    return jax.tree.map(lambda leaf: 2 * leaf, tree)


def off(found: Any) -> Any:
    """All of it off in the sixth digit."""
    return jax.tree.map(lambda leaf: leaf * (1 + 2.0**-20), found)


def _mutant(name: str, attribute: str, change: Change, law: str, **told: Any) -> Mutant:
    return Mutant(name=name, attribute=attribute, change=change, law=law, **told)


BATCHING = (
    _mutant("one operand unmapped", "vmap", first_example_of_last, "vmap(grad)"),
    _mutant("one operand unmapped", "vmap", first_example_of_last, "vmap(value_and_grad)"),
    _mutant("one operand unmapped", "vmap", first_example_of_last, "vmap[axis_name](vjp)"),
    _mutant("batch reversed", "vmap", reversed_batch, "vmap(jacrev)"),
    _mutant("batch reversed", "vmap", reversed_batch, "vmap(linear_transpose)"),
    _mutant("inner batch reversed", "vmap", inner_axis_first, "vmap[nested](grad)"),
    _mutant(
        "remainder of a batch", "map", without_remainder, "map[batch_size](grad)", owner=jax.lax
    ),
)

LOOPS = (
    _mutant("transpose of scan", "scan", forgetful_scan, "grad(scan)", owner=jax.lax),
    _mutant("transpose of scan", "scan", forgetful_scan, "vjp(scan)", owner=jax.lax),
    _mutant("transpose of scan", "scan", forgetful_scan, "vmap(grad(scan))", owner=jax.lax),
    _mutant("branch without derivative", "cond", other_branch, "grad(cond)", owner=jax.lax),
    _mutant("loop doubled", "fori_loop", outcome(twice), "grad(fori_loop)", owner=jax.lax),
)

CHECKPOINTS = (
    _mutant("residual dropped", "checkpoint", half_stopped, "grad(checkpoint)"),
    _mutant("residual dropped", "checkpoint", half_stopped, "grad(checkpoint[dots_saveable])"),
    _mutant("residual dropped", "checkpoint", half_stopped, "vjp(checkpoint[nothing_saveable])"),
    _mutant(
        "residual dropped",
        "checkpoint",
        half_stopped,
        "vmap(grad(checkpoint[save_only_these_names]))",
    ),
    _mutant("argument dropped", "checkpoint", stopped(0), "value_and_grad(checkpoint)"),
)

OPTIONS = (
    _mutant("argnums reversed", "grad", given(argnums=in_reverse), "grad"),
    _mutant("argnums reversed", "jacrev", given(argnums=in_reverse), "jacrev"),
    _mutant(
        "argnums reversed",
        "value_and_grad",
        given(argnums=in_reverse),
        "value_and_grad[allow_int]",
        verdict="refused",
    ),
    _mutant("value for aux", "grad", results(value_for_aside), "grad[has_aux]"),
    _mutant("value for aux", "jacrev", results(value_for_aside), "jit(jacrev[has_aux])"),
    _mutant("value for aux", "jacfwd", results(value_for_aside), "jacfwd[has_aux]"),
    _mutant(
        "aux and value exchanged",
        "value_and_grad",
        results(aside_for_value),
        "value_and_grad[has_aux]",
    ),
    _mutant("value for aux", "vjp", outcome(value_and_aside), "vjp[has_aux]"),
    _mutant("value for aux", "linearize", outcome(value_and_aside), "linearize[has_aux]"),
    _mutant("value for aux", "jvp", outcome(value_and_aside), "jvp[has_aux]"),
    _mutant(
        "integer not let through",
        "grad",
        given(allow_int=lambda _: False),
        "grad[allow_int]",
        verdict="refused",
    ),
    _mutant(
        "static argument mixed up",
        "jit",
        given(static_argnums=lambda _: 1),
        "jit[static_argnums](grad)",
        verdict="refused",
    ),
)

MODES = (
    _mutant("second derivative off", "hessian", results(off), "vmap(hessian)"),
    _mutant("no derivative", "jacfwd", stopped(), "jacfwd(jit)"),
    _mutant("no derivative", "jacrev", stopped(), "checkpoint(jacrev)"),
    _mutant("no derivative", "linearize", stopped(), "linear_transpose"),
    _mutant("no derivative", "vjp", stopped(), "scan(vjp)"),
)

MUTANTS = (*BATCHING, *LOOPS, *CHECKPOINTS, *OPTIONS, *MODES)
"""All of them; those of whole transformations, and of caches and donation, stand elsewhere."""
