"""What a hostile model may attack: planted files, and listeners on this machine."""

from __future__ import annotations

import contextlib
import os
import platform
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xaifake.detector.isolation.closing import must_be_possible
from xaifake.detector.isolation.seccomp import refused
from xaifake.errors import IsolationError

CALLS = ("process_vm_readv", "unshare")


@pytest.fixture(scope="module")
def closable() -> None:
    """Skip where no process can be closed."""
    try:
        must_be_possible()
    except IsolationError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What there is to attack, as `shut_in_attacks.SOURCE` names it."""
    folder, marker = tmp_path_factory.mktemp("attacked"), f"xaifake-marker-{os.getpid()}"
    places = {name: folder / name for name in ("models", "pictures", "out", ".ssh")}
    for place in places.values():
        place.mkdir()
    (places[".ssh"] / "id_ed25519").write_text("secret")
    (places["pictures"] / "face.png").write_bytes(b"picture")
    writes = {"tmp": Path(tempfile.gettempdir()), "home": Path.home(), "the model's folder": places["models"]}
    abstract = f"\0xaifake-{os.getpid()}"
    with contextlib.ExitStack() as open_:
        plugs = [
            open_.enter_context(socket.socket(family, kind))
            for family, kind in (
                (socket.AF_INET, socket.SOCK_STREAM),
                (socket.AF_INET, socket.SOCK_DGRAM),
                (socket.AF_UNIX, socket.SOCK_STREAM),
            )
        ]
        plugs[0].bind(("127.0.0.1", 0))
        plugs[1].bind(("127.0.0.1", 0))
        plugs[2].bind(abstract)
        plugs[0].listen()
        plugs[2].listen()
        yield {
            "writes": {name: str(place / marker) for name, place in (writes | {"out": places["out"]}).items()},
            "model": str(places["models"] / "hostile.h5"),
            "folder": str(folder),
            "temporary": str(folder),
            "picture": str(places["pictures"] / "face.png"),
            "secret": str(places[".ssh"] / "id_ed25519"),
            "parent": os.getpid(),
            "tcp": plugs[0].getsockname()[1],
            "udp": plugs[1].getsockname()[1],
            "abstract": abstract,
            "calls": {name: refused(platform.machine())[name] for name in CALLS},
            "only": [],
        }
    for path in writes.values():
        (path / marker).unlink(missing_ok=True)
