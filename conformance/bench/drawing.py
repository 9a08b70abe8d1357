"""Arguments for a subject: the same for every checker, and for the same seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import jax.numpy as jnp
import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from gradlaw.conformance.answers import Example
from gradlaw.conformance.bench.subjects import Subject
from gradlaw.conformance.drawing import examples
from gradlaw.conformance.layout import seed_from
from gradlaw.strategies.domains import REAL, Domain


def normal(subject: Subject, dtype: str, count: int, seed: int) -> list[Example]:
    """Standard normal numbers, redrawn where they leave the domain: kind to finite differences."""
    chance = np.random.default_rng(seed_from(f"{seed} {subject.name} normal"))
    return [_normal_example(subject, dtype, chance) for _ in range(count)]


def _normal_example(subject: Subject, dtype: str, chance: np.random.Generator) -> Example:
    leaves: dict[str, np.ndarray[Any, Any]] = {}
    for name, shape in subject.shapes.items():
        domain = subject.case.domains.get(name, REAL)
        assert isinstance(domain, Domain)
        leaves[name] = _inside(domain, shape, dtype, chance)
    return Example(leaves=leaves, rows=(leaves,), row_of=None, region="normal")


def _inside(
    domain: Domain, shape: tuple[int, ...], dtype: str, chance: np.random.Generator
) -> np.ndarray[Any, Any]:
    numbers = chance.standard_normal(shape).astype(jnp.dtype(dtype))
    for place in np.ndindex(*shape):
        while not domain.contains(float(numbers[place])):
            numbers[place] = chance.standard_normal()
    return numbers


def ordinary(subject: Subject, dtype: str, count: int, seed: int) -> list[Example]:
    """The region "ordinary" of the suite's own strategies: magnitudes from 1/16 to 32."""
    case, found = replace(subject.case, regions=("ordinary",)), list[Example]()

    # The first that Hypothesis draws is the simplest: zeros, where any check has it easy.
    @seeded(seed_from(f"{seed} {subject.name} ordinary"))
    @settings(
        max_examples=count + 1,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=(
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
            HealthCheck.too_slow,
        ),
    )
    @given(examples(case, subject.plan, dtype))
    def collect(example: Example) -> None:
        found.append(example)

    collect()
    return found[1 : count + 1]


Draw = Callable[[Subject, str, int, int], list[Example]]

SOURCES: Mapping[str, Draw] = {"standard normal": normal, "1/16 to 32": ordinary}
"""Where arguments come from, by the name that the table shows."""
