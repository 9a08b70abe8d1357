"""Reports: records in; terminal, Markdown, JSON, HTML and release comparison out.

Imports no JAX, so a report can be read and compared where JAX is not installed.
"""

from gradlaw.reports.journal import Journal, TruncatedJournal, clear_journals, read_journals
from gradlaw.reports.merging import merge_records
from gradlaw.reports.reading import ReportError, read_report
from gradlaw.reports.record import (
    SCHEMA_VERSION,
    CaseSheet,
    Environment,
    Failure,
    KnownIssue,
    Record,
    Report,
)
from gradlaw.reports.rooms import (
    ClaimEvidence,
    ConventionEvidence,
    LawEvidence,
    PitfallEvidence,
    TracingEvidence,
)
from gradlaw.reports.verdict import FAILING, Verdict
from gradlaw.reports.writing import write_report

__all__ = [
    "FAILING",
    "SCHEMA_VERSION",
    "CaseSheet",
    "ClaimEvidence",
    "ConventionEvidence",
    "Environment",
    "Failure",
    "Journal",
    "KnownIssue",
    "LawEvidence",
    "PitfallEvidence",
    "Record",
    "Report",
    "ReportError",
    "TracingEvidence",
    "TruncatedJournal",
    "Verdict",
    "clear_journals",
    "merge_records",
    "read_journals",
    "read_report",
    "write_report",
]
