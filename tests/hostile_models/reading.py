"""Hostile files through inspection, many in one process, which is begun anew where a file kills it or keeps it too long."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

SECONDS = 5
ALL_SECONDS = 600
COMMAND = "from hostile_models.reading import serve; serve()"
Answer = tuple[str, str]
"""What became of a file, ``refused``, ``risky``, ``asks``, ``accepted`` or ``died``, and the sentence said of it."""


def read(paths: Iterable[Path]) -> Iterator[tuple[Path, Answer]]:
    """What inspection answers to each file.

    Raises:
        AssertionError: inspection raised what is no refusal.
    """
    process = None
    try:
        for path in paths:
            process = process or _begun()
            assert process.stdin
            assert process.stdout
            process.stdin.write(f"{json.dumps(str(path))}\n")
            process.stdin.flush()
            with selectors.DefaultSelector() as waiting:
                waiting.register(process.stdout, selectors.EVENT_READ)
                line = process.stdout.readline() if waiting.select(SECONDS) else ""
            if line:
                kind, sentence = json.loads(line)
                assert kind != "raised", f"{path}: {sentence}"
                yield path, (kind, sentence)
            else:
                _ended(process)
                process = None
                yield path, ("died", "")
    finally:
        if process:
            _ended(process)


def serve() -> None:
    """The process that reads: a path on each line in, an answer on each line out."""
    from xaifake.detector.inspection import apart, models

    apart.limit(ALL_SECONDS)
    models.read_apart = apart.read_here
    for line in sys.stdin:
        sys.stdout.write(f"{json.dumps(_answer(json.loads(line)))}\n")
        sys.stdout.flush()


def _answer(path: str) -> Answer:
    from xaifake.detector.inspection import inspect_model
    from xaifake.errors import ModelFileError

    try:
        found = inspect_model(path)
    except ModelFileError as error:
        return "refused", str(error)
    except Exception as error:  # noqa: BLE001 - whatever is no refusal is what is looked for
        return "raised", repr(error)
    if found.risks:
        return "risky", found.risks[0].sentence
    if found.custom:
        return "asks", ", ".join(found.custom)
    return "accepted", ""


def _begun() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


def _ended(process: subprocess.Popen[str]) -> None:
    process.kill()
    with suppress(BrokenPipeError):
        process.communicate()
