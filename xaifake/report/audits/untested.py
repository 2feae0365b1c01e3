"""What an audit did not or could not test, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from xaifake.records import Audit
from xaifake.report.audits import shortcuts
from xaifake.report.limits import title as limit_title
from xaifake.report.words import words


def untested(audit: Audit) -> tuple[str, ...]:
    """All of it, what a reader misses most first."""
    return tuple(_untested(audit))


def _untested(audit: Audit) -> Iterator[str]:
    say = words()
    if audit.performance is None:
        yield say.audit.untested.none_scored if audit.data.fake or audit.data.real else say.audit.untested.no_labels
    if not audit.shortcuts:
        yield say.audit.untested.no_shortcuts
    for one in shortcuts.with_outcome(audit, "not tested"):
        yield say.audit.untested.shortcut(title=shortcuts.title(one), reason=shortcuts.reason(one))
    if not audit.trust:
        yield say.audit.untested.no_checks
    if audit.drives is None:
        yield say.audit.untested.no_drives
    unknown = [limit_title(one.name) for one in audit.limits if one.not_known and not (one.within or one.outside)]
    if not audit.limits:
        yield say.audit.untested.no_limits
    elif unknown:
        yield say.audit.untested.limits(limits=", ".join(unknown))
    if audit.performance is not None and not any(one.by == "group" for one in audit.slices):
        yield say.audit.untested.no_groups
