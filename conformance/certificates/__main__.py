"""``python -m gradlaw.conformance.certificates``: do certified bounds hold, and are they tight?"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from gradlaw.conformance.certificates.measuring import Tally, measure

DTYPES = ("float16", "bfloat16", "float32", "float64")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; exit status 1 where a returned number is outside its bound."""
    options = _parser().parse_args(arguments)

    import jax
    from rich.console import Console

    from gradlaw.conformance.cases import CASES

    console = Console(highlight=False, markup=False, emoji=False)
    chosen = [case for case in CASES if options.only in case.name]
    cells = [(case, dtype) for case in chosen for dtype in DTYPES if dtype in case.dtypes]
    share = -(-options.components // max(1, len(cells)))
    console.print(f"JAX {jax.__version__} on cpu, seed {options.seed}: {len(cells)} gradients")
    tallies: dict[tuple[str, str], Tally] = {}
    for done, (case, dtype) in enumerate(cells, start=1):
        if not done % 50:
            sys.stderr.write(f"{done} of {len(cells)} ...\n")
        try:
            tally = measure(case, dtype, share, options.seed)
        except Exception as error:
            tally = Tally(reason=f"{type(error).__name__}: {error}".splitlines()[0])
        tallies[case.name, dtype] = tally
        for violation in tally.violations[:3]:
            console.print(
                f"OUTSIDE: {violation.case} {violation.dtype}: got {violation.got!r}, exact "
                f"{violation.exact!r}, error {violation.error:.3g} of {violation.bound:.3g} ULP"
            )
    _summary(console, tallies)
    if options.violations:
        found = [each for tally in tallies.values() for each in tally.violations]
        rows = [asdict(violation) for violation in found]
        options.violations.write_text(json.dumps(rows, indent=1))
    return int(any(tally.violations for tally in tallies.values()))


def _summary(console: object, tallies: dict[tuple[str, str], Tally]) -> None:
    total = sum(tally.components for tally in tallies.values())
    unbounded = sum(tally.unbounded for tally in tallies.values())
    weak = sum(tally.weak for tally in tallies.values())
    ratios = [ratio for tally in tallies.values() for ratio in tally.ratios]
    outside = sum(len(tally.violations) for tally in tallies.values())
    reasons = {cell: tally.reason for cell, tally in tallies.items() if tally.reason}
    lines = [
        f"{total:,} components within certified bounds but {outside}; {unbounded:,} unbounded",
        f"weak (bound beyond 2**10 ULP): {weak / max(1, total):.2%} of them",
    ]
    if ratios:
        lines.append(
            f"error / bound: median {statistics.median(ratios):.3f}, largest {max(ratios):.3f}"
        )
    lines.append(f"{len(reasons)} gradients without a certificate")
    lines += [f"  {case} {dtype}: {reason[:150]}" for (case, dtype), reason in reasons.items()]
    for line in lines:
        console.print(line)  # type: ignore[attr-defined]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gradlaw.conformance.certificates",
        description="Hold returned gradients against the certified bounds of their programs.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--components", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of drawn arguments")
    parser.add_argument("--only", default="", metavar="TEXT", help="cases whose name holds it")
    parser.add_argument(
        "--violations", type=Path, default=None, metavar="FILE", help="where they are written, JSON"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
