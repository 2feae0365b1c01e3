"""Pictures in and files out: everything decoded to RGB uint8 within bounds, everything written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import uuid
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import OutputError, PictureError
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
        applied: detectors were trained on the numbers in the file.

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
        pixels, notes = _decoded(data, shown)
    except PictureError:
        raise
    except MemoryError as error:
        raise PictureError(f"There is not enough memory to decode the picture. Received: {shown}") from error
    except Exception as error:  # decoders of foreign bytes raise whatever they like
        raise PictureError(
            f"The file is no picture that can be decoded, or it is damaged or cut short; {READ}. Received: {shown}"
        ) from error
    return Picture(name, pixels, hashlib.sha256(data).hexdigest(), path, tuple(notes))


def picture_of(array: NDArray[Any], name: str = "array") -> Picture:
    """A picture from memory: uint8 (H, W, 3) RGB, (H, W) or (H, W, 1) grey, or (H, W, 4) whose alpha is dropped.

    ``sha256`` is of shape and pixels. Floats are refused: whether their white is 1 or 255 is for their owner to say.

    Raises:
        PictureError: another shape or dtype, or no pixels.
    """
    pixels = np.asarray(array)
    if (
        pixels.dtype != np.uint8
        or pixels.ndim not in (2, 3)
        or pixels.size == 0
        or pixels.shape[2:] not in ((), (1,), (3,), (4,))
    ):
        raise PictureError(
            "A picture in memory is uint8 of 0 to 255, (height, width, 3) in RGB; bring floats to it yourself, for instance "
            f"by (x * 255).round().astype('uint8'). Received: {pixels.dtype} of shape {pixels.shape}"
        )
    notes = ("alpha channel dropped",) if pixels.shape[2:] == (4,) else ()
    if pixels.shape[2:] in ((), (1,)):
        pixels = np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2)
    pixels = np.array(pixels[..., :3])  # a copy: what the caller does with the array later is no longer this picture
    digest = hashlib.sha256(repr(pixels.shape).encode())
    digest.update(pixels.data)
    return Picture(name, pixels, digest.hexdigest(), notes=notes)


def as_picture(image: object) -> Picture:
    """The picture that a path, an array or a `Picture` stands for."""
    if isinstance(image, Picture):
        return image
    if isinstance(image, str | os.PathLike):
        return read_picture(Path(image))
    if isinstance(image, np.ndarray):
        return picture_of(image)
    raise PictureError(f"A picture is a path, a uint8 array or a Picture. Received: {type(image).__name__}")


def name_of(image: object) -> str:
    """How to call an image that may not even be readable."""
    if isinstance(image, Picture):
        return image.source
    return str(image) if isinstance(image, str | os.PathLike) else type(image).__name__


def write_whole(path: str | Path, data: bytes) -> None:
    """Write a file whole or not at all: into a temporary file beside it, which then takes its place.

    Raises:
        OutputError: the folder is missing or closed, or the disk is full. What stood at the path still stands.
    """
    path = Path(path)
    temporary = path.parent / f".xaifake-{uuid.uuid4().hex}"
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"The file cannot be written ({error.strerror}). Received: {path}") from error
    finally:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):  # it took its place, or was never made
            temporary.unlink()


def _decoded(data: bytes, shown: str) -> tuple[Pixels, list[str]]:
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
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        return _rgb(image, notes, shown), notes


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
