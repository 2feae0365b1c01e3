"""The file that Keras is given: the bytes that were inspected, under the name that Keras goes by."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xaifake.detector.inspection.formats import digest
from xaifake.detector.inspection.record import Inspection
from xaifake.detector.inspection.savedmodel import GRAPH, WEIGHTS
from xaifake.errors import ModelFileError

SUFFIXES = {"keras 3 .keras": ".keras", "keras 2 .keras": ".keras", "keras 3 hdf5": ".h5", "keras 2 hdf5": ".h5"}


def suffix_of(inspection: Inspection, *, built: bool) -> str:
    """How the name of a file must end for Keras to read it, or, where a builder makes the model, its weights alone."""
    return ".weights.h5" if built else SUFFIXES.get(inspection.format, "")


@contextmanager
def named_like(path: Path, suffix: str) -> Iterator[Path]:
    """The file itself where its name ends so, else a copy under such a name, gone on leaving."""
    if path.name.endswith(suffix):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="xaifake-") as folder:
        copy = Path(folder, f"model{suffix}")
        shutil.copyfile(path, copy)
        yield copy


@contextmanager
def inspected_bytes(inspection: Inspection, suffix: str, *, trusted: bool) -> Iterator[Path]:
    """A copy of one's own of the model, which nobody can change between the look at it and its loading.

    A model that is ``trusted``, loaded on the user's word, is taken as it lies there.

    Raises:
        ModelFileError: the file is not the one that was inspected, or cannot be copied.
    """
    path = Path(inspection.path)
    if trusted:
        with named_like(path, suffix) as named:
            yield named
        return
    with tempfile.TemporaryDirectory(prefix="xaifake-") as folder:
        copy = Path(folder, f"model{suffix}")
        try:
            if path.is_dir():
                shutil.copytree(path, copy, symlinks=True)  # a link to / must not be followed
            else:
                shutil.copyfile(path, copy)
        except OSError as error:
            raise ModelFileError(f"The file cannot be copied for loading ({error}). Received: {path}") from error
        if digest(copy) != inspection.sha256:
            raise ModelFileError(f"The file has changed since it was inspected; load it again. Received: {path}")
        if copy.is_dir():
            _strip(copy)
        yield copy


def _strip(saved_model: Path) -> None:
    """Leave of a SavedModel what was judged: the graph and its weights, not text forms, debug information or metadata."""
    for path in saved_model.iterdir():
        if path.name not in (GRAPH, WEIGHTS):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
