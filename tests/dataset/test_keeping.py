"""Live data sets, kept as files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xaifake.dataset import Reading, keep_dataset, read_entry, read_manifest
from xaifake.errors import OutputError, PictureError, UsageError

PIXELS = np.random.default_rng(0).integers(0, 256, (3, 6, 5, 3), np.uint8)
NUMBERS = Reading(fake=("1",), real=("0",))


def kept(folder: str) -> list[tuple[str | None, bytes]]:
    """Labels and pixels, in the order of the elements."""
    entries = sorted(read_manifest([folder]).entries, key=lambda entry: Path(entry.uri).name)
    return [(entry.label, read_entry(entry).pixels.tobytes()) for entry in entries]


@pytest.mark.parametrize(
    "elements",
    [
        list(zip(PIXELS, (1, 0, 1), strict=True)),
        [(PIXELS[:2], np.array([1, 0])), (PIXELS[2:], np.array([[1]]))],
        [{"image": pixels, "label": label} for pixels, label in zip(PIXELS, "101", strict=True)],
    ],
    ids=["pairs", "batches", "dicts"],
)
def test_every_pixel_and_label_is_kept(elements: list[Any], tmp_path: Path) -> None:
    """One by one, in batches, as dicts: in order, as PNG."""
    folder = keep_dataset(elements, tmp_path / "kept", reading=NUMBERS)
    assert [("FAKE", PIXELS[0].tobytes()), ("REAL", PIXELS[1].tobytes()), ("FAKE", PIXELS[2].tobytes())] == kept(folder)


def test_pictures_without_labels_have_none(tmp_path: Path) -> None:
    """A data set may be one of pictures alone."""
    assert [None] * 3 == [label for label, _ in kept(keep_dataset(iter(PIXELS), tmp_path))]


def test_numbers_are_not_guessed(tmp_path: Path) -> None:
    """The sentence names what is needed."""
    with pytest.raises(UsageError, match=r"numbers are not guessed.*Received: 1 as the label of an element"):
        keep_dataset([(PIXELS[0], 1)], tmp_path)


@pytest.mark.parametrize(
    "element", [PIXELS[0] / np.float32(255), PIXELS[0, ..., :1], PIXELS[0, ..., 0], "a.png", PIXELS[:0], (1, 2, 3)]
)
def test_what_is_not_uint8_rgb_is_refused(element: Any, tmp_path: Path) -> None:
    """Whether a float's white is 1 or 255 is for its owner to say."""
    with pytest.raises(PictureError, match="uint8 RGB"):
        keep_dataset([element], tmp_path)


def test_one_hot_labels_are_refused(tmp_path: Path) -> None:
    """Which of their places is FAKE nobody said."""
    with pytest.raises(UsageError, match=r"take the argmax. Received: labels of shape \(3, 2\)"):
        keep_dataset([(PIXELS, np.eye(2)[[0, 1, 1]])], tmp_path)


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    """Nothing is mixed."""
    (tmp_path / "mine.txt").touch()
    with pytest.raises(OutputError, match="new or empty"):
        keep_dataset(PIXELS, tmp_path)


def test_a_data_set_without_end_is_refused(tmp_path: Path) -> None:
    """.repeat() would fill the disk."""

    class Endless:
        def cardinality(self) -> int:
            return -1

        def __iter__(self) -> Iterator[Any]:
            raise AssertionError("it must not be read")

    with pytest.raises(UsageError, match=r"\.take\(N\)"):
        keep_dataset(Endless(), tmp_path)


@pytest.mark.keras
def test_tensorflows_data_sets_are_kept(tmp_path: Path) -> None:
    """With and without batches, they give the same files."""
    import tensorflow as tf

    live = tf.data.Dataset.from_tensor_slices((PIXELS, [b"fake", b"real", b"fake"]))
    one, many = keep_dataset(live, tmp_path / "one"), keep_dataset(live.batch(2), tmp_path / "many")
    assert kept(one) == kept(many)
    assert ["FAKE", "REAL", "FAKE"] == [label for label, _ in kept(one)]
    with pytest.raises(UsageError, match=r"\.take\(N\)"):
        keep_dataset(live.repeat(), tmp_path / "endless")
