"""One strategy for each pool of values, since Hypothesis looks at every new one at length."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

import hypothesis.strategies as st

Value = TypeVar("Value")


@lru_cache(maxsize=1024)
def sampled(pool: tuple[Value, ...]) -> st.SearchStrategy[Value]:
    """Values of a pool, which holds at least one, the first being the simplest."""
    return st.sampled_from(pool)
