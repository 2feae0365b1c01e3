"""An audit in a process of its own, so that the page stays quick and an audit can be stopped at any moment."""

from __future__ import annotations

from pathlib import Path

from xaifake.app.jobs import Job
from xaifake.app.session import Session
from xaifake.app.settings import Settings


def begin(session: Session, settings: Settings, title: str, data: Path) -> Job[Path]:
    """Audit a data set by the command line's own ``xaifake audit``; its one outcome is the folder that holds the reports.

    Args:
        session: whose it is; the process ends with it.
        settings: those of the page.
        title: the detector's.
        data: the folder of pictures, as `uploads.unpacked` gives it.

    Raises:
        UsageError: this visitor has an audit that runs, or too many others have.
    """
    raise NotImplementedError
