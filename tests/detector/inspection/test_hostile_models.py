"""The corpus of hostile model files (tests/hostile_models) through inspection: nothing written, raised or endless."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile_models.corpus import FAMILIES, made
from hostile_models.reading import read

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("family", FAMILIES)
def test_no_hostile_file_gets_through(family: str, tmp_path: Path) -> None:
    """Each file is refused, risky or asks for classes, in one line, unless it does no harm; no marker is written."""
    marker = tmp_path / "marker"
    harmless = {hostile.path: hostile.harmless for _, hostile in made(tmp_path / "made", marker, family)}
    answers = dict(read(harmless))
    assert answers.keys() == harmless.keys()
    through = [path.name for path, (kind, _) in answers.items() if kind == "accepted" and not harmless[path]]
    died = [path.name for path, (kind, _) in answers.items() if kind == "died" and not harmless[path]]
    assert ([], []) == (through, died)
    assert all(sentence.isprintable() and len(sentence) < 700 for _, sentence in answers.values())
    assert not marker.exists()
