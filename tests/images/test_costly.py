"""Small files that would take a decoder minutes or gigabytes, and what damage makes of pictures."""

from __future__ import annotations

import importlib
import io
import struct
import time
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from xaifake.errors import PictureError
from xaifake.images import opening, read_bytes
from xaifake.images.jpeg import scans_of


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def jpeg_of(scans: int) -> bytes:
    """A progressive JPEG whose last scan stands there again and again; as Pillow writes it, it has six."""
    data = encoded(Image.new("L", (64, 64), 128), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * (scans - scans_of(data, 1000)) + b"\xff\xd9"


def tiff(**values: int) -> bytes:
    """A grey TIFF of one pixel with one tile, and other numbers where told."""
    said = {"width": 1, "height": 1, "across": 16, "down": 16, "next": 0} | values
    packed = zlib.compress(bytes(256))
    fields = [(256, said["width"]), (257, said["height"]), (258, 8), (259, 8), (262, 1), (277, 1)]
    fields += [(322, said["across"]), (323, said["down"]), (324, 8 + 2 + 12 * 10 + 4), (325, len(packed))]
    data = struct.pack("<2sHIH", b"II", 42, 8, len(fields))
    data += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in fields)
    return data + struct.pack("<I", said["next"]) + packed


def test_scans_of_a_jpeg_are_bounded() -> None:
    """110 kB of 10,000 scans took minutes; as many as libtiff allows are read."""
    assert [100, 101, 1] == [scans_of(jpeg_of(count), 100) for count in (100, 10_000, 1)] or scans_of(
        jpeg_of(100), 100
    ) == 100
    assert (64, 64, 3) == read_bytes(jpeg_of(100), "picture").pixels.shape
    with pytest.raises(PictureError, match=r"^A JPEG may have up to 100 scans; save it anew\. Received: picture$"):
        read_bytes(jpeg_of(10_000), "picture")


def test_scans_of_pictures_within_a_jpeg_are_not_its_own() -> None:
    """A thumbnail in a segment, and pictures after the first, as phones write."""
    colour = Image.fromarray(np.zeros((8, 8, 3), np.uint8))
    several = encoded(colour, "MPO", save_all=True, append_images=[colour] * 3)
    noted = encoded(colour, "JPEG", comment=jpeg_of(200))
    assert [1, 1] == [scans_of(data, 100) for data in (several, noted)]


def test_a_tile_far_larger_than_its_picture_is_refused() -> None:
    """One pixel in a tile of 40,000 a side took 1.5 GB; a tile that is only larger is read."""
    assert (1, 1, 3) == read_bytes(tiff(), "picture").pixels.shape
    with pytest.raises(PictureError, match=r"^A TIFF's tiles may not be far larger than its picture; save it anew\."):
        read_bytes(tiff(across=40_000, down=40_000), "picture")


def test_frames_are_not_counted() -> None:
    """A million frames, or a directory that is followed by itself: there are several, and the first is taken."""
    frame = encoded(Image.new("P", (4, 4)), "GIF")
    start = frame.index(b",")
    many = frame[:start] + frame[start:-1] * 200_000 + b";"
    started = time.perf_counter()
    assert ("first of several frames taken",) == read_bytes(many, "picture").notes
    assert () == read_bytes(tiff(next=8), "picture").notes
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "PPM"])
def test_a_file_of_crumbs_is_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty chunks, empty comments, one long comment: Pillow reads them byte by byte, and is stopped."""
    monkeypatch.setattr(opening, "MOST_READS", 2_000)
    data = encoded(Image.new("RGB", (4, 4)), kind)
    text = b"\0\0\0\0tEXt" + struct.pack(">I", zlib.crc32(b"tEXt"))
    place, crumb = {"PNG": (33, text), "JPEG": (2, b"\xff\xfe\0\2"), "PPM": (3, b"# comment")}[kind]
    assert (4, 4, 3) == read_bytes(data, "picture").pixels.shape
    with pytest.raises(PictureError, match=r"^The picture file is cut into more pieces than any picture needs"):
        read_bytes(data[:place] + crumb * 3_000 + data[place:], "picture")


@pytest.mark.parametrize("data", [b"P3 1 1 255\n1 2 3 ", b"P1 1 1\n0", b"P6 1 1 254\n123", b"P6 1 1 65535\n123456"])
def test_only_raw_ppms_are_read(data: bytes) -> None:
    """Pillow reads the others in Python: a megabyte of comments took a minute."""
    with pytest.raises(PictureError, match=r"^A PPM is read where it is raw, with a white of 255, .* save it as PNG\."):
        read_bytes(data, "picture")


def test_a_foreign_colour_profile_is_told() -> None:
    """Numbers stay as they are in the file; sRGB, by either way of writing its name, is what they are taken for."""
    picture = Image.new("RGB", (4, 4))
    for profile, notes in (
        (b"Display P3", ("colour profile not applied",)),
        (b"desc sRGB IEC61966-2.1", ()),
        ("sRGB".encode("utf-16-be"), ()),
    ):
        assert notes == read_bytes(encoded(picture, "PNG", icc_profile=profile), "picture").notes


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_is_none_turns_nothing(orientation: int) -> None:
    """EXIF counts from 1 to 8."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = read_bytes(encoded(Image.new("RGB", (6, 4)), "JPEG", exif=exif), "picture")
    assert ((4, 6, 3), ()) == (picture.pixels.shape, picture.notes)


@pytest.mark.slow
def test_mutants_are_read_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """300 of the 20,000 damaged pictures of ``benchmarks/fuzz_pictures.py``: RGB uint8, or one line."""
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    mutants = importlib.import_module("mutants")
    files, outcomes = mutants.seeds(), Counter[str]()
    for number in range(300):
        try:
            picture = read_bytes(mutants.mutant(number, files)[1], "mutant")
        except PictureError as error:
            outcomes["two lines" if "\n" in str(error) else "refused"] += 1
        else:
            assert (np.uint8, 3) == (picture.pixels.dtype, picture.pixels.shape[2])
            outcomes["read"] += 1
    assert {"read", "refused"} == outcomes.keys()
    assert min(outcomes.values()) > 50
