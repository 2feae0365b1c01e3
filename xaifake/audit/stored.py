"""What stands in files that others may have written: a record, as JSON or within a report, and maps. Bounded, no pickles."""

from __future__ import annotations

import io
import json
import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.detector.inspection.bounds import shown
from xaifake.errors import CaseError
from xaifake.schema import SCHEMA

Source = Path | str
"""What refusals name."""
MOST_BYTES = 64 * 2**20
"""The largest JSON or report that is read; a case with all methods has half a MB."""
MOST_UNPACKED = 2**30
"""The most that the maps of a case may take in memory."""
MOST_ARRAYS = 1_000
"""Of a case: up to four of each method."""
MOST_DIGITS = 30
"""Of a whole number."""
MOST_LEVELS = 32
"""How deep lists and objects may lie in each other."""
EMBEDDED = '<script type="application/json"'
"""How the element begins in which a report holds its record."""


def read_record(path: Path) -> dict[str, Any]:
    """The record of a case, from its JSON or from the report that holds it.

    Raises:
        CaseError: missing, damaged or foreign, of another schema, or the record of a picture that could not be explained.
    """
    return record_of(read_bytes(path), path)


def record_of(data: bytes, source: Source) -> dict[str, Any]:
    """The record of a case from the bytes of its JSON or report; refusals are those of `read_record` and name the source."""
    text = _text(data, source)
    record = _embedded(text, source) if text.lstrip()[:1] == "<" else _parsed(text, source)
    schema = record.get("schema")
    if schema != SCHEMA:
        raise CaseError(f"This xaifake reads cases of the schema {SCHEMA}. Received: {source} of {shown(schema)}")
    if record.get("error"):
        raise CaseError(
            f"This record holds no case, only why there is none: {shown(record['error'], 500)} Received: {source}"
        )
    return record


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object that a file holds.

    Raises:
        CaseError: it cannot be read, or holds none.
    """
    return object_of(read_bytes(path), path)


def object_of(data: bytes, source: Source) -> dict[str, Any]:
    """The JSON object of those bytes; refusals are those of `read_object` and name the source."""
    return _parsed(_text(data, source), source)


def read_bytes(path: Path) -> bytes:
    """A file's content.

    Raises:
        CaseError: it cannot be read, or is larger than any that xaifake writes.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CaseError(f"The file cannot be read ({reason}). Received: {path}") from error
    if len(data) > MOST_BYTES:
        raise CaseError(f"A case or report has at most {MOST_BYTES // 2**20} MiB. Received: {path}")
    return data


def _text(data: bytes, source: Source) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CaseError(f"A case is the JSON that xaifake explain writes, a report its HTML. Received: {source}") from error


def _parsed(text: str, source: Source) -> dict[str, Any]:
    """A JSON object of which no reader can think otherwise: each key once, every number finite.

    Raises:
        CaseError: it is none.
    """
    try:
        value = json.loads(text, object_pairs_hook=_entry, parse_int=_whole, parse_float=_finite, parse_constant=_finite)
        if _levels(value) > MOST_LEVELS:
            raise ValueError("lists or objects that lie too deep")
    except (ValueError, RecursionError) as error:
        raise CaseError(f"This is not the JSON that xaifake writes, or it is damaged. Received: {source}") from error
    if not isinstance(value, dict):
        raise CaseError(f"A saved case or review is one JSON object. Received: {source}")
    return value


def read_maps(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of an NPZ.

    Raises:
        CaseError: missing, damaged, larger than any case's, or with pickled objects.
    """
    if not path.exists():
        raise CaseError(f"A case needs the maps that were saved beside its JSON. Received: no file {path}")
    return _arrays(path, path)


def maps_of(data: bytes, source: Source) -> dict[str, NDArray[Any]]:
    """The arrays of an NPZ from its bytes; refusals are those of `read_maps` and name the source."""
    return _arrays(io.BytesIO(data), source)


def _arrays(file: Any, source: Source) -> dict[str, NDArray[Any]]:
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked, names = sum(entry.file_size for entry in archive.infolist()), archive.namelist()
        if len(set(names)) < len(names) or len(names) > MOST_ARRAYS:
            raise ValueError(f"{len(names):,} arrays, {len(set(names)):,} names")
        if unpacked > MOST_UNPACKED:
            raise ValueError(f"they would unpack to {unpacked // 2**20} MiB")
        with np.load(file, allow_pickle=False) as arrays:
            return {name: _numbers(name, arrays[name]) for name in arrays.files}
    except Exception as error:  # decoders of foreign bytes raise whatever they like
        raise CaseError(f"The maps of this case are damaged ({shown(error, 200)}). Received: {source}") from error


def _numbers(name: str, array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} holds no numbers")
    return array


def told(record: Any, *keys: str) -> Any:
    """What a record says under keys within keys; None where it says nothing there."""
    for key in keys:
        record = record.get(key) if isinstance(record, dict) else None
    return record


def maps_beside(path: Path) -> Path:
    """Where the maps lie of a case whose JSON or report is at ``path``."""
    ending = ".html" if path.name.endswith(".html") else ".json"
    return path.parent / f"{path.name.removesuffix(ending)}.npz"


def _embedded(page: str, source: Source) -> dict[str, Any]:
    _, found, rest = page.partition(EMBEDDED)
    content, closed, _ = rest.partition(">")[2].partition("</script>")
    if not (found and closed):
        raise CaseError(f"This page holds no record: give a report that xaifake explain wrote. Received: {source}")
    return _parsed(content, source)


def _entry(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entry = dict(pairs)
    if len(entry) < len(pairs):
        raise ValueError("a key stands twice")
    return entry


def _levels(value: Any) -> int:
    """How deep lists and objects lie in each other; counting ends where they lie too deep."""
    level, depth = [value], 0
    while level and depth <= MOST_LEVELS:
        inner = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list))
        level, depth = [child for children in inner for child in children], depth + 1
    return depth


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError("a number of too many digits")
    return int(text)


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError("a number that is not finite")
    return number
