"""Hostile model files where TensorFlow is at work: their payloads do work, and through xaifake nothing is written."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest
from hostile_models.archives import archives
from hostile_models.configs import of_module
from hostile_models.damaged import damaged
from hostile_models.payloads import Hostile, lambda_layer, lambda_object, loadable
from hostile_models.storage import structures
from model_files import Entry, dense, functional, layer, picture_input, sequential, write_archive, write_hdf5

from xaifake.detector.inspection import inspect_model, models
from xaifake.detector.inspection.apart import read_here
from xaifake.detector.loading import load_detector, load_model_of
from xaifake.detector.runtime import keras
from xaifake.errors import ModelFileError, UnsafeModelError, XaifakeError

pytestmark = pytest.mark.keras


def scored(path: Path) -> None:
    load_detector(path).score(np.zeros((1, 64, 64, 3), np.float32))


def test_payloads_work_where_nobody_looks(tmp_path: Path) -> None:
    """The control: tf_keras runs a Lambda's code while it loads; Keras 3 does without its safe mode."""
    marker = tmp_path / "marker"
    flat = layer("GlobalAveragePooling2D")
    old = write_hdf5(tmp_path / "old.h5", sequential(lambda_layer(marker), flat, dense()))
    new = tmp_path / "new.keras"
    whole = sequential(modern(lambda_object(marker)), modern(flat), modern(dense()))
    first = whole["config"]["layers"][0]["config"]
    first["batch_shape"] = first.pop("batch_input_shape")
    write_archive(new, of_module(whole, "keras.src") | {"module": "keras"})
    for major, path in ((2, old), (3, new)):
        with pytest.raises(UnsafeModelError):
            load_detector(path)
        assert not marker.exists()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises((KeyError, ValueError)):  # the weights are missing, which Keras sees too late
                keras(major).models.load_model(str(path), compile=False, safe_mode=False)
        assert marker.exists()
        marker.unlink()


def modern(entry: Entry) -> Entry:
    return {**entry, "module": "keras.layers", "registered_name": None}


def test_what_passes_inspection_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Odd, glued and damaged models that pass are loaded and scored, or refused in one line; no marker is written."""
    monkeypatch.setattr(models, "read_apart", read_here)  # none of these kills its reader
    marker, passed = tmp_path / "marker", []
    families = {"structures": structures, "archives": archives, "damaged": damaged}
    for name, family in families.items():
        (tmp_path / name).mkdir()
        passed += [hostile for hostile in family(tmp_path / name, marker) if _is_tried(hostile)]
    ended = {hostile.path.name: _ending(hostile.path) for hostile in passed}
    assert {"scored"} < set(ended.values())
    assert all(map(str.isprintable, ended.values()))
    assert not marker.exists()


def _is_tried(hostile: Hostile) -> bool:
    """All that are odd, and every fortieth that is damaged, without those with which HDF5 has trouble."""
    name = hostile.path.name
    number = name.split("_")[1] if name.startswith(("cut", "turned")) else "0"
    return hostile.harmless and int(number if number.isdigit() else 0) % 40 == 0


def _ending(path: Path) -> str:
    try:
        scored(path)
    except XaifakeError as error:
        return str(error)
    return "scored"


def test_a_file_that_is_replaced_after_the_look_at_it_is_not_loaded(tmp_path: Path) -> None:
    """What is loaded has the SHA-256 that was inspected."""
    model = loadable(tmp_path, "h5")
    marker = tmp_path / "marker"
    evil = write_hdf5(tmp_path / "evil.h5", sequential(lambda_layer(marker), layer("GlobalAveragePooling2D"), dense()))
    inspection = inspect_model(model)
    load_model_of(inspection)
    shutil.copy(evil, model)
    with pytest.raises(ModelFileError, match="has changed since it was inspected"):
        load_model_of(inspection)
    assert not marker.exists()


def test_a_file_that_is_replaced_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where its bytes are the first ones again when the SHA-256 is taken."""
    model = loadable(tmp_path, "h5")
    content = model.read_bytes()

    def swapped(path: Path, container: str) -> object:
        path.write_bytes(loadable(tmp_path, "weights.h5").read_bytes())
        found = read_here(path, container)
        path.write_bytes(content)
        return found

    monkeypatch.setattr(models, "read_apart", swapped)
    with pytest.raises(ModelFileError, match="changed while it was inspected"):
        inspect_model(model)


def test_compile_settings_in_hdf5_are_not_followed(tmp_path: Path) -> None:
    """A Keras 3 file with an operator is rebuilt from its config, with what stands beside it: that is judged, too."""
    marker = tmp_path / "marker"
    model = functional([picture_input(), layer("GlobalAveragePooling2D"), dense()])
    path = write_hdf5(tmp_path / "a.h5", model | {"compile_config": {"loss": lambda_object(marker)}}, version="3.6.0")
    with pytest.raises(UnsafeModelError, match="Lambda at lambda"):
        load_detector(path)
