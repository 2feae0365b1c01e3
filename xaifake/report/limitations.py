"""The limitations: those that hold for every report, and those that this case itself gives reason for."""

from __future__ import annotations

from xaifake.records import Case
from xaifake.report.findings import findings
from xaifake.report.summary import untested


def triggered(case: Case) -> tuple[str, ...]:
    """Every caution that this case gives reason for, and everything that was not tested."""
    return (*(one.sentence for one in findings(case) if one.weight != "result"), *untested(case))
