"""The limitations of an audit: those that it gives reason for itself. Those that always hold stand in the words' file."""

from __future__ import annotations

from xaifake.records import Audit
from xaifake.report.audits.findings import findings
from xaifake.report.audits.untested import untested


def triggered(audit: Audit) -> tuple[str, ...]:
    """Every caution that this audit gives reason for, and everything that was not tested."""
    return (*(one.sentence for one in findings(audit) if one.weight != "result"), *untested(audit))
