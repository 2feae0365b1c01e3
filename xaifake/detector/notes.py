"""What was found out of a model once and holds for every picture, kept beside the choices of runtimes for later runs.

A note is a JSON file named by the SHA-256 of all that it depends on, and holds its own, so that what is damaged is not used.
The folder may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import logging
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

from xaifake.detector.runtimes import kept
from xaifake.errors import OutputError
from xaifake.images import write_whole
from xaifake.interfaces import Notes
from xaifake.records import Contract, Options

LOG = logging.getLogger(__name__)


def notes_of(file: str | None, contract: Contract) -> Notes:
    """The notes on a detector: kept in files where a model file alone tells what it computes, else with the detector.

    Args:
        file: SHA-256 of the model's file.
        contract: how the model is fed and read.
    """
    return {} if file is None else _Kept(file, contract)


class _Kept:
    """Notes in the cache folder."""

    def __init__(self, file: str, contract: Contract) -> None:
        self._facts = [file, asdict(contract), platform.machine(), kept.versions()]

    def get(self, question: str, /) -> Options | None:
        try:
            entry = json.loads(self._path(question).read_text("utf-8"))
            note: Options = entry["note"]
            return note if entry["sha256"] == _digest(note) else None
        except (OSError, ValueError, KeyError, TypeError) as error:
            LOG.debug("no note on %s: %s", question, error)
            return None

    def __setitem__(self, question: str, note: Options, /) -> None:
        path = self._path(question)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, json.dumps({"question": question, "note": note, "sha256": _digest(note)}, indent=2).encode())
        except (OSError, OutputError) as error:
            if path.parent not in kept.said:
                kept.said.add(path.parent)
                LOG.warning("Notes on a model cannot be kept, so they are made again each time (XAIFAKE_CACHE): %s", error)

    def _path(self, question: str) -> Path:
        return kept.folder() / f"{_digest([question, *self._facts])}.note.json"


def _digest(content: Any) -> str:
    """SHA-256 of what is written as JSON."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
