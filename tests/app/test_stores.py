"""Stores of Streamlit's server: bounded, unguessable, and emptied by a timer when a visitor does not come back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from xaifake.app import session as sessions
from xaifake.app.room import Room
from xaifake.app.session import visit
from xaifake.app.settings import Settings

pytestmark = pytest.mark.slow  # Streamlit takes its time to be imported


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of visits that were ended, in a server that does nothing else."""
    from xaifake.app import stores

    told: list[str] = []
    monkeypatch.setattr(stores, "get_instance", lambda: SimpleNamespace(close_session=told.append))
    return told


def info(name: str) -> Any:
    return SimpleNamespace(session=SimpleNamespace(id=name))


def file(name: str, size: int) -> Any:
    from streamlit.runtime.uploaded_file_manager import UploadedFileRec

    return UploadedFileRec(name, name, "image/png", bytes(size))


def test_visit_ends_when_nobody_comes_back(ended: list[str]) -> None:
    """By itself, after its time; one whose visitor is back does not."""
    from xaifake.app.stores import Away

    async def visits() -> None:
        away = Away(0.05, 9, lambda: ended.append("swept"))
        away.save(info("gone"))
        away.save(info("back"))
        away.delete("back")
        assert away.get("gone") is not None
        assert away.get("back") is None
        await asyncio.sleep(0.2)

    asyncio.run(visits())
    assert ended == ["gone", "swept"]


def test_who_is_away_for_the_longest_makes_room(ended: list[str]) -> None:
    """Of more than are kept; and not while Streamlit holds the lock under which it saves."""
    from xaifake.app.stores import Away

    async def visits() -> None:
        away = Away(60, 2, lambda: None)
        for name in ("first", "second", "third"):
            away.save(info(name))
        assert ended == []
        await asyncio.sleep(0)
        assert ended == ["first"]
        for one in away.list():
            away.delete(one.session.id)

    asyncio.run(visits())


def test_files_are_counted_and_go_with_the_visit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file takes its bytes and a little; the end of the visit gives all back, and closes the session."""
    from xaifake.app.stores import EACH, Uploads

    monkeypatch.setattr(sessions, "server_folder", lambda: tmp_path)
    room = Room(10**6, 10**6)
    uploads = Uploads("/upload", room, 3)
    session = visit(Settings(), "visit", lambda _: True)
    for name, size in (("a", 1000), ("b", 500), ("a", 2000)):
        uploads.add_file("visit", file(name, size))
    assert room.held() == 2500 + 2 * EACH
    uploads.remove_file("visit", "b")
    uploads.remove_file("visit", "nothing")
    assert room.held() == 2000 + EACH

    uploads.remove_session_files("visit")
    assert (room.held(), session.closed, list(tmp_path.iterdir())) == (0, True, [])


def test_only_so_many_places_for_files() -> None:
    """For a browser that asks for millions, nothing is made beyond the limit."""
    from xaifake.app.stores import Uploads

    uploads = Uploads("/upload", Room(1, 1), 3)
    assert len({one.file_id for one in uploads.get_upload_urls("visit", ["a"] * 4)}) == 3


def test_downloads_have_names_of_their_own() -> None:
    """Two files that are the same where Streamlit would look are two; no file is shown by its path."""
    from streamlit.runtime.media_file_storage import MediaFileKind

    from xaifake.app.stores import Media

    media, kind = Media("/media"), MediaFileKind.DOWNLOADABLE
    mine, theirs = (bytes(300_000) + one + bytes(900_000) for one in (b"mine", b"your"))
    names = [media.load_and_get_id(data, "text/html", kind, "face.html") for data in (mine, theirs, mine)]
    assert len(set(names)) == 3
    assert all(len(name) == 64 for name in names)
    assert [media.get_file(f"{name}.html").content for name in names] == [mine, theirs, mine]
    with pytest.raises(TypeError, match="no files by their paths"):
        media.load_and_get_id("/etc/passwd", "text/html", kind)


def test_a_download_waits_for_its_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's order to delete it may come before; after its time, or of more than are kept, the oldest goes."""
    from streamlit.runtime.media_file_storage import MediaFileKind, MediaFileStorageError

    from xaifake.app import stores

    media, kind = stores.Media("/media"), MediaFileKind.DOWNLOADABLE
    monkeypatch.setattr(stores, "DOWNLOADS", 250)
    first, second = (media.load_and_get_id(bytes(100), "text/html", kind) for _ in range(2))
    media.delete_file(first)
    assert media.get_file(first).content == bytes(100)
    third = media.load_and_get_id(bytes(100), "text/html", kind)
    with pytest.raises(MediaFileStorageError):
        media.get_file(first)
    assert media.get_file(second).content == media.get_file(third).content

    monkeypatch.setattr(stores, "KEPT", 0)
    media.sweep()
    for name in (second, third):
        with pytest.raises(MediaFileStorageError):
            media.get_file(name)
