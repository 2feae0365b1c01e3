"""Only whole files of this machine are opened, and none that is larger than a picture may be."""

from __future__ import annotations

import os
import socket
import stat
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from xaifake.errors import PictureError
from xaifake.images import opening, read_picture


def test_a_closed_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that its owner keeps to himself (root could read it, so the system's answer is given here)."""

    def closed(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(opening, "_at_once", closed)
    with pytest.raises(PictureError, match=r"cannot be read \(Permission denied\)\. Received: face\.png$"):
        read_picture("face.png")


@pytest.mark.parametrize("kind", ["device", "pipe", "socket"])
def test_what_is_no_file_is_refused_at_once(kind: str, tmp_path: Path) -> None:
    """A device has no end, and opening a pipe would wait for ever for whoever writes into it."""
    path = tmp_path / "a.png"
    if kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
    reason = "No such device or address" if kind == "socket" else "it is a pipe, a device or a socket"
    with pytest.raises(PictureError, match=rf"cannot be read \({reason}\)\. Received: {path}$"):
        read_picture(path)


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    """10 GB that take no room on the disk: refused by the size, before anything is read."""
    path = tmp_path / "a.png"
    with path.open("wb") as file:
        file.truncate(10**10)
    tracemalloc.start()
    with pytest.raises(PictureError, match=rf"up to 500 MB\. Received: {path}$"):
        read_picture(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size that it had when it was opened is no promise."""
    path = tmp_path / "a.png"
    path.write_bytes(bytes(100))
    monkeypatch.setattr(opening, "MOST_BYTES", 50)
    monkeypatch.setattr(os, "fstat", lambda _: os.stat_result((stat.S_IFREG, *[0] * 9)))
    with pytest.raises(PictureError, match="may have up to"):
        read_picture(path)
