"""The matrix: cases by laws on one backend, each cell adding up its dtypes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from gradlaw.reports.legend import SIGNS, Sign, accounted, badness
from gradlaw.reports.ordering import by_dtype, by_law
from gradlaw.reports.record import Record, Report
from gradlaw.reports.rooms import LawEvidence

LAW_NOT_RECORDED = "law not recorded"
"""The column of a law record without evidence, which a crashed worker may leave."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A case under a law: all its dtypes.

    Attributes:
        case, law: the names.
        records: the cell's records, by dtype.
        worst: the record with the worst verdict, and among those the largest error per
            allowance; its error and bound are what the cell shows.
    """

    case: str
    law: str
    records: tuple[Record, ...]
    worst: Record

    @property
    def sign(self) -> Sign:
        """The worst verdict's sign."""
        return SIGNS[self.worst.verdict]

    @property
    def known(self) -> bool:
        """Whether the worst verdict is a failure that a known issue accounts for."""
        return accounted(self.worst)

    @property
    def evidence(self) -> LawEvidence | None:
        """The worst record's evidence."""
        return self.worst.law


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """All cells of one backend.

    Attributes:
        backend: the platform.
        cases: the rows, as declared.
        laws: the columns, from the plain to the composed.
        cells: a cell for each case and law that met.
    """

    backend: str
    cases: tuple[str, ...]
    laws: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]


def build_matrices(report: Report) -> tuple[Matrix, ...]:
    """A matrix for each backend that has law records, by name, and one of what is only read."""
    grouped: dict[str, dict[tuple[str, str], list[Record]]] = defaultdict(lambda: defaultdict(list))
    for record in report.records:
        if record.room == "law":
            law = _law_of(record)
            grouped[record.backend][record.subject, law].append(record)
    declared = list(dict.fromkeys(sheet.name for sheet in report.cases))
    matrices: list[Matrix] = []
    for backend, groups in sorted(grouped.items(), key=lambda item: (not item[0], item[0])):
        met = {case for case, _ in groups}
        rows = [case for case in declared if case in met]
        rows += sorted(met.difference(declared))
        matrices.append(
            Matrix(
                backend=backend or "no backend (rules read exactly)",
                cases=tuple(rows),
                laws=tuple(sorted({law for _, law in groups}, key=_column)),
                cells={place: _cell(*place, records) for place, records in groups.items()},
            )
        )
    return tuple(matrices)


def worst_records(report: Report) -> list[Record]:
    """The law records with a measured error, the worst first."""
    measured = [
        record
        for record in report.records
        if record.law is not None and record.law.error is not None
    ]
    return sorted(measured, key=_weight, reverse=True)


def _law_of(record: Record) -> str:
    """The column that a record belongs to."""
    law = record.law
    return LAW_NOT_RECORDED if law is None else law.stands_for or law.law


def _column(law: str) -> tuple[int, str]:
    return by_law("" if law == LAW_NOT_RECORDED else law)


def _cell(case: str, law: str, records: list[Record]) -> Cell:
    ordered = sorted(records, key=lambda record: by_dtype(record.law.dtype if record.law else ""))
    return Cell(case=case, law=law, records=tuple(ordered), worst=max(ordered, key=_weight))


def _weight(record: Record) -> tuple[bool, int, float, float]:
    law = record.law
    ratio = law.ratio if law and law.ratio is not None else -1.0
    error = law.error if law and law.error is not None else -1.0
    return *badness(record), ratio, error
