"""What the guide to figures tells people to type, typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from audits_made import whole_audit
from PIL import Image
from synthetic import astronaut, make_case

from xaifake.audit.saving import save_case
from xaifake.audit_schema import audit_bytes
from xaifake.images import read_picture

pytestmark = pytest.mark.slow

GUIDE = Path(__file__).parents[2] / "docs" / "figures.md"


def test_the_guides_blocks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the other they write the four files that they name."""
    picture = tmp_path / "face.png"
    Image.fromarray(astronaut()).save(picture)
    save_case(make_case(path=picture, sha256=read_picture(picture).sha256), tmp_path)
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "audit.json").write_bytes(audit_bytes(whole_audit()))
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    exec("\n".join(blocks), {})  # noqa: S102 - our own guide
    assert {"face.pdf", "compared.pdf", "roc.pdf", "shortcuts.pdf"} <= {path.name for path in tmp_path.iterdir()}
