"""The advisories on Keras' loaders, each by its number: what it describes is refused before any Keras sees the file."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import pytest
from hostile_models.configs import of_module
from hostile_models.payloads import lambda_layer, lambda_object
from model_files import Entry, dense, layer, sequential, small_model, write_archive, write_hdf5

from xaifake.detector.inspection import inspect_model
from xaifake.detector.loading.detectors import inspect_detector
from xaifake.errors import ModelFileError, UnsafeModelError

Write = Callable[[Path, Path], Path]


def archive(config: Entry, folder: Path, **more: object) -> Path:
    return write_archive(folder / "model.keras", of_module(config, "keras.src"), **more)  # type: ignore[arg-type]


def function(module: str, name: str) -> Entry:
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def with_shape(folder: Path) -> Path:
    """A data set of 4 TB in a file of a few kB."""
    path = write_hdf5(folder / "model.h5", small_model())
    with h5py.File(path, "r+") as file:
        file.create_dataset("model_weights/evil", (10**6, 10**6), "f4", chunks=(64, 64))
    return path


def with_link(folder: Path) -> Path:
    path = write_hdf5(folder / "model.h5", small_model())
    with h5py.File(path, "r+") as file:
        file["model_weights/evil"] = h5py.ExternalLink("/etc/passwd", "/")
    return path


def swollen(folder: Path) -> Path:
    """Within Keras' own bounds of 4 GiB and a hundredfold, and far beyond what the file holds."""
    path = archive(small_model(), folder)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("assets/zeros", bytes(64 * 2**20))
    return path


ADVISORIES: dict[str, tuple[Write, str]] = {
    "CVE-2024-3660 (code in a Lambda)": (
        lambda folder, marker: archive(sequential(lambda_object(marker)), folder),
        "Lambda at lambda holds Python code",
    ),
    "CVE-2025-1550 (any function by module and name)": (
        lambda folder, _: archive(sequential(dense(activation=function("os", "system"))), folder),
        "names os.system",
    ),
    "CVE-2025-8747 (functions of Keras that fetch files)": (
        lambda folder, _: archive(sequential(dense(activation=function("keras.utils", "get_file"))), folder),
        "names keras.utils.get_file",
    ),
    "CVE-2025-9906 (a config that turns safe mode off)": (
        lambda folder, _: archive(
            sequential(dense(activation=function("keras.config", "enable_unsafe_deserialization"))), folder
        ),
        "names keras.config.enable_unsafe_deserialization",
    ),
    "CVE-2025-9905 (HDF5, for which safe mode is ignored)": (
        lambda folder, marker: write_hdf5(folder / "model.h5", sequential(lambda_object(marker)), version="3.10.0"),
        "Lambda at lambda holds Python code",
    ),
    "tf_keras, whose HDF5 loader runs a Lambda to this day": (
        lambda folder, marker: write_hdf5(folder / "model.h5", sequential(lambda_layer(marker))),
        "Lambda at lambda holds Python code",
    ),
    "CVE-2025-12058 (a vocabulary that is a file or an address)": (
        lambda folder, _: archive(sequential(layer("StringLookup", vocabulary="http://127.0.0.1:9/words")), folder),
        "reads a file when it is loaded",
    ),
    "CVE-2026-0897 (a declared shape exhausts memory)": (lambda folder, _: with_shape(folder), "claim 4000000000.* bytes"),
    "CVE-2026-1669 (HDF5 that links into another file)": (
        lambda folder, _: with_link(folder),
        "link into another file, /etc/passwd",
    ),
    "CVE-2026-1462 (TFSMLayer loads another program)": (
        lambda folder, _: archive(sequential(layer("TFSMLayer", filepath="/tmp/evil")), folder),  # noqa: S108 - no file
        "TFSMLayer at tfsmlayer loads another SavedModel",
    ),
    "GHSA-hqp4-2352-xf5r (members that are unpacked elsewhere)": (
        lambda folder, _: archive(small_model(), folder, members={"assets/../../evil": b"x"}),
        "would be unpacked outside its folder",
    ),
    "bombs below Keras' own bounds": (lambda folder, _: swollen(folder), "unpacks to"),
}


@pytest.mark.parametrize("advisory", ADVISORIES)
def test_advisory(advisory: str, tmp_path: Path) -> None:
    """Refused without the user's word, by a sentence that says what it is; no marker is written."""
    write, words = ADVISORIES[advisory]
    path = write(tmp_path, tmp_path / "marker")
    with pytest.raises(UnsafeModelError, match=f"{words}.*--allow-unsafe"):
        inspect_detector(path)
    assert not (tmp_path / "marker").exists()


def test_checkpoint_folder_of_orbax_is_no_model(tmp_path: Path) -> None:
    """Claimed: Keras 3.14 writes through the folder of an Orbax checkpoint. Such a folder is not given to any Keras."""
    (tmp_path / "0" / "default").mkdir(parents=True)
    (tmp_path / "0" / "_CHECKPOINT_METADATA").write_text(json.dumps({"item_handlers": {}}))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelFileError, match=r"no saved_model\.pb"):
        inspect_model(tmp_path)
