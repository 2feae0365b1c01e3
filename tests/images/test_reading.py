"""Every kind of picture a person may hand in: read as they expect, or refused in one line."""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from xaifake.errors import PictureError
from xaifake.images import read_bytes, read_picture
from xaifake.opencv import cv2
from xaifake.records import Picture, Pixels

PIXELS: Pixels = np.random.default_rng(0).integers(0, 256, (6, 5, 3), np.uint8)
"""Six rows, five columns, no two alike: a turn, a swap or a rounding shows."""
DEEP = PIXELS.astype(np.uint16) * 257
LOSSLESS: dict[str, dict[str, Any]] = {"PNG": {}, "BMP": {}, "TIFF": {}, "PPM": {}, "WEBP": {"lossless": True}}


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def read(data: bytes) -> Picture:
    return read_bytes(data, "picture")


def by_opencv(pixels: np.ndarray, ending: str) -> bytes:
    """OpenCV writes the 16-bit colours that Pillow cannot; its channel order is BGR."""
    order = [2, 1, 0, 3][: pixels.shape[2]] if pixels.ndim == 3 else None
    return bytes(cv2.imencode(ending, pixels if order is None else np.ascontiguousarray(pixels[..., order]))[1])


def png_declaring(width: int, height: int) -> bytes:
    """A PNG whose header declares a size, with next to no pixels after it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", LOSSLESS)
def test_lossless_files_give_their_own_pixels(kind: str) -> None:
    """Each pixel as it was saved, nothing to note, and the SHA-256 of the bytes."""
    data = encoded(Image.fromarray(PIXELS), kind, **LOSSLESS[kind])
    picture = read(data)
    np.testing.assert_array_equal(picture.pixels, PIXELS)
    assert ((), hashlib.sha256(data).hexdigest()) == (picture.notes, picture.sha256)


def test_a_file_is_known_by_its_content_and_named_by_its_path(tmp_path: Path) -> None:
    """A PNG called .jpg is read; name, path and hash are the file's."""
    path = tmp_path / "face.jpg"
    path.write_bytes(encoded(Image.fromarray(PIXELS), "PNG"))
    picture = read_picture(str(path))
    np.testing.assert_array_equal(picture.pixels, PIXELS)
    assert ("face.jpg", str(path)) == (picture.name, picture.path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == picture.sha256
    assert (6, 5, np.uint8, False) == (picture.height, picture.width, picture.pixels.dtype, picture.pixels.flags.writeable)


def test_a_jpeg_gives_what_its_library_decodes() -> None:
    """Within the loss of the format: a smooth picture comes back to within two grey levels."""
    smooth = np.add.outer(np.arange(32), np.arange(40)).astype(np.uint8)[..., None].repeat(3, axis=2)
    assert np.abs(read(encoded(Image.fromarray(smooth), "JPEG", quality=95)).pixels.astype(int) - smooth).max() <= 2


@pytest.mark.parametrize(
    ("data", "expected", "notes"),
    [
        (by_opencv(DEEP[..., 0], ".png"), PIXELS[..., :1], ("16 bits a channel brought to 8",)),
        (by_opencv(DEEP[..., 0], ".tiff"), PIXELS[..., :1], ("16 bits a channel brought to 8",)),
        (by_opencv(DEEP, ".png"), PIXELS, ("16 bits a channel brought to 8",)),
        (by_opencv(DEEP, ".tiff"), PIXELS, ("16 bits a channel brought to 8",)),
        (
            by_opencv(np.dstack([DEEP, DEEP[..., :1]]), ".png"),
            PIXELS,
            ("16 bits a channel brought to 8", "alpha channel dropped"),
        ),
        (encoded(Image.fromarray(PIXELS[..., 0]), "PNG"), PIXELS[..., :1], ()),
        (encoded(Image.fromarray(PIXELS[..., 0] > 127), "PNG"), (PIXELS[..., :1] > 127) * np.uint8(255), ()),
        (encoded(Image.fromarray(PIXELS[..., :2]), "PNG"), PIXELS[..., :1], ("alpha channel dropped",)),
        (encoded(Image.fromarray(np.dstack([PIXELS, PIXELS[..., 0]])), "PNG"), PIXELS, ("alpha channel dropped",)),
        (encoded(Image.fromarray(PIXELS).quantize(30), "PNG"), PIXELS, ()),
        (encoded(Image.fromarray(PIXELS).quantize(30), "GIF"), PIXELS, ()),
        (encoded(Image.fromarray(PIXELS).quantize(30), "PNG", transparency=0), PIXELS, ("alpha channel dropped",)),
    ],
    ids=[
        "16-bit grey PNG",
        "16-bit grey TIFF",
        "16-bit RGB PNG",
        "16-bit RGB TIFF",
        "16-bit RGBA PNG",
        "grey",
        "1 bit",
        "grey with alpha",
        "alpha",
        "palette PNG",
        "palette GIF",
        "palette with transparency",
    ],
)
def test_every_mode_becomes_rgb(data: bytes, expected: Pixels, notes: tuple[str, ...]) -> None:
    """The stored colours, exactly; alpha and 16 bits are noted."""
    picture = read(data)
    np.testing.assert_array_equal(picture.pixels, np.broadcast_to(expected, PIXELS.shape))
    assert notes == picture.notes


def test_cmyk_is_brought_to_rgb() -> None:
    """Without black ink each channel is the complement of its ink."""
    inks = np.dstack([255 - PIXELS, 0 * PIXELS[..., :1]])
    picture = read(encoded(Image.frombytes("CMYK", (5, 6), inks.tobytes()), "TIFF"))
    np.testing.assert_array_equal(picture.pixels, PIXELS)
    assert ("CMYK brought to RGB",) == picture.notes


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF"])
def test_the_first_frame_of_several_is_taken(kind: str) -> None:
    """The first frame's pixels, and a note of how many there are."""
    frames = [Image.fromarray(np.full((4, 4, 3), value, np.uint8)) for value in (255, 0, 0)]
    options = {"lossless": True} if kind == "WEBP" else {}
    picture = read(encoded(frames[0], kind, save_all=True, append_images=[frames[1], frames[2].rotate(90)], **options))
    np.testing.assert_array_equal(picture.pixels, np.full((4, 4, 3), 255))
    assert picture.notes[0].startswith("first of ")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_every_orientation_gives_the_upright_pixels(kind: str, orientation: int) -> None:
    """The file stores the picture turned or mirrored, its EXIF says how: what is read is upright."""
    stored = {
        1: PIXELS,
        2: PIXELS[:, ::-1],
        3: PIXELS[::-1, ::-1],
        4: PIXELS[::-1],
        5: PIXELS.transpose(1, 0, 2),
        6: np.rot90(PIXELS),
        7: PIXELS[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(PIXELS, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = read(encoded(Image.fromarray(np.ascontiguousarray(stored)), kind, exif=exif))
    np.testing.assert_array_equal(picture.pixels, PIXELS)
    assert (() if orientation == 1 else ("turned as its EXIF orientation says",)) == picture.notes


@pytest.mark.parametrize("exif", [b"Exif\0\0rubbish", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"])
def test_damaged_metadata_do_not_spoil_a_picture(exif: bytes) -> None:
    """The pixels are there: they are read, and no warning escapes."""
    assert (6, 5, 3) == read(encoded(Image.fromarray(PIXELS), "JPEG", exif=exif)).pixels.shape


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 20_000), (20_000, 1)])
def test_extreme_shapes_are_read(height: int, width: int) -> None:
    """One pixel, and a line of 20,000."""
    pixels = np.full((height, width, 3), 7, np.uint8)
    np.testing.assert_array_equal(read(encoded(Image.fromarray(pixels), "PNG")).pixels, pixels)


@pytest.mark.parametrize("side", [10_001, 60_000])
def test_a_decompression_bomb_is_refused_by_its_header(side: int) -> None:
    """Before any memory is taken, below and above Pillow's own limit, without its warning."""
    with pytest.raises(
        PictureError, match=r"^A picture may have up to 100 megapixels; reduce it first\. Received: picture$"
    ):
        read(png_declaring(side, side))


@pytest.mark.parametrize(
    "data",
    [
        b"not a picture",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
    ids=["text", "JPEG's mark", "PNG's mark", "GIF's mark", "EPS"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    """One line that says what is read; EPS is a program and is not run."""
    with pytest.raises(
        PictureError, match=r"^The file is no picture .* JPEG, PNG, WebP, GIF, BMP, TIFF and PPM .*: picture$"
    ):
        read(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "PPM"])
def test_a_file_cut_short_is_refused_never_filled_with_grey(kind: str) -> None:
    """Wherever it is cut: refused, or (where only an end mark is lost) all its pixels are there."""
    smooth = cv2.resize(PIXELS, (80, 64), interpolation=cv2.INTER_CUBIC)
    data = encoded(Image.fromarray(smooth), kind)
    whole = read(data).pixels
    refused = 0
    for length in range(1, len(data), 1 + len(data) // 60):
        try:
            np.testing.assert_array_equal(read(data[:length]).pixels, whole)
        except PictureError:
            refused += 1
    assert refused >= 50


@pytest.mark.parametrize("values", [np.float32(PIXELS[..., 0]), np.int32(PIXELS[..., 0]) * 10**6, -np.int32(PIXELS[..., 0])])
def test_numbers_without_an_agreed_white_are_refused(values: np.ndarray) -> None:
    """Floats, and integers beyond 16 bits or below zero."""
    with pytest.raises(PictureError, match=r"no agreed white; save it with 8 or 16 bits\. Received: picture$"):
        read(encoded(Image.fromarray(values), "TIFF"))


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    """Missing, a folder, empty, under a file, with a name no file can have: one line each, ending in the path."""
    (tmp_path / "empty.png").touch()
    cases = {
        tmp_path / "missing.png": "The picture cannot be read (No such file or directory).",
        tmp_path: "A picture is a file; name the files in this folder.",
        tmp_path / "empty.png": "The picture file is empty.",
        tmp_path / "empty.png" / "x.png": "The picture cannot be read (Not a directory).",
        tmp_path / "a\0b.png": "The picture cannot be read (embedded null byte).",
        tmp_path / ("x" * 300): "The picture cannot be read (File name too long).",
    }
    for path, sentence in cases.items():
        with pytest.raises(PictureError) as caught:
            read_picture(path)
        assert f"{sentence} Received: {path}" == str(caught.value)


def mutated() -> st.SearchStrategy[bytes]:
    """Small files of every kind with bytes changed, cut away or put in."""
    files = [encoded(Image.fromarray(PIXELS), kind) for kind in ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "PPM")]
    changes = st.lists(st.tuples(st.integers(0, 700), st.integers(0, 2), st.binary(max_size=4)), min_size=1, max_size=6)

    def change(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
        for place, cut, insert in edits:
            start = place % (len(data) + 1)
            data = data[:start] + insert + data[start + cut :]
        return data

    return st.builds(change, st.sampled_from(files), changes)


@settings(max_examples=400)
@given(mutated())
def test_damaged_files_are_read_or_refused(data: bytes) -> None:
    """Whatever the bytes: RGB uint8 within the bound, or a PictureError of one line; no warning."""
    try:
        picture = read(data)
    except PictureError as error:
        if "\n" in str(error):
            pytest.fail(f"a refusal is one line: {error}")
    else:
        assert (np.uint8, 3) == (picture.pixels.dtype, picture.pixels.shape[2])


def test_warnings_of_the_decoder_stay_inside() -> None:
    """A palette with transparency given as bytes makes Pillow warn; the user is not bothered."""
    data = encoded(Image.fromarray(PIXELS).quantize(30), "PNG", transparency=bytes(range(30)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(read(data).pixels, PIXELS)
