"""The stable orders: records, laws and dtypes, whatever worker came first."""

from __future__ import annotations

from collections.abc import Mapping

from gradlaw.reports.record import Record
from gradlaw.reports.verdict import Room

ROOMS: tuple[Room, ...] = ("law", "device", "tracing", "pitfall", "convention", "claim")
"""The order in which reports show the parts of the suite."""

_DTYPES = (
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "complex64",
    "complex128",
)

Identity = tuple[str, str]
"""Node and subject, which name a record."""


def identity(record: Record) -> Identity:
    """What names a record within a run."""
    return record.node, record.subject


def lasting_identity(record: Record) -> Identity:
    """What names a record across runs, from a checkout or from an installed suite."""
    return short_node(record.node), record.subject


def short_node(node: str) -> str:
    """A node's id without the path of its file."""
    return node.partition("::")[2] or node


def by_law(law: str) -> tuple[int, str]:
    """Order laws from the plain to the composed: by the transformations they nest, then name."""
    return law.count("(") + 1 if law else 99, law


def by_dtype(dtype: str) -> tuple[int, str]:
    """Order dtypes by kind and width, others after them by name."""
    return _DTYPES.index(dtype) if dtype in _DTYPES else len(_DTYPES), dtype


def by_place(
    record: Record, declared: Mapping[str, int]
) -> tuple[int, int, str, tuple[int, str], tuple[int, str], str, str]:
    """Order records by room, case as declared, law, dtype, backend, node.

    Args:
        record: the record.
        declared: the position of each case's name.
    """
    law = record.law
    return (
        ROOMS.index(record.room),
        declared.get(record.subject, len(declared)),
        record.subject,
        by_law(law.law if law else ""),
        by_dtype(law.dtype if law else ""),
        record.backend,
        record.node,
    )
