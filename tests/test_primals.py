"""Primals: what is traced is remembered, and not for ever."""

from __future__ import annotations

from typing import Any

import pytest
from mutants.planted import array_case

from gradlaw.conformance import primals
from gradlaw.conformance.laws import law_named
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.primals import Primals


def test_laws_share_a_program_until_too_many_others_came(monkeypatch: pytest.MonkeyPatch) -> None:
    traces: list[int] = []

    def function(x: Any) -> Any:
        traces.append(x.size)
        return (x * x).sum()

    monkeypatch.setattr(primals, "_KEPT", 2)
    monkeypatch.setattr(primals, "_TRACED", {})
    case = array_case(function)

    def traced(size: int) -> None:
        plan = Plan(shapes={"x": (size,)}, argnums=0)
        for law in ("grad", "jit(grad)"):
            _ = Primals(case=case, law=law_named(law), plan=plan, dtype="float32").program

    traced(2)
    assert traces == [2]
    traced(3)
    traced(4)
    traced(2)
    assert traces == [2, 3, 4, 2]
