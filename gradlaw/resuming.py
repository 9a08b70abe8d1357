"""A run taken up again: what an earlier one judged is kept, if both are of one kind."""

from __future__ import annotations

from pathlib import Path

import msgspec

from gradlaw.installation import Unfit
from gradlaw.reports.encoding import encode
from gradlaw.reports.journal import PATTERN, read_journals
from gradlaw.reports.record import Environment, Record

_UNDERTAKEN = "run.json"
_KEPT = "records-before.jsonl"
_TRIED_AGAIN = frozenset({"crashed", "skipped"})


def undertake(directory: Path, environment: Environment) -> None:
    """Write down what kind of run this is, before it judges anything."""
    (directory / _UNDERTAKEN).write_bytes(msgspec.json.encode(environment))


def take_up(directory: Path, environment: Environment) -> list[Record]:
    """Keep what an earlier run judged, in one journal; what crashed or was skipped is left out.

    Args:
        directory: the earlier run's, with its journals.
        environment: of the run that takes it up.

    Returns:
        The records that are kept.

    Raises:
        Unfit: there is no earlier run, or it was of another kind; nothing is lost.
    """
    path = directory / _UNDERTAKEN
    try:
        earlier = msgspec.json.decode(path.read_bytes(), type=Environment)
    except FileNotFoundError:
        message = f"--resume: no run was begun in {directory}; leave --resume out to begin one"
        raise Unfit(message) from None
    except msgspec.MsgspecError as error:
        message = f"--resume: {path} cannot be read ({error}); leave --resume out to begin anew"
        raise Unfit(message) from None
    if differences := _differences(earlier, environment):
        message = (
            f"--resume: the run in {directory} was of another kind ({differences}); "
            "leave --resume out to begin anew, or name another directory with --report"
        )
        raise Unfit(message)
    records = [r for r in read_journals(directory) if r.verdict not in _TRIED_AGAIN]
    written = directory / f"{_KEPT}.part"
    written.write_bytes(b"".join(encode(record) + b"\n" for record in records))
    written.replace(directory / _KEPT)
    for journal in directory.glob(PATTERN):
        if journal.name != _KEPT:
            journal.unlink()
    return records


def kept_nodes(directory: Path) -> frozenset[str]:
    """The nodes that are not judged again, the same for all workers however late they start."""
    path = directory / _KEPT
    decoder = msgspec.json.Decoder(Record)
    lines = path.read_bytes().splitlines() if path.exists() else []
    return frozenset(decoder.decode(line).node for line in lines)


def _differences(earlier: Environment, now: Environment) -> str:
    """What differs but for the time, as ``seed 0, now 1``."""
    names = [field.name for field in msgspec.structs.fields(Environment) if field.name != "started"]
    return ", ".join(
        f"{name} {getattr(earlier, name)}, now {getattr(now, name)}"
        for name in names
        if getattr(earlier, name) != getattr(now, name)
    )
