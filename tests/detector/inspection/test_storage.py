"""What the storage itself can do: links, foreign bytes, members that land elsewhere, and claims beyond the file's size."""

from __future__ import annotations

import io
import re
import stat
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from model_files import new_weights, small_model, write_archive, write_hdf5

from xaifake.detector.inspection import inspect_model
from xaifake.detector.inspection.record import Risk


def external_link(file: h5py.File) -> None:
    file["model_weights/evil"] = h5py.ExternalLink("/etc/passwd", "/")


def soft_link(file: h5py.File) -> None:
    file["model_weights/evil"] = h5py.SoftLink("/model_weights/dense")


def external_storage(file: h5py.File) -> None:
    file.create_dataset("evil", (4,), "u1", external=[("/etc/passwd", 0, 4)])


def virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("elsewhere.h5", "data", (4,))
    file.create_virtual_dataset("evil", layout)


def unwritten(file: h5py.File) -> None:
    file.create_dataset("evil", (10**6, 10**6), "f4", chunks=(64, 64))


def overflowing(file: h5py.File) -> None:
    file.create_dataset("evil", (2**40, 2**40), "f4", chunks=(64, 64))


def compressed(file: h5py.File) -> None:
    file.create_dataset("evil", data=np.zeros(3 * 10**7, np.uint8), compression="gzip", chunks=(10**7,))


STORAGE: dict[str, tuple[Callable[[h5py.File], None], str, str]] = {
    "external link": (external_link, "link", "link into another file, /etc/passwd"),
    "soft link": (soft_link, "link", "is a link and no data"),
    "external storage": (external_storage, "link", "lie in another file, /etc/passwd"),
    "virtual data set": (virtual, "link", "virtual data set"),
    "unwritten data set": (unwritten, "bomb", "claim 4000000000.* bytes"),
    "sizes whose product overflows": (overflowing, "bomb", f"claim {2**82 + 16} bytes"),
    "compressed zeros": (compressed, "bomb", "claim 30000016 bytes"),
}


def hostile_weights(change: Callable[[h5py.File], None]) -> bytes:
    """New weights with one thing changed."""
    buffer = io.BytesIO(new_weights())
    with h5py.File(buffer, "r+") as file:
        change(file)
    return buffer.getvalue()


@pytest.mark.parametrize("name", STORAGE)
def test_hdf5_that_leads_elsewhere_is_reported(name: str, tmp_path: Path) -> None:
    """Links, foreign bytes and impossible sizes are found, and no link is followed."""
    change, kind, words = STORAGE[name]
    path = write_hdf5(tmp_path / "model.h5", small_model())
    with h5py.File(path, "r+") as file:
        change(file)
    assert_one(inspect_model(path).risks, kind, words)


@pytest.mark.parametrize("name", ["external link", "external storage", "unwritten data set"])
@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_weights_within_an_archive_are_walked_too(name: str, compression: int, tmp_path: Path) -> None:
    """The weights of a ``.keras`` file are searched likewise, stored plainly or compressed."""
    change, kind, words = STORAGE[name]
    weights = hostile_weights(change)
    path = write_archive(tmp_path / "model.keras", small_model(), weights=weights, compression=compression)
    assert_one(inspect_model(path).risks, kind, words)


@pytest.mark.slow
def test_weights_compressed_twice_are_a_bomb(tmp_path: Path) -> None:
    """Zeros that neither the archive nor the weights in it swell beyond measure, but both together do."""
    weights = hostile_weights(compressed_beside_padding)
    path = write_archive(tmp_path / "model.keras", small_model(), weights=weights, compression=zipfile.ZIP_DEFLATED)
    assert_one(inspect_model(path).risks, "bomb", f"claim 1150.* bytes in a file of {path.stat().st_size}")


def compressed_beside_padding(file: h5py.File) -> None:
    file["padding"] = np.zeros(15 * 10**6, np.uint8)
    file.create_dataset("evil", data=np.zeros(10**8, np.uint8), compression="gzip", chunks=(10**7,))


def assert_one(risks: tuple[Risk, ...], kind: str, words: str) -> None:
    """There is one risk, of that kind, and its sentence has the words."""
    (risk,) = risks
    assert kind == risk.kind
    assert re.search(words, risk.sentence), risk


def test_groups_that_hold_each_other_do_not_hang(tmp_path: Path) -> None:
    """A hard link back to the root is walked once."""
    path = write_hdf5(tmp_path / "model.h5", small_model())
    with h5py.File(path, "r+") as file:
        file["model_weights/again"] = file["/"]
    assert inspect_model(path).risks == ()


def test_large_honest_weights_are_no_bomb(tmp_path: Path) -> None:
    """20 MB of weights in a file of 20 MB are what they are."""
    path = write_hdf5(tmp_path / "model.h5", small_model())
    with h5py.File(path, "r+") as file:
        file["model_weights/large"] = np.zeros(5_000_000, np.float32)
    assert inspect_model(path).risks == ()


@pytest.mark.parametrize("name", ["../../home/evil.py", "/etc/evil", "C:/evil", "assets\\..\\..\\evil", "\\evil"])
def test_member_outside_the_archive_is_reported(name: str, tmp_path: Path) -> None:
    """A member's name that leads out of the folder where it is unpacked is found, for any system."""
    path = write_archive(tmp_path / "model.keras", small_model(), members={name: b""})
    assert_one(inspect_model(path).risks, "archive", "unpacked outside its folder")


def test_symbolic_link_in_an_archive_is_reported(tmp_path: Path) -> None:
    """A member that is a symbolic link is found."""
    path = write_archive(tmp_path / "model.keras", small_model())
    member = zipfile.ZipInfo("assets")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(member, "/etc")
    assert_one(inspect_model(path).risks, "archive", "symbolic link")


def test_member_that_stands_twice_is_reported(tmp_path: Path) -> None:
    """Two members of one name are found: what is inspected might not be what is loaded."""
    path = write_archive(tmp_path / "model.keras", small_model())
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile's own word on it
        archive.writestr("config.json", archive.read("config.json"))
    assert_one(inspect_model(path).risks, "archive", "config.json 2 times")


def test_archive_that_swells_is_reported(tmp_path: Path) -> None:
    """30 MB of zeros in a small archive are found by their declared size, and not unpacked."""
    members = {"assets/zeros": bytes(30_000_000)}
    path = write_archive(tmp_path / "model.keras", small_model(), members=members, compression=zipfile.ZIP_DEFLATED)
    assert_one(inspect_model(path).risks, "bomb", "unpacks to 300")
