"""What is scattered and gathered outside of an array, and where indices keep promises."""

from __future__ import annotations

from typing import Any

import numpy as np
from jax import lax

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.indexing import scattered

_APART = np.array([[1], [9], [0]], dtype=np.int32)
"""Rows of an array of four: one lies outside, none comes twice, and clipped neither."""

_ASCENDING = np.array([[0], [1], [3]], dtype=np.int32)
_PROMISES: dict[str, Any] = {
    "indices_are_sorted": True,
    "unique_indices": True,
    "mode": "promise_in_bounds",
}

INDICES = (
    scattered("scatter", "outside,clip", _APART, mode="clip", unique_indices=True),
    scattered("scatter_sub", "outside,clip", _APART, mode="clip"),
    scattered("scatter_sub", "outside,drop", _APART, mode="drop"),
    scattered("scatter_mul", "outside,clip", _APART, mode="clip", unique_indices=True),
    scattered("scatter_mul", "outside,drop", _APART, mode="drop", unique_indices=True),
    scattered("scatter_min", "outside,clip", _APART, mode="clip"),
    scattered("scatter_max", "outside,drop", _APART, mode="drop"),
    *(
        scattered(name, "as promised", _ASCENDING, **_PROMISES)
        for name in ("scatter", "scatter_add", "scatter_sub", "scatter_mul", "scatter_min")
    ),
    entry(
        "lax.gather",
        "(4,5)",
        variant="as promised",
        call=lambda gather, x: gather(
            x,
            _ASCENDING,
            lax.GatherDimensionNumbers(
                offset_dims=(1,), collapsed_slice_dims=(0,), start_index_map=(0,)
            ),
            slice_sizes=(1, 5),
            **_PROMISES,
        ),
    ),
)
