"""What a file is, told by its bytes whatever its name; and what is no model, refused in one sentence."""

from __future__ import annotations

import io
import json
import os
import pickle
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_files import chained, conv, dense, new_weights, small_model, write_archive, write_hdf5, write_saved_model

from xaifake.detector.inspection import inspect_model
from xaifake.errors import ModelFileError, XaifakeError

NAMES = ["model.h5", "model.keras", "model.hdf5", "model", "model.jpg"]


@pytest.mark.parametrize("name", NAMES)
def test_hdf5_is_told_by_its_content(name: str, tmp_path: Path) -> None:
    """A whole Keras 2 model in HDF5 is that under any name, ``.keras`` among them."""
    inspection = inspect_model(write_hdf5(tmp_path / name, small_model()))
    assert (inspection.format, inspection.keras_major, inspection.keras_version) == ("keras 2 hdf5", 2, "2.13.1")


@pytest.mark.parametrize("name", NAMES)
def test_archive_is_told_by_its_content(name: str, tmp_path: Path) -> None:
    """A ``.keras`` archive is that under any name, ``.h5`` among them."""
    inspection = inspect_model(write_archive(tmp_path / name, small_model()))
    assert (inspection.format, inspection.keras_major, inspection.keras_version) == ("keras 3 .keras", 3, "3.6.0")


def test_the_version_tells_the_major(tmp_path: Path) -> None:
    """The same container is Keras 2's or Keras 3's by the version that it states."""
    formats = [
        inspect_model(write_hdf5(tmp_path / "a", small_model(), version="3.13.2")).format,
        inspect_model(write_archive(tmp_path / "b", small_model(), version="2.15.0")).format,
    ]
    assert formats == ["keras 3 hdf5", "keras 2 .keras"]


@pytest.mark.parametrize(
    ("config", "major"),
    [
        ({**small_model(), "module": "keras.src.models.functional"}, 3),
        ({**small_model(), "module": "tf_keras.src.engine.functional"}, 2),
        ({**small_model(), "module": "keras.engine.functional"}, 2),
        (
            {
                "class_name": "Sequential",
                "config": {"layers": [{"class_name": "InputLayer", "config": {"batch_shape": [1]}}]},
            },
            3,
        ),
        (small_model(), 2),
    ],
)
def test_without_a_version_the_config_tells_the_major(config: dict[str, object], major: int, tmp_path: Path) -> None:
    """Module paths, and ``batch_shape`` where Keras 2 has ``batch_input_shape``, tell who wrote a config."""
    assert major == inspect_model(write_hdf5(tmp_path / "model", config, version=None)).keras_major


def test_weights_are_told_from_models(tmp_path: Path) -> None:
    """HDF5 without a config is legacy weights by ``layer_names``, else new weights by their groups."""
    legacy = write_hdf5(tmp_path / "legacy", layer_names=np.array([b"conv", b"dense"]), version="2.1.5")
    new = tmp_path / "new"
    new.write_bytes(new_weights())
    found = [(i.format, i.keras_major, i.inputs, i.config) for i in map(inspect_model, (legacy, new))]
    assert found == [("legacy weights", 2, (), None), ("weights.h5", None, (), None)]


def test_same_bytes_have_the_same_digest(tmp_path: Path) -> None:
    """The SHA-256 is of a file's bytes; of a folder, of the files in it, names included."""
    first, second = (write_saved_model(tmp_path / name, small_model()) for name in "ab")
    before = inspect_model(second).sha256
    (second / "assets").mkdir()
    (second / "assets" / "words.txt").write_text("real fake")
    assert inspect_model(first).sha256 == before != inspect_model(second).sha256


FOREIGN = {
    "pickle": (pickle.dumps({"a": 1}), "a pickle"),
    "picture.png": (b"\x89PNG\r\n\x1a\n", "a picture"),
    "photo.jpg": (b"\xff\xd8\xff\xe0", "a picture"),
    "lite": (b"\x1c\0\0\0TFL3\0", "a TFLite model"),
    "onnx": (b"\x08\x08\x12\x07pytorch\x1a\x052.1.0", "an ONNX model"),
    "graph.pb": (b"\x08\x01\x12\x10", "give the folder"),
    "lfs.h5": (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a", "git lfs pull"),
    "page.h5": (b"<!DOCTYPE html><html>", "a web page"),
    "plan.json": (b'{"class_name": "Sequential"}', "without its weights"),
    "notes.txt": ("é plain words".encode(), "but text"),
    "tensors": (b"\x10\0\0\0\0\0\0\0" + b'{"a": 1}', "safetensors"),
    "noise": (bytes(range(128, 256)), "unknown kind"),
    "empty": (b"", "is empty"),
    "empty.zip": (b"PK\x05\x06" + bytes(18), "an empty zip archive"),
    "truncated.h5": (b"\x89HDF\r\n\x1a\n\0\0\0", "damaged or cut short"),
    "truncated.keras": (b"PK\x03\x04\x14\0\0", "damaged or cut short"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_file_is_refused_by_what_it_looks_like(name: str, tmp_path: Path) -> None:
    """What is no model is refused in one line that says what it is and what was received."""
    content, words = FOREIGN[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=words) as refusal:
        inspect_model(path)
    assert str(refusal.value).endswith(f"Received: {path}")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("member", "words"),
    [("archive/data.pkl", "PyTorch"), ("a.npy", "NumPy"), ("model.h5", "unpack it first"), ("doc.xml", "no .keras file")],
)
def test_foreign_archive_is_refused(member: str, words: str, tmp_path: Path) -> None:
    """A zip archive of something else is refused by what its members show."""
    with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
        archive.writestr(member, b"")
    with pytest.raises(ModelFileError, match=words):
        inspect_model(tmp_path / "model.keras")


def test_foreign_hdf5_is_refused(tmp_path: Path) -> None:
    """HDF5 that Keras did not write is refused."""
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["measurements"] = np.zeros(3)
    with pytest.raises(ModelFileError, match="not saved by Keras"):
        inspect_model(tmp_path / "data.h5")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A missing path, a foreign folder and a pipe are refused; the pipe is not waited for."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name, words in {"missing": "no such model file", "folder": "no saved_model.pb", "pipe": "neither a file"}.items():
        with pytest.raises(ModelFileError, match=words) as refusal:
            inspect_model(tmp_path / name)
        assert str(refusal.value).count("Received:") == 1


def plain_archive() -> bytes:
    """A ``.keras`` archive without weights: those are HDF5, which is damaged only in processes of its own (test_apart)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("metadata.json", '{"keras_version": "3.6.0"}')
        archive.writestr("config.json", json.dumps(chained(conv(), dense())))
    return buffer.getvalue()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), which=st.sampled_from(["archive", "saved_model.pb", "keras_metadata.pb"]))
def test_damage_is_never_more_than_a_refusal(data: st.DataObject, which: str, tmp_path: Path) -> None:
    """A file cut short or changed at random is inspected or refused, and nothing else ever happens."""
    folder = tmp_path / "saved"
    if not folder.exists():
        write_saved_model(folder, chained(conv(), dense()))
    path = tmp_path / "model" if which == "archive" else folder / which
    original = plain_archive() if which == "archive" else path.read_bytes()
    content = bytearray(original)
    for at, value in data.draw(st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=12)):
        content[at] = value
    path.write_bytes(content[: data.draw(st.integers(0, len(content)) | st.just(len(content)))])
    try:
        assert inspect_model(path if which == "archive" else folder).format != "unknown"
    except XaifakeError as refusal:
        assert "Received:" in str(refusal)  # noqa: PT017 - either outcome is right
    finally:
        path.write_bytes(original)
