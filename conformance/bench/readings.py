"""``python -m gradlaw.conformance.bench.readings``: which derivative programs are read.

Each function of the catalogue is differentiated by all its arguments in float32. Its program counts
as read and bounded if the exact and the rounded reading know every primitive in it, no comparison
in it could turn out otherwise, every rounded ball is finite and every ball holds what the compiled
program returns.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradlaw.conformance.bench.tame import tame_leaves
from gradlaw.conformance.case import Case

READ = "read and bounded"
STATUSES = (
    READ,
    "estimated",
    "undecided",
    "unsupported",
    "unbounded",
    "not held",
    "not finite",
    "refused",
    "exception",
    "too long",
)
"""What became of a program, from the best."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What became of the derivative program of one case.

    Attributes:
        case: its name.
        status: one of STATUSES.
        reason: the primitives, or the error.
        seconds: both readings, tracing and compilation not counted.
    """

    case: str
    status: str
    reason: str = ""
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.case}: {self.status}{f': {self.reason}' if self.reason else ''}"


class TooLong(Exception):  # noqa: N818 (a status, not an error)
    """The readings of one program did not end in time."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Interrupt the block after so many seconds, where the platform has an alarm.

    Raises:
        TooLong: the time is over.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return

    def interrupt(*_: Any) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def read_case(
    case: Case, *, dtype: str = "float32", seed: int = 0, seconds: float = 20.0
) -> Reading:
    """Trace, read twice and run the gradient of a case by all its arguments.

    Args:
        case: whose function is differentiated.
        dtype: of all arguments.
        seed: of the arguments.
        seconds: after which the readings are given up.
    """
    import jax

    leaves = tame_leaves(case, dtype, seed)
    arguments = case.assemble(leaves)
    gradient = jax.grad(case.function, argnums=tuple(range(len(arguments))))
    try:
        program = jax.make_jaxpr(gradient)(*arguments)
        returned = [np.asarray(leaf) for leaf in jax.tree.leaves(jax.jit(gradient)(*arguments))]
    except Exception as error:  # noqa: BLE001, RUF100 - whatever comes is the entry's reason
        return Reading(case=case.name, status="refused", reason=_first_line(error))
    if not all(np.isfinite(array.astype(np.float64)).all() for array in returned):
        return Reading(case=case.name, status="not finite", reason="the compiled gradient")
    start = time.perf_counter()
    try:
        with within(seconds):
            status, reason = _read(program, jax.tree.leaves(arguments), returned)
    except TooLong:
        status, reason = "too long", f"more than {seconds:g} s"
    except Exception as error:  # noqa: BLE001, RUF100 - a fault of the interpreter is a finding
        status, reason = _failure(error)
    return Reading(
        case=case.name, status=status, reason=reason, seconds=time.perf_counter() - start
    )


def _read(program: Any, leaves: list[Any], returned: list[Any]) -> tuple[str, str]:
    from flint import arb

    from gradlaw.oracles.domains.exact import Exact
    from gradlaw.oracles.domains.rounded import Rounded
    from gradlaw.oracles.interpreter import Reader

    exact, rounded = Exact(), Rounded("cpu")
    read: dict[str, list[Any]] = {}
    for name, domain in (("exact", exact), ("rounded", rounded)):
        reader = Reader(domain, limit=2_000_000)
        read[name] = reader.read(program, [reader.lift(leaf) for leaf in leaves])
    unknown = sorted(exact.estimated | rounded.estimated)
    undecided = sorted(exact.undecided | rounded.undecided)
    bounded, strays = True, list[str]()
    for balls, true, array in zip(read["rounded"], read["exact"], returned, strict=True):
        if balls.shape != array.shape:
            return "not held", f"shape {balls.shape} where the program returns {array.shape}"
        numbers = array.astype(np.float64)
        for place in np.ndindex(*array.shape):
            ball, number = balls[place], float(numbers[place])
            if not (ball.is_finite() and true[place].is_finite()):
                bounded = False
            elif not ball.contains(arb(number)):
                strays.append(f"{number!r} at {place} is not in {ball}, exactly {true[place]}")
    stray = f"; {strays[0]}" if strays else ""
    if unknown:
        return "estimated", ", ".join(unknown) + stray
    if undecided:
        return "undecided", ", ".join(undecided) + stray
    if strays:
        return "not held", strays[0]
    return (READ, "") if bounded else ("unbounded", "")


def _failure(error: Exception) -> tuple[str, str]:
    from gradlaw.oracles.interpreter import Unsupported

    if isinstance(error, Unsupported):
        return "unsupported", _first_line(error)
    innermost = ""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        equation = frame.f_locals.get("equation")
        if equation is not None:
            innermost = f" at {equation.primitive.name}"
    place = traceback.extract_tb(error.__traceback__)[-1]
    return "exception", f"{_first_line(error)}{innermost} ({place.name}, line {place.lineno})"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:160] if lines else ''}"


def summary(readings: Sequence[Reading]) -> str:
    """The share that is read and bounded, the counts, and what stands in the way most often."""
    counts = Counter(reading.status for reading in readings)
    share = 100 * counts[READ] / max(1, len(readings))
    unknown = Counter(
        primitive
        for reading in readings
        if reading.status == "estimated"
        for primitive in reading.reason.split("; ")[0].split(", ")
    )
    lines = [
        f"read exactly and bounded with certificate: {counts[READ]} of {len(readings)}, "
        f"{share:.1f} %",
        "; ".join(f"{status} {counts[status]}" for status in STATUSES[1:] if counts[status]),
    ]
    if unknown:
        listed = ", ".join(f"{name} {count}" for name, count in unknown.most_common())
        lines.append(f"primitives without a rule: {listed}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit status says that it ran, and not what it found."""
    options = _parser().parse_args(arguments)

    import jax

    from gradlaw.conformance.cases.catalogue import FAMILIES, absent
    from gradlaw.conformance.cases.catalogue.named_axes import PARTS

    # Collectives over devices that are not there are read, but not run.
    with suppress(RuntimeError):  # a backend is there already, with the devices that it has
        jax.config.update("jax_num_cpu_devices", PARTS)
    readings: list[Reading] = []
    for family, entries in FAMILIES.items():
        if options.families and family not in options.families:
            continue
        for case in (found.case for found in entries):
            if case is None or options.function not in case.name:
                continue
            readings.append(read_case(case, seed=options.seed, seconds=options.seconds))
            if readings[-1].status != READ:
                sys.stdout.write(f"{readings[-1]}\n")
                sys.stdout.flush()
    for missing in absent():
        sys.stdout.write(
            f"{missing.name}: absent; it is known from {missing.since or 'no release'}\n"
        )
    seconds = sum(reading.seconds for reading in readings)
    sys.stdout.write(f"JAX {jax.__version__}, float32, {seconds:.0f} s of reading\n")
    sys.stdout.write(f"{summary(readings)}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gradlaw.conformance.bench.readings",
        description="Measure which of the catalogue's derivative programs are read and bounded.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("families", nargs="*", help="only these families of the catalogue")
    parser.add_argument(
        "--function", default="", metavar="TEXT", help="only entries whose names hold the text"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the arguments")
    parser.add_argument(
        "--seconds", type=float, default=20.0, metavar="N", help="for the readings of one program"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
