"""Picture files: everything decoded to RGB uint8 within bounds."""

from __future__ import annotations

import hashlib
import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import PictureError
from xaifake.images.jpeg import quality_of
from xaifake.records import Picture, Pixels

MOST_PIXELS = 100_000_000
"""The largest picture that is decoded; checked in the header, before any memory is taken."""
MOST_BYTES = 500_000_000
"""The largest file that is read."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
"""Pillow's decoders that are asked. Others run programs (EPS) or are rarely looked after."""
ORIENTATION = 0x0112
SIXTEEN_BIT_WHITE = 65535
STRIP = 256
"""Rows that are brought to RGB at once."""
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
        PictureError: missing, empty, damaged, cut short or foreign file, or more than 100 megapixels.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)  # a device has no size to look at first, and no end
    except IsADirectoryError as error:
        raise PictureError(f"A picture is a file; name the files in this folder. Received: {path}") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PictureError(f"The picture cannot be read ({reason}). Received: {path}") from error
    if len(data) > MOST_BYTES:
        raise PictureError(f"A picture file may have up to {MOST_BYTES // 10**6} MB. Received: {path}")
    return read_bytes(data, path.name, path=str(path))


def read_bytes(data: bytes, name: str, *, path: str | None = None) -> Picture:
    """Decode a picture from its bytes; see `read_picture`."""
    shown = path or name
    if not data:
        raise PictureError(f"The picture file is empty. Received: {shown}")
    try:
        # Pillow warns of odd metadata; what matters of it is refused or noted. Threads that read at once would undo each
        # other's `warnings.catch_warnings`, so the filter stays.
        warnings.filterwarnings("ignore", module=r"PIL\.")
        decoded = _decoded(data, shown)
    except PictureError:
        raise
    except MemoryError as error:
        raise PictureError(f"There is not enough memory to decode the picture. Received: {shown}") from error
    except Exception as error:  # decoders of foreign bytes raise whatever they like
        raise PictureError(
            f"The file is no picture that can be decoded, or it is damaged or cut short; {READ}. Received: {shown}"
        ) from error
    return Picture(name, sha256=hashlib.sha256(data).hexdigest(), path=path, **decoded)


def _decoded(data: bytes, shown: str) -> dict[str, Any]:
    """What the bytes say of a `Picture`: pixels, notes, format and JPEG quality."""
    from PIL import Image, ImageOps

    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_large(shown) from error
    with image:
        if image.width * image.height > MOST_PIXELS:
            raise _too_large(shown)
        notes = []
        frames = getattr(image, "n_frames", 1)
        if frames > 1:
            notes.append(f"first of {frames} frames taken")
            image.seek(0)
        if ";16" in str(image.tile):  # how the file stores its channels; loading brings colours to 8 bits and forgets it
            notes.append("16 bits a channel brought to 8")
        if image.getexif().get(ORIENTATION, 1) in range(2, 9):  # asked before loading, which turns a TIFF and forgets it
            notes.append("turned as its EXIF orientation says")
        compression = _compression(image)
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        return {"pixels": _rgb(image, notes, shown), "notes": tuple(notes), **compression}


def _compression(image: Any) -> dict[str, Any]:
    """The format, and of a JPEG the quality. A JPEG with further pictures in it, as phones write, is an MPO to Pillow."""
    if image.format not in ("JPEG", "MPO"):
        return {"format": image.format}
    steps = image.quantization.get(image.layer[0][3])  # of brightness; none where the header forgot them
    return {"format": "JPEG", "jpeg_quality": steps and quality_of(steps)}


def _too_large(shown: str) -> PictureError:
    return PictureError(f"A picture may have up to {MOST_PIXELS // 10**6} megapixels; reduce it first. Received: {shown}")


def _rgb(image: Any, notes: list[str], shown: str) -> Pixels:
    """RGB uint8 of any mode. Colours under transparency are kept as they are stored: they are what the file holds.

    Strip by strip: Pillow hands a whole picture out in pieces that it joins, which takes its bytes twice over.
    """
    if image.mode == "F":
        raise PictureError(f"A picture of floats has no agreed white; save it with 8 or 16 bits. Received: {shown}")
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
            pixels[top : top + STRIP] = _bytes_of_integers(np.asarray(strip), shown)[..., None]
            continue
        for mode in modes:
            strip = strip.convert(mode)
        pixels[top : top + STRIP] = strip
    return pixels


def _bytes_of_integers(grey: NDArray[Any], shown: str) -> NDArray[np.uint8]:
    if grey.min() < 0 or grey.max() > SIXTEEN_BIT_WHITE:
        raise PictureError(f"A picture of 32 bits has no agreed white; save it with 8 or 16 bits. Received: {shown}")
    return np.rint(grey / 257).astype(np.uint8)
