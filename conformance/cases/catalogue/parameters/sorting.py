"""Orders along other axes, by several keys, and of no stability."""

from __future__ import annotations

import jax.numpy as jnp

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.parameters.presence import taking

SORTED = (
    entry(
        taking("axis", "lax.top_k"),
        "(5,n)",
        variant="along the first axis",
        call=lambda f, x: f(x, 2, axis=0),
        since="0.9",
    ),
    entry("lax.sort", "(m,n)", dimension=1, is_stable=False),
    entry(
        "lax.sort",
        "(n),(n),(n)",
        variant="by two keys",
        call=lambda sort, x, y, z: sort((jnp.round(x), y, z), num_keys=2)[1:],
    ),
)
