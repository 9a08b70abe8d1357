"""The side that asks: tasks go to the nursery, and records come back whatever happens to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from types import TracebackType
from typing import Self

import msgspec

from gradlaw.conformance.devices.lines import Lines, one_from_each
from gradlaw.conformance.devices.nursery import LIMIT
from gradlaw.conformance.devices.tasks import Task, unjudged
from gradlaw.reports.record import Record

PATIENCE = 4 * LIMIT
"""Seconds after which the nursery itself must have hung: it starts processes twice at most."""

SECONDS_TO_END = 5.0
"""On the clock, in which the nursery may end by itself."""


class Judges:
    """Judges tasks in processes of their own, which start with the first task.

    Args:
        module: that serves, run as ``python -m``.
        patience: seconds on the clock that an answer may take.
    """

    def __init__(
        self, module: str = "gradlaw.conformance.devices", patience: float = PATIENCE
    ) -> None:
        self.module = module
        self.patience = patience
        self._nursery: subprocess.Popen[bytes] | None = None
        self._answers: Lines | None = None

    def judge(self, task: Task) -> Record:
        """The record of a task: *crashed* or *timed out* where no process gave one."""
        nursery, answers = self._started()
        assert nursery.stdin is not None
        try:
            nursery.stdin.write(msgspec.json.encode(task) + b"\n")
            nursery.stdin.flush()
            got = one_from_each([answers], self.patience)
        except BrokenPipeError:
            got = None
        if got is not None:
            return msgspec.json.decode(got[0], type=Record)
        died = nursery.poll() is not None or answers.closed
        self.close()
        if died:
            return unjudged(task, "crashed", f"python -m {self.module} died")
        return unjudged(task, "timed out", f"no answer in {self.patience:.0f} s")

    def _started(self) -> tuple[subprocess.Popen[bytes], Lines]:
        if self._nursery is None or self._answers is None:
            environment = {
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                # A fork keeps one thread: none may be there before it.
                "OPENBLAS_NUM_THREADS": "1",
            }
            self._nursery = subprocess.Popen(
                [sys.executable, "-m", self.module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment,
                start_new_session=True,
            )
            assert self._nursery.stdout is not None
            self._answers = Lines(self._nursery.stdout.fileno())
        return self._nursery, self._answers

    def close(self) -> None:
        """End the nursery and all that it started."""
        if self._nursery is None:
            return
        nursery, self._nursery, self._answers = self._nursery, None, None
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        with suppress(BrokenPipeError):
            nursery.stdin.close()  # upon which it ends all that it started, and itself
        with suppress(subprocess.TimeoutExpired):
            nursery.wait(SECONDS_TO_END)
        with suppress(ProcessLookupError):
            os.killpg(nursery.pid, signal.SIGKILL)
        nursery.wait()
        nursery.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
