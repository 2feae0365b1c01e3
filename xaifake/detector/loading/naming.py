"""Keras goes by the name of a file where xaifake goes by its content; this gives a file the name that Keras expects."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
