"""Pictures in and files out: everything decoded to RGB uint8 within bounds, everything written whole or not at all."""

from xaifake.images.reading import read_bytes, read_picture
from xaifake.images.sources import as_picture, name_of, picture_of
from xaifake.images.writing import png_of, refuse_existing, remove_unfinished, write_whole, written_whole

__all__ = [
    "as_picture",
    "name_of",
    "picture_of",
    "png_of",
    "read_bytes",
    "read_picture",
    "refuse_existing",
    "remove_unfinished",
    "write_whole",
    "written_whole",
]
