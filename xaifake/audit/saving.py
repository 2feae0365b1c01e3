"""A case on disk: ``NAME.json`` for words and numbers, ``NAME.npz`` for the maps. No TensorFlow, no pickles."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.stored import Source, maps_beside, maps_of, read_maps, read_record, record_of
from xaifake.detector.inspection.bounds import shown
from xaifake.errors import CaseError, PictureError, XaifakeError
from xaifake.images import read_picture, write_whole
from xaifake.records import Case, Picture, digest_of_all
from xaifake.schema import case_arrays, case_from, case_record, failure_record, record_bytes

__all__ = ["case_bytes", "case_names", "case_of", "case_record", "failure_record", "load_case", "save_case"]

RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
"""Names that Windows gives to devices, with any ending."""
NAME_BYTES = 120
"""How long a case's file name may be before its ending; file systems allow 255 bytes."""


def save_case(case: Case, folder: str | Path, name: str | None = None) -> Path:
    """Write ``NAME.json`` and ``NAME.npz``, each whole or not at all; the same case gives the same bytes.

    Args:
        case: what to keep.
        folder: where; it must be there.
        name: the files' stem; without it, the picture's own (see `case_names` for many pictures).

    Returns:
        The path of the JSON.

    Raises:
        OutputError: where the files cannot be written.
    """
    stem = name or case_names([case.picture.source])[0]
    path = Path(folder) / f"{stem}.json"
    record, arrays = case_bytes(case)
    write_whole(maps_beside(path), arrays)
    write_whole(path, record)
    return path


def case_bytes(case: Case) -> tuple[bytes, bytes]:
    """The JSON and the NPZ of a case."""
    memory = io.BytesIO()
    np.savez_compressed(memory, **case_arrays(case))  # type: ignore[arg-type]  # no method is named allow_pickle
    return record_bytes(case_record(case)), memory.getvalue()


def load_case(path: str | Path, picture: str | Path | Picture | None = None) -> Case:
    """Read a case back, without TensorFlow.

    Args:
        path: the JSON; its NPZ lies beside it.
        picture: the picture, where it no longer lies at its recorded path or came from no file.

    Returns:
        The case as it was saved. Sequences within options and diagnostics come back as tuples.

    Raises:
        CaseError: where the JSON or the NPZ is missing, damaged or of another schema.
        PictureError: where the picture is missing or no longer the one that was explained.
    """
    path = Path(path)
    return _restored(read_record(path), read_maps(maps_beside(path)), picture, path)


def case_of(record: bytes, arrays: bytes, picture: Picture, source: str) -> Case:
    """The case whose JSON and NPZ these are, of a picture at hand; refusals are those of `load_case` and name the source."""
    return _restored(record_of(record, source), maps_of(arrays, source), picture, source)


def _restored(
    record: dict[str, Any], arrays: dict[str, NDArray[Any]], picture: str | Path | Picture | None, source: Source
) -> Case:
    try:
        if digest_of_all(arrays) != record["arrays_sha256"]:
            raise CaseError(f"The maps are not those of this case, their SHA-256 differs. Received: {source}")
        return case_from(record, arrays, _picture_of(record["picture"], picture))
    except XaifakeError:  # a ValueError too, but whole already
        raise
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise CaseError(f"The saved case is damaged ({shown(error)}); explain it again. Received: {source}") from error


def case_names(pictures: Sequence[str]) -> list[str]:
    """A file stem for each picture: unique within the run, also where case does not count; safe; of bounded length.

    >>> case_names(["a/face.png", "b/face.jpg", "../../.hidden"])
    ['face', 'face-2', 'hidden']
    """
    taken: set[str] = set()
    names = []
    for picture in pictures:
        stem = name = _safe_stem(picture)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _safe_stem(picture: str) -> str:
    text = unicodedata.normalize("NFC", Path(picture.replace("\\", "/")).stem)
    safe = re.sub(r"[^\w.-]+", "_", text).strip("._-")
    safe = safe.encode("utf-8")[:NAME_BYTES].decode("utf-8", "ignore") or "picture"
    return f"picture-{safe}" if RESERVED.match(safe) else safe


def _picture_of(recorded: dict[str, Any], given: str | Path | Picture | None) -> Picture:
    source = given if given is not None else recorded["path"]
    if source is None:
        raise PictureError(f"This case was made from an array, not from a file: give picture=. Received: {recorded['name']}")
    picture = source if isinstance(source, Picture) else read_picture(source)
    if picture.sha256 != recorded["sha256"]:
        raise PictureError(
            "This is not the picture that was explained, its SHA-256 differs; give the right one with picture=. "
            f"Received: {picture.source} with {picture.sha256[:12]}…, recorded {recorded['sha256'][:12]}…"
        )
    return picture
