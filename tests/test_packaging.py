"""The wheel holds what the repository tracks, under one name; the sdist builds the same wheel."""

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {
    "gradlaw": "gradlaw",
    "conformance": "gradlaw/conformance",
    "oracles": "gradlaw/oracles",
    "reports": "gradlaw/reports",
    "strategies": "gradlaw/strategies",
}
STRAYS = ("reports/out/report.json", "conformance/.cache/program", "oracles/build/lib/old.py")


def tracked() -> list[PurePosixPath]:
    """The repository's files, with those not yet added: they are judged before they are committed.

    The links gradlaw/strategies and so on show the rooms a second time, and are not listed.
    """
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    try:
        listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        # An unpacked sdist has no list to compare with; CI judges a clone.
        pytest.skip("not a git checkout: there is no list of tracked files to compare with")
    paths = map(PurePosixPath, filter(None, listing.stdout.split("\0")))
    return sorted({p for p in paths if (ROOT / p).is_file() and not (ROOT / p).is_symlink()})


def expected(paths: Iterable[PurePosixPath]) -> set[str]:
    """Where the rooms' files belong in a wheel."""
    return {
        str(PurePosixPath(ROOMS[path.parts[0]], *path.parts[1:]))
        for path in paths
        if path.parts[0] in ROOMS and len(path.parts) > 1
    }


def packages(paths: Iterable[PurePosixPath]) -> set[str]:
    """The packages that the rooms' folders with Python files are."""
    folders = {PurePosixPath(name).parent for name in expected(paths) if name.endswith(".py")}
    return {".".join(folder.parts) for folder in folders}


def declared() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return settings["tool"]["setuptools"]["packages"]


def build(kind: str, source: Path, target: Path) -> Path:
    """Call the build backend as pip does, without a network; return what it built."""
    target.mkdir()
    program = f"from setuptools import build_meta as b; b.build_{kind}({str(target)!r})"
    done = subprocess.run(
        (sys.executable, "-c", program), cwd=source, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = target.iterdir()
    return built


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as opened:
        return {name for name in opened.namelist() if not name.endswith("/")}


def modules(wheel: Path) -> set[str]:
    return {name for name in contents(wheel) if ".dist-info/" not in name}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the checkout, links included, with what running the suite leaves behind.

    One for each build: setuptools takes what an earlier build left in build/ for a part of it.
    """
    copy = tmp_path / "checkout"
    for path in tracked():
        (copy / path.parent).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, copy / path)
    for room in set(ROOMS) - {"gradlaw"}:
        (copy / "gradlaw" / room).symlink_to(Path("..", room), target_is_directory=True)
    for stray in STRAYS:
        (copy / stray).parent.mkdir(parents=True, exist_ok=True)
        (copy / stray).write_text("left behind\n", encoding="utf-8")
    return copy


def test_every_folder_with_python_files_is_a_declared_package():
    assert packages(tracked()) == set(declared())
    assert len(set(declared())) == len(declared())


def test_a_nested_package_that_is_not_declared_is_seen():
    added = PurePosixPath("oracles", "interpreter", "nested", "module.py")
    undeclared = packages([*tracked(), added]) - set(declared())
    assert "gradlaw.oracles.interpreter.nested" in undeclared


def test_every_package_has_an_init_so_that_checkers_and_installers_agree():
    files = expected(tracked())
    assert [
        package for package in declared() if f"{package.replace('.', '/')}/__init__.py" not in files
    ] == []


def test_the_wheel_holds_exactly_the_tracked_files_under_one_name(checkout, tmp_path):
    wheel = build("wheel", checkout, tmp_path / "wheel")
    assert modules(wheel) == expected(tracked())
    tops = {PurePosixPath(name).parts[0] for name in contents(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"gradlaw"}


def test_the_sdist_builds_the_same_wheel(checkout, tmp_path):
    sdist = build("sdist", checkout, tmp_path / "sdist")
    with tarfile.open(sdist) as opened:
        opened.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    assert modules(build("wheel", source, tmp_path / "wheel")) == expected(tracked())


def test_a_file_that_the_wheel_lacks_is_seen(checkout, tmp_path):
    settings = checkout / "pyproject.toml"
    left_out = declared()[-1]
    text = settings.read_text(encoding="utf-8")
    assert f'    "{left_out}",\n' in text
    settings.write_text(text.replace(f'    "{left_out}",\n', ""), encoding="utf-8")
    missing = expected(tracked()) - modules(build("wheel", checkout, tmp_path / "wheel"))
    gone = {name for name in expected(tracked()) if name.startswith(left_out.replace(".", "/"))}
    assert gone
    assert gone <= missing
