"""``python -m gradlaw.conformance.certificates``: do certified bounds hold, and are they tight?"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random

from gradlaw.conformance.certificates.measuring import Tally
from gradlaw.conformance.certificates.summary import cell_line, summary, violation_line
from gradlaw.conformance.certificates.surveying import DTYPES, Cell, cells, surveyed

ROUNDS = 3
"""How often cells are gone through to make up for those that have no certificate."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; exit status 1 where a returned number is outside its bound."""
    options = _parser().parse_args(arguments)

    import jax
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    chosen = cells(options.only, options.dtypes.split(","))
    # Neighbours are alike: a run that is broken off has seen something of everything.
    Random(options.seed).shuffle(chosen)
    if not chosen:
        console.print(f"no case whose name holds {options.only!r} in {options.dtypes}")
        return 2
    console.print(f"JAX {jax.__version__} on cpu, seed {options.seed}: {len(chosen)} gradients")
    tallies: dict[Cell, Tally] = {}
    for round_ in range(ROUNDS):
        left = options.components - sum(tally.components for tally in tallies.values())
        going = [cell for cell in chosen if cell not in tallies or _goes_on(tallies[cell])]
        if left <= 0 or not going:
            break
        found = surveyed(
            going,
            -(-left // len(going)),
            options.seed + 1_000_003 * round_,
            seconds=options.seconds,
            workers=options.workers,
        )
        for done, (cell, tally) in enumerate(found, start=1):
            if options.each:
                console.print(cell_line(cell, tally))
            elif not done % 100:
                sys.stderr.write(f"{done} of {len(going)} ...\n")
            for violation in tally.violations[:3]:
                console.print(violation_line(violation))
            tallies.setdefault(cell, Tally()).add(tally)
    for line in summary(tallies, options.weakest):
        console.print(line)
    if options.violations:
        outside = [each for tally in tallies.values() for each in tally.violations]
        rows = [asdict(violation) for violation in outside]
        options.violations.write_text(json.dumps(rows, indent=1))
    return int(any(tally.violations for tally in tallies.values()))


def _goes_on(tally: Tally) -> bool:
    return tally.components > 0 and not (tally.reason or tally.late)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gradlaw.conformance.certificates",
        description="Hold returned gradients against the certified bounds of their programs.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--components", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of drawn arguments")
    parser.add_argument("--only", default="", metavar="TEXT", help="cases whose name holds it")
    parser.add_argument("--dtypes", default=",".join(DTYPES), help="with commas between")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes")
    parser.add_argument(
        "--seconds", type=float, default=20.0, help="that one case may take in one dtype"
    )
    parser.add_argument("--each", action="store_true", help="a line for every case and dtype")
    parser.add_argument(
        "--weakest", type=int, default=20, metavar="N", help="cases listed for their weak bounds"
    )
    parser.add_argument(
        "--violations", type=Path, default=None, metavar="FILE", help="where they are written, JSON"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
