"""An audit on disk: ``audit.json``, all of it in words and plain numbers. No TensorFlow, no pickles."""

from __future__ import annotations

from pathlib import Path

from xaifake.audit.stored import Source, object_of, read_bytes
from xaifake.audit_schema import SCHEMA, adapter, audit_bytes
from xaifake.detector.inspection.bounds import shown
from xaifake.errors import CaseError
from xaifake.images import write_whole
from xaifake.records import Audit
from xaifake.schema import tuples

NAME = "audit.json"


def save_audit(audit: Audit, folder: str | Path) -> Path:
    """Write ``audit.json``, whole or not at all; the same audit gives the same bytes.

    Args:
        audit: what to keep.
        folder: where; it must be there.

    Returns:
        The path of the JSON.

    Raises:
        OutputError: where it cannot be written.
    """
    path = Path(folder) / NAME
    write_whole(path, audit_bytes(audit))
    return path


def load_audit(path: str | Path) -> Audit:
    """Read an audit back.

    Args:
        path: the JSON, or the folder that it lies in.

    Returns:
        The audit as it was saved. Sequences within options come back as tuples.

    Raises:
        CaseError: where it is missing, damaged or of another schema.
    """
    path = Path(path)
    path = path / NAME if path.is_dir() else path
    if not path.is_file():
        raise CaseError(f"An audit is the folder that xaifake audit wrote, or the {NAME} in it. Received: no file {path}")
    return audit_from(read_bytes(path), path)


def audit_from(data: bytes, source: Source) -> Audit:
    """The audit that the bytes of an ``audit.json`` hold; refusals are those of `load_audit` and name the source."""
    record = object_of(data, source)
    if record.get("schema") != SCHEMA:
        raise CaseError(
            f"This xaifake reads audits of the schema {SCHEMA}. Received: {source} of {shown(record.get('schema'))}"
        )
    from pydantic import ValidationError

    try:
        return adapter().validate_python(tuples(record))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise CaseError(
            f"The saved audit is damaged (at {shown(place)}: {shown(first['msg'])}); run xaifake audit again. "
            f"Received: {source}"
        ) from error
