"""The journal: each verdict on disk as it happens, one file a worker."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec

from gradlaw.reports.encoding import encode
from gradlaw.reports.record import Record

PATTERN = "records-*.jsonl"


class TruncatedJournal(UserWarning):
    """A journal held lines that are no records: their worker died while it wrote them."""


class Journal:
    """A worker's records, each on disk before ``append`` returns.

    A worker that XLA kills loses at most the test in hand. The file is written without a buffer
    in this process, one call a line; what the operating system holds outlives the worker.

    Args:
        directory: where the run's journals are; made if absent.
        worker: the worker's name, as pytest-xdist gives it (``gw0``), or ``main``.

    Raises:
        ValueError: the worker's name cannot be part of a file's name.
        OSError: the directory cannot be made or written; the message names it.
    """

    def __init__(self, directory: Path | str, worker: str) -> None:
        if not re.fullmatch(r"[\w.-]+", worker):
            message = f"a worker's name is letters, digits, '_', '.' and '-', and not {worker!r}"
            raise ValueError(message)
        self.path = Path(directory) / f"records-{worker}.jsonl"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = self.path.open("a+b", buffering=0)
        except OSError as error:
            message = (
                f"cannot write the journal {self.path}: {error.strerror or error}. "
                "Give the report a directory that can be written."
            )
            raise type(error)(error.errno, message) from error
        self._close_truncated_line()

    def _close_truncated_line(self) -> None:
        """Keep a namesake's truncated line apart from the first one of this worker."""
        if self._file.seek(0, 2) > 0:
            self._file.seek(-1, 2)
            if self._file.read(1) != b"\n":
                self._file.write(b"\n")

    def append(self, record: Record) -> None:
        """Write a record down.

        Raises:
            TypeError: a field holds what JSON has no form for.
        """
        self._file.write(encode(record) + b"\n")

    def close(self) -> None:
        """Close the file; ``append`` raises ``ValueError`` from here on."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def clear_journals(directory: Path | str) -> None:
    """Remove an earlier run's journals; call it once, before any worker starts.

    Args:
        directory: where the journals are; it need not exist.
    """
    for path in Path(directory).glob(PATTERN):
        path.unlink(missing_ok=True)


def read_journals(directory: Path | str) -> list[Record]:
    """All workers' records, in the order of the workers' names and, in each, of writing.

    Args:
        directory: where the journals are; it need not exist.

    Warns:
        TruncatedJournal: once, naming every line that is no record; all others are returned.
    """
    decoder = msgspec.json.Decoder(Record)
    records: list[Record] = []
    lost: list[str] = []
    for path in sorted(Path(directory).glob(PATTERN)):
        for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
            if not line.strip():
                continue
            try:
                records.append(decoder.decode(line))
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                lost.append(f"{path.name}:{number} ({error})")
    if lost:
        message = f"{len(lost)} line(s) hold no record and are left out: {'; '.join(lost)}"
        warnings.warn(message, TruncatedJournal, stacklevel=2)
    return records
