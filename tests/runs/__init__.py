"""Runs that tests start in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from gradlaw.reports.reading import read_report
from gradlaw.reports.record import Record, Report

ROOT = Path(__file__).parent.parent.parent
SLICE = "weighted_sum and float32 and jit and not vmap"
OK, FAILED, INTERRUPTED, USAGE = 0, 1, 2, 4
ENDS = 600
"""Seconds after which a run is given up, on however slow a machine."""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A finished run."""

    code: int
    output: str
    errors: str
    report: Report | None

    @property
    def records(self) -> tuple[Record, ...]:
        assert self.report is not None, self.output
        return self.report.records


class Starter:
    """Starts runs in processes of their own.

    Attributes:
        targets: what is collected, which takes most of a small run's time.
    """

    targets: tuple[str, ...] = ("conformance/test_laws.py",)

    def __init__(self, directory: Path, cache: Path) -> None:
        self.directory, self.cache = directory, cache
        self.reports = 0

    def plugin(self, source: str) -> tuple[str, ...]:
        """The arguments that load a plugin with this source."""
        (self.directory / "planted_plugin.py").write_text(textwrap.dedent(source))
        return ("-p", "planted_plugin")

    def popen(self, *arguments: str) -> tuple[subprocess.Popen[str], Path]:
        self.reports += 1
        report = self.directory / f"report{self.reports}"
        command = [
            *(sys.executable, "-m", "pytest", *self.targets, "-p", "no:cacheprovider"),
            *("--report", str(report), "--cache-dir", str(self.cache)),
            *arguments,
        ]
        environment = {
            **{name: value for name, value in os.environ.items() if "PYTEST" not in name},
            "JAX_PLATFORMS": "cpu",
            "PYTHONPATH": os.pathsep.join([str(self.directory), str(ROOT)]),
        }
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return process, report

    def finish(self, process: subprocess.Popen[str], report: Path) -> Ran:
        try:
            output, errors = process.communicate(timeout=ENDS)
        except subprocess.TimeoutExpired:
            process.kill()
            pytest.fail(f"the run does not end:\n{process.communicate()[0]}")
        path = report / "report.json"
        return Ran(
            code=process.returncode,
            output=output,
            errors=errors,
            report=read_report(path) if path.exists() else None,
        )

    def __call__(self, *arguments: str) -> Ran:
        return self.finish(*self.popen(*arguments))

    def again(self, *arguments: str) -> Ran:
        """Start another run in the last one's directory."""
        self.reports -= 1
        return self(*arguments)
