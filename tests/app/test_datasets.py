"""Data sets that visitors send: labels stand, nothing is written elsewhere, and what could do harm is refused in words."""

from __future__ import annotations

import contextlib
import io
import stat
import tempfile
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from visitors import Sent, png, sent

from xaifake.app.datasets import LEVELS, folder, safe_paths, unpacked
from xaifake.app.session import Session
from xaifake.app.settings import Settings
from xaifake.dataset import read_manifest
from xaifake.errors import UsageError

PICTURE = png()


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A visitor."""
    return Session(Settings(), tmp_path)


def zipped(
    files: Mapping[str, bytes] | Iterable[tuple[str | zipfile.ZipInfo, bytes]], way: int = zipfile.ZIP_STORED
) -> Sent:
    """A zip of files under names as they are given."""
    memory = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(memory, "w", way) as archive:
        warnings.simplefilter("ignore")  # of two files with one name
        for name, data in files.items() if isinstance(files, Mapping) else files:
            archive.writestr(name if isinstance(name, zipfile.ZipInfo) else as_written(name, way), data)
    return sent("faces.zip", memory.getvalue())


def as_written(name: str, way: int) -> zipfile.ZipInfo:
    """An entry whose name nobody mends."""
    info = zipfile.ZipInfo()
    info.filename, info.compress_type = name, way
    return info


def below(place: Path) -> list[str]:
    """Every file below a place."""
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if not path.is_dir())


def linked(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
    """An entry that is a symbolic link."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target.encode()


def test_pictures_lie_as_they_lay(session: Session) -> None:
    """Folders keep their names, so that labels stand; what is no picture is left behind."""
    place = unpacked(
        session,
        zipped(
            {
                "set/real/a.png": png(0),
                "set/fake/a.png": png(1),
                "set/readme.txt": b"text",
                "__MACOSX/set/real/._a.png": b"",
                "set/.hidden.png": PICTURE,
            }
        ),
        Settings(),
    )
    assert below(place) == ["set/fake/a.png", "set/real/a.png"]
    assert place.name == "faces"
    assert place.parent.parent == session.folder
    manifest = read_manifest([str(place)])
    assert {PurePosixPath(entry.uri).parent.name: entry.label for entry in manifest.entries} == {
        "real": "REAL",
        "fake": "FAKE",
    }


def test_folder_lies_as_it_lay(session: Session) -> None:
    """A folder that the browser sent file by file, with slashes in names."""
    place = folder(session, [sent("faces/real/a.png"), sent("faces/fake/b.jpg"), sent("faces/notes.csv")], Settings())
    assert below(place) == ["faces/fake/b.jpg", "faces/real/a.png"]


@pytest.mark.parametrize(
    "name",
    ["../../evil.png", "/etc/evil.png", "C:\\Windows\\evil.png", "..\\..\\evil.png", "real/../../../evil.png", "~/evil.png"],
)
def test_path_leads_nowhere_else(session: Session, tmp_path: Path, name: str) -> None:
    """Whatever an entry is called, it lies in the data set's folder."""
    place = unpacked(session, zipped({name: PICTURE}), Settings())
    assert len(below(place)) == 1
    assert below(tmp_path) == [f"{place.relative_to(tmp_path).as_posix()}/{path}" for path in below(place)]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ([linked("real/a.png", "/etc/passwd")], r"no links or devices; pack the files themselves.*faces\.zip with a\.png$"),
        ({"real/a.zip": b"PK"}, r"Archives within it are not unpacked; put their pictures.*with a\.zip$"),
        ({"readme.txt": b"none"}, r"no picture in it; pictures end in bmp, gif, jpeg,.*faces\.zip$"),
        ({}, "no picture in it"),
        ({f"{n}.png": b"" for n in range(11)}, "may hold 10 files here; audit a larger one by the command line"),
        ({"a.png": b"\0" * (2**20 + 1)}, r"up to 1 MB; reduce or part it. Received: a\.png of 1\.0 MB"),
        ({f"{n}.png": b"\0" * 900_000 for n in range(3)}, r"up to 2 MB;.*faces\.zip, unpacked of 2\.6 MB"),
    ],
    ids=["link", "nested", "no picture", "empty", "entries", "large", "bomb"],
)
def test_harmful_zip_is_refused_in_words(session: Session, files: Mapping[str, bytes], reason: str) -> None:
    """Before anything of it is written, with what would be accepted."""
    few = Settings(max_upload_mb=1, max_archive_mb=2, max_entries=10)
    with pytest.raises(UsageError, match=reason):
        unpacked(session, zipped(files, zipfile.ZIP_DEFLATED), few)
    assert list(session.folder.iterdir()) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:0],
        lambda data: b"GIF89a" + data[6:60],
        lambda data: data[:-10],
        lambda data: data.replace(PICTURE[20:60], bytes(40)),
        lambda data: data[: len(data) // 2] + data[len(data) // 2 + 7 :],
    ],
    ids=["empty", "foreign", "cut short", "other bytes", "shifted"],
)
def test_damaged_zip_is_refused_in_words(session: Session, damage: object) -> None:
    """One sentence, whatever the library that reads it raises; nothing of it stays."""
    data = zipped({"real/a.png": PICTURE}).data
    with pytest.raises(UsageError, match=r"no zip that can be read, or it is damaged.*Received: faces\.zip$"):
        unpacked(session, sent("faces.zip", damage(data)), Settings())  # type: ignore[operator]
    assert list(session.folder.iterdir()) == []


