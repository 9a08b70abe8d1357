"""Commits a misuse in each mode and writes down what came, and in which phase."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from gradlaw.conformance.bitwise import printed
from gradlaw.conformance.pitfalls.pitfall import Mode, Phase, Pitfall, Retraces
from gradlaw.conformance.pitfalls.snippet import Snippet


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What came of a misuse in one mode: an error in a phase, or values.

    Attributes:
        error: the class name of the exception; empty where none came.
        message: what it said.
        phase: when it came; None where it did not, or where the mode does not tell.
        values: what came out where no error did: one value, or one for each row of the mode.
        warnings: class name and message of each warning that came.
        log: what JAX logged of its caches' misses.
    """

    error: str = ""
    message: str = ""
    phase: Phase | None = None
    values: tuple[object, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    log: tuple[str, ...] = ()

    def __str__(self) -> str:
        """One line for the report."""
        if self.error:
            when = f" at {self.phase}" if self.phase else ""
            return f"{self.error}{when}: {self.message}"
        warned = "".join(f", {name}: {text}" for name, text in self.warnings)
        return f"no error: {printed(self.values[0])}{warned}"


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What came of a misuse and of its remedy.

    Attributes:
        modes: what came in each mode; None where the mode finds nothing to move.
        remedied: what came of the remedy.
    """

    modes: dict[Mode, Seen | None]
    remedied: Seen


def observe(pitfall: Pitfall) -> Observed:
    """Commit a misuse in each of its modes, without 64-bit types, and try its remedy."""
    import jax

    snippet = Snippet(pitfall.misuse, pitfall.name)
    remedy = Snippet(pitfall.remedied, f"{pitfall.name}_remedied")
    modes: dict[Mode, Seen | None]
    # Not by a context, which threads of callbacks do not see, and which a remedy cannot undo.
    # The precision is the thread's own: before 0.10 second derivatives of pinv leave it changed.
    with _setting("jax_enable_x64", False), jax.default_matmul_precision(None):
        # Nobody reads the tracebacks, so none is filtered.
        with _setting("jax_traceback_filtering", "off"):
            modes = {mode: _observe(snippet, mode, _logs(pitfall)) for mode in pitfall.modes}
        eager, jitted = modes["eager"], modes.get("jit")
        if eager is not None and eager.error and eager.phase is None:
            same = jitted is not None and jitted.error == eager.error
            modes["eager"] = replace(eager, phase=jitted.phase if same and jitted else "call")
        remedied = _watch(lambda _: [remedy.value()])
    return Observed(modes=modes, remedied=remedied)


def _observe(snippet: Snippet, mode: Mode, logs: bool) -> Seen | None:
    """What comes in one mode; the phase of an eager error is left open but for *wrap*."""
    from gradlaw.conformance.pitfalls.modes import MOVES, applies, prepare

    if mode == "eager":
        with _explained(logs) as log:
            seen = _watch(lambda steps: [_alone(snippet, steps)])
        return replace(seen, log=tuple(log))
    try:
        commit, floats = prepare(snippet.begin())
    except Exception:  # noqa: BLE001, RUF100 - it comes before any mode can begin
        return None
    if not applies(mode, floats):
        return None
    if mode == "jit":
        return _watch(lambda steps: [_staged(commit, floats, steps)])
    return _watch(lambda _: MOVES[mode](commit, floats))


def _alone(snippet: Snippet, steps: list[Phase]) -> object:
    steps.append("wrap")
    started = snippet.begin()
    called = started.called()
    steps.clear()
    positional, keywords = started.arguments()
    return called(*positional, **keywords)


def _staged(commit: Callable[..., Any], floats: list[Any], steps: list[Phase]) -> object:
    """Call under jit; where that fails, the stages of the same call say when."""
    import jax

    jitted = jax.jit(commit)
    steps.append("trace")
    traced = jitted.trace(floats)
    try:
        return jax.block_until_ready(jitted(floats))
    except Exception:
        steps.append("compile")
        traced.lower().compile()
        steps.append("call")
        raise


def _watch(attempt: Callable[[list[Phase]], list[Any]]) -> Seen:
    """What an attempt raises, in the last of the steps that it notes, or returns."""
    import jax

    steps: list[Phase] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            values = tuple(jax.block_until_ready(attempt(steps)))
            seen = Seen(values=values)
        except Exception as error:  # noqa: BLE001, RUF100 - whatever comes is what is judged
            phase = steps[-1] if steps else None
            seen = Seen(error=type(error).__name__, message=str(error), phase=phase)
    warned = tuple((each.category.__name__, str(each.message)) for each in caught)
    return replace(seen, warnings=warned)


def _logs(pitfall: Pitfall) -> bool:
    return any(isinstance(each, Retraces) for each in pitfall.expects)


@contextmanager
def _setting(name: str, value: object) -> Iterator[None]:
    """A setting of JAX's while the block runs."""
    import jax

    before = getattr(jax.config, name)
    jax.config.update(name, value)
    try:
        yield
    finally:
        jax.config.update(name, before)


@contextmanager
def _explained(logs: bool) -> Iterator[list[str]]:
    """JAX's log of its tracing caches' misses, while the block runs."""
    log: list[str] = []
    if not logs:
        yield log
        return
    handler = logging.Handler()
    handler.emit = lambda record: log.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("jax")
    propagated = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        with _setting("jax_explain_cache_misses", True):
            yield log
    finally:
        logger.propagate = propagated
        logger.removeHandler(handler)
