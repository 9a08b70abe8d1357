"""What changes no number: names, barriers, copies, and callbacks that look on."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from gradlaw.conformance.cases.catalogue.entry import entry, resolved

WITH_LAYOUT = "jax.experimental.layout.with_layout_constraint" + (
    "" if resolved("jax.experimental.layout.DeviceLocalLayout") is None else " of 0.7"
)
"""Until 0.6 it is told of layouts by another name."""

LOOKING_ON = (
    entry("jax.ad_checkpoint.checkpoint_name", "(*n)", call=lambda f, x: f(jnp.sin(x), "sine")),
    entry("lax.reduce_precision", "(*n)", exponent_bits=11, mantissa_bits=52),
    entry("jax.debug.callback", "(*n)", call=lambda f, x: (f(lambda _: None, x), x * x)[1]),
    entry("jax.debug.print", "(*n)", call=lambda f, x: (f("{}", x), x * x)[1]),
    entry(
        "jax.debug.inspect_array_sharding",
        "(n)",
        call=lambda f, x: (f(x, callback=lambda _: None), x * x)[1],
    ),
    entry("jnp.copy", "(*n)", variant="of a square", call=lambda f, x: f(x * x)),
    entry(
        "lax.empty",
        "(n)",
        call=lambda f, x: jnp.where(True, x * x, f(x.shape, x.dtype)),
        since="0.8",
    ),
    entry(
        WITH_LAYOUT,
        "(3)",
        call=lambda f, x: f(x * x, jax.experimental.layout.Layout((0,))),
        since="0.7",
    ),
)


def rewritten(new_ref: Any, x: Any) -> Any:
    """An array read and written in place."""
    reference = new_ref(x / 2)
    reference[...] = jnp.sin(reference[...]) * x
    reference[1:] += x[1:]
    reference[0] = reference[3]
    jax.ref.addupdate(reference, slice(0, 2), x[:2])
    return jax.freeze(reference)


def _of_its_argument(new_ref: Any, x: Any) -> Any:
    reference = new_ref(x)
    reference[1:] += x[:-1] ** 2
    return jax.freeze(reference)


def _in_a_loop(new_ref: Any, x: Any) -> Any:
    reference = new_ref(x)

    def step(place: Any, _: Any) -> None:
        reference[place + 1] = jnp.sin(reference[place]) * x[place + 1]

    lax.fori_loop(0, x.size - 1, step, None)
    return jax.freeze(reference)


def _in_a_scan(new_ref: Any, x: Any) -> Any:
    reference = new_ref(jnp.zeros((), x.dtype))

    def step(carry: Any, number: Any) -> Any:
        reference[...] += number * carry
        return carry * number, reference[...]

    return lax.scan(step, x[0], x)[1]


def _under_jit(new_ref: Any, x: Any) -> Any:
    reference = new_ref(x)

    def step(factor: Any) -> Any:
        reference[::2] = reference[::2] * factor
        return jnp.sum(reference[1:])

    return jax.jit(step)(x[0]), jax.freeze(reference)


def _written_with_a_constant(new_ref: Any, x: Any) -> Any:
    reference = new_ref(x)
    reference[1:3] = jnp.ones(2, x.dtype)
    return jax.freeze(reference)


def _added_repeatedly(new_ref: Any, x: Any) -> Any:
    reference = new_ref(x)
    jax.ref.addupdate(reference, jnp.array([0, 2, 0]), x[1:] ** 2)
    read = reference[jnp.array([2, 0, 2])]
    return jax.freeze(reference), read


def _written_repeatedly(new_ref: Any, x: Any) -> Any:
    """One number is written twice to one place, so that the order cannot matter."""
    reference = new_ref(x)
    reference[jnp.array([3, 3])] = jnp.broadcast_to(x[0] * x[1], 2)
    return jax.freeze(reference)


OF_REFERENCES = "jax.new_ref" if resolved("jax.freeze") is not None else "jax.freeze"
"""A release that lacks either has no case."""

REFERENCES = tuple(
    entry(OF_REFERENCES, "(4)", variant=variant, call=call, since="0.8", once=True)
    for variant, call in {
        "rewritten": rewritten,
        "of its argument": _of_its_argument,
        "in a loop": _in_a_loop,
        "in a scan": _in_a_scan,
        "under jit": _under_jit,
        "written with a constant": _written_with_a_constant,
        "added repeatedly": _added_repeatedly,
        "written repeatedly": _written_repeatedly,
    }.items()
)

EFFECTS = (*LOOKING_ON, *REFERENCES)
