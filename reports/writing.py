"""Writing a report: JSON for machines, Markdown for issues, HTML for reading."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from gradlaw.reports.encoding import encode
from gradlaw.reports.reading import decode_report
from gradlaw.reports.record import Report


def write_report(report: Report, directory: Path | str) -> dict[str, Path]:
    """Write ``report.json``, ``report.md`` and ``report.html``.

    Each file appears whole or not at all, and the JSON comes first, so that a fault in
    rendering loses no record. The other two are rendered from the JSON as it was written.

    Args:
        report: the run.
        directory: where to; made if absent.

    Returns:
        The paths under ``json``, ``markdown`` and ``html``.

    Raises:
        OSError: the directory cannot be made or written.
    """
    target = Path(directory)
    target.mkdir(parents=True, exist_ok=True)
    content = encode(report)
    path = _write(target / "report.json", msgspec.json.format(content, indent=1) + b"\n")
    return {"json": path, **render_report(decode_report(content), target)}


def render_report(report: Report, directory: Path | str) -> dict[str, Path]:
    """Write ``report.md`` and ``report.html`` only.

    Args:
        report: the run.
        directory: where to; made if absent.

    Returns:
        The paths under ``markdown`` and ``html``.
    """
    from gradlaw.reports.html import render_html
    from gradlaw.reports.markdown import render_markdown

    target = Path(directory)
    target.mkdir(parents=True, exist_ok=True)
    return {
        "markdown": _write(target / "report.md", _bytes(render_markdown(report))),
        "html": _write(target / "report.html", _bytes(render_html(report))),
    }


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _write(path: Path, content: bytes) -> Path:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    os.replace(partial, path)
    return path
