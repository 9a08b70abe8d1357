"""The transformations that laws compose, by the name that a law's own name is composed of."""

from __future__ import annotations

from collections.abc import Iterator

from gradlaw.conformance.laws.batching import BATCHING
from gradlaw.conformance.laws.calling import CALLING
from gradlaw.conformance.laws.differentiation import DIFFERENTIATION
from gradlaw.conformance.laws.options import OPTIONS
from gradlaw.conformance.laws.policies import POLICIES
from gradlaw.conformance.laws.transform import Transform
from gradlaw.conformance.laws.wrapping import WRAPPING

TRANSFORMS: dict[str, Transform] = {
    **WRAPPING,
    **POLICIES,
    **DIFFERENTIATION,
    **OPTIONS,
    **BATCHING,
    **CALLING,
}


def plain() -> Iterator[str]:
    """Those that can be traced, and have no options."""
    return (name for name, step in TRANSFORMS.items() if "[" not in name and not step.only_called)


def variants(name: str) -> Iterator[str]:
    """The same with its options, if they can be traced."""
    return (
        other
        for other, step in TRANSFORMS.items()
        if other.startswith(f"{name}[") and not step.only_called
    )
