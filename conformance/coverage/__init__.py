"""Rule coverage: which of the installed release's derivative and batching rules a run judged."""

from gradlaw.conformance.coverage.excuses import EXCUSES, Excuse, reasons
from gradlaw.conformance.coverage.observation import Rules, by_kind, observed
from gradlaw.conformance.coverage.registry import registered

__all__ = ["EXCUSES", "Excuse", "Rules", "by_kind", "observed", "reasons", "registered"]
