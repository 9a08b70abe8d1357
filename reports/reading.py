"""Reading a report back."""

from __future__ import annotations

from pathlib import Path

import msgspec

from gradlaw.reports.record import SCHEMA_VERSION, Report


class ReportError(ValueError):
    """A file is no report that this release of gradlaw reads."""


def read_report(path: Path | str) -> Report:
    """A report from its ``report.json``.

    Args:
        path: the file.

    Raises:
        ReportError: the file cannot be read, is no JSON, is no report, or is of another
            schema version; the message says which, and what to do.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        message = f"cannot read {path}: {error.strerror or error}. Name a report.json."
        raise ReportError(message) from error
    return decode_report(content, str(path))


def decode_report(content: bytes, name: str = "the report") -> Report:
    """A report from JSON.

    Args:
        content: the JSON, UTF-8.
        name: what messages call it.

    Raises:
        ReportError: as ``read_report``.
    """
    try:
        head = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"{name} is not JSON ({error}). Name a report.json, not its .md or .html."
        raise ReportError(message) from error
    version = head.get("schema") if isinstance(head, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        message = f"{name} is JSON but no gradlaw report: it has no schema version."
        raise ReportError(message)
    if version > SCHEMA_VERSION:
        message = (
            f"{name} has schema version {version}, and this gradlaw reads {SCHEMA_VERSION}: "
            "a newer gradlaw wrote it. Upgrade gradlaw to read it."
        )
        raise ReportError(message)
    if version < SCHEMA_VERSION:
        message = (
            f"{name} has schema version {version}, and this gradlaw reads {SCHEMA_VERSION}: "
            "there is no such version or no way from it. Make the report again."
        )
        raise ReportError(message)
    try:
        return msgspec.convert(head, Report)
    except msgspec.ValidationError as error:
        message = f"{name} does not follow schema version {version}: {error}."
        raise ReportError(message) from error
