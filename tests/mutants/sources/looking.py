"""Which nodes run which rules, and what they say when one is changed; by forked processes."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from select import select
from unittest.mock import patch

from gradlaw.conformance import searching
from mutants.sources.modules import Place, rules
from mutants.sources.planting import mark, plant
from mutants.sweep.nodes import Start

FIRST = 40
"""Nodes that are asked in the order of what they cost, before all others."""

Running = Mapping[Place, list[tuple[float, str]]]
"""For each function the sound nodes that ran it, by what they cost, in seconds."""


@dataclass(frozen=True)
class Mutant:
    """A change of a function, by its number."""

    place: Place
    number: int


def running(nodes: Mapping[str, Start], workers: int, kept: Path) -> Running:
    """Run all nodes with every rule marked, or read what a run of the same nodes kept.

    Args:
        nodes: by name, as ``sweep.nodes.examinations`` gives them.
        workers: processes.
        kept: where it is written, a file for each process beside it.
    """
    parts = [kept.with_suffix(f".{worker}.jsonl") for worker in range(workers)]
    # A process that died has not said all, and other nodes say nothing of these.
    if {name for name, *_ in _told(parts)} != set(nodes):
        children = [
            _forked(lambda w=w: _marked(nodes, w, workers, parts[w])) for w in range(workers)
        ]
        for child, pipe in children:
            os.close(pipe)
            os.waitpid(child, 0)
    found: dict[Place, list[tuple[float, str]]] = {}
    for name, sound, seconds, ran in _told(parts):
        for number in ran if sound else ():
            found.setdefault(rules()[number], []).append((seconds, name))
    return found


def _told(parts: list[Path]) -> Iterator[tuple[str, bool, float, list[int]]]:
    """Each node with whether it is sound, what it cost and which rules it ran."""
    for part in filter(Path.exists, parts):
        for line in part.read_text().splitlines():
            name, sound, seconds, ran = json.loads(line)
            yield name, sound, seconds, ran


def _marked(nodes: Mapping[str, Start], worker: int, workers: int, part: Path) -> None:
    ran: set[int] = set()
    mark(list(rules()), ran.add)
    with part.open("w") as file, patch.object(searching, "SHRINK_SECONDS", 0.0):
        for name in list(nodes)[worker::workers]:
            ran.clear()
            start = time.process_time()
            record = nodes[name]().record()
            sound = not (record.failed or record.known)
            file.write(json.dumps([name, sound, time.process_time() - start, sorted(ran)]) + "\n")


def looked_for(
    mutants: list[Mutant], nodes: Mapping[str, Start], ran: Running, workers: int, seconds: float
) -> Iterator[tuple[Mutant, str, str]]:
    """Each mutant with what became of it, and the change: reported, survives, hangs or unplanted.

    Args:
        mutants: to look for.
        nodes: by name.
        ran: what :func:`running` found.
        workers: processes at a time.
        seconds: of processor time that is spent on one.
    """
    waiting, under_way = list(mutants), dict[int, tuple[int, Mutant, float]]()
    while waiting or under_way:
        while waiting and len(under_way) < workers:
            mutant = waiting.pop(0)
            child, pipe = _forked(lambda mutant=mutant: _asked(mutant, nodes, ran, seconds))
            under_way[pipe] = child, mutant, time.monotonic()
        ready, _, _ = select(list(under_way), [], [], 1.0)
        for pipe, (child, mutant, begun) in list(under_way.items()):
            late = time.monotonic() - begun > 3 * seconds + 30
            if pipe in ready or late:
                told = os.read(pipe, 1 << 16).decode() if pipe in ready else "hangs\t"
                with _killed(child):
                    os.close(pipe)
                del under_way[pipe]
                result, _, change = (told or "dies\t").partition("\t")
                yield mutant, result, change


def _asked(mutant: Mutant, nodes: Mapping[str, Start], ran: Running, seconds: float) -> str:
    start = time.process_time()
    try:
        change = plant(mutant.place, mutant.number)
    except (LookupError, SyntaxError, ValueError) as error:
        return f"unplanted\t{error}"
    names = sorted(ran[mutant.place])
    Random(0).shuffle(names)
    names = [*sorted(names[:FIRST]), *names[FIRST:]]
    tried = 0
    with patch.object(searching, "SHRINK_SECONDS", 0.0):
        for tried, (_, name) in enumerate(names, start=1):
            try:
                failed = nodes[name]().record().failed
            except BaseException:  # a node that crashes, or ends its process, fails its run, too
                failed = True
            if failed:
                return f"reported\t{change} in {name}, node {tried}"
            if time.process_time() - start > seconds:
                break
    return f"survives\t{change}; {tried} of {len(names)} nodes"


def _forked(function: Callable[[], str | None]) -> tuple[int, int]:
    """A process of its own that calls a function, and the pipe that says what it returns."""
    there, here = os.pipe()
    child = os.fork()
    if child == 0:
        with ExitStack() as stack:
            stack.callback(os._exit, 0)  # type: ignore[arg-type]
            os.close(there)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            told = function()
            os.write(here, (told or "").encode()[: 1 << 15])
    os.close(here)
    return child, there


@contextmanager
def _killed(child: int) -> Iterator[None]:
    """End a process at last."""
    try:
        yield
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
