"""Picture files: everything decoded to RGB uint8 within bounds."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import PictureError
from xaifake.images.jpeg import quality_of, scans_of
from xaifake.images.opening import Pieces, read_file
from xaifake.records import Picture, Pixels

MOST_PIXELS = 100_000_000
"""The largest picture that is decoded; checked in the header, before any memory is taken."""
MOST_SCANS = 100
"""Of a JPEG, each of which goes over all its pixels; libtiff has the same bound. Encoders write about ten."""
LARGEST_TILE = 4096 * 4096
"""Pixels of a TIFF's tile, if its picture has not more itself: libtiff takes memory for one, whatever the picture's size."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
"""Pillow's decoders that are asked. Others run programs (EPS) or are rarely looked after."""
JPEGS = ("JPEG", "MPO")
"""A JPEG with further pictures in it, as phones write, is an MPO to Pillow."""
SLOW = ("ppm", "ppm_plain")
"""Decoders of Pillow that are written in Python: a megapixel takes them seconds, and one MB of comments a minute."""
ORIENTATION = 0x0112
TILE_SIDES = 322, 323
SIXTEEN_BIT_WHITE = 65535
STRIP = 256
"""Rows that are brought to RGB at once."""
TOO_LARGE = f"A picture may have up to {MOST_PIXELS // 10**6} megapixels; reduce it first"
READ = "JPEG, PNG, WebP, GIF, BMP, TIFF and PPM are read"


def read_picture(path: str | Path) -> Picture:
    """Decode a picture file.

    Args:
        path: A JPEG, PNG, WebP, GIF, BMP, TIFF or PPM, whatever it is called.

    Returns:
        RGB uint8 (H, W, 3), turned as its EXIF orientation says, and notes on what was changed on the way: alpha dropped,
        16 bits brought to 8, the first frame of several taken. ``sha256`` is of the file's bytes. Colour profiles are not
        applied: detectors were trained on the numbers in the file. ``jpeg_quality`` is of JPEG files alone, not of JPEG
        within a TIFF.

    Raises:
        PictureError: missing, empty, damaged, cut short or foreign file, more than 100 megapixels, or a file that is made to
            take a decoder's time or memory.
    """
    path = Path(path)
    return read_bytes(read_file(path), path.name, path=str(path))


def read_bytes(data: bytes, name: str, *, path: str | None = None) -> Picture:
    """Decode a picture from its bytes; see `read_picture`."""
    shown = path or name
    try:
        # Pillow warns of odd metadata; what matters of it is refused or noted. Threads that read at once would undo each
        # other's `warnings.catch_warnings`, so the filter stays.
        warnings.filterwarnings("ignore", module=r"PIL\.")
        decoded = _decoded(data)
    except PictureError as error:
        raise PictureError(f"{error}. Received: {shown}") from error
    except MemoryError as error:
        raise PictureError(f"There is not enough memory to decode the picture. Received: {shown}") from error
    except Exception as error:  # decoders of foreign bytes raise whatever they like
        raise PictureError(
            f"The file is no picture that can be decoded, or it is damaged or cut short; {READ}. Received: {shown}"
        ) from error
    return Picture(name, sha256=hashlib.sha256(data).hexdigest(), path=path, **decoded)


def _decoded(data: bytes) -> dict[str, Any]:
    """What the bytes say of a `Picture`: pixels, notes, format and JPEG quality.

    Raises:
        PictureError: a sentence, without its stop and what was received.
    """
    from PIL import Image, ImageOps

    if not data:
        raise PictureError("The picture file is empty")
    try:
        image = Image.open(Pieces(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise PictureError(TOO_LARGE) from error
    with image:
        _refuse_costly(image, data)
        notes = []
        if getattr(image, "is_animated", False):  # how many there are would have to be counted, one by one
            notes.append("first of several frames taken")
            image.seek(0)
        if ";16" in str(image.tile):  # how the file stores its channels; loading brings colours to 8 bits and forgets it
            notes.append("16 bits a channel brought to 8")
        if image.getexif().get(ORIENTATION, 1) in range(2, 9):  # asked before loading, which turns a TIFF and forgets it
            notes.append("turned as its EXIF orientation says")
        if _strange(image.info.get("icc_profile")):
            notes.append("colour profile not applied")
        compression = _compression(image)
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        return {"pixels": _rgb(image, notes), "notes": tuple(notes), **compression}


def _refuse_costly(image: Any, data: bytes) -> None:
    """Refuse what would take a decoder's time or memory out of proportion to its pixels, by headers alone."""
    if image.width * image.height > MOST_PIXELS:
        raise PictureError(TOO_LARGE)
    if image.format in JPEGS and scans_of(data, MOST_SCANS) > MOST_SCANS:
        raise PictureError(f"A JPEG may have up to {MOST_SCANS} scans; save it anew")
    if image.format == "TIFF":
        across, down = (image.tag_v2.get(tag, 0) for tag in TILE_SIDES)
        if across * down > max(image.width * image.height, LARGEST_TILE):
            raise PictureError("A TIFF's tiles may not be far larger than its picture; save it anew")
    if any(tile[0] in SLOW for tile in image.tile):
        raise PictureError("A PPM is read where it is raw, with a white of 255, or of 65535 in grey; save it as PNG")


def _strange(profile: object) -> bool:
    """Whether a colour profile is another than sRGB, by its name: nothing else of it is read."""
    return isinstance(profile, bytes) and not any("sRGB".encode(code) in profile for code in ("ascii", "utf-16-be"))


def _compression(image: Any) -> dict[str, Any]:
    """The format, and of a JPEG the quality."""
    if image.format not in JPEGS:
        return {"format": image.format}
    steps = image.quantization.get(image.layer[0][3])  # of brightness; none where the header forgot them
    return {"format": "JPEG", "jpeg_quality": steps and quality_of(steps)}


def _rgb(image: Any, notes: list[str]) -> Pixels:
    """RGB uint8 of any mode. Colours under transparency are kept as they are stored: they are what the file holds.

    Strip by strip: Pillow hands a whole picture out in pieces that it joins, which takes its bytes twice over.
    """
    if image.mode == "F":
        raise PictureError("A picture of floats has no agreed white; save it with 8 or 16 bits")
    modes = ["RGB"]
    if image.mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in image.info:
        notes.append("alpha channel dropped")
        modes = ["RGBA", "RGB"]
    if image.mode in ("CMYK", "YCbCr", "LAB", "HSV"):
        notes.append(f"{image.mode} brought to RGB")
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, STRIP):
        strip = image.crop((0, top, image.width, min(top + STRIP, image.height)))
        if image.mode.startswith("I"):
            pixels[top : top + STRIP] = _bytes_of_integers(np.asarray(strip))[..., None]
            continue
        for mode in modes:
            strip = strip.convert(mode)
        pixels[top : top + STRIP] = strip
    return pixels


def _bytes_of_integers(grey: NDArray[Any]) -> NDArray[np.uint8]:
    if grey.min() < 0 or grey.max() > SIXTEEN_BIT_WHITE:
        raise PictureError("A picture of 32 bits has no agreed white; save it with 8 or 16 bits")
    return np.rint(grey / 257).astype(np.uint8)
