"""``python -m mutants.sources``: of so many changes of JAX's own rules, how many are reported."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from random import Random

from gradlaw.conformance.profiles import PROFILES
from mutants.sources.looking import Mutant, Running, looked_for, running
from mutants.sources.planting import changes
from mutants.sweep.nodes import examinations


def main(arguments: Sequence[str] | None = None) -> int:
    """Mark, plant, look and print; the exit status says that it ran, and not what it found."""
    options = _parser().parse_args(arguments)
    every = examinations(options.profile, options.seed)
    nodes = {name: start for name, start in every.items() if fnmatchcase(name, options.nodes)}
    ran = running(nodes, options.workers, options.kept)
    chosen = sample(ran, options.sample, options.draw)
    sys.stdout.write(f"{len(chosen)} changes of {len(ran)} functions that {len(nodes)} nodes run\n")
    found: Counter[str] = Counter()
    for mutant, result, change in looked_for(chosen, nodes, ran, options.workers, options.seconds):
        found[result] += 1
        if result != "reported":
            place = mutant.place
            sys.stdout.write(f"{result}: {place.module} {place.name}:{place.line} {change}\n")
            sys.stdout.flush()
    total = found.total() - found["unplanted"]
    share = 1 - found["survives"] / max(1, total)
    sys.stdout.write(f"{share:.1%} of {total} do not survive; {dict(found)}\n")
    return 0


def sample(ran: Running, size: int, draw: int) -> list[Mutant]:
    """Changes of as many functions as there are, before a second one of any.

    Args:
        ran: the functions that some node runs.
        size: how many changes, at most.
        draw: what they are drawn by.
    """
    chance, left = Random(draw), list[list[Mutant]]()
    for place in sorted(ran):
        mutants = [Mutant(place, number) for number in range(len(changes(place)))]
        left.append(chance.sample(mutants, len(mutants)))
    chosen = list[Mutant]()
    while len(chosen) < size and (left := [mutants for mutants in left if mutants]):
        chance.shuffle(left)
        chosen += [mutants.pop() for mutants in left]
    return chosen[:size]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mutants.sources",
        description="Change JAX's own rules at random, and look for each with a profile's nodes. "
        "Many changes change no derivative: what survives is to be read by a person.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("kept", type=Path, help="where it is kept which nodes run which rules")
    parser.add_argument("--profile", choices=list(PROFILES), default="quick")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the nodes")
    parser.add_argument("--nodes", default="*", metavar="GLOB", help="those that are asked")
    parser.add_argument("--sample", type=int, default=200, metavar="N", help="changes")
    parser.add_argument("--draw", type=int, default=0, metavar="N", help="which changes")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes")
    parser.add_argument("--seconds", type=float, default=20.0, help="spent on one, at most")
    return parser


if __name__ == "__main__":
    sys.exit(main())
