"""The pytest plugin: options, fixtures, and the report at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gradlaw import installation, options
from gradlaw.frames import with_room
from gradlaw.garbage import collect_seldom

if TYPE_CHECKING:
    from gradlaw.reports.record import Record
    from gradlaw.run import Run

_RUN = pytest.StashKey["Run"]()

_CACHE_TROUBLE = "ignore:.*persistent compilation cache.*:UserWarning"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the suite."""
    options.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Let a broken cache entry cost a compilation and not a test."""
    config.addinivalue_line("filterwarnings", _CACHE_TROUBLE)
    # Workers share one accelerator: none of them may take most of its memory at the start.
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What compares platforms has no node where there is one."""
    alone = len(options.backends(config)) < 2
    comparing = collection_path.parts[-2:] == ("conformance", "test_backends.py")
    return True if alone and comparing else None


def _worker(config: pytest.Config) -> str | None:
    """The worker's name in a worker of pytest-xdist, None elsewhere."""
    workerinput: dict[str, Any] | None = getattr(config, "workerinput", None)
    return None if workerinput is None else str(workerinput["workerid"])


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One node for each backend: its name comes last in the node's id."""
    if "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", options.backends(metafunc.config), indirect=True)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Check the installation before anything is collected."""
    config = session.config
    if config.option.collectonly or not _judges(config):
        return
    from gradlaw.run import Run

    run = Run(
        directory=options.report_directory(config),
        worker=_worker(config),
        backends=options.backends(config),
        profile=config.option.profile,
        seed=config.option.seed,
        require_coverage=config.option.require_coverage,
        resume=config.option.resume,
    )
    config.stash[_RUN] = run
    try:
        installation.check_version(config.option.jax_version)
        installation.check_settings()
        if not config.option.allow_absent_backend:
            for name in options.backends(config):
                if not installation.is_present(name):
                    raise installation.Unfit(installation.absent_backend(name))
        run.begin()
    except installation.Unfit as unfit:
        run.abandoned = True
        raise pytest.UsageError(str(unfit)) from None
    if (warning := installation.use_cache(options.cache_directory(config))) is not None:
        run.warnings.append(warning)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what an earlier run judged, where it is taken up."""
    if (run := config.stash.get(_RUN, None)) is None:
        return
    kept = [item for item in items if run.is_kept(item.nodeid)]
    if kept:
        config.hook.pytest_deselected(items=kept)
        items[:] = [item for item in items if not run.is_kept(item.nodeid)]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Everything is imported, so that a run looks for garbage seldom."""
    if session.config.stash.get(_RUN, None) is not None:
        collect_seldom()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """A node's calls are deep, and so many that where their frames lie decides their time."""
    if pyfuncitem.config.stash.get(_RUN, None) is not None:
        pyfuncitem.obj = partial(with_room, pyfuncitem.obj)
    return (yield)


def _judges(config: pytest.Config) -> bool:
    """Whether the run's arguments reach the suite, and not only its own tests."""
    if config.option.backend:
        return True
    targets = [argument.partition("::")[0] for argument in config.args]
    return any("conformance" in target for target in targets) or not targets


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> Iterator[str]:
    """The platform a node is judged on, with its first device as JAX's default."""
    import jax

    name = str(request.param)
    if not installation.is_present(name):
        line = installation.absent_backend(name)
        if request.config.option.allow_absent_backend:
            _run(request).skip(request.node.nodeid, name, line)
            pytest.skip(line)  # asked for by --allow-absent-backend, and recorded just above
        pytest.fail(line, pytrace=False)
    with jax.default_device(jax.devices(name)[0]):
        yield name


def _run(request: pytest.FixtureRequest) -> Run:
    run = request.config.stash.get(_RUN, None)
    if run is None:
        pytest.fail("the suite needs --backend NAME where its tests are not named", pytrace=False)
    return run


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Callable[[Record], None]:
    """Write a record down, and fail the node where its verdict fails."""

    def keep_record(record: Record) -> None:
        name = request.node.callspec.params.get("backend", "")
        kept = _run(request).keep(record, request.node.nodeid, name)
        if kept.failed:
            from gradlaw.reports.failure import failure_text

            pytest.fail(failure_text(kept), pytrace=False)

    return keep_record


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Nodes of one case and dtype go to one worker, which compiles their operations once."""
    from gradlaw.scheduling import scheduler

    return scheduler(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_handlecrashitem(crashitem: str, report: pytest.TestReport, sched: Any) -> None:
    """A worker that died takes one node with it, which is reported as crashed."""
    config = sched.config
    if (run := config.stash.get(_RUN, None)) is not None:
        run.crash(crashitem, str(report.longrepr))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the report: of what was done, if the run was interrupted."""
    run = session.config.stash.get(_RUN, None)
    if run is None or run.abandoned:
        return
    if _worker(session.config) is not None:
        run.leave()
        return
    complete = exitstatus not in {pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR}
    run.finish(complete=complete)
    if run.must_fail and session.exitstatus in {
        pytest.ExitCode.OK,
        pytest.ExitCode.NO_TESTS_COLLECTED,
    }:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    elif run.resume and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK  # all of it had been judged


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """A screen that says what was found, and where the reports are."""
    run = config.stash.get(_RUN, None)
    if run is not None and run.report is not None:
        terminalreporter.ensure_newline()
        run.show()
