"""The nursery: everything is imported and no backend is there; it forks the processes that judge.

Virtual devices, flags and ``jax.distributed`` must be asked for before JAX's backend starts, and a
process that XLA kills takes all that it holds with it. A fork costs a twentieth of what importing
the suite does; while the backend is not there, the nursery has one thread.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Generic, TypeVar

import msgspec

from gradlaw.conformance.devices.lines import Lines, one_from_each
from gradlaw.conformance.devices.releases import prepare_backend
from gradlaw.conformance.devices.tasks import Setting, Task, unjudged
from gradlaw.conformance.outcome import SEVERITY, severity
from gradlaw.reports.encoding import encode
from gradlaw.reports.record import Record
from gradlaw.reports.verdict import FAILING

LIMIT = 300.0
"""Seconds on the clock that a node may take, and that processes may take to find each other.

What hangs takes no processor time, and what shares its machine takes many times as long as alone.
"""

HANGS = 2
"""Tasks of one setting that may hang: after them none is tried, so that a run comes to its end."""

_LAST_WORDS = 2_000
_READY = b"ready"

AnyTask = TypeVar("AnyTask", bound=Task)


@dataclass(kw_only=True)
class Judging:
    """A process that judges.

    Attributes:
        pid: its number.
        tasks: where tasks are written.
        answers: where records come from.
        words: what it printed.
    """

    pid: int
    tasks: int
    answers: Lines
    words: IO[bytes]

    def end(self) -> str:
        """Kill it; what it printed last."""
        os.kill(self.pid, signal.SIGKILL)  # it stays a process until it is waited for
        _, status = os.waitpid(self.pid, 0)
        os.close(self.tasks)
        os.close(self.answers.descriptor)
        self.words.seek(0, os.SEEK_END)
        self.words.seek(max(0, self.words.tell() - _LAST_WORDS))
        words = self.words.read().decode(errors="replace").strip()
        self.words.close()
        code = os.waitstatus_to_exitcode(status)
        how = f"killed by signal {-code}" if code < 0 else f"exit {code}"
        return f"{how}: {words}" if words else how


class Nursery(Generic[AnyTask]):
    """Forks judging processes, one or more for each setting, and hands tasks to them.

    Args:
        kind: of tasks.
        judge: gives a task its record, in a forked process.
        limit: seconds on the clock that a task may take.
    """

    def __init__(
        self, kind: type[AnyTask], judge: Callable[[AnyTask], Record], limit: float = LIMIT
    ) -> None:
        self.kind = kind
        self.judge = judge
        self.limit = limit
        self._groups: dict[Setting, list[Judging]] = {}
        self._hung: Counter[Setting] = Counter()

    def answer(self, task: AnyTask, line: bytes) -> Record:
        """The record of a task; the worst of those that its processes give."""
        if self._hung[task.setting] >= HANGS:
            return unjudged(task, "timed out", f"not tried: {HANGS} tasks before it hung")
        if task.setting not in self._groups:
            failed = self._begin(task)
            if failed is not None:
                return failed
        group = self._groups[task.setting]
        for judging in group:
            os.write(judging.tasks, line + b"\n")
        answers = one_from_each([judging.answers for judging in group], self.limit)
        if answers is None:
            return self._broken(task, "judging it")
        records = [msgspec.json.decode(answer, type=Record) for answer in answers]
        return max(records, key=_badness)

    def _begin(self, task: AnyTask) -> Record | None:
        """Fork the processes of a setting; once more where they do not find each other.

        Another program may take the free port before they do.
        """
        failed: Record | None = None
        for _ in range(2):
            port = _free_port()
            group = [
                self._fork(task.setting, place, port) for place in range(task.setting.processes)
            ]
            self._groups[task.setting] = group
            lines = one_from_each([judging.answers for judging in group], self.limit)
            if lines == [_READY] * len(group):
                return None
            failed = self._broken(task, "starting its backend")
        return failed

    def _broken(self, task: AnyTask, doing: str) -> Record:
        """The record of a task whose processes died or hang; they are ended."""
        group = self._groups.pop(task.setting)
        died = any(judging.answers.closed for judging in group)
        words = "; ".join(judging.end() for judging in group)
        if died:
            return unjudged(task, "crashed", f"a process died {doing}: {words}")
        self._hung[task.setting] += 1
        return unjudged(task, "timed out", f"over {self.limit:.0f} s {doing}: {words}")

    def _fork(self, setting: Setting, place: int, port: int) -> Judging:
        task_out, task_in = os.pipe()
        answer_out, answer_in = os.pipe()
        words = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the process)
        pid = os.fork()
        if pid:
            os.close(task_out)
            os.close(answer_in)
            return Judging(pid=pid, tasks=task_in, answers=Lines(answer_out), words=words)
        try:
            os.close(task_in)
            os.dup2(words.fileno(), 1)
            os.dup2(words.fileno(), 2)
            self._live(setting, place, port, task_out, answer_in)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)

    def _live(self, setting: Setting, place: int, port: int, tasks: int, answers: int) -> None:
        """What a forked process does, until nobody asks any more."""
        prepare_backend(setting, place, port)
        os.write(answers, _READY + b"\n")
        decoder = msgspec.json.Decoder(self.kind)
        with os.fdopen(tasks, "rb") as lines, os.fdopen(answers, "wb", buffering=0) as records:
            for line in lines:
                records.write(encode(self.judge(decoder.decode(line))) + b"\n")

    def close(self) -> None:
        """End all processes."""
        for group in self._groups.values():
            for judging in group:
                judging.end()
        self._groups.clear()


def serve(kind: type[AnyTask], judge: Callable[[AnyTask], Record], limit: float = LIMIT) -> None:
    """Answer tasks on standard input with records on standard output, a line each.

    Args:
        kind: of tasks.
        judge: gives a task its record.
        limit: seconds on the clock that a task may take.
    """
    nursery, decoder = Nursery(kind, judge, limit), msgspec.json.Decoder(kind)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what libraries print is no answer
    try:
        for line in sys.stdin.buffer:
            record = nursery.answer(decoder.decode(line), line.rstrip(b"\n"))
            answers.write(encode(record) + b"\n")
    finally:
        nursery.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def _badness(record: Record) -> tuple[bool, int]:
    known = record.verdict in SEVERITY
    return record.verdict in FAILING, severity(record.verdict) if known else len(SEVERITY)
