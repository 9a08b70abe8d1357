"""A program that comes from the persistent compilation cache, and not from the compiler."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import jax
import jax.monitoring
from jax.experimental.compilation_cache import compilation_cache

_HIT = "/jax/compilation_cache/cache_hits"

_DIRECTORY = "jax_compilation_cache_dir"

_SETTINGS = {
    "jax_persistent_cache_min_compile_time_secs": 0.0,
    "jax_persistent_cache_min_entry_size_bytes": -1,
}


class NothingRead(Exception):  # noqa: N818 (the caller says what it means)
    """No program came from the cache."""


def read_again(call: Callable[..., Any], arguments: tuple[Any, ...]) -> Iterator[Any]:
    """The results of a call that is compiled into an empty cache, and of one that is read from it.

    Args:
        call: of a function that is compiled.
        arguments: that it is called with.

    Raises:
        NothingRead: where JAX keeps no programs, or does not find them again.

    Source: JAX documentation, "Persistent compilation cache".
    """
    with _kept_programs():
        jax.clear_caches()
        yield jax.block_until_ready(call(*arguments))
        jax.clear_caches()
        before = _events()[_HIT]
        yield jax.block_until_ready(call(*arguments))
        if _events()[_HIT] == before:
            message = "no program came from the compilation cache"
            raise NothingRead(message)


@contextmanager
def _kept_programs() -> Iterator[None]:
    """An empty compilation cache, which keeps every program."""
    before = {name: getattr(jax.config, name) for name in (*_SETTINGS, _DIRECTORY)}
    with tempfile.TemporaryDirectory() as directory:
        for name, value in {**_SETTINGS, _DIRECTORY: directory}.items():
            jax.config.update(name, value)
        compilation_cache.reset_cache()
        try:
            yield
        finally:
            for name, value in before.items():
                jax.config.update(name, value)
            compilation_cache.reset_cache()


@cache
def _events() -> Counter[str]:
    """How often each event was reported since the first look."""
    counts = Counter[str]()

    def count(event: str, **_: Any) -> None:
        counts[event] += 1

    jax.monitoring.register_event_listener(count)
    return counts
