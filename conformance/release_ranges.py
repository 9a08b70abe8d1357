"""Ranges of releases, which tables of expectations and of known issues speak of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from packaging.specifiers import SpecifierSet


class Ranged(Protocol):
    """Anything that holds for some releases."""

    @property
    def releases(self) -> str:
        """A version specifier (PEP 440)."""


_Entry = TypeVar("_Entry", bound=Ranged)


def holds(releases: str, release: str) -> bool:
    """Whether a range holds a release; one before a release (``0.7.0.dev1``) counts as any other.

    Args:
        releases: a version specifier (PEP 440).
        release: a version, as ``jax.__version__`` gives it.
    """
    return SpecifierSet(releases).contains(release, prereleases=True)


def those_of(entries: Sequence[_Entry], release: str) -> list[_Entry]:
    """The entries that speak of a release.

    Args:
        entries: each with its range.
        release: a version, as ``jax.__version__`` gives it.
    """
    return [entry for entry in entries if holds(entry.releases, release)]
