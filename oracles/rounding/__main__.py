"""``python -m gradlaw.oracles.rounding``: hold a backend's errors against the rules."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from gradlaw.oracles.rounding.calibration import DTYPES, Measurement, measurements
from gradlaw.oracles.rounding.documenting import page
from gradlaw.oracles.x64 import x64


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a table, and say whether every rule is large enough.

    Args:
        arguments: of the command line.

    Returns:
        0; 1 where a rule is smaller than what was seen; 2 where there is nothing to measure.
    """
    parser = argparse.ArgumentParser(prog="python -m gradlaw.oracles.rounding", description=__doc__)
    parser.add_argument("--backend", default="cpu", help="the platform to measure (default: cpu)")
    parser.add_argument(
        "--samples", type=int, default=2**21, help="float32 numbers of a function (default: 2**21)"
    )
    parser.add_argument("--only", default="", help="primitives, with commas between")
    parser.add_argument("--dtypes", default=",".join(DTYPES), help="dtypes, with commas between")
    parser.add_argument("--rules", action="store_true", help="print the rules as Markdown instead")
    chosen = parser.parse_args(arguments)
    if chosen.rules:
        sys.stdout.write(page())
        return 0

    import jax

    if chosen.backend not in {device.platform for device in jax.devices()}:
        parser.error(f"JAX's default devices are {jax.default_backend()}, not {chosen.backend}")
    console = Console()
    console.print(f"JAX {jax.__version__} on {chosen.backend}; errors in units of roundoff")
    only = [name for name in chosen.only.split(",") if name]
    found = []
    wanted = chosen.backend, chosen.samples, only, chosen.dtypes.split(",")
    try:
        with x64(True):
            for measurement in measurements(*wanted):
                found.append(measurement)
                if console.is_terminal:
                    console.print(f"{measurement.primitive} {measurement.dtype}", style="dim")
    except ValueError as error:
        parser.error(str(error))
    console.print(_table(found))
    short = sum(measurement.short for measurement in found)
    console.print(f"{len(found)} measured, {short} rules short")
    return 1 if short else 0


def _table(found: Sequence[Measurement]) -> Table:
    table = Table("primitive", "dtype", "points", "worst error", "rule", "", "at")
    for measurement in found:
        allowed = measurement.allowed
        table.add_row(
            measurement.primitive,
            measurement.dtype,
            str(measurement.points),
            f"{measurement.error:.3g}",
            "none" if allowed is None else f"{allowed:.3g}",
            f"SHORT at {measurement.beyond}" if measurement.short else "ok",
            ", ".join(repr(number) for number in measurement.at),
        )
    return table


if __name__ == "__main__":
    raise SystemExit(main())
