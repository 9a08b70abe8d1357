"""Bounding: any number is brought to where a function is defined, smoothly."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import jax.numpy as jnp

from gradlaw.strategies.domains import Domain, WellConditioned

MARGIN = 1 / 8
"""How far from the ends of a domain, and from its poles, a bounded number stays."""

REACH = 2.0
"""How far it reaches where the domain has no end."""


def lorentzian(x: Any) -> Any:
    """1 / (1 + x²), or 0 where x² overflows."""
    return 1 / (1 + x * x)


def dispersion(x: Any) -> Any:
    """2x / (1 + x²), or 0 where x² overflows."""
    return 2 * x / (1 + x * x)


BOUNDED: tuple[Callable[[Any], Any], ...] = (jnp.sin, dispersion, jnp.cos, lorentzian)
"""Smooth functions of all reals with values in [-1, 1]."""


def interval(domain: Domain | None) -> tuple[float, float]:
    """A closed interval inside a domain, clear of its ends and poles.

    Args:
        domain: all reals where None.
    """
    domain = domain or Domain()
    lower, upper = domain.lower, domain.upper
    inside = [pole for pole in domain.poles if lower < pole < upper]
    lower = max([lower, *inside])
    margin = min(MARGIN, (upper - lower) / 8)
    if math.isinf(lower):
        lower = -REACH if math.isinf(upper) else upper - margin - 2 * REACH
    else:
        lower += margin
    return lower, min(lower + 2 * REACH, upper - margin)


def into(domain: Domain | WellConditioned | None, bounded: Callable[[Any], Any]) -> Any:
    """A function that brings any array into the domain.

    Args:
        domain: of numbers, or of square matrices.
        bounded: one of ``BOUNDED``.
    """
    if isinstance(domain, WellConditioned):
        return partial(dominated, bounded)
    lower, upper = interval(domain)
    return partial(between, bounded, (lower + upper) / 2, (upper - lower) / 2)


def between(bounded: Callable[[Any], Any], centre: float, half: float, x: Any) -> Any:
    """Numbers no farther than ``half`` from the centre."""
    return centre + half * bounded(x)


def dominated(bounded: Callable[[Any], Any], x: Any) -> Any:
    """A matrix whose diagonal is larger than the rest of its row, x: (n, n)."""
    return (x.shape[0] + 1) * jnp.eye(x.shape[0], dtype=x.dtype) + bounded(x)