def test_encrypted_zip_is_refused_in_words(session: Session) -> None:
    """By the mark that each entry bears."""
    data = bytearray(zipped({"a.png": PICTURE}).data)
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UsageError, match="encrypted zip cannot be read here; pack it without a password"):
        unpacked(session, sent("faces.zip", bytes(data)), Settings())


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_packing_is_refused_in_words(session: Session, way: int) -> None:
    """Only what every program writes by itself is unpacked."""
    with pytest.raises(UsageError, match="packed by Deflate or not at all"):
        unpacked(session, zipped({"a.png": PICTURE}, way), Settings())
    assert list(session.folder.iterdir()) == []


def test_entry_that_says_less_than_it_holds_is_not_unpacked_further(session: Session) -> None:
    """A size of 10 bytes in both headers of a megabyte of zeros: refused, as its checksum is another."""
    data = zipped({"a.png": b"\0" * 2**20}, zipfile.ZIP_DEFLATED).data
    lying = data.replace((2**20).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(UsageError, match="damaged"):
        unpacked(session, sent("faces.zip", lying), Settings())


def test_zip_larger_than_may_be_is_not_looked_into(session: Session) -> None:
    """By its size alone."""
    with pytest.raises(UsageError, match=r"up to 1 MB;.*faces\.zip of 2\.0 MB"):
        unpacked(session, sent("faces.zip", b"\0" * 2**21), Settings(max_archive_mb=1))


NAMES = st.lists(
    st.one_of(
        st.text(max_size=300),
        st.lists(
            st.sampled_from(["..", ".", "", "a", "A", "a.png", "b", "real", "~", "C:", "\\", "NUL", "é", "\0"]), max_size=12
        ).map("/".join),
    ),
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(NAMES)
def test_safe_paths_stay_below_and_apart(names: list[str]) -> None:
    """Relative, without steps upwards, bounded, distinct where case does not count, and no file is another's folder."""
    paths = safe_paths(names)
    assert len(paths) == len(names)
    for path in paths:
        assert not path.is_absolute()
        assert not {"..", "."} & set(path.parts)
        assert 1 <= len(path.parts) <= LEVELS
        assert all(len(part.encode()) <= 120 for part in path.parts)
    folded = [path.as_posix().casefold() for path in paths]
    folders = {parent.as_posix().casefold() for path in paths for parent in path.parents}
    assert len(set(folded)) == len(folded)
    assert not folders & set(folded)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(NAMES)
def test_nothing_is_ever_written_outside(names: list[str]) -> None:
    """Whatever names a zip and a folder's files bear, what is written lies below the data set's folder."""
    with tempfile.TemporaryDirectory() as place:
        session = Session(
            Settings(), Path(place) / "sessions" if (Path(place) / "sessions").mkdir() else Path(place, "sessions")
        )
        marker = Path(place, "a.png")
        marker.write_bytes(b"theirs")
        named = [f"{name}.png" for name in names]
        made: list[Path] = []
        with contextlib.suppress(UsageError):  # none of them is a picture by its name
            made.append(folder(session, [sent(name, b"picture") for name in named], Settings()))
            made.append(unpacked(session, zipped([(name, b"picture") for name in named]), Settings()))
        inside = [path for root in made for path in root.rglob("*") if path.is_file()]
        every = [path for path in Path(place).rglob("*") if path.is_file()]
        assert sorted(every) == sorted([marker, *inside])
        assert marker.read_bytes() == b"theirs"
        session.close()


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=6))
def test_whatever_bytes_a_zip_has_it_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    """Bytes changed anywhere in a zip: its pictures, or one sentence."""
    data = bytearray(zipped({"real/a.png": b"picture" * 9, "fake/b.png": b"other"}, zipfile.ZIP_DEFLATED).data)
    for place, byte in changes:
        data[place % len(data)] = byte
    with tempfile.TemporaryDirectory() as place:
        session = Session(Settings(), Path(place))
        try:
            told, written = "", below(unpacked(session, sent("faces.zip", bytes(data)), Settings()))
        except UsageError as error:
            told, written = str(error), below(session.folder)
        assert bool(written) != ("Received: " in told)
        session.close()
