"""TFRecord files, written by TensorFlow itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from trees import png

from xaifake.dataset import Reading, read_bytes, read_manifest
from xaifake.errors import UsageError

pytestmark = pytest.mark.keras


def records(path: Path, rows: Sequence[Mapping[str, bytes | int | float]], compression: str = "") -> str:
    """A TFRecord file of Examples."""
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(path), compression) as writer:
        for row in rows:
            features = {}
            for name, value in row.items():
                kind = {bytes: "bytes_list", int: "int64_list", float: "float_list"}[type(value)]
                features[name] = tf.train.Feature(**{kind: {"value": [value]}})
            writer.write(tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString())
    return str(path)


def test_pictures_are_read_where_they_lie(tmp_path: Path) -> None:
    """Words in the features say the label, the file's name the split."""
    rows = [
        {"image/encoded": png("a"), "image/class/text": b"fake", "image/class/label": 1},
        {"image/encoded": png("b"), "image/class/text": b"real", "image/class/label": 0, "generator": b"gan"},
    ]
    found = read_manifest([records(tmp_path / "test.tfrecord-00000-of-00001", rows)])
    assert {png("a"): ("FAKE", "test", None), png("b"): ("REAL", "test", "gan")} == {
        read_bytes(entry.uri): (entry.label, entry.split, entry.group) for entry in found.entries
    }
    assert "image from image/encoded, label from image/class/text" in found.notes[0]


def test_numbers_and_features_can_be_told(tmp_path: Path) -> None:
    """--column names features, --fake and --real their values; a folder of files is one data set."""
    for name in "ab":
        records(tmp_path / f"{name}.tfrecord", [{"jpg": png(name), "y": int(name == "a")}])
    reading = Reading(columns={"image": "jpg"}, fake=("1",), real=("0",))
    found = read_manifest([str(tmp_path)], reading=reading)
    assert {("FAKE", "a.tfrecord"), ("REAL", "b.tfrecord")} == {(entry.label, entry.source) for entry in found.entries}
    with pytest.raises(UsageError, match=r"--fake VALUE.*Received: 1 in y of a.tfrecord"):
        read_manifest([str(tmp_path)], reading=Reading(columns={"image": "jpg"}))


def test_records_without_a_picture_say_what_they_have(tmp_path: Path) -> None:
    """The features' names, and the flag that says which is the picture."""
    with pytest.raises(UsageError, match=r"--column image=NAME.*with x$"):
        read_manifest([records(tmp_path / "a.tfrecord", [{"x": 1.5}])])


def test_a_file_that_was_cut_gives_what_it_has(tmp_path: Path) -> None:
    """The rest is refused."""
    path = Path(records(tmp_path / "a.tfrecord", [{"image": png("a")}, {"image": png("b")}]))
    path.write_bytes(path.read_bytes()[:-30])
    found = read_manifest([str(path)])
    assert [png("a")] == [read_bytes(entry.uri) for entry in found.entries]
    assert "it ends within a record" in found.refused[0].reason


def test_compressed_and_foreign_files_are_refused(tmp_path: Path) -> None:
    """By their first bytes."""
    with pytest.raises(UsageError, match="compressed TFRecord"):
        read_manifest([records(tmp_path / "a.tfrecord", [{"image": png("a")}], "GZIP")])
    (tmp_path / "b.tfrecord").write_bytes(b"this is no file of records at all")
    with pytest.raises(UsageError, match="damaged or no TFRecord file"):
        read_manifest([str(tmp_path / "b.tfrecord")])
