"""What changes no number: names, barriers, copies, and callbacks that look on."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from gradlaw.conformance.cases.catalogue.entry import entry

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
        "jax.experimental.layout.with_layout_constraint",
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


REFERENCES = (
    entry("jax.new_ref", "(4)", variant="rewritten", call=rewritten, since="0.8", once=True),
)

EFFECTS = (*LOOKING_ON, *REFERENCES)
