"""What the files alone give away of the labels is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from trainable import faces, prepared

from xaifake.training.pictures.giveaways import giveaways_of
from xaifake.training.pictures.views import Seen

pytestmark = pytest.mark.slow  # reads and writes pictures


def resized(root: Path) -> None:
    for path in (root / "fake").iterdir():
        Image.open(path).resize((48, 48)).save(path)


def reformatted(root: Path) -> None:
    for number, path in enumerate(sorted((root / "real").iterdir())):
        Image.open(path).save(path.with_suffix(".jpg"), quality=80 + number % 3)
        path.unlink()


def requalified(root: Path) -> None:
    for name, quality in (("fake", 60), ("real", 95)):
        for path in (root / name).iterdir():
            Image.open(path).save(path.with_suffix(".jpg"), quality=quality)
            path.unlink()


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (resized, ["0% of FAKE and 100% of REAL pictures have a side of 24 pixels or less"]),
        (reformatted, ["100% of FAKE and 0% of REAL pictures are PNG files"]),
        (requalified, ["100% of FAKE and 0% of REAL pictures have a JPEG quality of 60 or less"]),
        (lambda _: None, []),
    ],
)
def test_files_that_give_labels_away_are_told(tmp_path: Path, spoil: Callable[[Path], None], expected: list[str]) -> None:
    """Size, format, quality; nothing where files are alike."""
    root = faces(tmp_path / "data")
    spoil(root)
    told = [note.partition(": by that")[0] for note in prepared(root, tmp_path / "work").notes if "by that" in note]
    assert expected == told


@pytest.mark.parametrize(("pictures", "share"), [(10, 0.3), (1000, 0.15)])
def test_what_chance_may_bring_or_what_is_little_is_not_told(pictures: int, share: float) -> None:
    """Three of ten pictures that are larger, or 15 of a hundred, among FAKE ones."""
    large = int(pictures * share)
    fake = [Seen(str(n), width=200 if n < large else 100, height=100) for n in range(pictures)]
    real = [Seen(str(n), width=100, height=100) for n in range(pictures)]
    assert [] == list(giveaways_of(fake, real))
