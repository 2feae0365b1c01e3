"""How to read each method and each kind of picture in an audit's report."""

from __future__ import annotations

from xaifake.records import Audit
from xaifake.report.audits.trust import methods_of
from xaifake.report.cards import Card, card
from xaifake.report.words import words


def section(audit: Audit) -> tuple[Card, ...]:
    """A card for each method of the audit, for mean maps, and for shortcut tests."""
    drives = [audit.drives.method] if audit.drives else []
    methods = dict.fromkeys([*drives, *methods_of(audit)])
    own = words().audit.cards
    cards = [(own.mean_maps, audit.drives), (own.kinds, audit.drives and audit.drives.clusters), (own.shortcuts, audit.shortcuts)]
    told = [Card(one.title, one.shows, one.look_for, one.ignore) for one, there in (*cards, (own.rates, audit.performance)) if there]
    return (*map(card, methods), *told)
