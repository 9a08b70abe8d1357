"""Many cases in many dtypes, one after the other or over processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from gradlaw.conformance.certificates.measuring import Tally, measure
from gradlaw.frames import with_room

DTYPES = ("float16", "bfloat16", "float32", "float64")

ATTEMPTS = 2

Cell = tuple[str, str]
"""A case's name and a dtype."""


def cells(only: str, dtypes: Sequence[str] = DTYPES) -> list[Cell]:
    """Every case that is called and whose name holds a text, in each of its own dtypes."""
    from gradlaw.conformance.cases import CASES

    return [
        (case.name, dtype)
        for case in CASES
        if only in case.name and not case.only_read
        for dtype in dtypes
        if dtype in case.dtypes
    ]


def surveyed(
    chosen: Sequence[Cell], components: int, seed: int, *, seconds: float, workers: int
) -> Iterator[tuple[Cell, Tally]]:
    """Each cell's tally as soon as there is one.

    Args:
        chosen: the cells.
        components: of each.
        seed: of shapes and numbers.
        seconds: that one cell may take, but for the example in hand.
        workers: processes; with one, everything happens in this one.
    """
    if workers == 1:
        for cell in chosen:
            yield cell, tallied(cell, components, seed, seconds)
        return
    # A forked JAX may hang.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(tallied, cell, components, seed, seconds): cell for cell in chosen}
        for future in as_completed(running):
            yield running[future], future.result()


def tallied(cell: Cell, components: int, seed: int, seconds: float) -> Tally:
    """One cell's tally; an error that nobody meant is its reason.

    JAX may trip over what it has cached in the other 64-bit mode: it is asked twice.
    """
    import jax

    from gradlaw.conformance.cases import CASES

    name, dtype = cell
    (case,) = [case for case in CASES if case.name == name]
    reason = ""
    for attempt in range(ATTEMPTS):
        try:
            return with_room(measure, case, dtype, components, seed, seconds=seconds)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            if attempt + 1 < ATTEMPTS:
                jax.clear_caches()
    return Tally(reason=reason)
