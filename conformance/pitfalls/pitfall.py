"""The record of a misuse, what JAX must do about it, and the remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

from gradlaw.conformance.release_ranges import those_of

Phase = Literal["wrap", "trace", "compile", "call"]
"""When an error comes.

*wrap*: while the transformed function is made (``jax.grad(value)``), before it is called.
*trace*: at its call, and already while ``jax.jit`` of the same call traces it: shapes and dtypes
alone give the misuse away, nothing needs to run.
*compile*: at its call; ``jax.jit`` traces the same call, and cannot lower or compile it.
*call*: at its call; ``jax.jit`` of the same call traces and compiles.
"""

Mode = Literal["eager", "jit", "vmap", "grad", "scan"]
"""Where the misuse is committed: on its own, or inside a function that JAX transforms."""

MODES: tuple[Mode, ...] = get_args(Mode)

ANY_RELEASE = ">=0.5"


@dataclass(frozen=True, kw_only=True)
class Raises:
    """An error must come.

    Attributes:
        error: the exception's own class name, not that of a base class.
        message: what it must say from beginning to end; ``…`` stands for any text.
        phase: when it must come, in the mode *eager*.
        releases: the releases of JAX for which that holds, a version specifier (PEP 440).
        modes: the modes for which it holds; none named: each that no other expectation names.
    """

    error: str
    message: str
    phase: Phase = "trace"
    releases: str = ANY_RELEASE
    modes: tuple[Mode, ...] = ()

    def __str__(self) -> str:
        """One line for the report."""
        return f"{self.error} at {self.phase}: {self.message}"


@dataclass(frozen=True, kw_only=True)
class Yields:
    """No error must come, and the misuse shows only in its result.

    Attributes:
        value: the result, as small exact numbers; in each row where the mode has rows.
        warning: the class name of the warning that must come beside it; empty where none must.
        message: what the warning must say; ``…`` stands for any text.
        releases, modes: as those of `Raises`.
    """

    value: object
    warning: str = ""
    message: str = ""
    releases: str = ANY_RELEASE
    modes: tuple[Mode, ...] = ()

    def __str__(self) -> str:
        """One line for the report."""
        warned = f", and a {self.warning}" if self.warning else ""
        return f"no error: {self.value!r}{warned}"


@dataclass(frozen=True, kw_only=True)
class Retraces:
    """No error must come, but a function is traced again, and JAX's own log must say why.

    Attributes:
        traces: how often the function is traced, which is what the code returns.
        reason: a part of what ``jax_explain_cache_misses`` logs; ``…`` stands for any text.
        releases, modes: as those of `Raises`.
    """

    traces: int
    reason: str
    releases: str = ANY_RELEASE
    modes: tuple[Mode, ...] = ()

    def __str__(self) -> str:
        """One line for the report."""
        return f"{self.traces} traces: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class Absent:
    """These releases do not have what the misuse needs, so nothing is judged.

    Attributes:
        reason: what they lack, in words: the report shows it.
        releases, modes: as those of `Raises`.
    """

    reason: str
    releases: str
    modes: tuple[Mode, ...] = ()

    def __str__(self) -> str:
        """One line for the report."""
        return self.reason


Expectation: TypeAlias = Raises | Yields | Retraces | Absent


@dataclass(frozen=True, kw_only=True)
class Pitfall:
    """One misuse.

    Attributes:
        name: unique; names the pytest node.
        misuse: the misuse as code; runs after ``import jax``, ``import jax.numpy as jnp`` and
            ``import numpy as np``. Its last line is an expression. Where that is a call, what is
            called is made in the phase *wrap*, and the floats among its arguments are what the
            modes trace, batch, differentiate and scan.
        expects: what must come, once for each release and mode.
        remedy: what to do, in words.
        remedied: does it, as code whose last line is an expression.
        right: what that must return, bit by bit, as small exact numbers.
        source: the document that names the misuse or the remedy.
        family: what is misused, in words.
        modes: the modes in which the misuse is committed.
        devices: how many devices it needs.
    """

    name: str
    misuse: str
    expects: tuple[Expectation, ...]
    remedy: str
    remedied: str
    right: object
    source: str
    family: str = ""
    modes: tuple[Mode, ...] = MODES
    devices: int = 1

    def expected(self, release: str, mode: Mode = "eager") -> Expectation:
        """Return what must come on this release of JAX in this mode.

        Args:
            release: a version, as ``jax.__version__`` gives it.
            mode: where the misuse is committed.

        Raises:
            LookupError: no entry, or more than one, speaks of this release and mode.
        """
        held = those_of(self.expects, release)
        named = [each for each in held if mode in each.modes]
        chosen = named or [each for each in held if not each.modes]
        if len(chosen) != 1:
            ranges = ", ".join(each.releases for each in self.expects)
            raise LookupError(
                f"pitfall {self.name}: {len(chosen)} of its expectations ({ranges}) hold JAX "
                f"{release} in the mode {mode}; give each release and mode exactly one"
            )
        return chosen[0]


def family(title: str, *pitfalls: Pitfall) -> tuple[Pitfall, ...]:
    """Pitfalls of one family, each with its title."""
    return tuple(replace(pitfall, family=title) for pitfall in pitfalls)


def says(message: str, text: str) -> bool:
    """Whether a text is what a message describes, from beginning to end.

    Args:
        message: the text wanted; ``…`` stands for any text, line ends included.
        text: the text that came.
    """
    parts = (re.escape(part) for part in message.split("…"))
    return re.fullmatch(".*?".join(parts), text, flags=re.DOTALL) is not None
