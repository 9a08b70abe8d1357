"""Tame arguments: small arrays of ordinary magnitude inside a case's domain."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradlaw.conformance.case import Case
from gradlaw.conformance.layout import seed_from
from gradlaw.strategies.domains import REAL, Domain, WellConditioned

SIZES = (3, 2, 4, 5, 6)
"""Of the named axes in order of their first appearance: no two alike."""

STARRED = (2, 3)
"""The shape of every ``*n``."""

Array = np.ndarray[Any, Any]


def tame_shapes(case: Case) -> dict[str, tuple[int, ...]]:
    """Small shapes of a case's leaves, the same for the same name of an axis."""
    names = dict.fromkeys(
        axis for axes in case.axes.values() for axis in axes if axis.isidentifier()
    )
    sizes = dict(zip(names, (max(size, case.min_size) for size in SIZES), strict=False))
    return {
        leaf: STARRED
        if any(axis.startswith("*") for axis in axes)
        else tuple(sizes[axis] if axis in sizes else int(axis) for axis in axes)
        for leaf, axes in case.axes.items()
    }


def tame_leaves(case: Case, dtype: str, seed: int) -> Mapping[str, Array]:
    """An array for each leaf, the same for the same seed.

    Args:
        case: whose domains the arrays are in.
        dtype: of all arrays, as NumPy and ml_dtypes name it.
        seed: of the numbers.
    """
    import jax.numpy as jnp

    chance = np.random.default_rng(seed_from(f"{seed} {case.name} tame"))
    leaves = {}
    for name, shape in tame_shapes(case).items():
        domain = case.domains.get(name, REAL)
        numbers = (
            _dominant(domain, shape, chance)
            if isinstance(domain, WellConditioned)
            else _inside(domain, shape, chance)
        )
        leaves[name] = numbers.astype(jnp.dtype(dtype))
    return leaves


def _inside(domain: Domain, shape: tuple[int, ...], chance: np.random.Generator) -> Array:
    """Normal numbers where the domain is unbounded, uniform ones between two ends."""
    if math.isfinite(domain.lower) and math.isfinite(domain.upper):
        share = chance.uniform(1 / 16, 15 / 16, shape)
        return np.asarray(domain.lower + (domain.upper - domain.lower) * share)
    if math.isfinite(domain.lower):
        return np.asarray(domain.lower + np.exp(chance.standard_normal(shape)))
    if math.isfinite(domain.upper):
        return np.asarray(domain.upper - np.exp(chance.standard_normal(shape)))
    return np.asarray(1.5 * chance.standard_normal(shape))


def _dominant(
    domain: WellConditioned, shape: tuple[int, ...], chance: np.random.Generator
) -> Array:
    matrix = chance.standard_normal(shape)
    np.fill_diagonal(matrix, 0.0)
    rows = np.maximum(np.abs(matrix).sum(axis=1), 1.0)
    signs = np.ones(shape[0]) if domain.positive_diagonal else chance.choice([-1.0, 1.0], shape[0])
    return np.asarray(matrix + np.diag(signs * (1.25 + domain.margin) * rows))
