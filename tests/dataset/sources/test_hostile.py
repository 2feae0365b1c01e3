"""Data sets that strangers made to take time, memory, or a look at places that nobody named."""

from __future__ import annotations

import os
import re
import tarfile
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from trees import png, tree

from xaifake.dataset import Manifest, Reading, addresses, read_manifest
from xaifake.errors import UsageError

ELSEWHERE = (
    "http://127.0.0.1:9/a.png",
    "zip://a.png::http://127.0.0.1:9/a.zip",
    "file:///etc/passwd",
    "reference://a",
    "github://a:b@c/d.png",
    "nosuch://a",
)


def read(path: Path, **reading: object) -> Manifest:
    return read_manifest([str(path)], reading=Reading(**reading))  # type: ignore[arg-type]


def table(folder: Path, text: str) -> Path:
    """A CSV beside one picture."""
    path = tree(folder, "a.png") / "faces.csv"
    path.write_text(f"path,label\n{text}", "utf-8")
    return path


def test_a_table_reaches_nothing_that_nobody_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses in a stranger's table are not opened, neither by their own protocol nor in a chain; the others go on."""
    asked: list[str] = []
    monkeypatch.setattr(addresses, "_resolved", asked.append)
    found = read(table(tmp_path, "a.png,real\n" + "".join(f"{address},fake\n" for address in ELSEWHERE)))
    assert [str(tmp_path / "a.png")] == [entry.uri for entry in found.entries]
    assert list(ELSEWHERE) == [refused.uri for refused in found.refused]
    assert {"A table names files from where it lies; --reach ADDRESS lets it name others."} == {
        refused.reason for refused in found.refused
    }
    assert [] == asked


def test_a_mask_elsewhere_is_not_reached_either(tmp_path: Path) -> None:
    """The row is refused, and says which address."""
    path = tree(tmp_path, "a.png", "b.png") / "faces.csv"
    path.write_text("path,label,mask\na.png,fake,http://127.0.0.1:9/m.png\nb.png,real,\n", "utf-8")
    assert ["http://127.0.0.1:9/m.png"] == [refused.uri for refused in read(path).refused]


def test_what_is_named_is_reached(tmp_path: Path) -> None:
    """--reach is a beginning of addresses, cut at a slash."""
    path = table(tmp_path, f"file://{tmp_path}/a.png,real\nfile://{tmp_path}2/a.png,real\n")
    found = read(path, reach=(f"file://{tmp_path}",))
    assert ([f"file://{tmp_path}/a.png"], [f"file://{tmp_path}2/a.png"]) == (
        [entry.uri for entry in found.entries],
        [refused.uri for refused in found.refused],
    )


@pytest.mark.parametrize("named", ["../../other.example/a.png", "/etc/passwd", "https://other.example/a.png"])
def test_a_table_from_elsewhere_stays_there(named: str) -> None:
    """Neither another host, by whatever way, nor this machine's files."""
    from xaifake.dataset.places import Place

    place = Place("https://host.example/data/faces.csv")
    assert place.may_name(place.beside("b.png"), ())
    assert not place.may_name(place.beside(named), ())
    assert urlsplit(place.beside("b.png")).hostname == "host.example"


@pytest.mark.parametrize("named", ["pipe.png", "/dev/zero", "/proc/self/mem", "/", "a\0.png"])
def test_what_is_no_file_is_a_refused_row(named: str, tmp_path: Path) -> None:
    """A pipe that nobody writes into, a device without end: at once, and the other row goes on."""
    os.mkfifo(tmp_path / "pipe.png")
    found = read(table(tmp_path, f"a.png,real\n{named},fake\n"))
    assert (1, 1) == (len(found.entries), len(found.refused))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a.png,real\n" + "x" * 2_000_000, "a line has more than 1048576 characters"),
        ('a.png,real\n"' + "x" * 200_000, "field larger than field limit"),
    ],
)
def test_lines_and_cells_are_bounded(text: str, says: str, tmp_path: Path) -> None:
    """A file without line ends is not read whole for its first line."""
    with pytest.raises(UsageError, match=rf"^The manifest cannot be read \({says}.*Received: "):
        read(table(tmp_path, text))


@pytest.mark.parametrize("header", ["path,label,label", "path," + ",".join(map(str, range(1_000)))])
def test_columns_are_few_and_named_once(header: str, tmp_path: Path) -> None:
    """100,000 columns made every row take 10 ms; of two columns of one name the last counted."""
    path = tree(tmp_path, "a.png") / "faces.csv"
    path.write_text(f"{header}\na.png,real,fake\n", "utf-8")
    with pytest.raises(UsageError, match=r"up to 1000 columns, each of its own name\. Received: "):
        read(path)


@pytest.mark.slow
def test_a_value_that_stands_once_is_not_unpacked_for_every_row(tmp_path: Path) -> None:
    """9,000 rows of one value of a megabyte took 9 GB, whether the column says anything or not."""
    tree(tmp_path, "a.png")
    same = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000, pa.int32()), pa.array(["x" * 100_000]))
    names = pa.array(["a.png"] * 1_000)
    pq.write_table(pa.table({"path": names, "junk": same}), tmp_path / "junk.parquet")
    assert 1 == len(read(tmp_path / "junk.parquet").entries)
    pq.write_table(pa.table({"path": names, "group": same}), tmp_path / "long.parquet")
    with pytest.raises(UsageError, match=r"long\.parquet row 1: The row has a value of more than 8192 characters\.$"):
        read(tmp_path / "long.parquet")


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    """A member's header, which may say what no member has."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, abs(size)
    data = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    if size < 0:
        data[124:136] = size.to_bytes(12, "big", signed=True)
        data[148:156] = b" " * 8
        data[148:156] = b"%06o\0 " % sum(data)
    return bytes(data)


@pytest.mark.parametrize(
    ("follows", "says"),
    [
        (header("b.png", -512), "a member has less than no bytes"),
        (header("b.png", -1024, tarfile.XHDTYPE), "a header of -1024 bytes"),
        (header("././@LongLink", 3 * 10**9, tarfile.GNUTYPE_LONGNAME), "a header of 3000000000 bytes"),
        (header("b", 2 * 10**9, tarfile.XHDTYPE), "a header of 2000000000 bytes"),
        (header("b.png", 2**62), "Invalid argument|ends|unexpected"),
        (header("././@LongLink", 0, tarfile.GNUTYPE_LONGNAME) * 2_000, "recursion"),
    ],
    ids=["backwards", "notes backwards", "a long name", "long notes", "a long member", "names of names"],
)
def test_headers_of_tars_are_bounded(follows: bytes, says: str, tmp_path: Path) -> None:
    """No circle, no gigabytes for a name; the members before it are there."""
    data = png("a")
    whole = header("real/a.png", len(data)) + data + bytes(-len(data) % 512)
    path = tmp_path / "a.tar"
    path.write_bytes(whole + follows + bytes(1024))
    os.truncate(path, 4 * 10**9)  # takes no room on the disk
    (entry,) = (found := read(path)).entries
    assert entry.label == "REAL"
    assert re.search(says, next(refused.reason for refused in found.refused if refused.uri == str(path)))


def test_a_link_to_itself_is_told(tmp_path: Path) -> None:
    """It is neither there nor missing, and does not end the reading."""
    (tree(tmp_path, "a.png") / "b.png").symlink_to("b.png")
    found = read(tmp_path)
    assert (1, ["It cannot be looked into (Too many levels of symbolic links)."]) == (
        len(found.entries),
        [refused.reason for refused in found.refused],
    )
