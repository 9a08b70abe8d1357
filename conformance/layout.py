"""Layouts: the shapes and batch axes that a case's laws share in one run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from gradlaw.conformance.case import Case
from gradlaw.strategies.batches import batch_sizes, batchings
from gradlaw.strategies.shapes import leaf_shapes
from gradlaw.strategies.signatures import Signature

LARGE_BATCHES = ((32, 10_000), (96, 100_000))
"""One batched node in so many gets a batch of that size."""

LARGEST_TRACED_BATCH = 100
"""Of a case without a formula that is called: 10,000 factorisations take minutes to bound."""

LARGEST = 1_000
"""Elements of the largest argument of one example."""

LARGEST_BATCHED = 300_000
"""Elements of the largest stacked argument."""

LARGEST_FORWARD = 30
"""Elements of the largest argument where forward mode goes once through each."""

POOL = 5
"""Layouts of a case in one dtype."""

TRACED_POOL = 3
"""Of a case without a formula, which meets few laws in a run; its programs are traced for each."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Shapes of one example's leaves, and the axes along which a batch of them is mapped.

    Attributes:
        shapes: in the order of the case's leaves.
        batch: the batch's size.
        in_axes: for each leaf the batch's axis, None where it is not mapped.
    """

    shapes: tuple[tuple[int, ...], ...]
    batch: int
    in_axes: tuple[int | None, ...]


@st.composite
def layouts(
    draw: st.DrawFn, case: Case, batch: int | None = None, *, forward: bool = False
) -> Layout:
    """Layouts of a case; with a batch of that size, or in forward mode, of few elements."""
    elements = LARGEST_FORWARD if forward else LARGEST
    if batch is not None:
        elements = max(1, LARGEST_BATCHED // batch)
    largest = min(case.max_size, elements) if forward or batch is not None else case.max_size
    shapes = draw(
        leaf_shapes(
            Signature.parse(case.signature),
            min_size=max(case.min_size, 0 if batch is None else 1),
            max_size=largest,
            max_elements=elements,
        )
    )
    sizes = batch_sizes() if batch is None else st.just(batch)
    batching = draw(batchings([len(shape) for shape in shapes], sizes=sizes))
    return Layout(shapes=shapes, batch=batching.size, in_axes=batching.in_axes)


@lru_cache(maxsize=1024)
def _layout_pool(
    name: str,
    _signature: str,  # two cases of tests may have one name
    entropy: str,
    batch: int | None,
    forward: bool,
) -> tuple[Layout, ...]:
    pool: list[Layout] = []
    traced = _CASES[name].formula is None
    size = TRACED_POOL if traced else POOL

    @seed(seed_from(f"{name} {entropy}"))
    @settings(
        max_examples=(2 if traced else 3) * size,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(layouts(_CASES[name], batch, forward=forward))
    def collect(layout: Layout) -> None:
        if layout not in pool:
            pool.append(layout)

    collect()
    # Hypothesis begins with the simplest layout and grows bolder: keep it, and the boldest.
    return (pool[0], *pool[max(1, len(pool) - size + 1) :])


_CASES: dict[str, Case] = {}


def layout_pool(
    case: Case, entropy: str, *, batch: int | None = None, forward: bool = False
) -> tuple[Layout, ...]:
    """The layouts that a case's laws draw from, the same for the same ``entropy``."""
    _CASES[case.name] = case
    return _layout_pool(case.name, case.signature, entropy, batch, forward)


def seed_from(entropy: str) -> int:
    """A seed for Hypothesis from a text."""
    return int.from_bytes(hashlib.sha256(entropy.encode()).digest()[:8], "big")
