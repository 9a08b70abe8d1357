"""The page of rounding rules is what the rules are."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradlaw.oracles.rounding import rules
from gradlaw.oracles.rounding.__main__ import main
from gradlaw.oracles.rounding.documenting import page
from gradlaw.oracles.rounding.rules import Rule

PAGE = Path(__file__).parents[1] / "docs" / "rounding_rules.md"


def test_page_is_up_to_date() -> None:
    found = page() == PAGE.read_text(encoding="utf-8")
    assert found, f"write {PAGE.name} anew: python -m gradlaw.oracles.rounding --rules"


def test_page_follows_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.BASIC, "sub", Rule(roundoffs=17, source="a changed rule"))
    rules.rule.cache_clear()
    try:
        changed = page()
    finally:
        rules.rule.cache_clear()
    assert "| `sub` | 17 |" in changed
    assert changed != PAGE.read_text(encoding="utf-8")


def test_command_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rules"]) == 0
    assert capsys.readouterr().out == page()
