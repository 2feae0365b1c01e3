"""SavedModel folders: what the graph's signature and Keras 2's metadata tell, and how a damaged one is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_files import conv, dense, layer, message, sequential, small_model, write_saved_model

from xaifake.detector.inspection import inspect_model
from xaifake.detector.inspection.protobuf import fields, integer, messages, text
from xaifake.errors import ModelFileError


def test_exported_graph_tells_its_signature(tmp_path: Path) -> None:
    """Without Keras' metadata there is the serving signature alone; a size of -1 is open, an unknown rank is empty."""
    inspection = inspect_model(write_saved_model(tmp_path / "export"))
    assert (inspection.format, inspection.keras_major, inspection.head) == ("savedmodel", None, "unknown")
    assert [(s.name, s.shape, s.dtype) for s in inspection.inputs] == [("picture", (None, 64, 64, 3), "float32")]
    assert [(s.name, s.shape) for s in inspection.outputs] == [("score", ())]


def test_keras_2_metadata_tells_the_architecture(tmp_path: Path) -> None:
    """With Keras 2's metadata the config is read, its tuples as lists."""
    model = sequential(conv(), layer("GlobalAveragePooling2D"), dense(2, "softmax"))
    model["config"]["layers"][0]["config"]["batch_input_shape"] = {"class_name": "__tuple__", "items": [None, 32, 32, 3]}
    inspection = inspect_model(write_saved_model(tmp_path / "saved", model))
    assert (inspection.format, inspection.keras_major, inspection.keras_version) == ("keras 2 savedmodel", 2, "2.9.0")
    assert (
        inspection.head,
        inspection.inputs[0].shape,
        inspection.outputs[0].shape,
    ) == ("softmax", (None, 32, 32, 3), (None, 2))


def test_graph_kept_as_text_is_refused(tmp_path: Path) -> None:
    """TensorFlow also loads ``saved_model.pbtxt``, which nobody reads here, so it is not loaded either."""
    (tmp_path / "saved_model.pbtxt").write_text("saved_model_schema_version: 1\n")
    with pytest.raises(ModelFileError, match=r"from its saved_model\.pb"):
        inspect_model(tmp_path)


def test_subclassed_model_has_its_signature_only(tmp_path: Path) -> None:
    """Keras 2 keeps no config of a subclassed model; the signature stands in."""
    metadata = json.dumps({"class_name": "Net", "keras_version": "2.9.0"})
    inspection = inspect_model(write_saved_model(tmp_path / "saved", metadata=metadata))
    assert (
        inspection.format,
        inspection.inputs[0].shape,
        inspection.config,
    ) == ("keras 2 savedmodel", (None, 64, 64, 3), None)


@pytest.mark.parametrize("config", [None, small_model(), sequential(layer("Lambda"), layer("Gate"))])
def test_metadata_neither_risk_nor_need_anything(config: dict[str, object] | None, tmp_path: Path) -> None:
    """What its layers were does not matter, Lambda code included, for the graph is loaded without them."""
    inspection = inspect_model(write_saved_model(tmp_path / "saved", config))
    assert (inspection.risks, inspection.custom) == ((), ())


@pytest.mark.parametrize("content", [b"", b"\x12\xff", b"\x0b", b"\x12\x7fshort", message(1, 1)])
def test_damaged_graph_is_refused(content: bytes, tmp_path: Path) -> None:
    """A graph that is empty, cut short or no protocol buffer is damage."""
    folder = write_saved_model(tmp_path / "saved")
    (folder / "saved_model.pb").write_bytes(content)
    with pytest.raises(ModelFileError, match="SavedModel file is damaged or cut short"):
        inspect_model(folder)


def test_unpacked_archive_is_told(tmp_path: Path) -> None:
    """A ``.keras`` file that somebody unpacked is named as that."""
    for name in ("config.json", "metadata.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(ModelFileError, match=r"unpacked \.keras file"):
        inspect_model(tmp_path)


@given(st.integers(-(2**63), 2**63 - 1), st.text())
def test_fields_come_back(number: int, words: str) -> None:
    """Integers of 64 bits and texts of any length are read as they were written, in inner messages too."""
    inner = message(1, number) + message(2, words)
    outer = memoryview(message(3, inner))
    (found,) = messages(outer, 3)
    assert (number, words) == (integer(found, 1), text(found, 2))


@given(st.binary())
def test_any_bytes_are_a_message_or_a_value_error(content: bytes) -> None:
    """Bytes that are no message end in ValueError and nothing else; what is read lies within them."""
    try:
        values = [value for _, value in fields(memoryview(content))]
    except ValueError:
        return
    assert sum(len(value) for value in values if isinstance(value, memoryview)) <= len(content)
