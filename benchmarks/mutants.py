"""Small pictures of every format that is read, and what damage may make of them, from fixed seeds."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PIL import Image, PngImagePlugin

SIDE = 24
Change = Callable[[bytes, np.random.Generator, tuple[bytes, ...]], bytes]
PNG_HEADER = 8
ODD = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)
"""Numbers at which sizes, counts and offsets go wrong."""


def seeds() -> dict[str, bytes]:
    """A file for each way to store a picture, by what it is."""
    pixels = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    colour = Image.fromarray(np.sort(pixels, axis=0))
    modes = {mode: colour.convert(mode) for mode in ("1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB")}
    modes["I;16"] = Image.fromarray(pixels[..., 0].astype(np.uint16) * 257)
    modes["F"] = colour.convert("L").convert("F")
    return dict((*_jpegs(modes), *_pngs(modes), *_tiffs(modes), *_others(modes)))


def _jpegs(modes: dict[str, Image.Image]) -> Iterator[tuple[str, bytes]]:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x927C] = 6, "maker", b"note" * 20
    turned: dict[str, Any] = {"exif": exif, "icc_profile": b"profile" * 40, "comment": b"comment"}
    yield "JPEG", written(modes["RGB"], "JPEG")
    yield "JPEG, grey", written(modes["L"], "JPEG")
    yield "JPEG, CMYK", written(modes["CMYK"], "JPEG")
    yield "JPEG, progressive", written(modes["RGB"], "JPEG", progressive=True, subsampling=0)
    yield "JPEG, restarts", written(modes["RGB"], "JPEG", restart_marker_blocks=1, optimize=True)
    yield "JPEG, EXIF", written(modes["RGB"], "JPEG", **turned)
    yield "JPEG, several", written(modes["RGB"], "MPO", save_all=True, append_images=[modes["L"]])


def _pngs(modes: dict[str, Image.Image]) -> Iterator[tuple[str, bytes]]:
    for mode in ("1", "L", "P", "LA", "RGB", "RGBA", "I;16"):
        yield f"PNG, {mode}", written(modes[mode], "PNG")
    text = PngImagePlugin.PngInfo()
    text.add_text("k", "v" * 99, zip=True)
    text.add_itxt("XML:com.adobe.xmp", '<x tiff:Orientation="6"/>', zip=True)
    text.add(b"gAMA", struct.pack(">I", 100_000))
    text.add(b"cHRM", bytes(32))
    yield "PNG, texts", written(modes["P"], "PNG", pnginfo=text, transparency=bytes(range(9)), icc_profile=b"profile" * 40)
    yield "PNG, animated", written(modes["RGBA"], "PNG", save_all=True, append_images=[modes["RGB"].rotate(90)])
    for depth, kind in ((2, 0), (4, 3), (16, 2), (8, 6)):
        yield f"PNG, interlaced, {depth} bits of kind {kind}", _interlaced(depth, kind)


def _interlaced(depth: int, kind: int) -> bytes:
    """A black PNG in Adam7's seven passes, which Pillow does not write."""
    bits = depth * {0: 1, 2: 3, 3: 1, 6: 4}[kind]
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    rows = b"".join(
        bytes(1 + -(-len(range(left, SIDE, across)) * bits // 8)) * len(range(top, SIDE, down))
        for left, top, across, down in passes
    )
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, depth, kind, 0, 0, 1))]
    chunks += [(b"PLTE", bytes(range(48)))] if kind == 3 else []
    return _png([*chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")])


def _tiffs(modes: dict[str, Image.Image]) -> Iterator[tuple[str, bytes]]:
    for packing in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd", "lzma"):
        yield f"TIFF, {packing}", written(modes["RGB"], "TIFF", compression=packing)
    for packing in ("group3", "group4"):
        yield f"TIFF, {packing}", written(modes["1"], "TIFF", compression=packing)
    for mode in ("L", "P", "RGBA", "CMYK", "YCbCr", "LAB", "I;16", "F"):
        yield f"TIFF, {mode}", written(modes[mode], "TIFF")
    yield "TIFF, several", written(modes["RGB"], "TIFF", save_all=True, append_images=[modes["L"]] * 3)
    yield "TIFF, big", written(modes["RGB"], "TIFF", big_tiff=True, compression="tiff_lzw")
    yield "TIFF, tiled", _tiled()


def _tiled() -> bytes:
    """Grey, in four tiles of 16 by 16, which Pillow does not write."""
    packed = zlib.compress(bytes(range(256)))
    fields = [(256, SIDE), (257, SIDE), (258, 8), (259, 8), (262, 1), (277, 1), (322, 16), (323, 16)]
    start = 8 + 2 + 12 * (len(fields) + 2) + 4
    data = struct.pack("<2sHIH", b"II", 42, 8, len(fields) + 2)
    data += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in fields)
    data += struct.pack("<HHII", 324, 4, 4, start) + struct.pack("<HHII", 325, 4, 4, start + 16) + bytes(4)
    places = [start + 32 + number * len(packed) for number in range(4)]
    return data + struct.pack("<4I", *places) + struct.pack("<4I", *[len(packed)] * 4) + packed * 4


def _others(modes: dict[str, Image.Image]) -> Iterator[tuple[str, bytes]]:
    moving: dict[str, Any] = {"save_all": True, "append_images": [modes["RGB"].rotate(90), modes["L"]]}
    yield "WebP", written(modes["RGB"], "WEBP")
    yield "WebP, lossless, alpha", written(modes["RGBA"], "WEBP", lossless=True, exif=Image.Exif(), icc_profile=b"profile")
    yield "WebP, animated", written(modes["RGB"], "WEBP", **moving)
    yield "GIF", written(modes["P"], "GIF", transparency=0, comment=b"comment")
    yield "GIF, animated", written(modes["RGB"], "GIF", **moving, disposal=2, loop=0)
    for mode in ("1", "L", "RGB", "RGBA"):
        yield f"BMP, {mode}", written(modes[mode], "BMP")
    yield "BMP, run lengths", _run_lengths(written(modes["L"], "BMP"))
    for mode in ("1", "L", "RGB", "I;16", "F"):
        yield f"PPM, {mode}", written(modes[mode], "PPM")
    yield "PPM, plain", f"P3 {SIDE} {SIDE} 255\n{'1 2 3 ' * SIDE**2}".encode()


def _run_lengths(bitmap: bytes) -> bytes:
    """A BMP of 8 bits with one run a row in place of its pixels."""
    start = int.from_bytes(bitmap[10:14], "little")
    runs = (bytes([SIDE, 7, 0, 0]) * SIDE) + b"\0\1"
    return bitmap[:30] + struct.pack("<II", 1, len(runs)) + bitmap[38:start] + runs


def written(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file's bytes."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def mutant(number: int, files: dict[str, bytes]) -> tuple[str, bytes]:
    """The name of the seed, and its mutant of that number: the same each time, changed in one to four places."""
    random = np.random.default_rng([number, 9])
    names, all_files = list(files), tuple(files.values())
    name = names[number % len(names)]
    data = files[name]
    for _ in range(random.integers(1, 5)):
        data = CHANGES[random.integers(len(CHANGES))](data, random, all_files)
    return name, data


def _bytes(data: bytes, random: np.random.Generator, _: tuple[bytes, ...]) -> bytes:
    """A few bytes replaced."""
    changed = bytearray(data)
    for place in random.integers(0, max(len(data), 1), random.integers(1, 9)):
        changed[place : place + 1] = random.bytes(1)
    return bytes(changed)


def _number(data: bytes, random: np.random.Generator, _: tuple[bytes, ...]) -> bytes:
    """A number of one, two or four bytes replaced by an odd one, mostly near the beginning, where headers are."""
    width, order = int(random.choice([1, 2, 4])), random.choice(["little", "big"])
    place = int(random.integers(0, max(1, min(len(data), int(random.choice([64, 400, 1 << 20]))))))
    value = int(random.choice(ODD)) % (1 << 8 * width)
    return data[:place] + value.to_bytes(width, order) + data[place + width :]


def _cut(data: bytes, random: np.random.Generator, _: tuple[bytes, ...]) -> bytes:
    """The end, or a stretch, cut away."""
    start, end = sorted(random.integers(0, len(data) + 1, 2))
    return data[:start] if random.random() < 0.5 else data[:start] + data[end:]


def _again(data: bytes, random: np.random.Generator, _: tuple[bytes, ...]) -> bytes:
    """A stretch put in once more, up to a hundred times."""
    start, end = sorted(random.integers(0, len(data) + 1, 2))
    return data[:end] + data[start : min(end, start + 200)] * int(random.integers(1, 101)) + data[end:]


def _spliced(data: bytes, random: np.random.Generator, files: tuple[bytes, ...]) -> bytes:
    """The beginning of one file and the end of another."""
    other = files[random.integers(len(files))]
    return data[: random.integers(0, len(data) + 1)] + other[random.integers(0, len(other) + 1) :]


def _parts(data: bytes, random: np.random.Generator, _: tuple[bytes, ...]) -> bytes:
    """Chunks of a PNG or segments of a JPEG: one changed with its checksum made good, lost, doubled, or in another place."""
    if data.startswith(b"\x89PNG"):
        chunks = _changed(list(_chunks(data)), random)
        if chunks and random.random() < 0.5:
            place = random.integers(len(chunks))
            kind, body = chunks[place]
            chunks[place] = kind, _number(body, random, ()) if random.random() < 0.7 else zlib.compress(bytes(300_000))
        return _png(chunks)
    if data.startswith(b"\xff\xd8"):
        pieces = re.split(rb"(?=\xff[\xc0-\xcf\xd8-\xfe])", data)
        return b"".join(_changed(pieces, random))
    return _number(data, random, ())


def _changed(parts: list[Any], random: np.random.Generator) -> list[Any]:
    if len(parts) < 2:
        return parts
    one, other = random.integers(0, len(parts), 2)
    match random.integers(4):
        case 0:
            parts[one], parts[other] = parts[other], parts[one]
        case 1:
            del parts[one]
        case 2:
            parts.insert(int(other), parts[one])
    return parts


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = PNG_HEADER
    while place + 8 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        yield data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        place += 12 + length


def _png(chunks: list[tuple[bytes, bytes]]) -> bytes:
    packed = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


CHANGES: tuple[Change, ...] = (_bytes, _number, _cut, _again, _spliced, _parts)
