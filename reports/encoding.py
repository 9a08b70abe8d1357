"""How records and reports become JSON, whatever their messages and numbers hold."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from gradlaw.reports.record import Record


def encode(value: msgspec.Struct) -> bytes:
    r"""One line of JSON.

    JSON has no infinity and no NaN, so an unbounded error or allowance becomes ``null``, which
    the records read as "unbounded or no measure". NumPy and Arb scalars become floats. A lone
    surrogate, which UTF-8 refuses and a Python message may hold, is written as ``\udXXX``.

    Args:
        value: a record or a report.
    """
    if isinstance(value, Record):
        value = _with_finite_seconds(value)
    try:
        return msgspec.json.encode(value, enc_hook=_plain)
    except UnicodeEncodeError:
        return msgspec.json.encode(_without_surrogates(msgspec.to_builtins(value, enc_hook=_plain)))


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        return value.item()
    if hasattr(value, "__float__"):
        return float(value)
    kind = type(value).__name__
    message = f"a record holds a value of type {kind}, which JSON has no form for: {value!r}"
    raise TypeError(message)


def _with_finite_seconds(record: Record) -> Record:
    if all(math.isfinite(spent) for spent in record.seconds.values()):
        return record
    finite = {phase: spent for phase, spent in record.seconds.items() if math.isfinite(spent)}
    return msgspec.structs.replace(record, seconds=finite)


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_without_surrogates(k): _without_surrogates(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(item) for item in value]
    return value
