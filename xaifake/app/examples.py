"""The demo's pictures, as if a visitor had sent them."""

from __future__ import annotations

from pathlib import Path

import xaifake
from xaifake.app.datasets import new_folder
from xaifake.app.session import Session
from xaifake.app.uploads import Upload
from xaifake.images import read_picture

FOLDER = Path(xaifake.__file__).parent / "demo"
PAIRS = 12
"""Pictures of each label in the example data set: an audit of them takes about half a minute."""


def pictures() -> tuple[Upload, Upload]:
    """A locally edited copy of a photograph, and the photograph."""
    edited, original = map(_upload, ("edited.png", "original.png"))
    return edited, original


def labelled(session: Session) -> Path:
    """Write a small data set with labels into a new folder below the session's, as `xaifake.app.datasets.unpacked` does."""
    from xaifake.demo.pictures import write_labelled

    folder = new_folder(session.folder, "examples")
    write_labelled(folder, PAIRS)
    return folder


def _upload(name: str) -> Upload:
    picture = read_picture(FOLDER / name)
    return Upload(name, FOLDER / name, picture.height, picture.width, (FOLDER / name).stat().st_size)
