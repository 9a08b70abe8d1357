"""Profiles: how much is drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How much a run draws.

    Attributes:
        plans: compiled plans for each node.
        examples: drawn for each plan.
        every_dtype: whether each case meets each law in every dtype; in one of them otherwise.
        readings: laws whose rule is read for each traced case; the seed turns the wheel.
    """

    plans: int
    examples: int
    every_dtype: bool = True
    readings: int = 1


PROFILES: dict[str, Profile] = {
    "quick": Profile(plans=1, examples=5, every_dtype=False),
    "default": Profile(plans=2, examples=5),
    "thorough": Profile(plans=2, examples=60, readings=99),
}
