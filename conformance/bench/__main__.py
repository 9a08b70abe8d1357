"""``python -m gradlaw.conformance.bench``: the comparison, printed."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence

NOTES = (
    "Errors are planted in float32 at standard normal arguments, in the component of median "
    "magnitude among some 1000; one is noticed if the checker objects at every argument. Finite "
    "differences are tried where they do not object to the right gradient; 'alarms' where they "
    "object everywhere. ULP x conditioning: the latter componentwise, sum |a dg/da| / |g| over all "
    "numbers a of all arguments, the largest of those planted in; a correct sum of n terms may err "
    "by some n/2 of them, for all that is known of its order. A check by finite differences "
    "compares the gradient along one random direction, forward and reverse, and is credited with "
    "every component where it passes; a false alarm verifies nothing. Gains are factors; above 1 "
    "gradlaw is better."
)
"""How the figures are meant."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit status says that it ran, and not what it found."""
    options = _parser().parse_args(arguments)

    import jax
    from rich.console import Console

    from gradlaw.conformance.bench import timings
    from gradlaw.conformance.bench.checkers import checkers
    from gradlaw.conformance.bench.comparison import Effort, compare
    from gradlaw.conformance.bench.reading_cost import measure_reading
    from gradlaw.conformance.bench.requirements import figures
    from gradlaw.conformance.bench.subjects import SUBJECTS
    from gradlaw.conformance.bench.table import table

    console = Console(highlight=False, markup=False, emoji=False)
    backend = jax.default_backend()
    found, absent = checkers(backend)
    names = [checker.name for checker in found]
    console.print(f"JAX {jax.__version__} on {backend}, seed {options.seed}: {', '.join(names)}")
    for line in absent:
        console.print(line)
    effort = Effort(
        seconds=options.seconds,
        arguments=options.arguments,
        draws=options.draws,
        seed=options.seed,
    )

    def progress(line: str) -> None:
        sys.stderr.write(f"{line} ...\n")

    comparison = compare(found, SUBJECTS[: options.functions], effort, progress)
    console.print(table(comparison, names))
    console.print(NOTES)
    for figure in figures(comparison, names[-1]):
        console.print(str(figure))
    progress("exact reading")
    console.print(str(measure_reading()))
    progress("first and later calls, and memory, of laws")
    costs = timings.measure()
    console.print(timings.page(costs))
    for line in timings.claims(costs):
        console.print(f"Tutorials: {line}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gradlaw.conformance.bench",
        description="Compare this suite with other checks of gradients, on the same functions.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--seconds",
        type=_positive,
        default=5.0,
        metavar="N",
        help="CPU seconds of each checker's throughput, shared by the functions",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of drawn arguments")
    parser.add_argument(
        "--arguments",
        type=_count,
        default=3,
        metavar="N",
        help="at each of which an error must be noticed",
    )
    parser.add_argument(
        "--draws",
        type=_count,
        default=5,
        metavar="N",
        help="right gradients for each function, dtype and source of arguments",
    )
    parser.add_argument(
        "--functions", type=_count, default=None, metavar="N", help="only the first N functions"
    )
    return parser


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < math.inf:
        message = f"{text} is not a positive number"
        raise argparse.ArgumentTypeError(message)
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        message = f"{text} is not a positive whole number"
        raise argparse.ArgumentTypeError(message)
    return number


if __name__ == "__main__":
    sys.exit(main())
