"""``python -m mutants.sweep``: how many wrong rules a profile reports, printed by kind."""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from gradlaw.conformance.profiles import PROFILES
from mutants.sweep.looking import looked_for
from mutants.sweep.table import mutants


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant, look and print; the exit status says that it ran, and not what it found."""
    options = _parser().parse_args(arguments)
    chosen = [str(mutant) for mutant in mutants() if options.only in str(mutant)]
    kinds = {str(mutant): mutant.kind for mutant in mutants()}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    settings = options.report, options.profile, options.seed, options.seconds
    with ProcessPoolExecutor(options.workers, get_context("spawn")) as pool:
        for name, (result, line) in zip(
            chosen, pool.map(looked_for, chosen, [settings] * len(chosen)), strict=True
        ):
            found[kinds[name]][result] += 1
            if options.each or result != "reported":
                sys.stdout.write(f"{name}: {result} {line}\n")
                sys.stdout.flush()
    total = sum(found.values(), Counter[str]())
    for kind, counts in (*sorted(found.items()), ("all", total)):
        meant = counts["reported"] + counts["survives"]
        share = counts["reported"] / meant if meant else 0.0
        sys.stdout.write(f"{kind:22} {share:6.1%} of {meant} reported; {dict(counts)}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mutants.sweep",
        description="Plant wrong rules in JAX, and look for each with a profile's own nodes.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("report", type=Path, help="report.json of a run of that profile and seed")
    parser.add_argument("--profile", choices=list(PROFILES), default="default")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of that run")
    parser.add_argument("--only", default="", metavar="TEXT", help="mutants whose name holds it")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes")
    parser.add_argument("--seconds", type=float, default=60.0, help="spent on one, at most")
    parser.add_argument("--each", action="store_true", help="print those that are reported, too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
