"""A program from the compilation cache must give the bits that the compiler's gave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gradlaw import installation
from gradlaw.conformance.devices.nodes import READ_AGAIN, repeated_nodes
from gradlaw.conformance.devices.repeating import REPETITIONS, differing
from gradlaw.conformance.devices.rereading import NothingRead, read_again
from gradlaw.conformance.known_issues import known_faults
from gradlaw.conformance.outcome import Outcome

MISREADS = any(
    fault.name == "loops-from-the-compilation-cache" for fault in known_faults(jax.__version__)
)

X = np.arange(1.0, 4.0, dtype=np.float32)


def slope() -> Any:
    """A compiled function that no other test has compiled."""
    return jax.jit(jax.grad(lambda x: jnp.sum(jnp.sin(x) * jnp.cumsum(x))))


def test_a_program_that_was_kept_is_read() -> None:
    compiled, kept = read_again(slope(), (X,))
    np.testing.assert_array_equal(compiled, kept)


def test_settings_are_as_they_were() -> None:
    before = dict(jax.config.values)
    list(read_again(slope(), (X,)))
    assert dict(jax.config.values) == before


def test_a_cache_that_keeps_nothing_is_told() -> None:
    jax.config.update("jax_enable_compilation_cache", False)
    try:
        with pytest.raises(NothingRead):
            list(read_again(slope(), (X,)))
        outcome = Outcome()
        assert differing(outcome, slope(), (X,), [X], REPETITIONS[-1]) == 0
        assert outcome.verdict == "unsupported"
    finally:
        jax.config.update("jax_enable_compilation_cache", True)


class Misread:
    """A compiled function whose program is another when it is read."""

    def __init__(self) -> None:
        self.compiled = slope()
        self.calls = iter((0, 0, 1))

    def __call__(self, x: Any) -> Any:
        return np.asarray(self.compiled(x)) * np.float32(1 + next(self.calls) * 2.0**-23)


def test_one_bit_of_a_program_that_was_read_is_reported() -> None:
    misread, outcome = Misread(), Outcome()
    assert differing(outcome, misread, (X,), misread(X), REPETITIONS[-1]) == 1
    assert outcome.verdict == "wrong number"
    assert "read from the compilation cache" in outcome.explanation


def _loop() -> Any:
    more = lambda a: jnp.sum(a) < 100  # noqa: E731 (a condition of a loop)
    return jax.jit(lambda a: jax.lax.while_loop(more, lambda b: a @ b, a))


def test_loops_are_misread_by_the_releases_that_are_known_for_it() -> None:
    compiled, kept = read_again(_loop(), (np.ones((8, 8), np.float32),))
    assert bool(np.array_equal(compiled, kept)) is not MISREADS


def test_their_runs_use_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jax, "__version__", "0.6.0")
    warning = installation.use_cache(tmp_path / "cache")
    assert warning is not None
    assert "0.6.0" in warning
    assert not (tmp_path / "cache").exists()


def _read(profile: str, seeds: range) -> Iterator[Any]:
    for seed in seeds:
        for node in repeated_nodes(profile, seed):
            if node[2] == REPETITIONS[-1]:
                yield node


def test_seeds_read_loops_and_factorisations_alike() -> None:
    assert len(list(_read("quick", range(1)))) == 2
    assert len(READ_AGAIN) == 2
    names = {case.name for case, *_ in _read("default", range(20))}
    assert {"implicit_layer", "lax.scan(nested)"} <= names
    assert len(names) > 100
