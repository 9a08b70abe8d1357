"""Cases beside integers: what promotes its arguments is given whole numbers for each in turn."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from gradlaw.conformance.case import BESIDE_INTEGERS, Case, leaf_names
from gradlaw.conformance.cases.mixed import PROMOTING
from gradlaw.strategies.domains import REAL, Domain

STRICT = (
    "jnp.ediff1d",
    "jnp.fill_diagonal",
    "jnp.full_like",
    "jnp.insert",
    "jnp.ndarray.at(",
    "jnp.place",
    "jnp.put",
    "jnp.searchsorted",
    "jax.experimental.sparse.bcoo_concatenate",
    "jax.experimental.sparse.bcoo_multiply_dense",
    "jax.experimental.sparse.bcsr_concatenate",
    "jax.experimental.sparse.grad",
    "jax.experimental.sparse.value_and_grad",
    "jax.nn.dot_product_attention",
    "jax.scipy.linalg.lu_solve",
    "jax.scipy.special.zeta(as a factor)",
    "jax.scipy.ndimage.map_coordinates",
    "jax.scipy.sparse.linalg.",
)
"""What gives integers back, or takes none."""

LARGEST = 4
"""Magnitude of the largest whole number."""

FEWEST = 2
"""Whole numbers in a row that a domain must have."""

Whole = tuple[int, int]
"""The first and the last of some whole numbers in a row."""


def takes_integers(case: Case) -> bool:
    """Whether it promotes its arguments, and some of them may be whole beside others."""
    promotes = case.name.startswith(PROMOTING) and not case.name.startswith(STRICT)
    return promotes and not case.is_complex and case.along is None and bool(_places(case))


def beside_integers(case: Case) -> Case:
    """The sum of a case's function with each argument made whole that may be.

    A derivative has no tangent for an integer, and rules must do without.

    Args:
        case: one that takes integers.
    """
    places = _places(case)
    return replace(
        case,
        name=f"{case.name}{BESIDE_INTEGERS}",
        function=_beside(case.function, places),
        reference=None if case.reference is None else _beside(case.reference, places),
        formula=None,
        arguments=case.trees,
        dtypes=tuple(dtype for dtype in case.dtypes if dtype != "python"),
    )


def _places(case: Case) -> dict[int, Whole]:
    """The positions of arguments that may be whole numbers, and which."""
    if len(case.trees) < 2:
        return {}
    found = {}
    for place, tree in enumerate(case.trees):
        domains = {case.domains.get(leaf, REAL) for leaf in leaf_names(tree)}
        if len(domains) == 1 and isinstance(domain := domains.pop(), Domain):
            longest = max(_rows(domain), key=lambda row: (len(row), row[-1]), default=[])
            if len(longest) >= FEWEST:
                found[place] = longest[0], longest[-1]
    return found


def _rows(domain: Domain) -> list[list[int]]:
    numbers = range(-LARGEST, LARGEST + 1)
    groups = itertools.groupby(numbers, key=domain.contains)
    return [list(row) for contained, row in groups if contained]


def _beside(function: Callable[..., Any], places: dict[int, Whole]) -> Callable[..., Any]:
    def beside(*arguments: Any) -> Any:
        terms = []
        for place, (least, most) in places.items():
            whole = jax.tree.map(partial(_whole, least=least, most=most), arguments[place])
            terms.append(function(*arguments[:place], whole, *arguments[place + 1 :]))
        return sum(terms[1:], terms[0]).astype(jax.tree.leaves(arguments)[0].dtype)

    return beside


def _whole(leaf: jax.Array, least: int, most: int) -> jax.Array:
    """The whole number below each, of those in between."""
    return jnp.floor(jnp.clip(jax.lax.stop_gradient(leaf), least, most)).astype("int32")
