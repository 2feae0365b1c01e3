"""How to read each method and each kind of picture in an audit's report."""

from __future__ import annotations

from xaifake.records import Audit
from xaifake.report.audits.trust import methods_of
from xaifake.report.cards import Card, card
from xaifake.report.words import words


def section(audit: Audit) -> tuple[Card, ...]:
    """A card for each method of the audit, and for each kind of picture and number."""
    drives = [audit.drives.method] if audit.drives else []
    methods = dict.fromkeys([*drives, *methods_of(audit)])
    say = words()
    cards = {
        "mean_maps": audit.drives is not None,
        "kinds": audit.drives is not None and audit.drives.clusters is not None,
        "shortcuts": bool(audit.shortcuts),
        "scores": True,
        "rates": audit.performance is not None,
    }
    own = (getattr(say.audit.cards, name) for name, there in cards.items() if there)
    return (*map(card, methods), *(Card(one.title, one.shows, one.look_for, one.ignore) for one in own))
