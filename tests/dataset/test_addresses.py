"""Addresses: paths, whatever fsspec opens, and stretches of containers."""

from __future__ import annotations

import zipfile
from pathlib import Path

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trees import png

from xaifake.dataset import read_bytes, shown_name
from xaifake.dataset.addresses import MEMBER, joined, member
from xaifake.errors import MissingLibraryError, PictureError, UsageError


@given(
    name=st.text(min_size=1),
    container=st.text(min_size=1),
    offset=st.integers(0, 10**17),
    length=st.integers(0, 10**17),
)
def test_a_members_address_gives_its_place_back(name: str, container: str, offset: int, length: int) -> None:
    """Whatever signs stand in the names of container and member."""
    try:
        address = member(container, name, offset, length)
    except UnicodeEncodeError:  # half of a surrogate pair, which no name in UTF-8 has
        return
    found = MEMBER.fullmatch(address)
    assert found
    assert (container, offset, length) == (found["container"], int(found["offset"]), int(found["length"]))


@given(path=st.text(st.characters(blacklist_characters="/\0"), min_size=1))
def test_a_path_is_no_member_unless_it_says_a_place(path: str) -> None:
    """A name with # or @ in it is a name, as long as no offset and length stand at its end."""
    assert MEMBER.fullmatch(f"{path}.png") is None


def test_a_member_is_read_where_it_lies(tmp_path: Path) -> None:
    """Offset and length say all; the name is for people."""
    (tmp_path / "box").write_bytes(b"before" + b"within" + b"after")
    address = member(str(tmp_path / "box"), "real/a.png", 6, 6)
    assert b"within" == read_bytes(address)
    assert "a.png" == shown_name(address)


def test_a_container_that_was_cut_says_so(tmp_path: Path) -> None:
    """A stretch that ends beyond the file is not given as less."""
    (tmp_path / "box").write_bytes(b"before" + b"wit")
    with pytest.raises(PictureError, match=r"container has changed.*Received: .*box#a@6\+6"):
        read_bytes(member(str(tmp_path / "box"), "a", 6, 6))


def test_archives_and_memory_are_read(tmp_path: Path) -> None:
    """``zip://`` in a local file, and fsspec's own memory."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("real/a b.png", png("a"))
    fsspec.filesystem("memory").pipe("/box/b.png", png("b"))
    assert png("a") == read_bytes(f"zip://real/a b.png::{tmp_path / 'a.zip'}")
    assert png("b") == read_bytes("memory://box/b.png")


@pytest.mark.parametrize(
    "address", ["memory://nowhere.png", "nowhere.png", "zip://a.png::nowhere.zip", "file:///nowhere.png"]
)
def test_what_is_missing_is_a_picture_error(address: str) -> None:
    """Wherever it is missing, with the address at the sentence's end."""
    with pytest.raises(PictureError, match=f"The (file|picture) cannot be read .*Received: {address}"):
        read_bytes(address)


def test_an_archive_without_the_member_is_a_picture_error(tmp_path: Path) -> None:
    """A driver raises KeyError there; a user never sees it."""
    zipfile.ZipFile(tmp_path / "a.zip", "w").close()
    with pytest.raises(PictureError, match="cannot be read"):
        read_bytes(f"zip://b.png::{tmp_path / 'a.zip'}")


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "The picture file is empty"), (None, "name the files in this folder")]
)
def test_what_is_no_file_of_bytes_is_refused(content: bytes | None, reason: str, tmp_path: Path) -> None:
    """Empty files and folders."""
    path = tmp_path / "a.png"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(PictureError, match=reason):
        read_bytes(str(path))


def test_a_missing_driver_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """s3:// needs s3fs, whether or not it is here."""
    import sys

    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(MissingLibraryError, match=r"s3fs.*Received: s3://bucket/a.png"):
        read_bytes("s3://bucket/a.png")


def test_an_unknown_kind_of_address_is_refused() -> None:
    """The known ones are shown."""
    with pytest.raises(UsageError, match=r"no such kind of address; fsspec knows .*memory.*Received: nonsense://a"):
        read_bytes("nonsense://a")


def test_files_lie_in_folders_of_chained_addresses() -> None:
    """The path belongs to the first link of the chain."""
    assert "zip://faces/a.png::s3://bucket/faces.zip" == joined("zip://faces::s3://bucket/faces.zip", "a.png")
