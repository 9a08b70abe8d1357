"""The record of a misuse, what JAX must say to it, and the remedy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from packaging.specifiers import SpecifierSet

Phase = Literal["wrap", "trace", "call"]
"""When an error comes.

*wrap*: while the transformed function is made (``jax.grad(value)``), before it is called.
*trace*: at its call, and ``jax.make_jaxpr`` of the same call raises the same type too: shapes and
dtypes alone give the misuse away, nothing needs to run.
*call*: at its call, and ``jax.make_jaxpr`` of the same call does not raise that type.
"""


@dataclass(frozen=True, kw_only=True)
class Raises:
    """The error that a misuse must raise, and the releases of JAX for which that holds.

    Attributes:
        error: the exception's own class name, not that of a base class.
        message: a regular expression that the whole message must match.
        phase: when it must come.
        releases: a version specifier (PEP 440).
    """

    error: str
    message: str
    phase: Phase
    releases: str = ">=0.5"


def _nothing() -> tuple[object, ...]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Pitfall:
    """One misuse.

    Attributes:
        name: unique; names the pytest node.
        misuse: the misuse as code; runs after ``import jax``, ``import jax.numpy as jnp`` and
            ``import numpy as np``, and raises what ``wrap`` and the call raise.
        wrap: makes the transformed function.
        arguments: what that function is called with.
        raises: the error, once for each range of releases; empty where no error comes, and the
            misuse shows only in its result.
        yields: where no error comes, the result that must come, as small exact numbers.
        remedy: what to do, in words.
        remedied: does it.
        right: what it must return, bit by bit.
        source: the document that names the misuse or the remedy.
    """

    name: str
    misuse: str
    wrap: Callable[[], Callable[..., object]]
    arguments: Callable[[], tuple[object, ...]] = _nothing
    raises: tuple[Raises, ...] = ()
    yields: object = None
    remedy: str
    remedied: Callable[[], object]
    right: object
    source: str

    def expected(self, release: str) -> Raises | None:
        """Return the error that this release of JAX must raise, None where none must come.

        Args:
            release: a version, as ``jax.__version__`` gives it.

        Raises:
            LookupError: no entry, or more than one, speaks of this release.
        """
        if not self.raises:
            return None
        held = [
            raised
            for raised in self.raises
            if SpecifierSet(raised.releases).contains(release, prereleases=True)
        ]
        if len(held) != 1:
            ranges = ", ".join(raised.releases for raised in self.raises)
            raise LookupError(
                f"pitfall {self.name}: {len(held)} of its ranges ({ranges}) hold JAX {release}; "
                "give each release exactly one"
            )
        return held[0]
