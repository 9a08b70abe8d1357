"""Cases in mixed dtypes: what promotes its arguments meets some of another dtype than the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax

from gradlaw.conformance.case import IN_MIXED_DTYPES, Case

PROMOTING = ("jnp.", "jax.nn.", "jax.ops.", "jax.scipy.", "jax.experimental.sparse.")
"""Where functions promote.

Source: JAX documentation, Type promotion semantics.
"""

STRICT = (
    "jax.nn.dot_product_attention",
    "jax.scipy.linalg.lu_solve",
    "jax.scipy.linalg.expm_frechet(compute_expm=False)",
    "jax.scipy.sparse.linalg.",
    "jax.experimental.sparse.bcoo_concatenate",
    "jax.experimental.sparse.bcoo_multiply_dense",
    "jax.experimental.sparse.bcsr_concatenate",
)
"""What demands one dtype all the same."""

OTHER = {
    "float64": "float32",
    "float32": "bfloat16",
    "float16": "float32",
    "bfloat16": "float32",
}
"""The dtype that stands beside each, where the function takes that."""


def takes_mixed_dtypes(case: Case) -> bool:
    """Whether it has several arguments, all real, and promotes them."""
    promotes = case.name.startswith(PROMOTING) and not case.name.startswith(STRICT)
    return promotes and len(case.trees) > 1 and not case.is_complex and case.along is None


def in_mixed_dtypes(case: Case) -> Case:
    """The case's function with every second argument of another dtype, and with the others so.

    Whatever a rule makes of one argument's dtype alone shows in one of two terms.

    Args:
        case: one that takes mixed dtypes.
    """
    return replace(
        case,
        name=f"{case.name}{IN_MIXED_DTYPES}",
        function=_mixed(case.function, case.dtypes),
        reference=None if case.reference is None else _mixed(case.reference, case.dtypes),
        formula=None,
        arguments=case.trees,
        dtypes=tuple(dtype for dtype in case.dtypes if dtype != "python"),
    )


def _mixed(function: Callable[..., Any], dtypes: tuple[str, ...]) -> Callable[..., Any]:
    def converted(leaf: jax.Array) -> jax.Array:
        other = OTHER[str(leaf.dtype)]
        return leaf.astype(other) if other in dtypes else leaf

    def mixed(*arguments: Any) -> Any:
        pairs = [(argument, jax.tree.map(converted, argument)) for argument in arguments]
        one, other = (
            function(*(pair[(place + first) % 2] for place, pair in enumerate(pairs)))
            for first in range(2)
        )
        return (one + other.astype(one.dtype)).astype(jax.tree.leaves(arguments)[0].dtype)

    return mixed
