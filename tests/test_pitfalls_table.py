"""What the table of pitfalls states: each release, mode and message once, and tightly."""

from __future__ import annotations

import pytest

from gradlaw.conformance.pitfalls.pitfall import (
    Pitfall,
    Raises,
    Retraces,
    Yields,
    says,
)
from gradlaw.conformance.pitfalls.snippet import Snippet
from gradlaw.conformance.pitfalls.table import PITFALLS

RELEASES = (
    "0.5.0",
    "0.5.3",
    "0.6.2",
    "0.7.2",
    "0.8.0",
    "0.8.2",
    "0.8.3",
    "0.9.0",
    "0.9.1",
    "0.9.2",
    "0.10.2",
    "0.11.0",
    "0.11.1",
    "0.11.2",
    "0.12.0",
    "0.12.0.1",
)


def by_name(pitfall: Pitfall) -> str:
    return pitfall.name


each = pytest.mark.parametrize("pitfall", PITFALLS, ids=by_name)


def test_there_are_enough_and_each_has_its_name():
    assert len(PITFALLS) >= 120
    assert len({pitfall.name for pitfall in PITFALLS}) == len(PITFALLS)
    assert len({pitfall.misuse for pitfall in PITFALLS}) == len(PITFALLS)


@each
def test_a_pitfall_says_what_it_is(pitfall: Pitfall):
    assert pitfall.family
    assert pitfall.source
    assert pitfall.remedy.endswith(".")
    assert pitfall.expects
    assert "eager" in pitfall.modes
    assert Snippet(pitfall.misuse, "misuse").last
    assert Snippet(pitfall.remedied, "remedied").last
    for code in (pitfall.misuse, pitfall.remedied):
        assert max(len(line) for line in code.splitlines()) <= 110


@each
def test_each_release_and_mode_has_one_expectation(pitfall: Pitfall):
    for release in RELEASES:
        for mode in pitfall.modes:
            assert pitfall.expected(release, mode) in pitfall.expects
    for expected in pitfall.expects:
        modes = expected.modes or pitfall.modes
        chosen = [pitfall.expected(release, mode) for release in RELEASES for mode in modes]
        assert expected in chosen, f"no release is in {expected.releases}"


@each
def test_a_message_is_tight(pitfall: Pitfall):
    """What a message fixes is most of a sentence, and begins it."""
    for expected in pitfall.expects:
        if isinstance(expected, Raises) or (isinstance(expected, Yields) and expected.warning):
            text = expected.message
        elif isinstance(expected, Retraces):
            text = expected.reason
        else:
            continue
        if not text:
            continue  # JAX said nothing, and must go on saying nothing
        fixed = text.replace("…", "")
        assert len(fixed) >= 12, text
        assert not text.startswith("…"), text
        assert not says(text, "")
