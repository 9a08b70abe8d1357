"""How figures and foreign text are printed, the same in every report."""

from __future__ import annotations

import math


def ulps(error: float | None, *, absent: str = "–") -> str:
    """An error or an allowance in ULP.

    Args:
        error: the value, ULP; None where it has no measure or no bound.
        absent: what None is printed as.
    """
    if error is None or math.isnan(error):
        return absent
    if math.isinf(error):
        return "∞"
    if error == 0:
        return "0"
    if abs(error) < 0.01 or abs(error) >= 99_999.5:
        return f"{error:.1e}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")
    if abs(error) < 0.0995:
        return f"{error:.3f}"
    if abs(error) < 99.95:
        return f"{error:.2f}" if abs(error) < 9.995 else f"{error:.1f}"
    return f"{error:,.0f}"


def allowance(error: float | None, bound: float | None) -> str:
    """A bound in ULP beside the error that it bounds.

    Args:
        error: the error, ULP; None where nothing was measured.
        bound: the bound, ULP; None where it is unbounded.
    """
    return ulps(bound, absent="–" if error is None else "∞")


def duration(seconds: float) -> str:
    """A time in seconds, or in minutes and seconds."""
    if seconds < 10:
        return f"{seconds:.2g} s" if seconds < 1 else f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def share(part: float, whole: float) -> str:
    """A part of a whole in percent."""
    return f"{100 * part / whole:.0f} %" if whole > 0 else "–"


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun in the singular or the plural."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def printable(text: str) -> str:
    r"""Foreign text without terminal escapes and other control characters, which show as ``\x1b``.

    Line ends and tabs stay.
    """
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or character in "\n\t" else _escaped(character)
        for character in text
    )


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii") if character != "\xa0" else " "


def in_one_line(text: str, limit: int = 0) -> str:
    """Foreign text as one line.

    Args:
        text: the text.
        limit: the most characters to keep; 0 keeps all.
    """
    line = " ".join(printable(text).split())
    return line if not limit or len(line) <= limit else line[: limit - 1] + "…"


def shortened(text: str, limit: int) -> str:
    """Foreign text of any number of lines, cut at a limit that it then names.

    Args:
        text: the text.
        limit: the most characters to keep.
    """
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n… {len(text) - limit:,} more characters in report.json"
