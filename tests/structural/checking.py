"""The two checks that every table of structural primitives meets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlaw.oracles.interpreter.reading import HANDLERS
from structural.drawing import Call, agrees, drawn, misplaced

Test = Callable[..., None]


def read_as_jax_computes(calls: Mapping[str, Callable[[Any], Call]]) -> Test:
    """A test of each primitive on drawn calls."""

    @pytest.mark.parametrize("primitive", calls)
    @drawn
    @given(data=st.data())
    def test(primitive: str, data: st.DataObject) -> None:
        assert agrees(*calls[primitive](data.draw))

    return test


def wrong_handlers_found(one_of_each: Mapping[str, Call]) -> Test:
    """A test that a handler whose results are misplaced does not go unnoticed."""

    @pytest.mark.parametrize("primitive", one_of_each)
    def test(primitive: str, monkeypatch: pytest.MonkeyPatch) -> None:
        function, operands = one_of_each[primitive]
        assert agrees(function, operands)
        monkeypatch.setitem(HANDLERS, primitive, misplaced(HANDLERS[primitive]))
        assert not agrees(function, operands)

    return test
