"""What every kind of data set keeps: the same pictures give the same manifest, wherever and however they are kept."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import fsspec
import pytest
from trees import png

from xaifake import plugins
from xaifake.dataset import Reading, read_bytes, read_entry, read_manifest
from xaifake.dataset.places import Place

PICTURES = {"0.png": "FAKE", "1.png": "REAL", "2.png": "FAKE"}
Maker = Callable[[Path], str]


def in_folders(root: Path, **names: str) -> str:
    for picture, label in PICTURES.items():
        path = root / names[label.lower()].format(video=f"00{picture[0]}") / picture
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(picture))
    return ""


def folders(root: Path) -> str:
    return in_folders(root, fake="fake", real="real")


def faceforensics(root: Path) -> str:
    return in_folders(
        root, fake="manipulated_sequences/NT/c40/frames/{video}_001", real="original_sequences/youtube/c40/frames/{video}"
    )


def celebdf(root: Path) -> str:
    return in_folders(root, fake="Celeb-synthesis/id0_id1_0{video}", real="Celeb-real/id0_0{video}")


def table(root: Path) -> str:
    in_folders(root, fake="x", real="x")
    rows = [json.dumps({"path": f"x/{picture}", "label": label}) for picture, label in PICTURES.items()]
    (root / "faces.jsonl").write_text("\n".join(rows))
    return "faces.jsonl"


def webdataset(root: Path) -> str:
    with tarfile.open(root / "faces.tar", "w") as archive:
        for picture, label in PICTURES.items():
            for name, content in ((picture, png(picture)), (f"{picture[0]}.cls", label.encode())):
                info = tarfile.TarInfo(f"./{name}")
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return "faces.tar"


def tfrecord(root: Path) -> str:
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(root / "faces.tfrecord")) as writer:
        for picture, label in PICTURES.items():
            values = {"image": png(picture), "label": label.encode()}
            feature = {key: tf.train.Feature(bytes_list=tf.train.BytesList(value=[value])) for key, value in values.items()}
            writer.write(tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString())
    return "faces.tfrecord"


MAKERS = {maker.__name__: maker for maker in (folders, faceforensics, celebdf, table, webdataset, tfrecord)}
KINDS = [pytest.param(name, marks=pytest.mark.keras if name == "tfrecord" else ()) for name in plugins.names("source")]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_pictures_are_the_same_manifest(kind: str, tmp_path: Path) -> None:
    """Ids and labels are the same for all kinds; every address gives the bytes that its id is of."""
    manifest = read_manifest([str(tmp_path / MAKERS[kind](tmp_path))])
    expected = {hashlib.sha256(png(picture)).hexdigest(): label for picture, label in PICTURES.items()}
    assert expected == {entry.id: entry.label for entry in manifest.entries}
    assert sorted(expected) == [entry.id for entry in manifest.entries]
    for entry in manifest.entries:
        assert entry.id == hashlib.sha256(read_bytes(entry.uri)).hexdigest()
        assert (8, 8, 3) == read_entry(entry).pixels.shape
    assert manifest == read_manifest([str(tmp_path / MAKERS[kind](tmp_path))])


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_recognised_by_what_lies_there(kind: str, tmp_path: Path) -> None:
    """By its own kind alone, class folders aside; and naming the format changes nothing."""
    address = str(tmp_path / MAKERS[kind](tmp_path))
    place = Place.at(address)
    recognised = {name for name in plugins.names("source") if plugins.make("source", name).recognises(place)}
    assert {kind} == recognised - {"folders"} or {"folders"} == recognised == {kind}
    assert read_manifest([address]) == read_manifest([address], reading=Reading(format=kind))


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_read_far_away_as_well(kind: str, tmp_path: Path) -> None:
    """In fsspec's memory, and in a zip: the same ids and labels."""
    name = MAKERS[kind](tmp_path)
    near = read_manifest([str(tmp_path / name)])
    memory = fsspec.filesystem("memory")
    with zipfile.ZipFile(tmp_path.parent / f"{kind}.zip", "w") as archive:
        for path in sorted(tmp_path.rglob("*")):
            if path.is_file():
                relative = path.relative_to(tmp_path).as_posix()
                memory.pipe(f"/{kind}/{relative}", path.read_bytes())
                archive.write(path, f"in/{relative}")
    for address in (f"memory://{kind}/{name}", f"zip://in/{name}::{tmp_path.parent / f'{kind}.zip'}"):
        far = read_manifest([address.replace("/::", "::").rstrip("/")])
        assert near.sha256 == far.sha256
        assert [entry.id for entry in far.entries] == [
            hashlib.sha256(read_bytes(entry.uri)).hexdigest() for entry in far.entries
        ]
