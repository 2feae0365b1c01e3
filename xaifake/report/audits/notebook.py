"""How an `Audit` shows itself in a notebook: a small table, a fragment of HTML that loads nothing, on any ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xaifake.records import Audit


def show_audit(audit: Audit) -> str:
    """What was examined, what to know first, error rates, which maps can be believed, and shortcuts: an HTML fragment."""
    from xaifake.report.audits import intervals, rates, shortcuts, summary, trust
    from xaifake.report.document import environment

    area = audit.performance and audit.performance.rates.get("auc")
    return (
        environment()
        .get_template("audit/notebook.html.j2")
        .render(
            summary=summary.section(audit),
            rates=rates.section(audit),
            area=intervals.number(area) if area else "",
            unmeasured=rates.unmeasured(audit),
            trust=trust.section(audit),
            shortcuts=shortcuts.section(audit),
        )
    )
