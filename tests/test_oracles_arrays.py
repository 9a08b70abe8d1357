"""What an array of scalars is mapped by, where many of its elements are alike."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from gradlaw.oracles.interpreter.arrays import SHARING, mapped, object_array, rows_by_last_axis

SIZE = 2 * SHARING


@pytest.mark.parametrize("size", [SHARING, SIZE])
def test_integers_beside_scalars_are_told_apart(size: int) -> None:
    scalar = object()
    scalars = object_array([scalar] * size, (size,))
    integers = np.arange(size, dtype=np.int32) % 7
    found = mapped(lambda one, number: (one, int(number)), scalars, integers)
    assert found.tolist() == [(scalar, place % 7) for place in range(size)]


def test_the_same_scalars_share_a_result() -> None:
    scalars = object_array([object() for _ in range(3)], (3, 1))
    calls = Counter[int]()
    found = mapped(
        lambda one, flag: calls.update([id(one)]) or (one, bool(flag)),
        np.broadcast_to(scalars, (3, SIZE)),
        np.ones((3, SIZE), dtype=bool),
    )
    assert set(calls.values()) == {1}
    assert all(
        found[row, place] == (scalars[row, 0], True) for row in range(3) for place in (0, -1)
    )


def test_rows_of_integers_are_told_apart() -> None:
    rows = np.arange(3 * SIZE).reshape(SIZE, 3) % 11
    found = rows_by_last_axis(rows, sum)
    assert found.tolist() == rows.sum(axis=-1).tolist()
