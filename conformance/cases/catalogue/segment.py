"""Segment reductions of jax.ops."""

from __future__ import annotations

import numpy as np

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.reductions import PRODUCT

IDS = np.array([2, 0, 0, 2, 2], dtype=np.int32)
SORTED = np.array([0, 0, 1, 1, 2], dtype=np.int32)
OUTSIDE = np.array([0, 5, 1, -1, 1], dtype=np.int32)

SEGMENT = (
    entry("jax.ops.segment_sum", "(5,n)", variant="repeated", segment_ids=IDS, num_segments=4),
    entry(
        "jax.ops.segment_sum",
        "(5)",
        variant="sorted",
        segment_ids=SORTED,
        num_segments=3,
        indices_are_sorted=True,
    ),
    entry("jax.ops.segment_sum", "(5)", variant="outside", segment_ids=OUTSIDE, num_segments=3),
    entry(
        "jax.ops.segment_sum",
        "(5)",
        variant="buckets",
        segment_ids=IDS,
        num_segments=4,
        bucket_size=2,
    ),
    entry(
        "jax.ops.segment_prod",
        "(5)",
        PRODUCT,
        variant="unique",
        segment_ids=np.array([2, 0, 1, 4, 3], dtype=np.int32),
        num_segments=5,
        unique_indices=True,
    ),
    entry(
        "jax.ops.segment_prod", "(5)", PRODUCT, variant="repeated", segment_ids=IDS, num_segments=4
    ),
    entry("jax.ops.segment_max", "(5,n)", variant="filled", segment_ids=SORTED, num_segments=3),
    entry("jax.ops.segment_min", "(5)", variant="filled", segment_ids=SORTED, num_segments=3),
)
