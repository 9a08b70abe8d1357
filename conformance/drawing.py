"""Examples for a plan, by Hypothesis."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from gradlaw.conformance.answers import Example
from gradlaw.conformance.case import Case
from gradlaw.conformance.number_types import array_dtype
from gradlaw.conformance.plan import Plan
from gradlaw.strategies import (
    COMPLEX_FORMATS,
    FLOAT_FORMATS,
    ComplexFormat,
    FloatFormat,
    arguments,
    batched_arguments,
)

FORMATS: dict[str, FloatFormat | ComplexFormat] = {**FLOAT_FORMATS, **COMPLEX_FORMATS}
"""By the dtype of arrays."""

ORDINARY = "ordinary"
"""The region of numbers neither large nor small."""

USUAL = frozenset({ORDINARY, "rationals"})
"""Regions of such numbers."""


def at_ordinary_numbers(case: Case) -> Case | None:
    """The case drawn in that region alone; None where its regions are others."""
    there = case.regions is None or ORDINARY in case.regions
    return replace(case, regions=(ORDINARY,)) if there else None


def examples(case: Case, plan: Plan, dtype: str) -> st.SearchStrategy[Example]:
    """Numbers of a plan's shapes, in the case's domain and regions."""
    fmt = FORMATS[array_dtype(dtype)]
    if plan.batching is None:
        return arguments(plan.shapes, fmt, domains=case.domains, regions=case.regions).map(
            lambda drawn: Example(
                leaves=drawn.leaves, rows=(drawn.leaves,), row_of=None, region=drawn.region
            )
        )
    return batched_arguments(
        plan.shapes,
        plan.mapped(case),
        plan.batching.size,
        fmt,
        domains=case.domains,
        regions=case.regions,
    ).map(
        lambda batch: Example(
            leaves=batch.leaves, rows=batch.rows, row_of=batch.row_of, region=batch.region
        )
    )
