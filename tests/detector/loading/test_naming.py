"""The copy that is loaded: the inspected bytes, and of a SavedModel its graph and weights alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from model_files import small_model, write_hdf5, write_saved_model

from xaifake.detector.inspection import inspect_model
from xaifake.detector.loading.naming import inspected_bytes
from xaifake.errors import ModelFileError


def test_a_link_to_everything_is_not_followed(tmp_path: Path) -> None:
    """A folder beside the graph that is a link to the root of the disk is neither copied nor loaded."""
    folder = write_saved_model(tmp_path / "saved", small_model())
    (folder / "assets").mkdir()
    (folder / "assets" / "all").symlink_to("/")
    with inspected_bytes(inspect_model(folder), "", trusted=False) as copy:
        assert ["saved_model.pb"] == [path.name for path in copy.iterdir()]


def test_another_file_than_the_inspected_one_is_refused(tmp_path: Path) -> None:
    """One more byte is another file; on the user's word the file is taken as it lies there."""
    path = write_hdf5(tmp_path / "model.h5", small_model())
    inspection = inspect_model(path)
    with inspected_bytes(inspection, ".h5", trusted=False) as copy:
        assert copy.read_bytes() == path.read_bytes()
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ModelFileError, match="has changed"), inspected_bytes(inspection, ".h5", trusted=False):
        pass
    with inspected_bytes(inspection, ".h5", trusted=True) as taken:
        assert path == taken
