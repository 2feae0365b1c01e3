"""WebDataset tars."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from trees import png

from xaifake.dataset import Manifest, Reading, read_bytes, read_manifest, shown_name
from xaifake.errors import UsageError
from xaifake.records import Entry


def tar(path: Path, members: Mapping[str, bytes]) -> str:
    """A plain tar of these members, in this order."""
    with tarfile.open(path, "w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return str(path)


def read(path: str, **reading: object) -> Manifest:
    return read_manifest([path], reading=Reading(**reading))  # type: ignore[arg-type]


def by_name(manifest: Manifest) -> dict[str, Entry]:
    return {shown_name(entry.uri): entry for entry in manifest.entries}


def test_samples_are_grouped_by_key(tmp_path: Path) -> None:
    """.json, .cls and .txt say the label of the picture with the same key; captions and folders say nothing against it."""
    path = tar(
        tmp_path / "train-0001.tar",
        {
            "0.png": png("0"),
            "0.json": json.dumps({"label": "fake", "generator": "gan", "split": "val"}).encode(),
            "1.jpg": png("1"),
            "1.cls": b"1\n",
            "2.png": png("2"),
            "2.txt": b"real",
            "2.mask.png": png("mask"),
            "3.png": png("3"),
            "3.txt": b"a real smile",
            "fake/4.png": png("4"),
            "fake/5.npy": b"12",
        },
    )
    found = read(path, fake=("1",))
    assert {
        "0.png": ("FAKE", "val", "gan"),
        "1.jpg": ("FAKE", "train", None),
        "2.png": ("REAL", "train", None),
        "3.png": (None, "train", None),
        "4.png": ("FAKE", "train", None),
    } == {name: (entry.label, entry.split, entry.group) for name, entry in by_name(found).items()}
    assert png("mask") == read_bytes(by_name(found)["2.png"].mask or "")
    assert {png("4")} == {read_bytes(entry.uri) for name, entry in by_name(found).items() if name == "4.png"}
    assert "Passed over: .npy files (1)." == found.notes[-1]


def test_a_class_that_is_a_number_is_not_guessed(tmp_path: Path) -> None:
    """The member and its tar are named."""
    path = tar(tmp_path / "a.tar", {"0.png": png("0"), "0.cls": b"1"})
    with pytest.raises(UsageError, match=r"--fake VALUE.*Received: 1 in the .cls of 0.png in a.tar"):
        read(path)


def test_a_folder_of_tars_is_one_data_set(tmp_path: Path) -> None:
    """Each shard by its own name, and what lies beside them is counted."""
    for name in ("a", "b"):
        tar(tmp_path / f"{name}.tar", {f"real/{name}.png": png(name)})
    (tmp_path / "notes.txt").touch()
    found = read(str(tmp_path))
    assert {"a.png": "a.tar", "b.png": "b.tar"} == {name: entry.source for name, entry in by_name(found).items()}
    assert "Passed over: .txt files (1)." == found.notes[-1]


@pytest.mark.parametrize("name", ["a.tar.gz", "a.tgz"])
def test_compressed_tars_are_refused(name: str, tmp_path: Path) -> None:
    """Their members cannot be reached one by one."""
    (tmp_path / name).touch()
    with pytest.raises(UsageError, match=rf"compressed tar.*gunzip.*Received: .*{name}"):
        read(str(tmp_path / name))


def test_a_tar_that_was_cut_gives_what_it_has(tmp_path: Path) -> None:
    """The rest is refused, with the tar's name."""
    path = Path(tar(tmp_path / "a.tar", {"0.png": png("0"), "1.png": png("1") * 40}))
    path.write_bytes(path.read_bytes()[:3000])
    found = read(str(path))
    assert ["0.png"] == list(by_name(found))
    assert {str(path)} <= {refused.uri.partition("#")[0] for refused in found.refused}


def test_odd_names_do_no_harm(tmp_path: Path) -> None:
    """Nothing is unpacked, so names are only names; links and folders are no pictures."""
    names = {"../../escape.png": png("0"), "/root.png": png("1"), "a#b@1+2.png": png("2"), "new\nline.png": png("3")}
    path = tar(tmp_path / "a.tar", names)
    with tarfile.open(path, "a") as archive:
        link = tarfile.TarInfo("link.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    found = read(path)
    assert set(names.values()) == {read_bytes(entry.uri) for entry in found.entries}
    assert 4 == len(found.entries)


@pytest.mark.parametrize("content", [b"[1]", b"{", b"[" * 100_000])
def test_words_of_another_form_are_refused(content: bytes, tmp_path: Path) -> None:
    """A sample's .json is an object."""
    with pytest.raises(UsageError, match=r"holds an object of named values.*of 0.png in a.tar"):
        read(tar(tmp_path / "a.tar", {"0.png": png("0"), "0.json": content}))
