"""The plugin's command-line options."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROFILE_NAMES = ("quick", "default", "thorough")


def add_options(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("gradlaw", "judging a JAX installation")
    group.addoption(
        "--backend",
        action="append",
        metavar="NAME",
        help="platform to judge, as JAX names it (cpu, gpu, tpu, …); may be repeated; default cpu",
    )
    group.addoption(
        "--profile",
        choices=PROFILE_NAMES,
        default="default",
        help="how much is drawn (default: default)",
    )
    group.addoption(
        "--seed", type=int, default=0, metavar="N", help="seed of everything drawn (default: 0)"
    )
    group.addoption(
        "--jax-version",
        metavar="VERSION",
        help="abort unless this JAX is the one that imports; 0.9.* takes any 0.9",
    )
    group.addoption("--report", metavar="DIR", help="where the report goes (default: reports/out)")
    group.addoption(
        "--resume",
        action="store_true",
        help="keep what an earlier run of the same kind judged in that directory, judge the rest",
    )
    group.addoption(
        "--require-coverage",
        action="store_true",
        help="fail where a derivative or batching rule of JAX is neither judged nor excused",
    )
    group.addoption(
        "--allow-absent-backend",
        action="store_true",
        default=os.environ.get("GRADLAW_ALLOW_ABSENT_BACKEND", "") not in {"", "0"},
        help="skip, and say so in the report, where a backend asked for is not there "
        "(GRADLAW_ALLOW_ABSENT_BACKEND=1 does the same)",
    )
    group.addoption(
        "--cache-dir",
        metavar="DIR",
        default=os.environ.get("GRADLAW_CACHE_DIR"),
        help="compilation cache shared by workers and runs (default: .cache/compilation; "
        "GRADLAW_CACHE_DIR sets it too)",
    )


def backends(config: pytest.Config) -> list[str]:
    """The platforms asked for, each once."""
    return list(dict.fromkeys(config.option.backend or ["cpu"]))


def report_directory(config: pytest.Config) -> Path:
    """Where the report goes."""
    chosen = config.option.report
    return Path(chosen).absolute() if chosen else config.rootpath / "reports" / "out"


def cache_directory(config: pytest.Config) -> Path:
    """Where compiled programs are kept."""
    chosen = config.option.cache_dir
    return Path(chosen).absolute() if chosen else config.rootpath / ".cache" / "compilation"
