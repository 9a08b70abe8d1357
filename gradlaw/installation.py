"""The JAX installation under judgement: its version, its platforms, its compilation cache."""

from __future__ import annotations

import os
import platform
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

OLDEST = Version("0.5.0")
"""The oldest release that the suite's programs can be read on."""

_PACKAGES = (
    "jax",
    "jaxlib",
    "numpy",
    "ml_dtypes",
    "hypothesis",
    "sympy",
    "python-flint",
    "pytest",
    "pytest-xdist",
)


_ORDINARY: dict[str, object] = {
    "jax_check_tracer_leaks": False,
    "jax_debug_infs": False,
    "jax_debug_nans": False,
    "jax_disable_jit": False,
    "jax_numpy_dtype_promotion": "standard",
    "jax_numpy_rank_promotion": "allow",
}
"""Settings of JAX under which it raises, or does not compile, where it must by the laws."""


class Unfit(Exception):  # noqa: N818 (the run cannot begin; the message is for its user)
    """The installation cannot be judged as asked; the message is one line with the remedy."""


def check_version(wanted: str | None) -> None:
    """Refuse a JAX that is not the one asked for, or too old.

    Raises:
        Unfit: naming both versions.
    """
    import jax

    found = jax.__version__
    if wanted is not None:
        try:
            specifier = SpecifierSet(wanted if wanted[:1] in "<>=!~" else f"=={wanted}")
        except InvalidSpecifier as error:
            message = f"--jax-version {wanted!r} is no version; write 0.10.2 or 0.10.*"
            raise Unfit(message) from error
        if not specifier.contains(found, prereleases=True):
            message = (
                f"JAX {wanted} was asked for, but JAX {found} is the one that imports; "
                "recreate the environment (tox -r), or change GRADLAW_JAX"
            )
            raise Unfit(message)
    if Version(found) < OLDEST:
        message = f"JAX {found} is older than {OLDEST}, the oldest release that can be judged"
        raise Unfit(message)


def check_settings() -> None:
    """Refuse settings of JAX that change what it must do.

    Source: JAX documentation, Configuration options.

    Raises:
        Unfit: naming the setting.
    """
    import jax

    for name, ordinary in _ORDINARY.items():
        found = getattr(jax.config, name)
        if found != ordinary:
            message = (
                f"{name} is {found!r}, under which JAX does something else than is judged; "
                f"unset {name.upper()}"
            )
            raise Unfit(message)


def platforms() -> list[str]:
    """The platforms that JAX lists, the default one first."""
    import jax

    try:
        from jax.extend import backend

        found = list(backend.backends())
    except (ImportError, AttributeError):
        found = [jax.default_backend()]
    for name in ("gpu", "cpu"):
        if name not in found and is_present(name):
            found.append(name)
    return found


def is_present(name: str) -> bool:
    """Whether JAX has a device of the platform."""
    import jax

    try:
        return bool(jax.devices(name))
    except RuntimeError:
        return False


def absent_backend(name: str) -> str:
    """The line that says that a platform is not there."""
    return (
        f"backend {name} was asked for, and JAX has: {', '.join(platforms())}. Install what "
        f"drives it, or pass --allow-absent-backend to skip it"
    )


_MISREADS_KEPT_LOOPS = ">=0.5.1,<0.6.1"
"""Releases whose loops end at once where their program comes from the cache; see FINDINGS.md."""


def use_cache(directory: Path) -> str | None:
    """Let JAX keep every compiled program in ``directory``; a warning if it cannot.

    Source: JAX documentation, "Persistent compilation cache".
    """
    import jax

    if SpecifierSet(_MISREADS_KEPT_LOOPS).contains(jax.__version__, prereleases=True):
        return f"no compilation cache: JAX {jax.__version__} runs loops that it kept there wrongly"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=directory):
            pass
    except OSError as error:
        return f"no compilation cache: {directory} cannot be written ({error.strerror or error})"
    jax.config.update("jax_compilation_cache_dir", str(directory))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    return None


def versions() -> dict[str, str]:
    """What is installed."""
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def devices(names: list[str]) -> tuple[str, ...]:
    """The devices of the platforms that are there."""
    import jax

    return tuple(
        f"{device.platform}:{device.id} {device.device_kind}"
        for name in names
        if is_present(name)
        for device in jax.devices(name)
    )


def flags() -> dict[str, str]:
    """The settings of JAX and XLA that the process was started with."""
    return {
        name: value
        for name, value in sorted(os.environ.items())
        if name.startswith(("JAX_", "XLA_", "GRADLAW_", "NVIDIA_TF32"))
    }


def machine() -> str:
    """The machine in words."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
