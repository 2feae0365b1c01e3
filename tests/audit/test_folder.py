"""An audit read back: its pictures are read where it says they lie, but on no machine that nobody named."""

from __future__ import annotations

from pathlib import Path

import pytest
from audits_made import whole_audit
from scores_made import entry, scores_of

from xaifake.audit.folder import AuditFolder
from xaifake.errors import CaseError

ADDRESS = "http://stranger.example/faces/a.png"


def folder(place: Path, reach: list[str] | None) -> AuditFolder:
    """An audit whose one picture lies on another machine, and was looked at closely."""
    found, picture = AuditFolder(str(place), reach), entry(0, uri=ADDRESS)
    vars(found).update(audit=whole_audit(), scores=scores_of([picture], [1.0]), strata={picture.id: ("sure",)})
    return found


@pytest.mark.parametrize("reach", [[], ["http://stranger.example/other"]])
def test_a_stranger_s_audit_reaches_nobody_s_machine(reach: list[str], tmp_path: Path) -> None:
    """Its pictures are not asked for where it says, and the flag that would do so is named."""
    with pytest.raises(CaseError, match=rf"--reach http://.*Received: {ADDRESS}$"):
        folder(tmp_path, reach).cases()


@pytest.mark.parametrize("reach", [None, ["http://stranger.example/faces"]])
def test_a_machine_that_is_named_is_reached(reach: list[str] | None, tmp_path: Path) -> None:
    """Whoever names it, or has just read it, is not refused."""
    assert [] == list(folder(tmp_path, reach).cases())
